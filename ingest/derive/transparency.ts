import {secchiTransparencyM} from '#model';
import type {Datastream, ObservationReader, Registry} from '#schemas';
import type {DerivedWriter, Written} from './derived-writer.ts';
import {dayBefore, dayStarts} from './local-days.ts';

const SOURCE = 'turbidity';
/** What a lake sonde measures beside turbidity; a stream gauge or an intake does not. */
const BESIDE = 'chlorophyll_a';
const RESULT = 'water_transparency';

/** Whether a datastream is the turbidity of a lake sonde: its device measures chlorophyll too and stands in a lake. */
export function isLakeTurbidity(registry: Registry, stream: Datastream): boolean {
  if (stream.element !== SOURCE || stream.device === null || stream.statistic === 'sd') return false;
  const record = registry.device(stream.device);
  if (!record) return false;
  const sensors = [...record.model.sensors, ...(record.device.sensors ?? [])];
  if (![SOURCE, BESIDE].every((element) => sensors.some((sensor) => sensor.element === element)))
    return false;
  const site = registry.sites().find((one) => one.site.id === stream.site);
  const zone = site?.zones.find(
    (one) => one.properties.id === (record.device.feature ?? stream.zone),
  )?.properties;
  return zone !== undefined && (zone.kind === 'lake' || zone.normalLevelM !== undefined);
}

/** Turbidity of all lake sondes of a site, one series each: the one nearest to the surface. */
export function lakeTurbidities(registry: Registry, site: string): Datastream[] {
  const byDevice = new Map<string, Datastream>();
  for (const stream of registry.datastreams({site, element: SOURCE})) {
    if (!isLakeTurbidity(registry, stream)) continue;
    const other = byDevice.get(stream.device!);
    if (!other || (stream.depthM ?? 0) < (other.depthM ?? 0)) byDevice.set(stream.device!, stream);
  }
  return [...byDevice.values()];
}

/**
 * Secchi transparency of the closed local days that meet [fromMs, toMs), from each day's mean turbidity (failed and
 * missing values left out). It stays with the sonde: its station, its device. A day without turbidity has none.
 */
export async function deriveTransparency(
  parts: {registry: Registry; reader: ObservationReader; write: DerivedWriter},
  of: {source: Datastream; timeZone: string; fromMs: number; toMs: number; closedMs: number},
): Promise<Written> {
  const {registry, reader, write} = parts;
  const {source, timeZone, closedMs} = of;
  const toMs = Math.min(of.toMs, closedMs);
  const [fromMs] = dayStarts(of.fromMs, toMs, timeZone);
  if (fromMs === undefined) return {added: 0, revised: 0};
  const days = await reader.rollUp({series: source.series, fromMs, toMs, bucket: 'P1D', dayStartHour: 0});
  const values = days.flatMap(({startMs, mean}) => {
    const value = mean === null ? null : secchiTransparencyM(mean);
    return value === null || startMs >= toMs ? [] : [{timeMs: startMs, value}];
  });
  if (values.length === 0) return {added: 0, revised: 0};
  const stream = registry.ensureDatastream(
    {
      station: source.station,
      element: RESULT,
      depthM: null,
      heightM: null,
      instance: null,
      statistic: 'mean',
      period: 'P1D',
    },
    {device: source.device, site: source.site, origin: source.origin, atMs: values[0]!.timeMs},
  );
  return await write(stream, values);
}

/** From when a datastream has had values, by its deployments; the day before the last closed one if nobody says. */
export function sinceMs(registry: Registry, stream: Datastream, closedMs: number, timeZone: string): number {
  const starts = registry.deployments(stream.id).map(({fromMs}) => fromMs);
  return starts.length === 0 ? dayBefore(closedMs, timeZone) : Math.min(...starts);
}
