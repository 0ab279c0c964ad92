import type {Device, LimitOverrides, Reading, ReadingMap, SensorSpec, Statistic} from '#schemas';
import type {Mapped} from './apply-map.ts';

const MOST_SENSORS = 64;

type Position = NonNullable<ReadingMap['positions']>[string];

/**
 * Where a map says that a device stands: under its id, its foreign name, the beginning of that name up to a hyphen
 * (`dingling` for a file `dingling-2013-2014`), or `*`. Undefined if it does not say.
 */
export function positionOf(map: ReadingMap, device: {id: string; name: string}): Position | undefined {
  const positions = new Map(Object.entries(map.positions ?? {}));
  const exact = positions.get(device.id) ?? positions.get(device.name);
  if (exact) return exact;
  const beginning = [...positions.keys()]
    .filter((key) => device.name.startsWith(`${key}-`))
    .toSorted((a, b) => b.length - a.length)[0];
  return beginning === undefined ? positions.get('*') : positions.get(beginning);
}

/** What tells the series of one device apart, as far as a map says. */
export function seriesOf(reading: Reading): string {
  const {element, depthM, heightM, instance, stat, period} = reading;
  return `${element} ${depthM} ${heightM} ${instance} ${stat} ${period}`;
}

/** Gathers what a device of a map measures, from the readings that the map made. */
export type SensorList = {
  add(mapped: Mapped): void;
  sensors(): SensorSpec[];
};

export function createSensorList(): SensorList {
  const found = new Map<string, SensorSpec>();
  return {
    add: ({readings, limits}) => {
      for (const reading of readings) {
        const key = seriesOf(reading);
        if (!found.has(key)) found.set(key, sensorOf(reading, limits.get(reading)));
      }
    },
    sensors: () => [...found.values()],
  };
}

function sensorOf(reading: Reading, limits: LimitOverrides | undefined): SensorSpec {
  const sensor: SensorSpec = {element: reading.element};
  if (reading.depthM !== undefined) sensor.depthM = reading.depthM;
  if (reading.heightM !== undefined) sensor.heightM = reading.heightM;
  if (reading.instance !== undefined) sensor.instance = reading.instance;
  if (reading.stat !== undefined) sensor.statistic = reading.stat as Statistic;
  if (reading.period !== undefined) sensor.period = reading.period;
  if (limits) {
    sensor.limits = limits;
    if (limits.intervalS !== undefined) sensor.intervalS = limits.intervalS;
  }
  return sensor;
}

/** The method of the column that a sensor stands for, where the map names one. */
function methodOf(map: ReadingMap, sensor: SensorSpec): string | undefined {
  return map.columns.find(
    ({element, depthM, instance, method}) =>
      method !== undefined &&
      element === sensor.element &&
      (depthM === undefined || depthM === sensor.depthM) &&
      (instance === undefined || instance === sensor.instance),
  )?.method;
}

/**
 * The device that a map's readings come from, as it is added: measured, of the map's model (`generic-json` if it names
 * none), with the sensors met so far and the map's limits, standing where the map says, else at `fallback`.
 */
export function deviceOfMap(
  map: ReadingMap,
  of: {
    id: string;
    name: string;
    sensors: readonly SensorSpec[];
    fallback: {longitudeDeg: number; latitudeDeg: number};
  },
): Device {
  const {id, name, fallback} = of;
  const sensors = of.sensors.map((sensor) => {
    const method = methodOf(map, sensor);
    return method === undefined ? sensor : {...sensor, method};
  });
  const position = positionOf(map, {id, name});
  const title = `${map.name ?? map.id}: ${name}`.slice(0, 200);
  const device: Device = {
    id,
    model: map.deviceModel ?? 'generic-json',
    name: {en: title, zh: title},
    longitudeDeg: position?.longitudeDeg ?? fallback.longitudeDeg,
    latitudeDeg: position?.latitudeDeg ?? fallback.latitudeDeg,
    origin: 'measured',
  };
  if (position?.groundM !== undefined) device.groundM = position.groundM;
  if (map.intervalS !== undefined) device.intervalS = map.intervalS;
  if (sensors.length > 0 && sensors.length <= MOST_SENSORS) device.sensors = [...sensors];
  if (sensors.length > MOST_SENSORS) {
    device.limits = Object.fromEntries(
      sensors.flatMap(({element, limits}) => (limits ? [[element, limits] as const] : [])),
    );
  }
  const datum = map.columns.find((column) => column.verticalDatum !== undefined)?.verticalDatum;
  if (datum !== undefined) device.levels = {verticalDatum: datum};
  return device;
}
