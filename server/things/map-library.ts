import {mkdir, open, rename} from 'node:fs/promises';
import {join} from 'node:path';
import {createMapBook, type MapBook, readMap} from '#ingest';
import {EcoError, type ReadingMap} from '#schemas';

/** The maps of an instance: those that come with the product, and those that were added, each a file of its own. */
export type MapLibrary = MapBook & {
  /** Keeps a map, in place of an added one of the same id, and uses it from now on. */
  add(map: unknown): Promise<ReadingMap>;
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

/** @throws {EcoError} `map_invalid`, `map_exists` for an id of the product's own. */
export async function openMapLibrary(ownFolder: string, addedFolder: string): Promise<MapLibrary> {
  await mkdir(addedFolder, {recursive: true});
  const own = await createMapBook({folders: [ownFolder]});
  const load = () => createMapBook({folders: [ownFolder, addedFolder]});
  let book = await load();
  return {
    all: () => book.all(),
    get: (id) => book.get(id),
    forBridge: (bridge) => book.forBridge(bridge),
    forTopic: (topic) => book.forTopic(topic),
    add: async (value) => {
      const map = readMap(value, 'map');
      if (own.get(map.id)) {
        throw new EcoError(
          'map_exists',
          `map ${map.id} comes with the product; name it, or give yours another id`,
          409,
        );
      }
      await createMapBook({maps: [...book.all().filter(({id}) => id !== map.id), map]});
      await writeDurably(join(addedFolder, `${map.id}.json`), `${JSON.stringify(map, null, 2)}\n`);
      book = await load();
      return map;
    },
  };
}
