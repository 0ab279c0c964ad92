import {createHash} from 'node:crypto';
import {
  type ColumnRule,
  InputError,
  type InputErrorCode,
  type LimitOverrides,
  type Reading,
  type ReadingMap,
} from '#schemas';
import {HOOK_TOPIC} from './hook-topic.ts';
import {seriesOf} from './map-device.ts';
import {leafPaths, valueAt} from './path.ts';
import {type TimeReader, timeReader} from './time-rule.ts';
import type {LocalTimeNote} from './zone-time.ts';

export type MapInput = {
  topic: string;
  /** Parsed JSON, or a row of a file as column → text. */
  payload: unknown;
};

/** What a map makes of one payload or row. */
export type Mapped = {
  /** The device's id in this instance: the map's prefix and the foreign name. */
  device: string;
  /** The foreign name as it came. */
  foreignName: string;
  /** What people call it, where the map says where that stands. */
  label?: string;
  /** Start of the period or instant of the values; null: the payload names no time. */
  timeMs: number | null;
  /** How a local time was understood that clocks show twice or never. */
  timeNote?: LocalTimeNote;
  /** With `ambiguous`: the later of both instants. */
  laterMs?: number;
  readings: Reading[];
  /** Limits that the map sets, by reading; the same object for the same column each time. */
  limits: Map<Reading, LimitOverrides>;
  /** Where the payload had each reading. */
  paths: Map<Reading, string>;
  /** Values that could not be read; the others stand. */
  rejected: {path: string; code: InputErrorCode; message: string}[];
  /** Paths (columns) that the map neither reads nor lists under `ignore`. */
  unmapped: string[];
  battery?: {volts?: number; percent?: number};
  link?: {rssiDbm?: number; snrDb?: number};
};

type Place = {path: string; segments: readonly string[]};
type Column = {
  rule: ColumnRule;
  place: Place;
  missing: ReadonlySet<string>;
  limits: LimitOverrides | undefined;
  where: {place: Place; values: ReadonlySet<string>} | null;
  depth: Place | null;
  instance: Place | null;
  unit: Place | null;
};
type Compiled = {
  map: ReadingMap;
  device: (input: MapInput) => {id: string; name: string};
  label: Place | null;
  timePlace: Place;
  time: TimeReader;
  columns: readonly Column[];
  known: ReadonlySet<string>;
  battery: {volts: Place | null; percent: Place | null} | null;
  link: {rssi: Place | null; snr: Place | null} | null;
};

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const SAID_MISSING = ['NA', 'N/A', 'NaN', 'NAN', 'nan', 'null', 'NULL'];
const POINTS = [
  'N',
  'NNE',
  'NE',
  'ENE',
  'E',
  'ESE',
  'SE',
  'SSE',
  'S',
  'SSW',
  'SW',
  'WSW',
  'W',
  'WNW',
  'NW',
  'NNW',
];
const POINT_DEG: ReadonlyMap<string, number> = new Map(POINTS.map((name, index) => [name, index * 22.5]));
const LARGEST = 1e15;
const LONGEST_ID = 64;
const LONGEST_NAME = 200;
const LONGEST_UNIT = 32;
/** Names of devices kept ready; a stranger who makes up more only costs time. */
const MOST_NAMES = 10_000;

const place = (path: string): Place => ({path, segments: path.split('.')});
const optional = (path: string | undefined): Place | null => (path === undefined ? null : place(path));

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * A foreign name as an id. One that has other characters than letters, digits, _ and - gets them replaced and six hex
 * digits of its SHA-256 added, so that two names never become one.
 */
function idOf(prefix: string, name: string): string {
  const whole = prefix + name;
  if (/^[A-Za-z0-9_-]+$/.test(whole) && whole.length <= LONGEST_ID) return whole;
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 6);
  const plain = whole.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, LONGEST_ID - 7);
  return `${plain}-${mark}`;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return null;
}

function deviceReader(map: ReadingMap): Compiled['device'] {
  const {device: source, devicePrefix = ''} = map;
  const seen = new Map<string, {id: string; name: string}>();
  const known = (name: string): {id: string; name: string} => {
    let device = seen.get(name);
    if (device === undefined) {
      device = {id: idOf(devicePrefix, name), name};
      if (seen.size >= MOST_NAMES) seen.clear();
      seen.set(name, device);
    }
    return device;
  };
  const fail = (where: string, got: unknown): InputError =>
    new InputError('map_failed', `map ${map.id}: the device's name was expected ${where}, got ${show(got)}`);
  if ('value' in source) return () => known(source.value);
  if ('topicLevel' in source) {
    return ({topic}) => {
      if (topic.startsWith(HOOK_TOPIC)) throw fail('in a topic, which a hook is told as ?topic=', topic);
      const name = topic.split('/')[source.topicLevel];
      if (name && name.length <= LONGEST_NAME) return known(name);
      throw fail(`in level ${source.topicLevel} of the topic`, topic);
    };
  }
  const at = place(source.path);
  return ({payload}) => {
    const value = valueAt(payload, at.path, at.segments);
    const name = textOf(value);
    if (name !== null && name.length <= LONGEST_NAME) return known(name);
    throw fail(`at ${source.path}`, value);
  };
}

function compile(map: ReadingMap): Compiled {
  const columns = map.columns.map((rule): Column => {
    const hasLimits = rule.limits !== undefined || map.intervalS !== undefined;
    return {
      rule,
      place: place(rule.path),
      missing: new Set([...SAID_MISSING, ...(rule.missing ?? []).map(String)]),
      limits: hasLimits
        ? {...(map.intervalS === undefined ? {} : {intervalS: map.intervalS}), ...rule.limits}
        : undefined,
      where: rule.where ? {place: place(rule.where.path), values: new Set(rule.where.in)} : null,
      depth: optional(rule.depthFrom?.path),
      instance: optional(rule.instanceFrom),
      unit: optional(rule.unitFrom),
    };
  });
  const known = new Set<string>([map.time.path, ...(map.ignore ?? [])]);
  if ('path' in map.device) known.add(map.device.path);
  if (map.deviceName) known.add(map.deviceName);
  for (const {rule} of columns) {
    known.add(rule.path);
    if (rule.where) known.add(rule.where.path);
    if (rule.depthFrom) known.add(rule.depthFrom.path);
    if (rule.instanceFrom) known.add(rule.instanceFrom);
    if (rule.unitFrom) known.add(rule.unitFrom);
  }
  for (const path of [
    map.battery?.voltsPath,
    map.battery?.percentPath,
    map.link?.rssiPath,
    map.link?.snrPath,
  ]) {
    if (path !== undefined) known.add(path);
  }
  return {
    map,
    device: deviceReader(map),
    label: optional(map.deviceName),
    timePlace: place(map.time.path),
    time: timeReader(map.time),
    columns,
    known,
    battery: map.battery
      ? {volts: optional(map.battery.voltsPath), percent: optional(map.battery.percentPath)}
      : null,
    link: map.link ? {rssi: optional(map.link.rssiPath), snr: optional(map.link.snrPath)} : null,
  };
}

const compiledMaps = new WeakMap<ReadingMap, Compiled>();
function compiled(map: ReadingMap): Compiled {
  let known = compiledMaps.get(map);
  if (known === undefined) {
    known = compile(map);
    compiledMaps.set(map, known);
  }
  return known;
}

/**
 * Checks what a schema cannot say of a map: zone, format of times.
 * @throws {RangeError} that names the field and what was expected.
 */
export function checkMap(map: ReadingMap): void {
  compile(map);
}

/** Columns or paths that a map knows: reads, uses, or leaves out on purpose. */
export function knownPaths(map: ReadingMap): ReadonlySet<string> {
  return compiled(map).known;
}

/** A number as text or number; null: said to be missing; undefined: there is none. @throws {InputError} */
function numberOf(raw: unknown, column: Column): {value: number | null; qualifier?: '<' | '>'} | undefined {
  const {rule, missing} = column;
  if (raw === undefined) return undefined;
  if (raw === null) return {value: null};
  // Another maker's payload may hold more than a number under the same name.
  if (rule.fallback && typeof raw === 'object') return undefined;
  if (typeof raw === 'number') {
    if (missing.has(String(raw)) || Number.isNaN(raw)) return {value: null};
    if (Math.abs(raw) <= LARGEST) return {value: raw};
  }
  if (typeof raw === 'string') {
    const text = raw.trim();
    if (text === '') return undefined;
    if (missing.has(text)) return {value: null};
    if (rule.compassPoints) {
      const degrees = POINT_DEG.get(text.toUpperCase());
      if (degrees !== undefined) return {value: degrees};
      throw new InputError(
        'value_invalid',
        `${rule.path}: one of the 16 compass points was expected, got ${show(raw)}`,
      );
    }
    const sign = text[0] === '<' || text[0] === '＜' ? '<' : text[0] === '>' || text[0] === '＞' ? '>' : null;
    const digits = sign && rule.censoredPrefix ? text.slice(1).trim() : text;
    if (NUMBER.test(digits)) {
      const value = Number(digits);
      if (missing.has(String(value))) return {value: null};
      if (Math.abs(value) <= LARGEST) return sign ? {value, qualifier: sign} : {value};
    }
  }
  throw new InputError('value_invalid', `${rule.path}: a number was expected, got ${show(raw)}`);
}

/** Depth that a payload states, in metres. @throws {InputError} `depth_invalid`. */
function depthOf(at: Place, {depthFrom}: ColumnRule, payload: unknown): number | undefined {
  const raw = valueAt(payload, at.path, at.segments);
  const text = textOf(raw);
  if (text === null && depthFrom?.optional) return undefined;
  const stated = text !== null && NUMBER.test(text) ? Number(text) : Number.NaN;
  const depthM = (depthFrom?.negate ? -stated : stated) * (depthFrom?.factor ?? 1);
  if (depthM >= 0) {
    // A depth of -0 is 0, and 30 cm are 0.3 m.
    return Number(depthM.toPrecision(12)) + 0;
  }
  throw new InputError(
    'depth_invalid',
    `${at.path}: a depth in metres, 0 or more, was expected, got ${show(raw)}`,
  );
}

function readColumn(column: Column, payload: unknown): Reading | undefined {
  const {rule} = column;
  if (column.where) {
    const chosen = textOf(valueAt(payload, column.where.place.path, column.where.place.segments));
    if (chosen === null || !column.where.values.has(chosen)) return undefined;
  }
  const number = numberOf(valueAt(payload, column.place.path, column.place.segments), column);
  if (number === undefined) return undefined;

  let {value} = number;
  if (value !== null) {
    value = value * (rule.factor ?? 1) + (rule.offset ?? 0);
    if (rule.ratePerHourOverS !== undefined) value *= rule.ratePerHourOverS / 3600;
  }
  const reading: Reading = {element: rule.element, value};
  if (rule.unit !== undefined) reading.unit = rule.unit;
  if (column.unit) {
    const stated = textOf(valueAt(payload, column.unit.path, column.unit.segments));
    if (stated !== null) reading.unit = stated.slice(0, LONGEST_UNIT);
  }
  if (number.qualifier !== undefined) reading.qualifier = number.qualifier;
  if (rule.depthM !== undefined) reading.depthM = rule.depthM;
  if (rule.heightM !== undefined) reading.heightM = rule.heightM;
  const depthM = column.depth ? depthOf(column.depth, rule, payload) : undefined;
  if (depthM !== undefined) reading.depthM = depthM;
  if (rule.instance !== undefined) reading.instance = rule.instance;
  if (column.instance) {
    const name = textOf(valueAt(payload, column.instance.path, column.instance.segments));
    if (name !== null) reading.instance = name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 32);
  }
  if (rule.statistic !== undefined) reading.stat = rule.statistic;
  if (rule.period) reading.period = rule.period;
  return reading;
}

function telemetry(
  payload: unknown,
  at: Place | null,
  [from, to]: readonly [number, number],
): number | undefined {
  if (!at) return undefined;
  const text = textOf(valueAt(payload, at.path, at.segments));
  const number = text !== null && NUMBER.test(text) ? Number(text) : Number.NaN;
  return number >= from && number <= to ? number : undefined;
}

/**
 * Readings of one foreign payload or one row of a file, as the device stated them; `model` alone converts units. Cells
 * that are empty give none, those that say «not measured» (NA, NaN, null, the map's own) give a value of null.
 * @throws {InputError} `map_failed` (no device), `time_invalid`: nothing of the payload can be used.
 */
export function applyMap(map: ReadingMap, input: MapInput): Mapped {
  const {device, label, time, timePlace, columns, known, battery, link} = compiled(map);
  const {payload} = input;
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new InputError(
      'map_failed',
      `map ${map.id}: an object with names was expected, got ${show(payload)}`,
    );
  }
  const at = time(valueAt(payload, timePlace.path, timePlace.segments));
  const {id, name} = device(input);
  const mapped: Mapped = {
    device: id,
    foreignName: name,
    timeMs: at?.timeMs ?? null,
    readings: [],
    limits: new Map(),
    paths: new Map(),
    rejected: [],
    unmapped: leafPaths(payload).filter((path) => !known.has(path)),
  };
  if (label) {
    const text = textOf(valueAt(payload, label.path, label.segments));
    if (text !== null) mapped.label = text.slice(0, LONGEST_NAME);
  }
  if (at?.note !== undefined) mapped.timeNote = at.note;
  if (at?.laterMs !== undefined) mapped.laterMs = at.laterMs;
  for (const column of columns) {
    try {
      const reading = readColumn(column, payload);
      if (reading === undefined) continue;
      if (column.rule.fallback && mapped.readings.some((before) => seriesOf(before) === seriesOf(reading))) {
        continue;
      }
      mapped.readings.push(reading);
      mapped.paths.set(reading, column.rule.path);
      if (column.limits) mapped.limits.set(reading, column.limits);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      mapped.rejected.push({path: column.rule.path, code: error.code, message: error.message});
    }
  }
  if (battery) {
    const volts = telemetry(payload, battery.volts, [0, 1000]);
    const percent = telemetry(payload, battery.percent, [0, 100]);
    const stated = {...(volts === undefined ? {} : {volts}), ...(percent === undefined ? {} : {percent})};
    if (Object.keys(stated).length > 0) mapped.battery = stated;
  }
  if (link) {
    const rssiDbm = telemetry(payload, link.rssi, [-200, 50]);
    const snrDb = telemetry(payload, link.snr, [-50, 50]);
    const stated = {...(rssiDbm === undefined ? {} : {rssiDbm}), ...(snrDb === undefined ? {} : {snrDb})};
    if (Object.keys(stated).length > 0) mapped.link = stated;
  }
  return mapped;
}
