import {join} from 'node:path';
import {DEVICE_MODELS} from '#devices/models';
import {
  type ArchiveBook,
  createArchiveBook,
  createHealthBoard,
  createLiveBus,
  createPipeline,
  createReviser,
  type EmbeddedStore,
  type EmbeddedStoreOptions,
  type FrameLog,
  type HealthBoard,
  type LoadedSite,
  loadSites,
  MIGRATION,
  type OpenRegistry,
  openFrameLog,
  openRegistry,
  type Pipeline,
  type Reviser,
  readOwnCatalogue,
} from '#ingest';
import {EcoError, type LiveBus, type Revision, type Settings} from '#schemas';
import type {ComponentState} from './components.ts';
import type {Log} from './log.ts';
import {labelsOf, openStore} from './open-store.ts';
import {type MapLibrary, openMapLibrary} from './things/map-library.ts';
import {createLiveCatalogue, type LiveCatalogue} from './things/own-catalogue.ts';

/** What every command that touches data stands on: sites, store, registry and the pipeline between them. */
export type Core = {
  sites: LoadedSite[];
  sitesDir: string;
  archives: ArchiveBook;
  store: EmbeddedStore;
  registry: OpenRegistry;
  live: LiveBus;
  health: HealthBoard;
  maps: MapLibrary;
  catalogue: LiveCatalogue;
  frames: FrameLog;
  pipeline: Pipeline;
  reviser: Reviser;
  /** Whether what comes in becomes durable. */
  state(): ComponentState;
  close(): Promise<void>;
};

function storeState(store: EmbeddedStore): ComponentState {
  const state = store.state();
  if (state.state === 'stalled') {
    const since = new Date(state.sinceMs).toISOString();
    return {status: 'failed', message: `nothing can be written since ${since}: ${state.message}`};
  }
  if (state.state === 'failed') return {status: 'failed', message: state.message};
  if (state.state === 'degraded') return {status: 'degraded', message: state.message};
  return {status: 'ok', message: `${store.pending()} rows not yet durable`};
}

/** Sites that come with the product. */
export const OWN_SITES = join(import.meta.dirname, '..', 'sites');

/**
 * Opens the data folder of these settings; nobody else may have it open. Virtual devices are listed if the fleet is on.
 * @throws {EcoError} for a site, map or store that cannot be used, with what was expected.
 */
export async function openCore(
  settings: Settings,
  options: {
    log: Log;
    sitesDir?: string;
    now?: () => number;
    includeVirtual?: boolean;
    /** How the store reads, and when it moves rows. */
    store?: Pick<EmbeddedStoreOptions, 'reader' | 'compactEveryMs'>;
  },
): Promise<Core> {
  const {log, now = Date.now} = options;
  const sitesDir = options.sitesDir ?? settings.sitesDir ?? OWN_SITES;
  const [sites, maps] = await Promise.all([
    loadSites(sitesDir, settings.site.split(',')),
    openMapLibrary(join(OWN_SITES, 'maps'), join(settings.dataDir, 'maps'), log),
  ]);
  // A site's folder may add elements and models, and so may the data folder, for what one instance alone needs.
  const catalogueFolders = [...sites.map(({folder}) => folder), settings.dataDir];
  const own = await readOwnCatalogue(catalogueFolders);
  const frames = await openFrameLog({
    folder: join(settings.dataDir, 'frames'),
    days: settings.rawFrameDays,
    mostBytes: settings.rawFrameMegabytes * 1024 * 1024,
    now,
    log,
  });
  const opened = Promise.withResolvers<OpenRegistry>();
  const store = await openStore(settings, {
    ...options.store,
    // The registry's own documents lie in the store, so it opens second and is asked when it is there.
    seriesInfo: (series) => registry?.seriesInfo(series),
    labels: opened.promise.then((known) => (series) => labelsOf(known.datastreamBySeries(series))),
    commitIntervalMs: settings.commitIntervalMs,
    onRevisions: (revisions) => onRevisions(revisions),
    log,
  });
  if (store.documents.all(MIGRATION.collection).length > 0) {
    await store.close();
    throw new EcoError(
      'migration_unfinished',
      `the observations in ${settings.dataDir} are being moved here: let \`eco migrate\` end, or run it again`,
      409,
    );
  }
  let registry: OpenRegistry | undefined;
  let onRevisions: (revisions: readonly Revision[]) => void = () => {};
  try {
    registry = await openRegistry({
      documents: store.documents,
      sites,
      models: DEVICE_MODELS,
      own,
      includeVirtual: options.includeVirtual ?? settings.fleet === 'on',
      now,
      log,
    });
    opened.resolve(registry);
    const live = createLiveBus({
      onListenerError: (error) => log({level: 'error', message: 'a live listener failed', error}),
    });
    const known = registry;
    // A verdict on a newest value that later data changed is shown again.
    onRevisions = (revisions) => {
      const observations = revisions.flatMap(({series, fromMs, toMs}) => {
        const stream = known.datastreamBySeries(series);
        return stream === undefined
          ? []
          : store
              .latest([series])
              .filter(({timeMs}) => timeMs >= fromMs && timeMs <= toMs)
              .map((row) => ({...row, datastream: stream.id}));
      });
      if (observations.length > 0) live.publish({kind: 'observation', observations});
    };
    const health = createHealthBoard({registry, live, now});
    await health.restore(store);
    const pipeline = createPipeline({registry, store, live, health, maps, frames, now, log});
    const reviser = createReviser({store, live, now});
    const catalogue = await createLiveCatalogue({
      folders: catalogueFolders,
      first: own,
      registry,
      pipeline,
      log,
    });
    return {
      sites,
      sitesDir,
      archives: createArchiveBook({sites, folder: join(settings.dataDir, 'archive')}),
      store,
      registry,
      live,
      health,
      maps,
      catalogue,
      frames,
      pipeline,
      reviser,
      state: () => storeState(store),
      close: async () => {
        health.close();
        await store.close();
        await frames.close();
      },
    };
  } catch (error) {
    await store.close();
    await frames.close();
    throw error;
  }
}
