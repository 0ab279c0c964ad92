import {catalogueFiles, type OpenRegistry, type OwnCatalogue, type Pipeline, readOwnCatalogue} from '#ingest';
import {type CatalogueProblem, OWN_ID} from '#schemas';
import type {ComponentState} from '../components.ts';
import {signatureOf} from './file-watch.ts';

/** What the last reading of the files gave. */
export type CatalogueReport = {
  /** Ids of the sites' own elements and models in force. */
  elements: string[];
  models: string[];
  /** Elements whose definition is gone and whose series stay. */
  retired: string[];
  /** Ids that this reading made, changed or took away. */
  changed: string[];
  problems: CatalogueProblem[];
};

/** The sites' own elements and models of a running product. */
export type LiveCatalogue = {
  report(): CatalogueReport;
  /** Reads the files again; what is wrong in them is told, and what was there before it holds on. */
  reload(): Promise<CatalogueReport>;
  /** Reads them again if one of them changed since. */
  reloadIfChanged(): Promise<void>;
  state(): ComponentState;
};

/** `file:line: entry: reason` */
export function problemLine({file, line, entry, message}: CatalogueProblem): string {
  return `${file}:${line}: ${entry === null ? '' : `${entry}: `}${message}`;
}

/**
 * Keeps registry and pipeline in step with the files of these folders. `first` is the reading with which the registry was
 * opened.
 */
export async function createLiveCatalogue(options: {
  folders: readonly string[];
  first: OwnCatalogue;
  registry: OpenRegistry;
  pipeline: Pick<Pipeline, 'forget'>;
  log: (line: object) => void;
}): Promise<LiveCatalogue> {
  const {folders, registry, pipeline, log} = options;
  let last: CatalogueReport;
  let signature = '';
  let queue: Promise<unknown> = Promise.resolve();

  async function adopt(read: OwnCatalogue): Promise<CatalogueReport> {
    const {elements, models, problems, series} = await registry.adopt(read);
    if (elements.size + models.size > 0) pipeline.forget(series);
    for (const problem of problems) log({level: 'warn', message: `catalogue: ${problemLine(problem)}`});
    const own = [...registry.elements()]
      .filter(([, element]) => element.conversions !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    last = {
      elements: own.filter(([, element]) => !element.retired).map(([id]) => id),
      models: [...registry.models().keys()].filter((id) => OWN_ID.test(id)).toSorted(),
      retired: own.filter(([, element]) => element.retired).map(([id]) => id),
      changed: [...elements, ...models],
      problems: [...problems],
    };
    return last;
  }

  /** One reading at a time, in order. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work);
    queue = result.catch(() => {});
    return result;
  }

  async function readAndAdopt(): Promise<CatalogueReport> {
    signature = await signatureOf(await catalogueFiles(folders));
    return await adopt(await readOwnCatalogue(folders));
  }

  signature = await signatureOf(await catalogueFiles(folders));
  last = await adopt(options.first);
  return {
    report: () => last,
    reload: () => inTurn(readAndAdopt),
    reloadIfChanged: () =>
      inTurn(async () => {
        if ((await signatureOf(await catalogueFiles(folders))) !== signature) await readAndAdopt();
      }),
    state: () => {
      const {elements, models, problems} = last;
      if (problems.length === 0) {
        return {status: 'ok', message: `${elements.length} own elements, ${models.length} own models`};
      }
      return {
        status: 'degraded',
        message: `${problems.length} entries refused; ${problemLine(problems[0]!)}`,
      };
    },
  };
}
