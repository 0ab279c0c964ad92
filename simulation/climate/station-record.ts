import {
  type Datastream,
  type FieldProblem,
  fieldProblem,
  type ObservationReader,
  type Registry,
  type RollUpRow,
  type ScenarioClimate,
  type WeatherQuantity,
} from '#schemas';
import {slotsOf, type WeatherRecord} from './record.ts';

type StationClimate = Extract<ScenarioClimate, {from: 'station'}>;

const DAY_MS = 86_400_000;
/** Local days begin at most so far from those of UTC. */
const ZONE_MS = 14 * 3_600_000;
/** A day with a smaller share of the values that most days have tells no mean and no sum. */
const LEAST_SHARE = 0.75;
/** Height at which air is usually measured, m: of several sensors the nearest to it counts. */
const USUAL_HEIGHT_M = 2;
const MJ_PER_W_DAY = 0.0864;

/** What of a day's roll-up an element gives. `mean` is the day's sum where an element is summed. */
const FROM_ELEMENTS: readonly {
  element: string;
  quantity: WeatherQuantity;
  of: (row: RollUpRow) => number | null;
}[] = [
  {element: 'air_temperature', quantity: 'airTemperatureMaxC', of: (row) => row.max},
  {element: 'air_temperature', quantity: 'airTemperatureMinC', of: (row) => row.min},
  {element: 'air_temperature', quantity: 'airTemperatureMeanC', of: (row) => row.mean},
  {element: 'precipitation', quantity: 'rainMm', of: (row) => row.mean},
  {
    element: 'solar_radiation',
    quantity: 'radiationMjPerM2',
    of: (row) => (row.mean === null ? null : Math.max(0, row.mean) * MJ_PER_W_DAY),
  },
  {element: 'relative_humidity', quantity: 'relativeHumidityPercent', of: (row) => row.mean},
  {element: 'wind_speed', quantity: 'windSpeedMPerS', of: (row) => row.mean},
];
/** Without these there is no weather. */
const NEEDED = ['air_temperature', 'precipitation'] as const;

/** Values of a day that entered its statistics: not those flagged fail or missing. */
function usedOf({count, flagCounts}: RollUpRow): number {
  return count - flagCounts[3] - flagCounts[4];
}

/** The station's series of an element that serves best: of its usual statistic, nearest to 2 m. */
function seriesOf(streams: readonly Datastream[], element: string): Datastream | undefined {
  const unusual = ({statistic}: Datastream) => (['mean', 'sum', 'point'].includes(statistic) ? 0 : 1);
  const far = ({heightM}: Datastream) => Math.abs((heightM ?? USUAL_HEIGHT_M) - USUAL_HEIGHT_M);
  return streams
    .filter((stream) => stream.element === element)
    .sort((a, b) => unusual(a) - unusual(b) || far(a) - far(b) || (a.id < b.id ? -1 : 1))[0];
}

/** Calendar day, `2024-07-31`, of an instant in a time zone. */
function localDays(timeZone: string): (timeMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (timeMs) => format.format(timeMs);
}

/**
 * The daily record of a station by the site's local days, from the roll-ups of its series; values that failed a test do not count,
 * and a day with too few values has none. Or why there is no such record.
 */
export async function readStationRecord(of: {
  climate: StationClimate;
  site: {id: string; timeZone: string};
  reader: Pick<ObservationReader, 'rollUp'>;
  registry: Pick<Registry, 'datastreams' | 'stations'>;
}): Promise<{record: WeatherRecord; problems: []} | {record: null; problems: FieldProblem[]}> {
  const {climate, site, reader, registry} = of;
  const refuse = (path: string, value: unknown, allowed: string) => ({
    record: null,
    problems: [fieldProblem(path, value, allowed)],
  });
  const stations = registry.stations(site.id).map(({id}) => id);
  if (!stations.includes(climate.station)) {
    const weather = stations.filter((station) =>
      NEEDED.every((element) => seriesOf(registry.datastreams({station}), element) !== undefined),
    );
    return refuse(
      '/climate/station',
      climate.station,
      `a station of the site with weather: ${weather.slice(0, 30).join(', ') || 'it has none'}`,
    );
  }
  const streams = registry.datastreams({station: climate.station});
  const lacking = NEEDED.filter((element) => !seriesOf(streams, element));
  if (lacking.length > 0)
    return refuse('/climate/station', climate.station, `a station that measures ${lacking.join(' and ')}`);

  const firstYear = Number(climate.fromDate.slice(0, 4));
  const years = Number(climate.toDate.slice(0, 4)) - firstYear + 1;
  const record: WeatherRecord = {step: 'day', firstYear, years, columns: {}};
  const dayOf = localDays(site.timeZone);
  const elements = [...new Set(FROM_ELEMENTS.map(({element}) => element))];
  for (const element of elements) {
    const stream = seriesOf(streams, element);
    if (!stream) continue;
    if (element === 'wind_speed' && stream.heightM !== null) record.windHeightM = stream.heightM;
    const rows = await reader.rollUp({
      series: stream.series,
      fromMs: Date.parse(`${climate.fromDate}T00:00:00Z`) - ZONE_MS,
      toMs: Date.parse(`${climate.toDate}T00:00:00Z`) + DAY_MS + ZONE_MS,
      bucket: 'P1D',
      dayStartHour: 0,
    });
    const counts = rows.map(usedOf).sort((a, b) => a - b);
    const usual = counts[counts.length >> 1] ?? 0;
    const enough = rows.filter((row) => usedOf(row) >= LEAST_SHARE * usual && usedOf(row) > 0);
    for (const {quantity, of: read} of FROM_ELEMENTS.filter((one) => one.element === element)) {
      const columns = Array.from({length: years}, (_, y) =>
        new Float64Array(slotsOf('day', firstYear + y)).fill(Number.NaN),
      );
      for (const row of enough) {
        // noon is in the day whatever summer time does
        const date = dayOf(row.startMs + DAY_MS / 2);
        if (date < climate.fromDate || date > climate.toDate) continue;
        const year = Number(date.slice(0, 4));
        const slot = Math.round((Date.parse(`${date}T00:00:00Z`) - Date.UTC(year, 0, 1)) / DAY_MS);
        columns[year - firstYear]![slot] = read(row) ?? Number.NaN;
      }
      record.columns[quantity] = columns;
    }
  }
  return {record, problems: []};
}
