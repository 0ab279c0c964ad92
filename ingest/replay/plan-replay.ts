import type {Device, ReadingMap} from '#schemas';
import {createSensorList, deviceOfMap, type SensorList, seriesOf} from '../map/index.ts';
import {type Columns, checkColumns, createRejections, mappedRows, type Rejections} from './mapped-rows.ts';
import {openRows} from './rows.ts';

export type ReplayPlan = {
  rows: number;
  /** Values that the map makes: what a replay sends. */
  values: number;
  /** Of these, values whose series has one of the same time in the row before: stored once. */
  repeated: number;
  columns: Columns;
  /** Devices that the file speaks for, ready to be added. */
  devices: Device[];
  /** First and last time of a value; null if there is none. */
  fromMs: number | null;
  toMs: number | null;
  /** Local times that clocks show twice or never. */
  timeNotes: {ambiguous: number; skipped: number};
  rejected: Rejections;
};

/**
 * Reads a file through a map and sends nothing: tells the devices to add, what is left out and why.
 * @throws {EcoError} if the file cannot be read or the map does not fit it.
 */
export async function planReplay(options: {
  file: string;
  map: ReadingMap;
  /** Where devices stand that the map gives no position. */
  fallback: {longitudeDeg: number; latitudeDeg: number};
  onProgress?: (progress: {fraction: number; rows: number}) => void;
  signal?: AbortSignal;
}): Promise<ReplayPlan> {
  const {file, map, fallback, onProgress, signal} = options;
  const open = await openRows(file, map);
  const columns = checkColumns(file, map, open.header);
  const rejected = createRejections();
  const devices = new Map<string, {name: string; sensors: SensorList}>();
  const timeNotes = {ambiguous: 0, skipped: 0};
  let rows = 0;
  let values = 0;
  let repeated = 0;
  const lastMs = new Map<string, number>();
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  const told = {rejected: (row: Parameters<typeof rejected.add>[0]) => rejected.add(row), row: () => rows++};
  for await (const {mapped} of mappedRows({file, map, open}, told)) {
    signal?.throwIfAborted();
    if (mapped.timeNote) timeNotes[mapped.timeNote]++;
    if (onProgress && rows % 5000 === 0) onProgress({fraction: open.read() / open.bytes, rows});
    if (mapped.readings.length === 0) continue;
    let device = devices.get(mapped.device);
    if (!device) {
      device = {name: mapped.foreignName, sensors: createSensorList()};
      devices.set(mapped.device, device);
    }
    device.sensors.add(mapped);
    values += mapped.readings.length;
    for (const reading of mapped.readings) {
      const series = `${mapped.device} ${seriesOf(reading)}`;
      if (lastMs.get(series) === mapped.timeMs) repeated++;
      lastMs.set(series, mapped.timeMs);
    }
    fromMs = Math.min(fromMs, mapped.timeMs);
    toMs = Math.max(toMs, mapped.timeMs);
  }
  return {
    rows,
    values,
    repeated,
    columns,
    devices: [...devices].map(([id, {name, sensors}]) =>
      deviceOfMap(map, {id, name, sensors: sensors.sensors(), fallback}),
    ),
    fromMs: values === 0 ? null : fromMs,
    toMs: values === 0 ? null : toMs,
    timeNotes,
    rejected: {total: rejected.total, byCode: rejected.byCode, first: rejected.first},
  };
}
