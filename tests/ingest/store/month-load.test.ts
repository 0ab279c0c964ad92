import {readdirSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {FLAG, QC_TEST, type RollUp} from '#schemas';
import {
  checksumOf,
  copyRows,
  copySideTables,
  type EmbeddedStore,
  openEmbeddedStore,
  type SeriesInfo,
} from '../../../ingest/store/index.ts';
import {add, eventfulDay, INFO, row, Stream} from './stream.ts';
import {temporaryFolder} from './temporary-folder.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The last days of a month, so that closed time lies in two. */
const START = Date.UTC(2026, 8, 28);
const NOW = START + 6 * DAY;
const ALL = {fromMs: START - 10 * 365 * DAY, toMs: START + 400 * DAY};
const KINDS: readonly RollUp[] = ['mean', 'circularMean', 'sum', 'energyMean'];
const infoOf = (series: number): SeriesInfo => ({...INFO, rollUp: KINDS[series % 4]!});

describe('filling a store from another one', () => {
  const folders: ReturnType<typeof temporaryFolder>[] = [];
  const stores: EmbeddedStore[] = [];
  const newFolder = () => {
    const made = temporaryFolder();
    folders.push(made);
    return made.folder;
  };
  const open = async (folder: string) => {
    const store = await openEmbeddedStore({
      folder,
      seriesInfo: infoOf,
      commitIntervalMs: 1,
      compactEveryMs: 0,
      compactAfterMs: DAY,
      reader: 'here',
      now: () => NOW,
    });
    stores.push(store);
    return store;
  };
  beforeEach(() => {
    folders.length = 0;
    stores.length = 0;
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    for (const {remove} of folders) remove();
  });

  /** Everything that can be asked of a series. */
  async function picture(store: EmbeddedStore, series: number) {
    const query = {...ALL, series};
    const tiers = [];
    for (const bucket of ['PT15M', 'PT1H', 'P1D', 'P1M'] as const) {
      tiers.push(await store.rollUp({...query, bucket, dayStartHour: 0}));
    }
    const chart = await store.series({...query, points: 40});
    return {rows: await store.rows(query), tiers, chart, latest: store.latest([series])};
  }

  /** Six days of four series with all that a row can be, one of them years before, one of an impossible time. */
  async function fill(folder: string): Promise<EmbeddedStore> {
    const store = await open(folder);
    const stream = new Stream(store, infoOf);
    for (let series = 1; series <= 4; series++) {
      for (let day = 0; day < 6; day++) {
        const samples = eventfulDay(series, START + day * DAY, series * 10 + day);
        await Promise.all(samples.map((sample) => stream.send(sample)));
      }
    }
    await add(store, {
      rows: [
        row(START - 4 * 365 * DAY + 7, 2, 0.1 + 0.2),
        {...row(START + 300 * 365 * DAY, 3, 1), qc: FLAG.fail | QC_TEST.time},
      ],
    });
    await store.settled();
    await store.compact();
    return store;
  }

  it('gives the same rows, roll-ups and newest values, closed time in one file a month', async () => {
    const from = newFolder();
    const source = await fill(from);
    const to = newFolder();
    copySideTables({folder: from, name: 'embedded'}, to);
    const target = await open(to);
    await copyRows(source, target);
    expect(await checksumOf(target)).toEqual(await checksumOf(source));
    expect((await checksumOf(target)).rows).toBeGreaterThan(4 * 5 * 1_000);
    const raw = readdirSync(path.join(to, 'cold')).filter((name) => name.startsWith('raw-'));
    expect(raw.map((name) => name.slice(4, 11)).sort()).toEqual(['2022-09', '2026-09', '2026-10']);
    await target.close();
    const again = await open(to);
    for (const series of [1, 2, 3, 4]) {
      expect(await picture(again, series)).toEqual(await picture(source, series));
    }
    const {hotRows} = await again.stats();
    expect(hotRows).toBe((await source.stats()).hotRows);
  });

  it('copies nothing twice when it is begun again', async () => {
    const from = newFolder();
    const source = await fill(from);
    const to = newFolder();
    copySideTables({folder: from, name: 'embedded'}, to);
    const target = await open(to);
    const enough = new AbortController();
    const stopped = copyRows(source, target, {
      signal: enough.signal,
      onRows: (done) => {
        if (done > 10_000) enough.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(target.coldMonths()).toEqual(['2022-09']);
    await copyRows(source, target);
    await copyRows(source, target);
    expect(await checksumOf(target)).toEqual(await checksumOf(source));
  });

  it('takes rows in order alone, and counts nothing before all are there', async () => {
    const folder = newFolder();
    const store = await open(folder);
    const of = (...timesMs: number[]) => ({
      timeMs: Float64Array.from(timesMs),
      value: new Float64Array(timesMs.length).fill(1),
      qc: new Int32Array(timesMs.length).fill(FLAG.pass),
      receivedMs: Float64Array.from(timesMs),
    });
    const load = await store.load('2026-09');
    await load.put(2, of(START, START + MINUTE));
    await expect(load.put(2, of(START + MINUTE))).rejects.toThrow(/was put after/);
    await load.abandon();
    expect(await store.inventory()).toEqual([]);
    expect(readdirSync(path.join(folder, 'cold')).filter((name) => name.includes('parquet'))).toEqual([]);
    const again = await store.load('2026-09');
    await again.put(1, of(START));
    await again.put(2, of(START + 1, START + MINUTE));
    await again.commit();
    expect(await store.inventory()).toEqual([
      {series: 1, fromMs: START, lastMs: START, rows: 1},
      {series: 2, fromMs: START + 1, lastMs: START + MINUTE, rows: 2},
    ]);
    expect([...(await store.rows({...ALL, series: 2})).timeMs]).toEqual([START + 1, START + MINUTE]);
  });
});
