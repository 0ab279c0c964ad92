import {type DocumentStore, EcoError} from '#schemas';
import type {DocumentChange} from './protocol.ts';

type Kept = {collection: string; id: string; schemaVersion: number; json: string};

/** Documents in memory, as they are durable: a change shows when its promise resolves. */
export class DocumentBook implements DocumentStore {
  readonly #collections = new Map<string, Map<string, unknown>>();
  readonly #commit: (changes: DocumentChange[]) => Promise<void>;

  /** @throws {EcoError} `store_too_new` for a document of a later version than is known. */
  constructor(
    kept: readonly Kept[],
    versions: Readonly<Record<string, number>>,
    commit: (changes: DocumentChange[]) => Promise<void>,
  ) {
    this.#commit = commit;
    for (const document of kept) {
      const known = versions[document.collection] ?? 1;
      if (document.schemaVersion > known) {
        throw new EcoError(
          'store_too_new',
          `document ${document.collection}/${document.id} has schemaVersion ${document.schemaVersion}; ` +
            `this program knows up to ${known}: use the newer program`,
          409,
        );
      }
      this.#of(document.collection).set(document.id, JSON.parse(document.json));
    }
  }

  all<T>(collection: string): T[] {
    return [...(this.#collections.get(collection)?.values() ?? [])] as T[];
  }

  async put(entries: readonly {collection: string; id: string; value: unknown}[]): Promise<void> {
    if (entries.length === 0) return;
    // The text is taken now: what the caller does to the value afterwards is not part of this change.
    const changes = entries.map(({collection, id, value}): DocumentChange & {kind: 'put'} => ({
      kind: 'put',
      collection,
      id,
      schemaVersion: versionOf(value),
      json: JSON.stringify(value),
    }));
    await this.#commit(changes);
    for (const {collection, id, json} of changes) this.#of(collection).set(id, JSON.parse(json));
  }

  async remove(entries: readonly {collection: string; id: string}[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#commit(entries.map(({collection, id}) => ({kind: 'remove', collection, id})));
    for (const {collection, id} of entries) this.#collections.get(collection)?.delete(id);
  }

  #of(collection: string): Map<string, unknown> {
    let documents = this.#collections.get(collection);
    if (!documents) {
      documents = new Map();
      this.#collections.set(collection, documents);
    }
    return documents;
  }
}

/** The `schemaVersion` a document states of itself; 1 if it states none. */
function versionOf(value: unknown): number {
  const stated = (value as {schemaVersion?: unknown} | null)?.schemaVersion;
  return typeof stated === 'number' && Number.isInteger(stated) ? stated : 1;
}
