import {existsSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DuckDBInstance} from '@duckdb/node-api';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {rollUp, zonedBoundaries} from '#model';
import {FLAG, QC_TEST, type RollUp} from '#schemas';
import {type EmbeddedStore, openEmbeddedStore, type SeriesInfo} from '../../../ingest/store/index.ts';
import {add, eventfulDay, INFO, row, Stream, seeded, shuffled} from './stream.ts';
import {temporaryFolder} from './temporary-folder.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** The last days of a month, so that a few days make two files. */
const START = Date.UTC(2026, 8, 28);
const KINDS: readonly RollUp[] = ['mean', 'circularMean', 'sum', 'energyMean'];
const infoOf = (series: number): SeriesInfo => ({...INFO, rollUp: KINDS[series % 4]!});
const ALL = {fromMs: 0, toMs: START + 400 * DAY};

describe('moving rows to column files', () => {
  let folder: string;
  let remove: () => void;
  let store: EmbeddedStore;
  let nowMs = START + 6 * DAY;
  const open = (more: {maxHotRows?: number; compactEveryMs?: number} = {}) =>
    openEmbeddedStore({
      folder,
      seriesInfo: infoOf,
      commitIntervalMs: 1,
      compactEveryMs: 0,
      compactAfterMs: 0,
      now: () => nowMs,
      ...more,
    });
  const cold = () => readdirSync(path.join(folder, 'cold')).sort();

  beforeEach(async () => {
    nowMs = START + 6 * DAY;
    ({folder, remove} = temporaryFolder());
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    remove();
  });

  /** Everything that can be asked of a series. */
  async function picture(series: number) {
    const query = {...ALL, series};
    const rows = await store.rows(query);
    const tiers = [];
    for (const bucket of ['PT1M', 'PT15M', 'PT1H', 'P1D', 'P1M'] as const) {
      tiers.push(await store.rollUp({...query, bucket, dayStartHour: bucket === 'P1D' ? 8 : 0}));
    }
    return {
      rows,
      tiers,
      chart: await store.series({
        ...query,
        fromMs: START + 7 * MINUTE,
        toMs: START + 5 * DAY + 1,
        points: 40,
      }),
      hourly: await store.series({...query, bucket: 'PT1H', points: 1000}),
      points: await store.series({...query, fromMs: START, toMs: START + HOUR, points: 1500}),
    };
  }

  /** The roll-ups made again from all rows. */
  async function recomputed(series: number) {
    const rows = await store.rows({...ALL, series});
    const kind = infoOf(series).rollUp;
    const days = (period: 'P1D' | 'P1M', hour: number) =>
      zonedBoundaries(rows.timeMs[0]!, rows.timeMs.at(-1)! + 1, 'Asia/Shanghai', period, hour);
    return [
      rollUp(rows, {bucketMs: MINUTE}, kind),
      rollUp(rows, {bucketMs: 15 * MINUTE}, kind),
      rollUp(rows, {bucketMs: HOUR}, kind),
      rollUp(rows, days('P1D', 8), kind),
      rollUp(rows, days('P1M', 0), kind),
    ];
  }

  async function fill(series: readonly number[], days = 5): Promise<void> {
    const stream = new Stream(store, infoOf);
    for (const one of series) {
      for (let day = 0; day < days; day++)
        await stream.sendAll(eventfulDay(one, START + day * DAY, one * 100 + day));
    }
    await store.settled();
  }

  it('changes nothing of what is read, and tiers equal a recomputation, for each kind of roll-up', async () => {
    await fill([0, 1, 2, 3]);
    const before = await Promise.all([0, 1, 2, 3].map(picture));
    await store.compact();
    expect((await store.stats()).hotRows).toBe(0);
    expect(cold().filter((file) => file.startsWith('raw-')).length).toBe(2);
    for (const series of [0, 1, 2, 3]) {
      expect(await picture(series)).toEqual(before[series]);
      expect((await picture(series)).tiers).toEqual(await recomputed(series));
    }
  });

  it('reads the same when rows come late to files, before and after these are written anew', async () => {
    const days = [0, 1, 2, 3, 4].flatMap((day) => eventfulDay(1, START + day * DAY, day));
    const late = days.filter((_, i) => i % 97 === 5);
    const stream = new Stream(store, infoOf);
    await stream.sendAll(days.filter((_, i) => i % 97 !== 5));
    await store.compact();
    await stream.sendAll(shuffled([...late, ...late], seeded(1)));
    await store.settled();
    const withHot = await picture(1);
    expect(withHot.rows.timeMs.length).toBe(days.length);
    expect(withHot.tiers).toEqual(await recomputed(1));
    await store.compact();
    expect((await store.stats()).hotRows).toBe(0);
    expect(await picture(1)).toEqual(withHot);

    // The same rows, all in order, in a store of their own.
    const other = temporaryFolder();
    const straight = await openEmbeddedStore({
      folder: other.folder,
      seriesInfo: infoOf,
      compactEveryMs: 0,
      now: () => nowMs,
    });
    await new Stream(straight, infoOf).sendAll(days);
    const inOrder = await straight.rollUp({...ALL, series: 1, bucket: 'PT15M'});
    await straight.close();
    other.remove();
    expect(withHot.tiers[1]).toEqual(inOrder);
  });

  it('reads the same when verdicts change after the quarter hours were made', async () => {
    await fill([1, 2]);
    await store.compact();
    const revision = (fromMs: number, toMs: number, value: number | null, version = 5) => ({
      series: 1,
      fromMs,
      toMs,
      version,
      value,
      qc: FLAG.fail | QC_TEST.manual,
      reason: 'calibration',
      who: 'ranger',
      atMs: nowMs,
    });
    await add(store, {
      revisions: [
        revision(START + 3 * HOUR + 1, START + 9 * HOUR, null),
        revision(START + 5 * HOUR, START + 5 * HOUR, 99, 6),
        revision(START + 2 * DAY - HOUR, START + 3 * DAY, 7),
      ],
    });
    const before = await picture(1);
    expect(before.tiers).toEqual(await recomputed(1));
    expect(before.rows.value[before.rows.timeMs.indexOf(START + 5 * HOUR)]).toBe(99);
    // One late row in each month makes both be written anew, with the revisions in the quarter hours.
    await add(store, {rows: [row(START + 1, 2, 5), row(START + 4 * DAY + 1, 2, 5)]});
    await store.compact();
    expect((await picture(1)).tiers).toEqual(before.tiers);
    expect(await picture(1)).toEqual(before);
  });

  it('knows repeats and conflicts of rows that are in files', async () => {
    await add(store, {rows: [row(START, 1, 5), row(START + MINUTE, 1, null), row(START + 2 * MINUTE, 1, 7)]});
    await store.compact();
    expect((await store.stats()).hotRows).toBe(0);
    expect(
      await add(store, {
        rows: [
          row(START, 1, 5),
          row(START, 1, 6),
          row(START + MINUTE, 1, null),
          row(START + MINUTE, 1, 1),
          row(START + MINUTE + 1, 1, 1),
          row(START + 2 * MINUTE, 1, null),
          row(START, 2, 5),
        ],
      }),
    ).toEqual({stored: 2, duplicate: 2, conflict: 3});
    expect(
      (await store.conflicts({limit: 9})).map(({timeMs, kept, offered}) => [timeMs, kept, offered]),
    ).toEqual([
      [START + 2 * MINUTE, 7, null],
      [START + MINUTE, null, 1],
      [START, 5, 6],
    ]);
    expect([...(await store.rows({...ALL, series: 1})).value]).toEqual([5, Number.NaN, 1, 7]);
    expect(await add(store, {rows: [row(START, 1, 6)]})).toEqual({stored: 0, duplicate: 1, conflict: 0});
  });

  it('leaves today and rows with an impossible time where they are', async () => {
    const stray = {...row(1000, 1, 3), qc: FLAG.fail | QC_TEST.time};
    nowMs = START + DAY + HOUR;
    await add(store, {rows: [row(START, 1, 1), row(START + DAY, 1, 2), stray]});
    await store.compact();
    const stats = await store.stats();
    expect([stats.hotRows, stats.coldRows]).toEqual([2, 1]);
    expect([...(await store.rows({...ALL, series: 1})).timeMs]).toEqual([1000, START, START + DAY]);
    expect([...(await store.rows({fromMs: 0, toMs: 2000, series: 1})).value]).toEqual([3]);
  });

  it('moves the oldest rows when there are too many, whatever their age', async () => {
    await store.close();
    nowMs = START + 100;
    store = await open({maxHotRows: 3000, compactEveryMs: 50});
    await fill([1], 4);
    const before = await picture(1);
    const late = Date.now() + 20_000;
    while ((await store.stats()).hotRows > 3000 && Date.now() < late) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const stats = await store.stats();
    expect(stats.hotRows).toBeLessThanOrEqual(3000);
    expect(stats.hotRows + stats.coldRows).toBe(before.rows.timeMs.length);
    expect(await picture(1)).toEqual(before);
  });

  it('keeps one file for each closed month however often rows come late', async () => {
    for (let i = 0; i < 5; i++) {
      await add(store, {rows: [row(START + i, 1, i), row(START + 3 * DAY + i, 1, i)]});
      await store.compact();
    }
    nowMs = START + 60 * DAY;
    await add(store, {rows: [row(START + 3 * DAY + 9, 1, 9)]});
    await store.compact();
    expect(cold().filter((file) => file.startsWith('raw-2026-09')).length).toBe(1);
    expect(cold().filter((file) => file.startsWith('raw-2026-10')).length).toBe(1);
    expect((await store.rows({...ALL, series: 1})).timeMs.length).toBe(11);
  });

  const READS = 20;
  it('never shows a row twice or not at all while rows move', async () => {
    const days = [0, 1, 2, 3, 4].flatMap((day) => eventfulDay(1, START + day * DAY, day));
    let sent = 0;
    let reads = 0;
    let moving = true;
    const writing = (async () => {
      for (let i = 0; i < days.length; i += 10) {
        // However slow reading is, it happens all along.
        while (reads < (i / days.length) * READS) await new Promise((resolve) => setTimeout(resolve, 1));
        const part = days.slice(i, i + 10);
        await add(store, {rows: part.map((sample) => row(sample.timeMs, 1, sample.value))});
        sent += part.length;
      }
      moving = false;
    })();
    const compacting = (async () => {
      while (moving) await store.compact();
    })();
    while (moving) {
      const least = sent;
      const {timeMs} = await store.rows({...ALL, series: 1});
      const most = sent + 10;
      expect(timeMs.length).toBeGreaterThanOrEqual(least);
      expect(timeMs.length).toBeLessThanOrEqual(most);
      expect(timeMs.every((time, i) => time === days[i]!.timeMs)).toBe(true);
      reads++;
    }
    await Promise.all([writing, compacting]);
    expect(reads).toBeGreaterThanOrEqual(READS);
    expect((await store.rows({...ALL, series: 1})).timeMs.length).toBe(days.length);
    // Each row in one place alone: a reader would not show one that is in two.
    const {hotRows, coldRows} = await store.stats();
    expect(hotRows + coldRows).toBe(days.length);
  });

  it('keeps rows that come for a time that is just being moved', async () => {
    const day = eventfulDay(1, START, 1);
    const even = day.filter((_, i) => i % 2 === 0);
    const odd = day.filter((_, i) => i % 2 === 1);
    await Promise.all(even.map((sample) => add(store, {rows: [row(sample.timeMs, 1, sample.value)]})));
    const moving = store.compact();
    let moved = false;
    moving.then(() => {
      moved = true;
    });
    for (const sample of odd.slice(0, 100)) {
      // Each new row with a repeat and a conflict of one that is on its way.
      const known = even.find((other) => other.value !== null)!;
      const outcome = await add(store, {
        rows: [
          row(sample.timeMs, 1, sample.value),
          row(known.timeMs, 1, known.value),
          row(known.timeMs, 1, -77),
        ],
      });
      expect(outcome.stored).toBe(1);
      if (moved) break;
    }
    await moving;
    await Promise.all(odd.map((sample) => add(store, {rows: [row(sample.timeMs, 1, sample.value)]})));
    const rows = await store.rows({...ALL, series: 1});
    expect([...rows.timeMs]).toEqual(day.map((sample) => sample.timeMs));
    expect([...rows.value]).toEqual(day.map((sample) => sample.value ?? Number.NaN));
    await store.compact();
    expect((await store.rows({...ALL, series: 1})).timeMs.length).toBe(day.length);
  });

  it('purges files too: the rows are out of them, and of no other series', async () => {
    await fill([1, 2, 3]);
    await store.compact();
    await fill([1], 1);
    const two = await picture(2);
    const one = (await store.rows({...ALL, series: 1})).timeMs.length;
    const three = (await store.rows({...ALL, series: 3})).timeMs.length;
    expect(await store.purge([1, 3])).toEqual({rows: one + three});
    expect((await store.rows({...ALL, series: 1})).timeMs.length).toBe(0);
    expect(await picture(2)).toEqual(two);
    const series = await inFiles(path.join(folder, 'cold'));
    expect(series).toEqual([2]);
    expect((await store.stats()).coldRows).toBe(two.rows.timeMs.length);
    await store.purge([2]);
    expect(cold()).toEqual([]);
  });

  it('deletes files at the start that nobody names', async () => {
    await fill([1]);
    await store.compact();
    const before = cold();
    const rows = await picture(1);
    await store.close();
    for (const name of ['raw-2026-09-00000000.parquet', '.tmp-raw-2026-09-12345678.parquet']) {
      writeFileSync(path.join(folder, 'cold', name), 'left over');
    }
    store = await open();
    expect(cold()).toEqual(before);
    expect(await picture(1)).toEqual(rows);
    expect(existsSync(path.join(folder, 'hot.db'))).toBe(true);
  });

  it('closes at once in the middle of a move, and has lost nothing', async () => {
    await fill([1, 2, 3]);
    const before = await picture(2);
    const moving = store.compact().catch((error: Error) => error.message);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const began = performance.now();
    await store.close();
    expect(performance.now() - began).toBeLessThan(4000);
    // On a machine so busy that a stop takes too long the worker is ended.
    const ends = [undefined, 'compaction was stopped', 'store worker ended with code 1'];
    expect(ends).toContain(await moving);
    store = await open();
    expect(await picture(2)).toEqual(before);
  });
});

/** Series found in any file of a folder, read by DuckDB alone. */
async function inFiles(folder: string): Promise<number[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(
    `SELECT DISTINCT series FROM read_parquet('${folder}/*.parquet', union_by_name=true) ORDER BY 1`,
  );
  const series = result.getRowsJS().map(([one]) => one as number);
  connection.closeSync();
  instance.closeSync();
  return series;
}
