import {Temporal} from 'temporal-polyfill';
import {rainfallErosivity, soilErosionModulus, zonedBoundaries} from '#model';
import type {Datastream, ObservationReader, Origin, Registry} from '#schemas';
import type {DerivedWriter, Written} from './derived-writer.ts';
import type {SiteErosion} from './erosion-factors.ts';
import {dayBefore, dayStarts} from './local-days.ts';

const SOURCE = 'precipitation';
const RESULT = 'soil_erosion_modulus';
/** A month counts as measured by a gauge that told of at least this share of it. */
const LEAST_COVERAGE = 0.8;
const MONTHS = 12;

/** Rain series of a site that add up: sums, of any period. */
export function rainSeries(registry: Registry, site: string): Datastream[] {
  return registry.datastreams({site, element: SOURCE}).filter((stream) => stream.statistic === 'sum');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Rain of each month in mm by its start: the median of the gauges that measured it nearly whole, so that a blocked funnel
 * does not count; else the month of a usual year.
 */
async function monthlyRain(
  parts: {registry: Registry; reader: ObservationReader},
  of: {gauges: readonly Datastream[]; starts: Float64Array; usualRainMm: readonly number[]; timeZone: string},
): Promise<Map<number, number>> {
  const {registry, reader} = parts;
  const {gauges, starts, usualRainMm, timeZone} = of;
  const measured = new Map<number, number[]>();
  const lengthMs = new Map(
    Array.from(starts.subarray(0, -1), (startMs, i) => [startMs, starts[i + 1]! - startMs]),
  );
  for (const {series} of gauges) {
    const intervalS = registry.limits(series).intervalS;
    if (intervalS === null) continue;
    const months = await reader.rollUp({
      series,
      fromMs: starts[0]!,
      toMs: starts.at(-1)!,
      bucket: 'P1M',
      dayStartHour: 0,
    });
    // The roll-up's mean of an amount is its sum.
    for (const {startMs, mean, count, flagCounts} of months) {
      const [pass, unjudged, suspect] = flagCounts;
      const length = lengthMs.get(startMs);
      if (mean === null || length === undefined || count === 0) continue;
      if (((pass + unjudged + suspect) * intervalS * 1000) / length < LEAST_COVERAGE) continue;
      const others = measured.get(startMs);
      if (others) others.push(mean);
      else measured.set(startMs, [mean]);
    }
  }
  const rain = new Map<number, number>();
  for (const startMs of starts.subarray(0, -1)) {
    const month = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO(timeZone).month;
    const gauged = measured.get(startMs);
    rain.set(startMs, gauged ? median(gauged) : usualRainMm[month - 1]!);
  }
  return rain;
}

/**
 * Soil erosion modulus of the zones of a site for each closed local day since its gauges began (and the last closed day):
 * RUSLE with the rain of the twelve months closed before that day. It belongs to the zone's station, to no device, and is
 * virtual as soon as one gauge is. A site without gauges has none.
 */
export async function deriveErosion(
  parts: {registry: Registry; reader: ObservationReader; write: DerivedWriter},
  of: {site: string; timeZone: string; erosion: SiteErosion; closedMs: number},
): Promise<Written> {
  const {registry, write} = parts;
  const {site, timeZone, erosion, closedMs} = of;
  const written = {added: 0, revised: 0};
  const gauges = rainSeries(registry, site);
  if (gauges.length === 0) return written;
  const begunMs = gauges.flatMap((gauge) => registry.deployments(gauge.id).map(({fromMs}) => fromMs));
  const days = dayStarts(Math.min(dayBefore(closedMs, timeZone), ...begunMs), closedMs, timeZone);

  const firstMonth = Temporal.Instant.fromEpochMilliseconds(days[0]!)
    .toZonedDateTimeISO(timeZone)
    .with({day: 1})
    .startOfDay()
    .subtract({months: MONTHS});
  const starts = zonedBoundaries(firstMonth.epochMilliseconds, closedMs, timeZone, 'P1M');
  const rain = await monthlyRain(parts, {gauges, starts, usualRainMm: erosion.usualRainMm, timeZone});
  const erosivityOf = (monthAt: number): number =>
    rainfallErosivity(
      Array.from(starts.subarray(monthAt - MONTHS, monthAt), (startMs) => rain.get(startMs)!),
    );

  const erosivities: number[] = [];
  let month = 0;
  let monthOfErosivity = -1;
  let erosivity = 0;
  for (const dayMs of days) {
    while (starts[month + 1]! <= dayMs) month++;
    if (month !== monthOfErosivity) {
      erosivity = erosivityOf(month);
      monthOfErosivity = month;
    }
    erosivities.push(erosivity);
  }

  const origin: Origin = gauges.some((gauge) => gauge.origin === 'virtual') ? 'virtual' : 'measured';
  for (const {zone, ...factors} of erosion.zones) {
    const stream = registry.ensureDatastream(
      {
        station: `${site}-${zone}`,
        element: RESULT,
        depthM: null,
        heightM: null,
        instance: null,
        statistic: 'mean',
        period: 'P1D',
      },
      {device: null, site, origin},
    );
    const values = days.map((timeMs, day) => ({
      timeMs,
      value: soilErosionModulus({...factors, erosivity: erosivities[day]!}),
    }));
    const {added, revised} = await write(stream, values);
    written.added += added;
    written.revised += revised;
  }
  return written;
}
