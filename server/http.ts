import fastifyCompress from '@fastify/compress';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import type {TypeBoxTypeProvider} from '@fastify/type-provider-typebox';
import {type FastifyInstance, fastify} from 'fastify';
import {Type} from 'typebox';
import type {ArchiveBook, FrameLog, HealthBoard, OpenRegistry, Pipeline, Reviser} from '#ingest';
import type {LiveBus, ObservationStore} from '#schemas';
import {guard, SECURITY_HEADERS} from './access/index.ts';
import type {BackupJobs} from './backup/backup-jobs.ts';
import type {Components} from './components.ts';
import {errorHandler} from './errors.ts';
import type {Exports} from './export/exports.ts';
import type {FleetPasswords} from './fleet/credentials.ts';
import {describeApi} from './openapi.ts';
import {accessRoutes} from './routes/access.ts';
import {backupRoutes} from './routes/backups.ts';
import {birdRoutes} from './routes/birds.ts';
import {bridgeRoutes} from './routes/bridges.ts';
import {catalogueRoutes} from './routes/catalogue.ts';
import {catalogueFileRoutes} from './routes/catalogue-files.ts';
import {datastreamRoutes} from './routes/datastreams.ts';
import {deadLetterRoutes} from './routes/dead-letters.ts';
import {deviceRoutes} from './routes/devices.ts';
import {docRoutes} from './routes/docs.ts';
import {explainRoutes} from './routes/explain.ts';
import {exportRoutes} from './routes/export.ts';
import {fleetRoutes} from './routes/fleet.ts';
import {healthRoutes} from './routes/health.ts';
import {latestRoutes} from './routes/latest.ts';
import {mapDeviceRoutes} from './routes/map-devices.ts';
import {mapRoutes} from './routes/maps.ts';
import {metricRoutes} from './routes/metrics.ts';
import {installNotFound, pageRoutes} from './routes/pages.ts';
import {qualityRoutes} from './routes/quality.ts';
import {readingRoutes} from './routes/readings.ts';
import {revisionRoutes} from './routes/revisions.ts';
import {runRoutes} from './routes/runs.ts';
import {scenarioRoutes} from './routes/scenarios.ts';
import {seriesRoutes} from './routes/series.ts';
import {siteRoutes} from './routes/sites.ts';
import {speciesRoutes} from './routes/species.ts';
import {stationRoutes} from './routes/stations.ts';
import {statisticsRoutes} from './routes/statistics.ts';
import {statRoutes} from './routes/stats.ts';
import {storageRoutes} from './routes/storage.ts';
import {streamRoutes} from './routes/stream.ts';
import {treeImportRoutes} from './routes/tree-import.ts';
import {treeRoutes} from './routes/trees.ts';
import {treesFileRoutes} from './routes/trees-file.ts';
import {verdictRoutes} from './routes/verdicts.ts';
import {zoneRoutes} from './routes/zones.ts';
import type {Simulation} from './simulate/simulation.ts';
import type {MapLibrary} from './things/map-library.ts';
import type {LiveCatalogue} from './things/own-catalogue.ts';
import {checkingSerializer, plainSerializer, validatorAtOnce, validatorWhenNeeded} from './validation.ts';

const LARGEST_BODY_BYTES = 256 * 1024;
/** Requests a second from one address; above what a device's readings may be (2,000 a second). */
const MOST_REQUESTS_PER_S = 2500;

export type HttpParts = {
  registry: OpenRegistry;
  store: ObservationStore;
  pipeline: Pick<
    Pipeline,
    'accept' | 'replayDeadLetters' | 'replayDevice' | 'replayBridge' | 'forget' | 'counts' | 'pending'
  >;
  reviser: Reviser;
  health: Pick<HealthBoard, 'health' | 'counts'>;
  live: Pick<LiveBus, 'subscribe'>;
  maps: MapLibrary;
  archives: ArchiveBook;
  backups: BackupJobs;
  exports: Exports;
  simulation: Simulation;
  catalogue: Pick<LiveCatalogue, 'report' | 'reload'>;
  frames: Pick<FrameLog, 'stats'>;
  components: Components;
  /** Everything that the product writes lies there. */
  dataDir: string;
  /** Passwords for a fleet in a process of its own. */
  fleetPasswords: () => FleetPasswords;
  /** Names under which a browser may call. */
  hosts: ReadonlySet<string>;
  /** Where devices and bridges connect over MQTT; null: not to this process. */
  mqttUrl: string | null;
  /** MQTT connections now. */
  connections: () => number;
  /** Folder of the built page; null: this process serves health and metrics alone (no role `api`). */
  pageFolder: string | null;
  version: string;
  startedMs: number;
  /** Compile every schema at once and compare every answer with its own (tests). */
  checkAnswers?: boolean;
  now: () => number;
  log: (line: object) => void;
};

/** Every parameter that a query may not have is an error, so a route without a query schema gets an empty one. */
function refuseUnknownParameters(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api') && route.url !== '/metrics') return;
    route.schema = {querystring: Type.Object({}, {additionalProperties: false}), ...route.schema};
  });
}

/** `a=1&a=2` reads as `a=1,2`, as every list parameter is written. */
function parseQuery(text: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  for (const [key, value] of new URLSearchParams(text)) {
    query[key] = query[key] === undefined ? value : `${query[key]},${value}`;
  }
  return query;
}

/** The whole HTTP side, not yet listening: access, routes below /api/v1, metrics, docs, pages. */
export async function createHttp(parts: HttpParts): Promise<FastifyInstance> {
  const {registry, store, pipeline, health, live, now} = parts;
  const app = fastify({
    bodyLimit: LARGEST_BODY_BYTES,
    routerOptions: {maxParamLength: 300, querystringParser: parseQuery},
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => errorHandler(parts.log)(error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(parts.checkAnswers === true ? validatorAtOnce : validatorWhenNeeded);
  app.setSerializerCompiler(parts.checkAnswers === true ? checkingSerializer : plainSerializer);
  app.setErrorHandler(errorHandler(parts.log));

  guard(app, {hosts: parts.hosts, credential: registry.credential});
  refuseUnknownParameters(app);
  await app.register(fastifyRateLimit, {
    global: true,
    max: MOST_REQUESTS_PER_S,
    timeWindow: 1000,
    addHeaders: {'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false},
  });
  await app.register(fastifyHelmet, SECURITY_HEADERS);
  await app.register(fastifyCompress, {
    global: true,
    threshold: 1024,
    encodings: ['gzip', 'identity'],
    zlibOptions: {level: 4},
  });
  await describeApi(app, parts.version);

  await app.register(
    async (api) => {
      await api.register(healthRoutes, {...parts});
      if (parts.pageFolder === null) return;
      await api.register(catalogueRoutes, {registry});
      await api.register(catalogueFileRoutes, {registry, catalogue: parts.catalogue});
      await api.register(siteRoutes, {registry});
      await api.register(zoneRoutes, {registry});
      await api.register(stationRoutes, {registry});
      await api.register(speciesRoutes, {registry, archives: parts.archives});
      await api.register(treeRoutes, {registry, archives: parts.archives});
      await api.register(treesFileRoutes, {archives: parts.archives, now});
      await api.register(treeImportRoutes, {archives: parts.archives, now});
      await api.register(birdRoutes, {registry, archives: parts.archives});
      await api.register(deviceRoutes, {
        registry,
        store,
        pipeline,
        healthOf: health.health,
        now,
      });
      await api.register(mapDeviceRoutes, {registry});
      await api.register(bridgeRoutes, {...parts, registry, pipeline, now});
      await api.register(mapRoutes, {registry, maps: parts.maps});
      await api.register(fleetRoutes, {registry, store, pipeline, fleetPasswords: parts.fleetPasswords});
      await api.register(datastreamRoutes, {registry});
      await api.register(latestRoutes, {registry, observations: store});
      await api.register(seriesRoutes, {registry, observations: store, now});
      await api.register(revisionRoutes, {registry, observations: store, reviser: parts.reviser});
      await api.register(qualityRoutes, {registry, observations: store, now});
      await api.register(verdictRoutes, {registry, observations: store});
      await api.register(statisticsRoutes, {registry, observations: store, now});
      await api.register(explainRoutes, {registry, observations: store});
      await api.register(exportRoutes, {exports: parts.exports});
      await api.register(streamRoutes, {registry, live});
      await api.register(readingRoutes, {pipeline, now});
      await api.register(deadLetterRoutes, {observations: store, pipeline});
      await api.register(statRoutes, {store});
      await api.register(storageRoutes, {store, frames: parts.frames, dataDir: parts.dataDir});
      await api.register(accessRoutes);
      await api.register(backupRoutes, {backups: parts.backups});
      await api.register(scenarioRoutes, {registry, ...parts.simulation});
      await api.register(runRoutes, {registry, ...parts.simulation});
    },
    {prefix: '/api/v1'},
  );

  await app.register(metricRoutes, {
    sources: {store, pipeline, health, connections: parts.connections},
  });
  if (parts.pageFolder !== null) {
    await app.register(docRoutes, {prefix: '/api'});
    await app.register(pageRoutes, {folder: parts.pageFolder});
  }
  installNotFound(app);
  return app;
}
