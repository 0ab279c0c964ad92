import type {DocumentStore} from '#schemas';

/** Documents in memory, each kept as JSON as a store keeps it; counts writes. */
export function createMemoryDocuments(): DocumentStore & {puts: {collection: string; id: string}[]} {
  const kept = new Map<string, Map<string, string>>();
  const puts: {collection: string; id: string}[] = [];
  const collectionOf = (name: string): Map<string, string> => {
    let found = kept.get(name);
    if (!found) {
      found = new Map();
      kept.set(name, found);
    }
    return found;
  };
  return {
    puts,
    all: <T>(collection: string) =>
      [...collectionOf(collection).values()].map((text) => JSON.parse(text) as T),
    put: async (entries) => {
      for (const {collection, id, value} of entries) {
        collectionOf(collection).set(id, JSON.stringify(value));
        puts.push({collection, id});
      }
    },
    remove: async (entries) => {
      for (const {collection, id} of entries) collectionOf(collection).delete(id);
    },
  };
}
