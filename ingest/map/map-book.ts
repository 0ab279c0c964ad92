import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {createValidator, EcoError, ELEMENTS, ReadingMap, type Validator} from '#schemas';
import {checkMap} from './apply-map.ts';

/** The maps of an instance. */
export type MapBook = {
  all(): readonly ReadingMap[];
  get(id: string): ReadingMap | undefined;
  /** The map of a bridge (a principal's user name). */
  forBridge(bridge: string): ReadingMap | undefined;
  /** The first map, by id, whose topic filter a topic matches. */
  forTopic(topic: string): ReadingMap | undefined;
};

const LARGEST_MAP_BYTES = 1024 * 1024;
const valid: Validator<ReadingMap> = createValidator(ReadingMap);

/**
 * One map from parsed JSON.
 * @throws {EcoError} `map_invalid` with where it stands, the field, and what was expected.
 */
export function readMap(value: unknown, where: string): ReadingMap {
  const fail = (message: string): EcoError => new EcoError('map_invalid', `${where}: ${message}`);
  if (!valid(value)) throw fail(valid.problem());
  for (const [index, column] of value.columns.entries()) {
    const at = `columns.${index} (${column.path})`;
    if (!Object.hasOwn(ELEMENTS, column.element) && !column.element.startsWith('x_')) {
      throw fail(`${at}: an element of the catalogue was expected, got ${column.element}`);
    }
    if (column.depthM !== undefined && column.heightM !== undefined) {
      throw fail(`${at}: depthM or heightM was expected, not both`);
    }
    if (column.depthFrom && (column.depthM !== undefined || column.heightM !== undefined)) {
      throw fail(`${at}: depthFrom stands for the depth, depthM and heightM cannot stand beside it`);
    }
  }
  if (value.topic !== undefined && !validFilter(value.topic)) {
    throw fail(`topic: an MQTT topic filter was expected, got ${value.topic}`);
  }
  try {
    checkMap(value);
  } catch (error) {
    if (error instanceof RangeError) throw fail(`time: ${error.message}`);
    throw error;
  }
  return value;
}

/**
 * One map from a JSON file.
 * @throws {EcoError} `map_invalid`, `map_unknown` if there is no such file.
 */
export async function readMapFile(path: string): Promise<ReadingMap> {
  let text: string;
  try {
    const {size} = await stat(path);
    if (size > LARGEST_MAP_BYTES) {
      throw new EcoError(
        'map_invalid',
        `${path}: has ${size} bytes, more than the ${LARGEST_MAP_BYTES} of a map`,
      );
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof EcoError) throw error;
    throw new EcoError('map_unknown', `no map ${path}: ${(error as Error).message}`, 404);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new EcoError('map_invalid', `${path}: is no JSON (${(error as Error).message})`);
  }
  return readMap(value, path);
}

function validFilter(filter: string): boolean {
  const levels = filter.split('/');
  return levels.every((level, index) =>
    level === '#' ? index === levels.length - 1 : level === '+' || (level !== '' && !/[+#\0]/.test(level)),
  );
}

/** Whether a topic matches an MQTT filter, level by level. A filter that begins with a wildcard matches no `$…`. */
export function matchesTopic(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

/**
 * All maps of these folders (every `*.json`) and those handed in.
 * @throws {EcoError} `map_invalid`; also if two maps share an id or a bridge.
 */
export async function createMapBook(options: {
  folders?: readonly string[];
  maps?: readonly ReadingMap[];
}): Promise<MapBook> {
  const found: {map: ReadingMap; where: string}[] = (options.maps ?? []).map((map) => ({
    map: readMap(map, `map ${map.id}`),
    where: `map ${map.id}`,
  }));
  for (const folder of options.folders ?? []) {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
    for (const name of names) {
      const where = join(folder, name);
      found.push({map: await readMapFile(where), where});
    }
  }
  const byId = new Map<string, {map: ReadingMap; where: string}>();
  const byBridge = new Map<string, ReadingMap>();
  for (const entry of found) {
    const {map, where} = entry;
    const other = byId.get(map.id);
    if (other) throw new EcoError('map_invalid', `${where}: id ${map.id} is already that of ${other.where}`);
    byId.set(map.id, entry);
    if (map.bridge === undefined) continue;
    const before = byBridge.get(map.bridge);
    if (before)
      throw new EcoError('map_invalid', `${where}: bridge ${map.bridge} is already that of map ${before.id}`);
    byBridge.set(map.bridge, map);
  }
  const maps = [...byId.values()].map(({map}) => map).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const withTopic = maps.filter((map) => map.topic !== undefined);
  return {
    all: () => maps,
    get: (id) => byId.get(id)?.map,
    forBridge: (bridge) => byBridge.get(bridge),
    forTopic: (topic) => withTopic.find((map) => matchesTopic(map.topic!, topic)),
  };
}
