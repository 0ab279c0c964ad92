/** Moving a store to InfluxDB and back: the same rows to the last bit, also when it is killed in the middle. */
import {spawn} from 'node:child_process';
import {renameSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type EmbeddedStore, openEmbeddedStore} from '#ingest';
import {FLAG, type ObservationStore, QC_TEST} from '#schemas';
import {runEco} from '../../server/cli/eco.ts';
import type {MigrationReport} from '../../server/cli/migrate.ts';
import {add, row, seeded} from '../ingest/store/stream.ts';
import {findProgram, testWith} from '../needs.ts';
import {ROOT, temporaryFolder} from './running-server.ts';
import {type InfluxServer, influxServer} from './store/influx-server.ts';

const QUARTER = 900_000;
const DAY = 86_400_000;
const START = Date.UTC(2025, 0, 1);
const SERIES = 6;
const DAYS = 90;

/** What a store says of itself, but for rows. */
async function besides(store: ObservationStore) {
  const all = {fromMs: 0, toMs: START + 400 * DAY};
  return {
    counts: store.counts(),
    conflicts: await store.conflicts({limit: 100}),
    letters: await store.deadLetters({limit: 100}),
    things: store.documents.all('things'),
    revisions: await store.revisions({...all, series: 1}),
    latest: store.latest(),
    rows: await store.rows({...all, series: 1}),
    days: await store.rollUp({...all, series: 2, bucket: 'P1D'}),
  };
}

const openStore = (folder: string) =>
  openEmbeddedStore({folder, seriesInfo: () => undefined, compactEveryMs: 0});

/** A quarter of a year of six series with everything that can be beside them. */
async function fill(folder: string): Promise<void> {
  const store = await openStore(folder);
  const random = seeded(11);
  for (let day = 0; day < DAYS; day++) {
    const rows = [];
    for (let at = START + day * DAY; at < START + (day + 1) * DAY; at += QUARTER) {
      for (let series = 1; series <= SERIES; series++) {
        const value = random() < 0.01 ? null : random() * 10 ** Math.floor(random() * 12 - 6);
        rows.push(row(at, series, value));
      }
    }
    await add(store, {rows});
  }
  await store.compact();
  await add(store, {
    rows: [
      row(START, 1, -1),
      {...row(START + 300 * 365 * DAY, 2, 1), qc: FLAG.fail | QC_TEST.time},
      row(START + DAYS * DAY, 3, 0.1 + 0.2),
      // Before the times that InfluxDB can keep.
      row(Date.UTC(1500, 0, 1), 4, 2.5),
    ],
    revisions: [
      {
        series: 1,
        fromMs: START + DAY,
        toMs: START + 2 * DAY,
        version: 2,
        value: 4.25,
        qc: FLAG.suspect | QC_TEST.drift,
        reason: 'drift',
        who: 'tester',
        atMs: START + 100 * DAY,
      },
    ],
    deadLetters: [
      {
        receivedMs: START,
        source: 'mqtt',
        topic: 'a/b',
        principal: null,
        device: 'd',
        code: 'payload_syntax',
        message: 'expected {',
        payload: Uint8Array.of(0, 255),
      },
    ],
  });
  await store.documents.put([{collection: 'things', id: 'a', value: {schemaVersion: 1, name: '氧'}}]);
  await store.close();
}

// On one of them: that both are written and read alike is the contract suite's to show.
if (findProgram('influxd') === undefined) testWith('influxd')('migration to InfluxDB', () => {});
else {
  describe('migration to InfluxDB', () => {
    const data = temporaryFolder('migrate');
    let server: InfluxServer;
    let before: Awaited<ReturnType<typeof besides>>;
    let first: MigrationReport;

    const environment = () => {
      const {url, token, org, bucket} = server.access('moved');
      return {
        ...process.env,
        ECO_DATA_DIR: data.path,
        ECO_FLEET: 'off',
        ECO_INFLUX_URL: url,
        ECO_INFLUX_ORG: org,
        ECO_INFLUX_BUCKET: bucket,
        ...(token === undefined ? {} : {ECO_INFLUX_TOKEN: token}),
      };
    };
    const eco = async (...argv: string[]) => {
      const out: string[] = [];
      const err: string[] = [];
      const io = {
        out: (line: string) => out.push(line),
        err: (line: string) => err.push(line),
        env: environment(),
        isTerminal: false,
      };
      return {code: await runEco(argv, io), out: out.join('\n'), err: err.join('\n')};
    };

    beforeAll(async () => {
      server = await influxServer(1);
      await server.start();
      await fill(join(data.path, 'store'));
      const store = await openStore(join(data.path, 'store'));
      before = await besides(store);
      await store.close();
    });
    afterAll(async () => {
      await server?.remove();
      data.remove();
    });

    it('goes on where it was killed, and leaves nothing half-done to be used', async () => {
      const child = spawn(
        process.execPath,
        [join(ROOT, 'server/cli/eco.ts'), 'migrate', '--from', 'embedded', '--to', 'influxdb'],
        {cwd: ROOT, env: environment(), stdio: ['ignore', 'ignore', 'inherit']},
      );
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const some = async () => {
        const found = await server
          .query('moved', 'SELECT count("qc") FROM "eco_observation"')
          .catch(() => [] as unknown[][]);
        return Number(found[0]?.[1] ?? 0);
      };
      while ((await some()) < 5000 && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      child.kill('SIGKILL');
      await ended;
      const start = await eco('devices', 'list', '--store', 'influxdb');
      expect(start).toMatchObject({code: 1, err: expect.stringMatching(/are being moved here/)});

      const {code, out} = await eco('migrate', '--from', 'embedded', '--to', 'influxdb', '--json');
      first = JSON.parse(out) as MigrationReport;
      expect(first.source).toEqual({
        series: SERIES,
        rows: SERIES * DAYS * 96 + 3,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(first).toMatchObject({equal: true, target: first.source});
      expect(code).toBe(0);
      // All of closed time, and once: InfluxDB counts for itself.
      const there = await server.query('moved', 'SELECT count("qc") FROM "eco_observation"');
      expect(there.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(SERIES * DAYS * 96 + 1);
    });

    it('comes back the same, with all that is beside the rows', async () => {
      renameSync(join(data.path, 'store'), join(data.path, 'store-before'));
      const {code, out} = await eco('migrate', '--from', 'influxdb', '--to', 'embedded', '--json');
      expect(JSON.parse(out)).toMatchObject({
        equal: true,
        source: first.source,
        target: first.source,
      });
      expect(code).toBe(0);
      const store: EmbeddedStore & ObservationStore = await openStore(join(data.path, 'store'));
      const after = await besides(store);
      await store.close();
      expect(after).toEqual(before);
    });

    it('does not write over a store, nor move what is not there', async () => {
      expect(await eco('migrate', '--from', 'embedded', '--to', 'influxdb')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/holds a store already/),
      });
      expect(await eco('migrate', '--from', 'embedded', '--to', 'kafka')).toMatchObject({code: 2});
      renameSync(join(data.path, 'store'), join(data.path, 'store-away'));
      expect(await eco('migrate', '--from', 'embedded', '--to', 'influxdb')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/nothing is there to be moved/),
      });
    });
  });
}
