import {
  type CatalogueProblem,
  type DeviceModel,
  type DocumentStore,
  ELEMENTS,
  type ElementType,
} from '#schemas';
import type {Defined, OwnCatalogue} from '../catalogue/index.ts';

const ELEMENT_COLLECTION = 'ownElement';
const MODEL_COLLECTION = 'ownModel';

/** An own element or model as it was last defined, kept so that what it measured can be read when its file is gone. */
type OwnDocument<T> = {schemaVersion: 1; id: string; file: string; value: T};
type Kept<T> = {file: string; value: T};
type Put = Parameters<DocumentStore['put']>[0][number];

/** What a new reading of the files changed. */
export type CatalogueChange = {
  elements: ReadonlySet<string>;
  models: ReadonlySet<string>;
  /** The reader's problems, and those that only what is already stored shows. */
  problems: readonly CatalogueProblem[];
};

export type OwnTable = {
  /** The core's and the sites' own, retired ones too; the same Map for ever. */
  elements: ReadonlyMap<string, ElementType>;
  /** The core's and the sites' own, with those that devices have though no file defines them; the same Map for ever. */
  models: ReadonlyMap<string, DeviceModel>;
  /** Takes up a new reading of the files; what it changed is durable when the promise resolves. */
  adopt(read: OwnCatalogue): Promise<CatalogueChange>;
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * The catalogue in force: the core's elements and models and the sites' own. An own one outlives its file while series
 * or devices need it; one whose new definition is refused stays as it was.
 */
export function createOwnTable(options: {
  documents: DocumentStore;
  coreModels: ReadonlyMap<string, DeviceModel>;
  /** Whether there are series of an element: then its unit and roll-up are fixed. */
  hasSeries: (element: string) => boolean;
  hasDevices: (model: string) => boolean;
}): OwnTable {
  const {documents, coreModels, hasSeries, hasDevices} = options;
  const elements = new Map<string, ElementType>(Object.entries(ELEMENTS));
  const models = new Map(coreModels);
  const keptElements = new Map<string, Kept<ElementType>>();
  const keptModels = new Map<string, Kept<DeviceModel>>();
  for (const {id, file, value} of documents.all<OwnDocument<ElementType>>(ELEMENT_COLLECTION)) {
    keptElements.set(id, {file, value});
    elements.set(id, value);
  }
  for (const {id, file, value} of documents.all<OwnDocument<DeviceModel>>(MODEL_COLLECTION)) {
    keptModels.set(id, {file, value});
    models.set(id, value);
  }

  /** Why a new definition cannot take the place of the old one, whose values are stored. */
  function conflictOf(id: string, before: ElementType, next: ElementType): string | null {
    for (const part of ['unit', 'rollUp'] as const) {
      if (before[part] !== next[part] && hasSeries(id)) {
        return `there are series of it with ${part} ${before[part]}, so ${next[part]} needs another id`;
      }
    }
    return null;
  }

  /** Definitions as they are to be, and the documents that say so. */
  function settle<T>(
    kept: Map<string, Kept<T>>,
    defined: ReadonlyMap<string, Defined<T>>,
    read: OwnCatalogue,
    of: {collection: string; needed: (id: string) => boolean; retire: (value: T) => T; live: Map<string, T>},
  ): {changed: Set<string>; puts: Put[]; removes: {collection: string; id: string}[]} {
    const {collection, live} = of;
    const changed = new Set<string>();
    const puts: Put[] = [];
    const removes: {collection: string; id: string}[] = [];
    const put = (id: string, {file, value}: Kept<T>): void => {
      const document: OwnDocument<T> = {schemaVersion: 1, id, file, value};
      puts.push({collection, id, value: document});
      kept.set(id, {file, value});
      live.set(id, value);
      changed.add(id);
    };
    for (const [id, {value, file}] of defined) {
      const before = kept.get(id);
      if (!before || before.file !== file || !same(before.value, value)) put(id, {file, value});
    }
    for (const [id, {file, value}] of kept) {
      if (defined.has(id) || read.refused.has(id) || read.unreadable.has(file)) continue;
      if (!of.needed(id)) {
        removes.push({collection, id});
        kept.delete(id);
        live.delete(id);
        changed.add(id);
      } else if (!same(of.retire(value), value)) put(id, {file, value: of.retire(value)});
    }
    return {changed, puts, removes};
  }

  return {
    elements,
    models,
    adopt: async (read) => {
      const problems = [...read.problems];
      const definedElements = new Map(read.elements);
      const refused = new Set(read.refused);
      for (const [id, {value, file, line}] of read.elements) {
        const before = keptElements.get(id)?.value;
        const conflict = before ? conflictOf(id, before, value) : null;
        if (conflict === null) continue;
        problems.push({file, line, entry: id, message: conflict});
        definedElements.delete(id);
        refused.add(id);
      }
      const definedModels = new Map(read.models);
      for (const [id, {file, line}] of read.models) {
        if (!coreModels.has(id)) continue;
        problems.push({file, line, entry: id, message: 'is a model of the core, which stays as it is'});
        definedModels.delete(id);
      }
      const settled = {...read, refused};
      const ofElements = settle(keptElements, definedElements, settled, {
        collection: ELEMENT_COLLECTION,
        needed: hasSeries,
        retire: (value): ElementType => ({...value, retired: true}),
        live: elements,
      });
      const ofModels = settle(keptModels, definedModels, settled, {
        collection: MODEL_COLLECTION,
        needed: hasDevices,
        retire: (value) => value,
        live: models,
      });
      const puts = [...ofElements.puts, ...ofModels.puts];
      const removes = [...ofElements.removes, ...ofModels.removes];
      if (puts.length > 0) await documents.put(puts);
      if (removes.length > 0) await documents.remove(removes);
      return {elements: ofElements.changed, models: ofModels.changed, problems};
    },
  };
}
