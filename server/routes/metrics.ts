import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Counter, collectDefaultMetrics, Gauge, Registry as MetricRegistry} from 'prom-client';
import type {HealthBoard, Pipeline} from '#ingest';
import type {ObservationStore} from '#schemas';

export type MetricSources = {
  store: Pick<ObservationStore, 'counts' | 'pending' | 'stats'>;
  pipeline: Pick<Pipeline, 'counts' | 'pending'>;
  health: Pick<HealthBoard, 'counts'>;
  /** MQTT connections now. */
  connections: () => number;
};

function counter(registers: MetricRegistry[], name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

function gauge(registers: MetricRegistry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}

/** Metrics of this process and of the product, read when somebody scrapes. */
function metricsOf({store, pipeline, health, connections}: MetricSources): MetricRegistry {
  const registry = new MetricRegistry();
  const registers = [registry];
  collectDefaultMetrics({register: registry});
  counter(registers, 'eco_messages_total', 'Messages taken in', () => pipeline.counts().messages);
  counter(registers, 'eco_readings_total', 'Readings in them', () => pipeline.counts().readings);
  counter(registers, 'eco_observations_stored_total', 'Rows stored', () => store.counts().stored);
  counter(registers, 'eco_observations_duplicate_total', 'Rows seen before', () => store.counts().duplicate);
  counter(
    registers,
    'eco_observations_conflict_total',
    'Same key, other value',
    () => store.counts().conflict,
  );
  new Counter({
    name: 'eco_inputs_total',
    help: 'Readings and messages rejected or marked, by code',
    labelNames: ['code'],
    registers,
    collect() {
      this.reset();
      for (const [code, count] of Object.entries(store.counts().byCode)) this.inc({code}, count);
    },
  });
  gauge(registers, 'eco_pending', 'Rows and letters not yet durable', () => pipeline.pending());
  gauge(registers, 'eco_mqtt_connections', 'MQTT connections', connections);
  new Gauge({
    name: 'eco_devices',
    help: 'Devices by state',
    labelNames: ['state'],
    registers,
    collect() {
      const {online, late, offline} = health.counts();
      this.set({state: 'online'}, online);
      this.set({state: 'late'}, late);
      this.set({state: 'offline'}, offline);
    },
  });
  new Gauge({
    name: 'eco_store_rows',
    help: 'Rows kept',
    labelNames: ['tier'],
    registers,
    async collect() {
      const {hotRows, coldRows} = await store.stats();
      this.set({tier: 'hot'}, hotRows);
      this.set({tier: 'cold'}, coldRows);
    },
  });
  new Gauge({
    name: 'eco_store_bytes',
    help: 'Bytes on disk',
    labelNames: ['tier'],
    registers,
    async collect() {
      const {bytes} = await store.stats();
      this.set({tier: 'hot'}, bytes.hot);
      this.set({tier: 'cold'}, bytes.cold);
    },
  });
  new Gauge({
    name: 'eco_commit_seconds',
    help: 'Time of a commit, last ones',
    labelNames: ['quantile'],
    registers,
    async collect() {
      const {commitP50Ms, commitP99Ms} = await store.stats();
      this.set({quantile: '0.5'}, commitP50Ms / 1000);
      this.set({quantile: '0.99'}, commitP99Ms / 1000);
    },
  });
  forwardingMetrics(registers, store);
  return registry;
}

/** Of a store that sends its rows on to another database; without one they have no samples. */
function forwardingMetrics(registers: MetricRegistry[], store: MetricSources['store']): void {
  const forwarding = async () => (await store.stats()).forwarding;
  new Gauge({
    name: 'eco_forward_up',
    help: '1 while the other database takes what comes',
    registers,
    async collect() {
      this.reset();
      const now = await forwarding();
      if (now) this.set(now.state === 'sending' ? 1 : 0);
      else this.remove();
    },
  });
  new Gauge({
    name: 'eco_forward_rows',
    help: 'Rows that wait for the other database, and how many may',
    labelNames: ['of'],
    registers,
    async collect() {
      this.reset();
      const now = await forwarding();
      if (!now) return;
      this.set({of: 'waiting'}, now.waitingRows);
      this.set({of: 'most'}, now.mostRows);
    },
  });
  new Counter({
    name: 'eco_forwarded_rows_total',
    help: 'Rows that the other database took or refused, since the start',
    labelNames: ['outcome'],
    registers,
    async collect() {
      this.reset();
      const now = await forwarding();
      if (!now) return;
      this.inc({outcome: 'sent'}, now.sentRows);
      this.inc({outcome: 'refused'}, now.refusedRows);
    },
  });
  new Counter({
    name: 'eco_forward_faults_total',
    help: 'Requests that it did not answer (away), did not allow (denied) or did not take (data)',
    labelNames: ['fault'],
    registers,
    async collect() {
      this.reset();
      for (const [fault, count] of Object.entries((await forwarding())?.faults ?? {}))
        this.inc({fault}, count);
    },
  });
}

export const metricRoutes: FastifyPluginAsyncTypebox<{sources: MetricSources}> = async (app, {sources}) => {
  const registry = metricsOf(sources);
  app.get(
    '/metrics',
    {
      schema: {
        action: 'operate',
        tags: ['operation'],
        summary: 'Metrics in the text format of Prometheus',
        produces: ['text/plain'],
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store').type(registry.contentType);
      return await registry.metrics();
    },
  );
};
