/** What happens to observations when InfluxDB is away, full, foreign, or does not like them: real servers on loopback. */
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi} from 'vitest';
import {type InfluxStore, type InfluxStoreOptions, openInfluxStore} from '#ingest';
import {rollUp} from '#model';
import {FLAG, type ObservationStore, QC_REVISED_BY_PERSON, QC_TEST} from '#schemas';
import {add, eventfulDay, INFO, row} from '../ingest/store/stream.ts';
import {temporaryFolder} from '../ingest/store/temporary-folder.ts';
import {findProgram, testWith} from '../needs.ts';
import {type InfluxServer, influxServer} from './store/influx-server.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Sunday, midnight UTC. */
const START = Date.UTC(2026, 9, 11);
const OUTAGE_MS = 1_500;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** As many days of keys as the test wants; looks after itself only when asked. */
type More = Partial<InfluxStoreOptions>;

const removers: (() => void)[] = [];
afterAll(() => {
  for (const remove of removers) remove();
});

function emptyFolder(): string {
  const {folder, remove} = temporaryFolder();
  removers.push(remove);
  return folder;
}

for (const major of [1, 2] as const) {
  const name = major === 1 ? 'InfluxDB 1.x' : 'InfluxDB 2.7';
  const program = major === 1 ? 'influxd' : 'influxd-2.7';
  if (findProgram(program) === undefined) {
    testWith(program)(`${name}: outages`, () => {});
    continue;
  }

  describe(`${name}: outages`, () => {
    let server: InfluxServer;
    let bucket: string;
    let buckets = 0;
    let store: (InfluxStore & ObservationStore) | undefined;

    beforeAll(async () => {
      server = await influxServer(major);
      await server.start();
    });
    afterAll(() => server?.remove());
    beforeEach(() => {
      bucket = `outage${++buckets}`;
      return async () => {
        await store?.close();
        store = undefined;
      };
    });

    const open = async (more: More = {}) => {
      store = await openInfluxStore({
        folder: emptyFolder(),
        influx: server.access(bucket),
        seriesInfo: () => INFO,
        commitIntervalMs: 1,
        compactEveryMs: 0,
        now: () => START + 10 * DAY,
        ...more,
      });
      return store;
    };
    const sent = () =>
      vi.waitFor(() => expect(store!.forwarding()).toMatchObject({state: 'sending', waitingRows: 0}), {
        timeout: 60_000,
        interval: 50,
      });
    const state = (wanted: string) =>
      vi.waitFor(() => expect(store!.forwarding().state).toBe(wanted), {timeout: 30_000, interval: 20});
    const over = (statement: string) => server.query(bucket, statement);

    it(`killed -9 three times in a stream: every acknowledged row is in it, once`, async () => {
      await open();
      await sent();
      const series = [1, 2, 3, 4, 5, 6];
      const acknowledged: number[] = [];
      let slowestMs = 0;
      let sending = true;
      onTestFinished(() => {
        sending = false;
      });
      const stream = (async () => {
        for (let i = 0; sending; i++) {
          const began = performance.now();
          void add(store!, {rows: series.map((one) => row(START + i * 10, one, i + one / 10))}).then(() => {
            acknowledged.push(i);
            slowestMs = Math.max(slowestMs, performance.now() - began);
          });
          await pause(2);
        }
      })();
      for (let kill = 0; kill < 3; kill++) {
        await pause(700);
        await server.stop('SIGKILL');
        const before = acknowledged.length;
        await pause(OUTAGE_MS);
        // Acknowledged all the while: durable here.
        expect(acknowledged.length).toBeGreaterThan(before + 20);
        await server.start();
        await state('sending');
      }
      await pause(300);
      sending = false;
      await stream;
      await vi.waitFor(() => expect(store!.pending()).toBe(0), {timeout: 30_000});
      await sent();
      expect(acknowledged.length).toBeGreaterThan(300);
      expect(slowestMs).toBeLessThan(5_000);
      for (const one of series) {
        const there = await over(`SELECT "value" FROM "eco_observation" WHERE "series" = '${one}'`);
        expect(there).toEqual(acknowledged.map((i) => [START + i * 10, i + one / 10]));
      }
      expect(store!.forwarding().refusedRows).toBe(0);
      expect(store!.counts()).toMatchObject({
        stored: acknowledged.length * series.length,
        duplicate: 0,
        conflict: 0,
      });
    });

    it('decides about old times when it is back, and says meanwhile what cannot be read', async () => {
      await open({compactAfterMs: 0});
      await add(store!, {rows: [row(START, 1, 5), row(START + MINUTE, 1, 6), row(START + HOUR, 1, 7)]});
      await store!.compact();
      expect((await store!.stats()).hotRows).toBe(0);
      await server.stop();
      await state('away').catch(() => {});
      const late = await add(store!, {
        rows: [
          {...row(START, 1, 5), receivedMs: START + DAY},
          {...row(START + MINUTE, 1, 60), receivedMs: START + DAY},
          row(START + 2 * MINUTE, 1, 8),
          row(START + 9 * DAY, 1, 9),
        ],
      });
      expect(late.stored).toBe(4);
      const recent = await store!.rows({series: 1, fromMs: START + 8 * DAY, toMs: START + 10 * DAY});
      expect([...recent.value]).toEqual([9]);
      await expect(store!.rows({series: 1, fromMs: START, toMs: START + DAY})).rejects.toMatchObject({
        code: 'store_away',
        status: 503,
      });
      expect(store!.state()).toMatchObject({state: 'degraded'});
      await server.start();
      await sent();
      const rows = () => store!.rows({series: 1, fromMs: START, toMs: START + DAY});
      await vi.waitFor(async () => expect([...(await rows()).value]).toEqual([5, 6, 8, 7]));
      expect([...(await rows()).receivedMs]).toEqual(
        [START, START + MINUTE, START + 2 * MINUTE, START + HOUR].map((timeMs) => timeMs + 500),
      );
      expect(store!.counts()).toMatchObject({received: 7, stored: 5, duplicate: 1, conflict: 1});
      expect(await store!.conflicts({limit: 9})).toEqual([
        {series: 1, timeMs: START + MINUTE, kept: 6, offered: 60, seenMs: START + DAY},
      ]);
      const there = await over('SELECT "value" FROM "eco_observation"');
      expect(there.map(([, value]) => value)).toEqual([5, 6, 8, 7, 9]);
    });

    it('takes nothing more in when the spool is full, and loses nothing', async () => {
      await open({spoolRows: 100});
      await sent();
      await server.stop();
      await add(store!, {rows: Array.from({length: 100}, (_, i) => row(START + i, 1, i))});
      let acknowledged = false;
      const held = add(store!, {rows: [row(START + 100, 1, 100)]}).then((outcome) => {
        acknowledged = true;
        return outcome;
      });
      await vi.waitFor(() => expect(store!.state().state).toBe('stalled'));
      await pause(300);
      expect(acknowledged).toBe(false);
      expect(store!.pending()).toBe(1);
      await server.start();
      expect(await held).toEqual({stored: 1, duplicate: 0, conflict: 0});
      await sent();
      expect(store!.state().state).toBe('ok');
      expect(await over('SELECT count("value") FROM "eco_observation"')).toEqual([[0, 101]]);
    });

    it('keeps what waits over a stop of ours', async () => {
      const folder = emptyFolder();
      await open({folder});
      await sent();
      await server.stop();
      await add(store!, {rows: [row(START, 1, 1), row(START + 1, 1, null)]});
      await store!.close();
      await open({folder});
      expect(store!.forwarding()).toMatchObject({waitingRows: 2});
      await server.start();
      await sent();
      expect(await over('SELECT "value", "qc" FROM "eco_observation"')).toEqual([
        [START, 1, 1],
        [START + 1, null, 9],
      ]);
    });

    it('purges in order: what came before goes, what comes after stays', async () => {
      await open({compactAfterMs: 0});
      await add(store!, {rows: [row(START, 1, 1), row(START, 2, 2)]});
      await store!.compact();
      await server.stop();
      expect(await store!.purge([1])).toEqual({rows: 1});
      await add(store!, {rows: [row(START, 1, 3)]});
      expect([...(await store!.rows({series: 1, fromMs: START, toMs: START + DAY})).value]).toEqual([3]);
      await server.start();
      await sent();
      await store!.compact();
      expect((await store!.stats()).hotRows).toBe(0);
      expect([...(await store!.rows({series: 1, fromMs: START, toMs: START + DAY})).value]).toEqual([3]);
      expect((await over('SELECT "value" FROM "eco_observation"')).map(([, value]) => value).sort()).toEqual([
        2, 3,
      ]);
    });

    it('keeps the one line that it does not take, with the reason, and goes on', async () => {
      await open({compactAfterMs: 0});
      await sent();
      // In the week of START the field is text: a number there is refused.
      const {url, org, token} = server.access(bucket);
      const path =
        major === 1
          ? `/write?db=${bucket}&precision=ms`
          : `/api/v2/write?org=${org}&bucket=${bucket}&precision=ms`;
      const planted = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: token === undefined ? {} : {authorization: `Token ${token}`},
        body: `eco_observation,series=99 value="text" ${START + HOUR}`,
      });
      expect(planted.status).toBe(204);
      const rows = Array.from({length: 40}, (_, i) => row(START + (10 + i) * DAY, 1, i));
      rows.splice(17, 0, row(START + 2 * HOUR, 1, 17.5));
      await add(store!, {rows});
      await sent();
      await vi.waitFor(async () => expect((await store!.deadLetters({limit: 5})).length).toBe(1));
      const [letter] = await store!.deadLetters({limit: 5});
      expect(letter).toMatchObject({code: 'store_refused', source: 'influxdb', topic: bucket});
      expect(letter!.message).toMatch(/conflict/);
      expect(Buffer.from(letter!.payload).toString()).toBe(
        `eco_observation,series=1 value=17.5,qc=1i,received=${START + 2 * HOUR + 500} ${START + 2 * HOUR}`,
      );
      expect(store!.forwarding()).toMatchObject({refusedRows: 1, sentRows: 40});
      // It is where it was, also when everything else is gone from here.
      await store!.compact();
      const found = await store!.rows({series: 1, fromMs: START, toMs: START + 60 * DAY});
      expect(found.value.length).toBe(41);
      expect(found.value[0]).toBe(17.5);
    });

    it('does not write into what is not ours', async () => {
      await open();
      await sent();
      await store!.close();
      await open();
      await add(store!, {rows: [row(START, 1, 1)]});
      await state('denied');
      expect(store!.forwarding()).toMatchObject({waitingRows: 1, message: /another data folder/});
      expect(store!.state()).toMatchObject({
        state: 'degraded',
        message: /1 rows wait .* another data folder/,
      });
      expect(await over('SELECT "value" FROM "eco_observation"')).toEqual([]);
    });

    it('gives each series the labels that others find it by, once they are known', async () => {
      const known = Promise.withResolvers<(series: number) => Record<string, string>>();
      await open({labels: known.promise});
      await add(store!, {rows: [row(START, 1, 1)]});
      await pause(300);
      expect(store!.forwarding().waitingRows).toBe(1);
      known.resolve(() => ({station: 'a, b=c', element: 'air_temperature'}));
      await sent();
      expect(
        await over(`SELECT "value", "station" FROM "eco_observation" WHERE "element" = 'air_temperature'`),
      ).toEqual([[START, 1, 'a, b=c']]);
    });

    it('keeps quarter hours beside the rows, true also after a late row, a verdict and a purge', async () => {
      let nowMs = START + 40 * DAY;
      await open({compactAfterMs: 0, now: () => nowMs});
      const days = [0, 1, 2].flatMap((day) => eventfulDay(1, START + day * DAY, 30 + day));
      const rows = days.map(({timeMs, series, value}) => row(timeMs, series, value));
      const late = rows.splice(700, 1)[0]!;
      await add(store!, {rows});
      await add(store!, {rows: [row(START, 2, 1)]});
      await store!.compact();
      const points = () => server.query(`${bucket}_15m`, 'SELECT count("pass") FROM "eco_quarter_hour"');
      const quarters = new Set(rows.map(({timeMs}) => Math.floor(timeMs / (15 * MINUTE)))).size;
      expect(await points()).toEqual([[0, quarters + 1]]);

      const verdict = FLAG.fail | QC_TEST.manual | QC_REVISED_BY_PERSON;
      const change = {series: 1, fromMs: START + 5 * HOUR, toMs: START + 6 * HOUR - 1, version: 1};
      const revision = {...change, value: null, qc: verdict, reason: 'seen', who: 'ranger', atMs: nowMs};
      await add(store!, {rows: [late], revisions: [revision]});
      const all = [...rows, late].sort((a, b) => a.timeMs - b.timeMs);
      const columns = {
        timeMs: all.map(({timeMs}) => timeMs),
        value: all.map(({value}) => value ?? Number.NaN),
        qc: all.map(({timeMs, qc}) => (timeMs >= change.fromMs && timeMs <= change.toMs ? verdict : qc)),
      };
      const expected = rollUp(columns, {bucketMs: HOUR}, 'mean');
      const hours = () => store!.rollUp({series: 1, fromMs: 0, toMs: START + 40 * DAY, bucket: 'PT1H'});
      expect(await hours()).toEqual(expected);
      nowMs += DAY;
      await store!.compact();
      expect((await store!.stats()).hotRows).toBe(0);
      expect(await hours()).toEqual(expected);

      // They are what is read: without them the rows of that time would have to be.
      await server.query(bucket, `DELETE FROM "eco_observation" WHERE "series" = '1'`).catch(() => {});
      if (major === 1) expect(await hours()).toEqual(expected);
      await store!.purge([1]);
      await vi.waitFor(async () => expect(await points()).toEqual([[0, 1]]), {timeout: 10_000});
    });

    // 1.x asks nobody for a name unless it is told to.
    if (major === 1) return;
    it('stops and says so when it is not let in', async () => {
      await open({influx: {...server.access(bucket), token: 'wrong-token-of-nobody'}});
      await add(store!, {rows: [row(START, 1, 1)]});
      await state('denied');
      const {message, faults} = store!.forwarding();
      expect(message).toMatch(/401/);
      expect(JSON.stringify([message, store!.state()])).not.toContain('wrong-token');
      expect(faults['denied']).toBe(1);
    });
  });
}

it('does not take another program for InfluxDB', async () => {
  // VictoriaMetrics: a version and no build, and an answer to everything.
  let writes = 0;
  const server = createServer((request, response) => {
    if (request.method === 'POST') writes++;
    response.setHeader('x-influxdb-version', '1.8.0').end('{"results":[{"series":[]}]}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = await openInfluxStore({
    folder: emptyFolder(),
    influx: {url, org: 'eco', bucket: 'eco'},
    seriesInfo: () => INFO,
    compactEveryMs: 0,
  });
  await add(store, {rows: [row(START, 1, 1)]});
  await vi.waitFor(() => expect(store.forwarding().state).toBe('denied'), {
    timeout: 30_000,
  });
  expect(store.forwarding().message).toMatch(/expected InfluxDB 1.x or 2.x, got 1.8.0/);
  await store.close();
  server.close();
  expect(writes).toBe(0);
});
