import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import type {Row} from '#schemas';
import {openForWriting} from '../ingest/store/embedded/database.ts';
import {openDuck} from '../ingest/store/embedded/duck.ts';
import {layoutOf} from '../ingest/store/embedded/layout.ts';
import {type RowArrays, rowArrays} from '../ingest/store/embedded/row-arrays.ts';
import {SegmentBuilder} from '../ingest/store/embedded/segment-builder.ts';
import {STRAY_BIT} from '../ingest/store/embedded/stray.ts';
import {TransactionWriter} from '../ingest/store/embedded/transaction-writer.ts';
import {type EmbeddedStore, openEmbeddedStore, type SeriesInfo} from '../ingest/store/index.ts';
import {type Bench, median, quantile} from './result.ts';

const MINUTE = 60_000;
const START = Date.UTC(2025, 0, 1);
const END = Date.UTC(2026, 0, 1);
/** What is not yet in column files: the store moves whole days that are a day old, so one to two days are hot. */
const HOT_MS = 36 * 60 * MINUTE;
const POINTS = 1500;
const COLD_ROUNDS = 9;
const WARM_ROUNDS = 25;

/**
 * A year of a fleet of 194 stations' worth: 522 series, 44.9 million values. `walk` is how far a value moves in one
 * interval and `step` what the sensor resolves; together they decide how well a column packs.
 */
const SHAPE = [
  {series: 42, intervalS: 60, step: 0.1, walk: 0.15},
  {series: 60, intervalS: 300, step: 0.01, walk: 0.03},
  {series: 210, intervalS: 600, step: 0.1, walk: 0.3},
  {series: 110, intervalS: 900, step: 0.001, walk: 0.002},
  {series: 80, intervalS: 1800, step: 0.01, walk: 0.05},
  {series: 20, intervalS: 3600, step: 1, walk: 3},
] as const;

type Kept = {series: number; intervalS: number; step: number; walk: number; value: number};

/** The fleet's series; fewer for `ECO_BENCH_ROWS` less than the whole, but never without one of a minute. */
function fleet(): Kept[] {
  const all = SHAPE.flatMap(({series, ...of}) => Array.from({length: series}, () => of)).map((of, i) => ({
    ...of,
    series: i + 1,
    value: 20,
  }));
  const wanted = Number(process.env['ECO_BENCH_ROWS'] ?? Number.POSITIVE_INFINITY);
  if (!(wanted > 0))
    throw new Error(`ECO_BENCH_ROWS: expected a number of rows, got ${process.env['ECO_BENCH_ROWS']}`);
  const rows = all.reduce((sum, {intervalS}) => sum + rowsOf(intervalS, START, END), 0);
  const every = Math.max(1, Math.round(rows / wanted));
  return all.filter((_, i) => i % every === 0);
}

function rowsOf(intervalS: number, fromMs: number, toMs: number): number {
  return Math.ceil((toMs - fromMs) / (intervalS * 1000));
}

/** Numbers of [0, 1), the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One month of all series: a walk beside a daily wave, 2 in 1,000 values flagged, arrival 0.1 to 1 s after the time. */
function monthOf(series: Kept[], fromMs: number, toMs: number, random: () => number) {
  const count = series.reduce((sum, {intervalS}) => sum + rowsOf(intervalS, fromMs, toMs), 0);
  const rows: RowArrays = rowArrays(count);
  let at = 0;
  for (const of of series) {
    for (let timeMs = fromMs; timeMs < toMs; timeMs += of.intervalS * 1000) {
      of.value += (random() - 0.5) * of.walk + (20 - of.value) * 0.001;
      const wave = 5 * Math.sin((timeMs / 86_400_000) * 2 * Math.PI);
      rows.series[at] = of.series;
      rows.timeMs[at] = timeMs;
      // Rounded as a sensor's own text is: 21.3 and not 21.300000000000001.
      rows.value[at] = Number((Math.round((of.value + wave) / of.step) * of.step).toFixed(3));
      const chance = random();
      rows.qc[at] = chance < 0.001 ? 3 | (1 << 8) : chance < 0.002 ? 4 | (1 << 6) : 1;
      rows.receivedMs[at] = timeMs + 100 + Math.floor(random() * 900);
      at++;
    }
  }
  return {rows, count};
}

/** Writes the year as the store's compaction leaves it: a raw and a tier file for each month, the manifest, hot rows. */
async function buildYear(
  folder: string,
  series: Kept[],
  progress: (text: string) => void,
): Promise<{coldRows: number; hotRows: number}> {
  const layout = layoutOf(folder);
  mkdirSync(layout.cold, {recursive: true});
  const db = openForWriting(layout.database);
  const writer = new TransactionWriter(db, STRAY_BIT);
  const duck = await openDuck({folder: layout.cold, threads: 2, memoryMb: 1024});
  const connections = [await duck.connect(), await duck.connect()] as const;
  const builder = new SegmentBuilder(layout.cold, ...connections);
  const random = seeded(1);
  let total = 0;
  for (let m = 0; m < 12; m++) {
    const [fromMs, toMs] = [Date.UTC(2025, m, 1), Date.UTC(2025, m + 1, 1)];
    const month = new Date(fromMs).toISOString().slice(0, 7);
    const {rows, count} = monthOf(series, fromMs, toMs, random);
    const record = await builder.build({
      month,
      incoming: {rows, count},
      sources: [],
      expected: count,
      revisionSeq: 0,
      revisionsOf: () => [],
      kindOf: () => 'mean',
    });
    const latest = lastOf(rows, count);
    writer.run({kind: 'swap', add: [record], remove: [], hot: null, latest, purged: []});
    total += count;
    progress(`built ${month}: ${total.toLocaleString('en-US')} rows`);
  }
  const hot = monthOf(series, END, END + HOT_MS, random);
  writer.run({
    kind: 'write',
    rows: hot.rows,
    count: hot.count,
    ends: Int32Array.of(hot.count),
    cold: null,
    revisions: [],
    deadLetters: [],
    replayed: [],
    counted: {},
    documents: [],
    recheckChanges: [],
    forwarded: [],
  });
  for (const connection of connections) connection.closeSync();
  duck.closeSync();
  db.close();
  return {coldRows: total, hotRows: hot.count};
}

/** The last row of each series, of rows that lie series by series. */
function lastOf(rows: RowArrays, count: number): RowArrays {
  const ends: number[] = [];
  for (let i = 0; i < count; i++) if (i + 1 === count || rows.series[i + 1] !== rows.series[i]) ends.push(i);
  return {
    series: Int32Array.from(ends, (i) => rows.series[i]!),
    timeMs: Float64Array.from(ends, (i) => rows.timeMs[i]!),
    value: Float64Array.from(ends, (i) => rows.value[i]!),
    qc: Int32Array.from(ends, (i) => rows.qc[i]!),
    receivedMs: Float64Array.from(ends, (i) => rows.receivedMs[i]!),
  };
}

/** Drops what the system remembers of these files; false where it may not. */
function dropPageCache(folder: string): boolean {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    // Not allowed: file by file then.
  }
  try {
    for (const entry of readdirSync(folder, {recursive: true, withFileTypes: true})) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
    }
    return true;
  } catch {
    return false;
  }
}

function infoOf(series: Kept[]): (id: number) => SeriesInfo | undefined {
  const intervals = new Map(series.map((of) => [of.series, of.intervalS]));
  return (id) => ({
    limits: {
      hardRange: [-1e6, 1e6],
      suspectRange: null,
      intervalS: intervals.get(id) ?? 60,
      ratePerS: null,
      spike: null,
      flatLine: null,
    },
    rollUp: 'mean',
    latitudeDeg: 29.58,
    longitudeDeg: 106.71,
    timeZone: 'Asia/Shanghai',
    companion: null,
  });
}

/** Milliseconds that one chart of the year takes; the answer must hold every row. */
async function yearMs(store: EmbeddedStore, of: Kept): Promise<number> {
  const began = performance.now();
  const {points, rows} = await store.series({
    series: of.series,
    fromMs: START + HOT_MS,
    toMs: END + HOT_MS,
    points: POINTS,
  });
  const took = performance.now() - began;
  const counted = points.reduce((sum, point) => sum + point.count, 0);
  const expected = rowsOf(of.intervalS, START, END);
  if (points.length > POINTS || rows !== expected || counted !== expected) {
    throw new Error(`series ${of.series}: ${points.length} points of ${counted} rows, expected ${expected}`);
  }
  return took;
}

function openYear(folder: string, series: Kept[]) {
  return openEmbeddedStore({folder, seriesInfo: infoOf(series), compactEveryMs: 0, now: () => END + HOT_MS});
}

async function readBench(folder: string, series: Kept[], {result, progress}: Parameters<Bench>[0]) {
  const minutes = series.filter(({intervalS}) => intervalS === 60);
  const pick = (i: number) => minutes[i % minutes.length]!;

  // The worst start: a store that was only just opened, nothing in memory.
  const first: number[] = [];
  const opening: number[] = [];
  for (let i = 0; i < 3; i++) {
    if (!dropPageCache(folder)) break;
    const began = performance.now();
    const store = await openYear(folder, series);
    opening.push(performance.now() - began);
    first.push(await yearMs(store, pick(i)));
    await store.close();
  }
  if (first.length > 0) {
    result({id: 'store.open.cold', value: median(opening), unit: 'ms'});
    result({id: 'store.year.first_query.cold', value: median(first), unit: 'ms'});
  }

  const store = await openYear(folder, series);
  try {
    const cold: number[] = [];
    for (let i = 0; i < COLD_ROUNDS; i++) {
      // Each time another series: what the reader itself remembers of the last one must not help.
      if (!dropPageCache(folder)) break;
      cold.push(await yearMs(store, pick(i + 3)));
    }
    if (cold.length > 0) {
      result({
        id: 'store.year.cold.p50',
        value: median(cold),
        unit: 'ms',
        against: 'goal 100 ms',
        ratio: median(cold) / 100,
      });
      result({
        id: 'store.year.cold.max',
        value: quantile(cold, 1),
        unit: 'ms',
        against: 'goal 100 ms',
        ratio: quantile(cold, 1) / 100,
      });
    } else progress('the page cache cannot be dropped here: no cold figures');
    const warm: number[] = [];
    // Beside the clock the CPU time of all threads, which other load on the machine moves least.
    const cpu: number[] = [];
    for (let i = 0; i < WARM_ROUNDS; i++) {
      const before = process.cpuUsage();
      warm.push(await yearMs(store, pick(i)));
      const {user, system} = process.cpuUsage(before);
      cpu.push((user + system) / 1000);
    }
    result({id: 'store.year.warm.p50', value: median(warm), unit: 'ms'});
    result({id: 'store.year.warm.cpu_p50', value: median(cpu), unit: 'CPU-ms'});
    const latest: number[] = [];
    for (let i = 0; i < WARM_ROUNDS; i++) {
      const began = performance.now();
      const rows = store.latest();
      latest.push(performance.now() - began);
      if (rows.length !== series.length)
        throw new Error(`latest: ${rows.length} rows, expected ${series.length}`);
    }
    result({
      id: 'store.latest.p50',
      value: median(latest),
      unit: 'ms',
      against: 'goal 50 ms',
      ratio: median(latest) / 50,
    });
    result({id: 'store.latest.max', value: quantile(latest, 1), unit: 'ms'});
  } finally {
    await store.close();
  }
}

// ── commits ────────────────────────────────────────────────────────────────────────────────────────────────────────

const COMMIT_ROUNDS = 3;
const COMMIT_ROWS = 400_000;
const MESSAGE_ROWS = 6;

/** Row `i` of a load in which all series speak in turn. */
function loadRow(i: number): Row {
  const timeMs = END + Math.floor(i / 500) * MINUTE;
  return {timeMs, series: (i % 500) + 1, value: (i % 997) / 10, receivedMs: timeMs + 500, qc: 1};
}

/** Rows a second of the store, `batchRows` to a batch; `inFlight` batches are under way at any moment. */
async function storeRate(
  folder: string,
  rows: number,
  batchRows: number,
  inFlight: number,
  commitIntervalMs: number,
) {
  const store = await openEmbeddedStore({
    folder,
    seriesInfo: infoOf([]),
    compactEveryMs: 0,
    commitIntervalMs,
  });
  const began = performance.now();
  await new Promise<void>((resolve) => {
    let sent = 0;
    let done = 0;
    const send = () => {
      if (sent >= rows) return;
      const batch: Row[] = [];
      for (const end = Math.min(rows, sent + batchRows); sent < end; ) batch.push(loadRow(sent++));
      store.add({rows: batch, revisions: [], deadLetters: [], rechecks: []}, ({stored}) => {
        done += stored;
        if (done === rows) resolve();
        send();
      });
    };
    for (let i = 0; i < inFlight; i++) send();
  });
  const rate = rows / ((performance.now() - began) / 1000);
  await store.close();
  return rate;
}

/** Rows a second of SQLite itself: the same table, one INSERT a row, `batchRows` to a transaction that is synced. */
function rawRate(file: string, rows: number, batchRows: number): number {
  const db = new DatabaseSync(file);
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=4000; ' +
      'CREATE TABLE hot(ts INTEGER NOT NULL, series INTEGER NOT NULL, value REAL, qc INTEGER NOT NULL, ' +
      'received INTEGER NOT NULL, PRIMARY KEY(ts, series)) WITHOUT ROWID',
  );
  const insert = db.prepare('INSERT INTO hot VALUES(?,?,?,?,?) ON CONFLICT DO NOTHING');
  const began = performance.now();
  for (let sent = 0; sent < rows; ) {
    db.exec('BEGIN IMMEDIATE');
    for (const end = Math.min(rows, sent + batchRows); sent < end; sent++) {
      const row = loadRow(sent);
      insert.run(row.timeMs, row.series, row.value, row.qc, row.receivedMs);
    }
    db.exec('COMMIT');
  }
  const rate = rows / ((performance.now() - began) / 1000);
  db.close();
  return rate;
}

async function commitBench(root: string, {result, progress}: Parameters<Bench>[0]) {
  const loads = [
    // One batch, its acknowledgement, the next: what one commit costs.
    {id: 'one_at_a_time', batchRows: 1000, inFlight: 1, intervalMs: 0, rawRows: 1000, rows: COMMIT_ROWS / 2},
    // Messages of six values, as many as fill the largest transaction: what a flood costs.
    {
      id: 'messages',
      batchRows: MESSAGE_ROWS,
      inFlight: 4096,
      intervalMs: 5,
      rawRows: 16_384,
      rows: COMMIT_ROWS,
    },
  ];
  for (const {id, batchRows, inFlight, intervalMs, rawRows, rows} of loads) {
    const rates: {store: number[]; raw: number[]} = {store: [], raw: []};
    for (let round = 0; round < COMMIT_ROUNDS; round++) {
      progress(`commits, ${id}: round ${round + 1} of ${COMMIT_ROUNDS}`);
      const folder = path.join(root, `${id}-${round}`);
      rates.store.push(await storeRate(folder, rows, batchRows, inFlight, intervalMs));
      rates.raw.push(rawRate(path.join(folder, 'raw.db'), rows, rawRows));
      rmSync(folder, {recursive: true});
    }
    const value = median(rates.store);
    const raw = median(rates.raw);
    result({
      id: `store.commit.${id}`,
      value,
      unit: 'rows/s',
      against: `raw SQLite, ${rawRows} rows a commit`,
      ratio: value / raw,
    });
    result({id: `store.commit.${id}.raw`, value: raw, unit: 'rows/s'});
  }
}

/**
 * The embedded store: a year of the fleet's shape in its own column files (`ECO_BENCH_ROWS` for fewer rows), one year of
 * a 1-min series at 1,500 points with nothing in the page cache and warm, `latest` of all series, bytes per observation,
 * and commits beside a bare SQLite loop in the same run. Everything is in a temporary folder that goes away.
 */
export const bench: Bench = async (tell) => {
  const root = mkdtempSync(path.join(tmpdir(), 'eco-bench-store-'));
  try {
    const folder = path.join(root, 'year');
    const series = fleet();
    const began = performance.now();
    const {coldRows, hotRows} = await buildYear(folder, series, tell.progress);
    tell.result({id: 'store.year.rows', value: coldRows, unit: 'rows'});
    tell.result({id: 'store.year.hot_rows', value: hotRows, unit: 'rows'});
    tell.result({id: 'store.year.series', value: series.length, unit: 'series'});
    tell.result({
      id: 'store.year.build',
      value: coldRows / ((performance.now() - began) / 1000),
      unit: 'rows/s',
    });
    const {cold} = layoutOf(folder);
    const bytes = readdirSync(cold).reduce((sum, file) => sum + statSync(path.join(cold, file)).size, 0);
    tell.result({
      id: 'store.bytes_per_observation',
      value: bytes / coldRows,
      unit: 'byte',
      against: 'goal 5 bytes',
      ratio: bytes / coldRows / 5,
    });
    await readBench(folder, series, tell);
    await commitBench(root, tell);
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
};
