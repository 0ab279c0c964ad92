import {connectAsync} from 'mqtt';
import {VALUES_A_MESSAGE} from './gateway/packets.ts';
import {type LoadReport, runLoad, type ServerProcess, startServer} from './gateway/processes.ts';
import {type Bench, median, quantile} from './result.ts';

const SITE = 'bench';
const PASSWORD = 'a-secret-for-the-bench';
const CLIENTS = 194;
const DEVICES = Array.from({length: CLIENTS}, (_, i) => `dev-${String(i).padStart(3, '0')}`);
const PROBE = 'probe';
const ROUNDS = 3;
const DAY_MS = 86_400_000;
/** Device time runs faster than the clock, so that a full-speed load stays in the past. */
const STEP_MS = 5000;

type What = 'bare' | 'product';

async function withServer<T>(what: What, use: (server: ServerProcess) => Promise<T>): Promise<T> {
  const server = await startServer({
    kind: 'start',
    what,
    site: SITE,
    devices: [...DEVICES, PROBE],
    password: PASSWORD,
  });
  const result = await use(server);
  await server.stop();
  return result;
}

/** `laterMs`: how much later its device times begin, so that a second load on one server brings new rows. */
function load(
  server: ServerProcess,
  {laterMs = 0, ...pace}: {window: number; ratePerS: number; durationS: number; laterMs?: number},
  meanwhile?: () => Promise<void>,
) {
  const task = {
    site: SITE,
    devices: DEVICES,
    password: PASSWORD,
    warmUpS: 1.5,
    fromMs: Math.floor((Date.now() - DAY_MS + laterMs) / STEP_MS) * STEP_MS,
    stepMs: STEP_MS,
    ...pace,
  };
  return runLoad(server, task, meanwhile);
}

/**
 * The ingest path beside the bare broker, in turns in one run: messages of six values by 194 clients at QoS 1, PUBACK
 * after the value is on disk against PUBACK of a broker that keeps nothing. The primary figure is messages per CPU second
 * of the server (all its threads), which other load on the machine moves least. Then latency at a fixed rate, memory, and
 * bytes per observation.
 */
export const bench: Bench = async ({result, progress}) => {
  for (const {name, window, goal} of [
    {name: 'pipelined', window: 20, goal: 0.4},
    {name: 'one_at_a_time', window: 1, goal: 0.5},
  ]) {
    const runs: Record<What, LoadReport[]> = {bare: [], product: []};
    for (let round = 0; round < ROUNDS; round++) {
      for (const what of ['bare', 'product'] as const) {
        progress(`${name} (goal ${goal} of bare): round ${round + 1} of ${ROUNDS}, ${what}`);
        runs[what].push(
          await withServer(what, (server) => load(server, {window, ratePerS: 0, durationS: 5})),
        );
      }
    }
    const perCpuS = (report: LoadReport) => report.acked / report.cpuS;
    const perS = (report: LoadReport) => report.acked / report.seconds;
    const bare = median(runs.bare.map(perCpuS));
    const product = median(runs.product.map(perCpuS));
    result({id: `ingest.${name}.bare_broker_per_cpu_s`, value: bare, unit: 'messages/CPU-s'});
    result({
      id: `ingest.${name}.durable_per_cpu_s`,
      value: product,
      unit: 'messages/CPU-s',
      against: `ingest.${name}.bare_broker_per_cpu_s`,
      ratio: median(runs.product.map((report, round) => perCpuS(report) / perCpuS(runs.bare[round]!))),
    });
    const bareWall = median(runs.bare.map(perS));
    const wall = median(runs.product.map(perS));
    result({id: `ingest.${name}.bare_broker`, value: bareWall, unit: 'messages/s'});
    result({
      id: `ingest.${name}.durable`,
      value: wall,
      unit: 'messages/s',
      against: `ingest.${name}.bare_broker`,
      ratio: wall / bareWall,
    });
    result({
      id: `ingest.${name}.observations`,
      value: wall * VALUES_A_MESSAGE,
      unit: 'observations/s',
    });
    result({
      id: `ingest.${name}.rss`,
      value: median(runs.product.map((report) => report.rssBytes)) / 1e6,
      unit: 'MB',
    });
  }

  for (const {ratePerS, durationS} of [
    {ratePerS: 20, durationS: 15},
    {ratePerS: 2000, durationS: 8},
  ]) {
    progress(`latency, CPU and memory at ${ratePerS} messages/s`);
    await withServer('product', async (server) => {
      const id = `ingest.at_${ratePerS}_per_s`;
      // Every series is made known first: a device's first message costs more than all that follow.
      await load(server, {window: 1, ratePerS: 0, durationS: 2, laterMs: -DAY_MS});
      // Alone, before the probe: asking for a value costs the server more than taking one in.
      const alone = await load(server, {window: 1, ratePerS, durationS});
      result({id: `${id}.ack_p50`, value: quantile(alone.latenciesMs, 0.5), unit: 'ms'});
      result({id: `${id}.ack_p99`, value: quantile(alone.latenciesMs, 0.99), unit: 'ms'});
      result({id: `${id}.cpu`, value: (100 * alone.cpuS) / alone.seconds, unit: '% of one core'});
      result({id: `${id}.rss`, value: alone.rssBytes / 1e6, unit: 'MB'});
      const queryableMs: number[] = [];
      await load(server, {window: 1, ratePerS, durationS, laterMs: DAY_MS / 2}, () =>
        probe(server, (durationS - 1) * 1000, queryableMs),
      );
      result({id: `${id}.queryable_p50`, value: quantile(queryableMs, 0.5), unit: 'ms'});
      result({id: `${id}.queryable_p99`, value: quantile(queryableMs, 0.99), unit: 'ms'});
    });
  }

  progress('bytes per observation, compacted');
  await withServer('product', async (server) => {
    // Old enough to be compacted: the newest days stay in the hot store.
    await load(server, {window: 20, ratePerS: 0, durationS: 5, laterMs: -60 * DAY_MS});
    const {hotRows, coldRows, hotBytes, coldBytes} = await server.settle();
    result({id: 'ingest.store.compacted', value: coldRows, unit: 'observations'});
    result({id: 'ingest.store.bytes_per_observation', value: coldBytes / coldRows, unit: 'B'});
    result({id: 'ingest.store.not_yet_compacted', value: hotRows, unit: 'observations'});
    // SQLite keeps the pages that compaction freed, for the rows to come.
    result({id: 'ingest.store.hot_file', value: hotBytes / 1e6, unit: 'MB'});
  });
};

/** Publishes by a client of its own, one message after the other, and asks until the value can be read. */
async function probe(server: ServerProcess, forMs: number, queryableMs: number[]): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${server.port}`, {username: PROBE, password: PASSWORD});
  const untilMs = performance.now() + forMs;
  const firstMs = Date.now() - DAY_MS;
  for (let n = 0; performance.now() < untilMs; n++) {
    const timeMs = firstMs + n * 60_000;
    const beganMs = performance.now();
    const message = {time: new Date(timeMs).toISOString(), readings: {air_temperature: 20 + (n % 7) / 10}};
    void client.publishAsync(`eco/v1/${SITE}/${PROBE}/up`, JSON.stringify(message), {qos: 1});
    while (!(await server.has(PROBE, 'air_temperature', timeMs))) await new Promise((r) => setTimeout(r, 1));
    queryableMs.push(performance.now() - beganMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await client.endAsync();
}
