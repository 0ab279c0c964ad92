import {mkdir, open, readdir, rename} from 'node:fs/promises';
import {join} from 'node:path';
import {createMapBook, type MapBook, readMap, readMapFile} from '#ingest';
import {EcoError, type ReadingMap} from '#schemas';
import type {ComponentState} from '../components.ts';
import {signatureOf} from './file-watch.ts';

/** A file that holds no map, or one that cannot stand beside the others. */
export type MapProblem = {file: string; message: string};

/** The maps of an instance: those that come with the product, and those that were added, each a file of its own. */
export type MapLibrary = MapBook & {
  /** Keeps a map, in place of an added one of the same id, and uses it from now on. */
  add(map: unknown): Promise<ReadingMap>;
  /** Whether a map comes with the product. */
  isOwn(id: string): boolean;
  /** Files of the last reading that were refused; what they held before holds on. */
  problems(): readonly MapProblem[];
  /** Reads the folders again. */
  reload(): Promise<void>;
  /** Reads them again if one of their files changed since. */
  reloadIfChanged(): Promise<void>;
  state(): ComponentState;
};

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function mapFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => join(folder, name));
}

/**
 * Reads the maps of both folders. A bad file costs no other: it is told, and the map that it held before stays.
 * @throws {EcoError} `map_invalid` if one that comes with the product cannot be read at the start.
 */
export async function openMapLibrary(
  ownFolder: string,
  addedFolder: string,
  log: (line: object) => void = () => {},
): Promise<MapLibrary> {
  await mkdir(addedFolder, {recursive: true});
  let book = await createMapBook({folders: [ownFolder]});
  let ownIds: ReadonlySet<string> = new Set(book.all().map(({id}) => id));
  let byFile = new Map<string, ReadingMap>();
  let problems: MapProblem[] = [];
  let signature = '';
  let queue: Promise<unknown> = Promise.resolve();

  async function signatureNow(): Promise<string> {
    const files = [...(await mapFiles(ownFolder)), ...(await mapFiles(addedFolder))];
    return await signatureOf(files);
  }

  async function read(): Promise<void> {
    signature = await signatureNow();
    const next = new Map<string, ReadingMap>();
    const wrong: MapProblem[] = [];
    const ids = new Map<string, string>();
    const bridges = new Map<string, string>();
    const ofProduct = new Set<string>();
    for (const folder of [ownFolder, addedFolder]) {
      for (const file of await mapFiles(folder)) {
        let map: ReadingMap | undefined;
        try {
          map = await readMapFile(file);
        } catch (error) {
          if (!(error instanceof EcoError)) throw error;
          wrong.push({file, message: error.message});
          map = byFile.get(file);
        }
        if (map === undefined) continue;
        const other = ids.get(map.id) ?? (map.bridge === undefined ? undefined : bridges.get(map.bridge));
        if (other !== undefined) {
          wrong.push({file, message: `${file}: id or bridge of map ${map.id} is already that of ${other}`});
          continue;
        }
        ids.set(map.id, file);
        if (map.bridge !== undefined) bridges.set(map.bridge, file);
        if (folder === ownFolder) ofProduct.add(map.id);
        next.set(file, map);
      }
    }
    book = await createMapBook({maps: [...next.values()]});
    byFile = next;
    ownIds = ofProduct;
    problems = wrong;
    for (const problem of wrong) log({level: 'warn', message: `map: ${problem.message}`});
  }

  /** One reading at a time, in order. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work);
    queue = result.catch(() => {});
    return result;
  }

  await read();
  return {
    all: () => book.all(),
    get: (id) => book.get(id),
    forBridge: (bridge) => book.forBridge(bridge),
    forTopic: (topic) => book.forTopic(topic),
    isOwn: (id) => ownIds.has(id),
    problems: () => problems,
    reload: () => inTurn(read),
    reloadIfChanged: () =>
      inTurn(async () => {
        if ((await signatureNow()) !== signature) await read();
      }),
    state: () =>
      problems.length === 0
        ? {status: 'ok', message: `${book.all().length} maps`}
        : {status: 'degraded', message: `${problems.length} maps refused; ${problems[0]!.message}`},
    add: (value) =>
      inTurn(async () => {
        const map = readMap(value, 'map');
        if (ownIds.has(map.id)) {
          throw new EcoError(
            'map_exists',
            `map ${map.id} comes with the product; name it, or give yours another id`,
            409,
          );
        }
        await createMapBook({maps: [...book.all().filter(({id}) => id !== map.id), map]});
        await writeDurably(join(addedFolder, `${map.id}.json`), `${JSON.stringify(map, null, 2)}\n`);
        await read();
        return map;
      }),
  };
}
