import {EcoError, QC_VERDICT_MASK, type VerdictCounts} from '#schemas';
import {
  type BitColumns,
  type ColdSource,
  type HeldFile,
  type HotTimes,
  KEY,
  type Keys,
  MOST_BITS,
  type RangeOfSeries,
  type Stretch as SeriesStretch,
} from '../embedded/cold-source.ts';
import {type Columns, columns} from '../embedded/row-arrays.ts';
import {emptyTier, type TierColumns} from '../embedded/tier-columns.ts';
import {spanOf, VerdictTally} from '../embedded/verdict-tally.ts';
import {type InfluxApi, InfluxError, type InfluxTable, literal} from './influx-api.ts';
import {MOST_TIME_MS} from './outbox.ts';
import {isStray, MEASUREMENT, TIER_MEASUREMENT, TIER_NUMBERS, TIER_VALUES, tierBucket} from './points.ts';

/** Rows of one answer: about 1 MB of JSON. */
const PAGE_ROWS = 20_000;
/** Stretches of one request. */
const STATEMENTS = 40;
const DAY_MS = 86_400_000;
/** An acknowledgement waits for this answer: rather decide later than let devices wait. */
const LOOK_UP_TIMEOUT_MS = 2_000;
/** After a look-up that failed the next ones are not tried for so long. */
const LOOK_UP_REST_MS = 5_000;

type Found = {
  hit: Uint8Array<ArrayBuffer>;
  value: Float64Array<ArrayBuffer>;
  received: Float64Array<ArrayBuffer>;
};

/** Reads rows back from InfluxDB, in InfluxQL. */
export class InfluxRows implements ColdSource {
  readonly holdsHot = true;
  readonly #api: InfluxApi;
  readonly #bucket: string;
  readonly #where: string;
  #ended = false;
  #restUntil = 0;

  constructor(api: InfluxApi, access: {url: string; bucket: string}) {
    this.#api = api;
    this.#bucket = access.bucket;
    this.#where = new URL(access.url).host;
  }

  async rows(
    files: readonly string[],
    of: RangeOfSeries & {asOfMs?: number | undefined; limit?: number | undefined},
  ): Promise<Columns> {
    if (files.length === 0) return columns(0);
    const {asOfMs, limit = Number.POSITIVE_INFINITY} = of;
    const known = asOfMs === undefined ? '' : ` AND "received" <= ${asOfMs}`;
    let {fromMs} = of;
    const pages: Columns[] = [];
    for (let found = 0; ; ) {
      const most = Math.min(PAGE_ROWS, limit - found);
      const [table] = await this.#ask([`${select(of.series, fromMs, of.toMs)}${known} LIMIT ${most}`]);
      const {values} = table!;
      const page = columnsOf(table!);
      pages.push(page);
      found += page.timeMs.length;
      if (values.length < most || found >= limit) return joined(pages);
      fromMs = (values.at(-1)![0] as number) + 1;
    }
  }

  async rowsIn(
    files: readonly string[],
    series: number,
    stretches: readonly {fromMs: number; toMs: number}[],
  ): Promise<Columns> {
    const parts: Columns[] = [];
    for (const {fromMs, toMs} of stretches) parts.push(await this.rows(files, {series, fromMs, toMs}));
    return joined(parts);
  }

  async lookUp(
    _file: string,
    keys: Keys,
  ): Promise<{hit: Uint8Array<ArrayBuffer>; value: Float64Array<ArrayBuffer>}> {
    try {
      if (Date.now() < this.#restUntil) throw new InfluxError('away', 'did not answer a moment ago');
      const {hit, value} = await this.find(keys, LOOK_UP_TIMEOUT_MS);
      return {hit, value};
    } catch (error) {
      if (!(error instanceof InfluxError)) throw error;
      this.#restUntil = Date.now() + LOOK_UP_REST_MS;
      const n = keys.timeMs.length;
      return {hit: new Uint8Array(n).fill(KEY.unknown), value: new Float64Array(n)};
    }
  }

  /**
   * Which keys are there, with value (NaN: none) and arrival.
   * @throws {InfluxError}
   */
  async find(keys: Keys, timeoutMs?: number): Promise<Found> {
    const n = keys.timeMs.length;
    const found: Found = {
      hit: new Uint8Array(n),
      value: new Float64Array(n),
      received: new Float64Array(n),
    };
    const stretches = stretchesOf(keys);
    for (let at = 0; at < stretches.length; at += STATEMENTS) {
      const some = stretches.slice(at, at + STATEMENTS);
      const tables = await this.#api.select(
        this.#bucket,
        some.map(({series, fromMs, lastMs}) => select(series, fromMs, lastMs + 1)),
        timeoutMs,
      );
      some.forEach(({places}, i) => {
        for (const [timeMs, value, qc, received] of tables[i]!.values as (number | null)[][]) {
          if (isStray(qc!)) continue;
          for (const place of places.get(timeMs!) ?? []) {
            found.hit[place] = KEY.present;
            found.value[place] = value ?? Number.NaN;
            found.received[place] = received!;
          }
        }
      });
    }
    return found;
  }

  async quarters(files: readonly string[], {series, fromMs, toMs}: RangeOfSeries): Promise<TierColumns> {
    if (files.length === 0) return emptyTier(0);
    const fields = [...TIER_VALUES, ...TIER_NUMBERS, 'absent'].map((field) => `"${field}"`).join(', ');
    const found: (number | null)[][] = [];
    for (let from = fromMs; ; from = (found.at(-1)![0] as number) + 1) {
      const range = `${among(series, from, toMs)} LIMIT ${PAGE_ROWS}`;
      const statement = `SELECT ${fields} FROM "${TIER_MEASUREMENT}" WHERE ${range}`;
      const [{values}] = (await this.#ask([statement], tierBucket(this.#bucket))) as [InfluxTable];
      found.push(...(values as (number | null)[][]));
      if (values.length < PAGE_ROWS) return tierOf(found);
    }
  }

  /** InfluxQL cannot group by a field: rows are read, so that there must not be too many. */
  async verdicts(
    files: readonly HeldFile[],
    edgesMs: readonly number[],
    hot: HotTimes,
  ): Promise<VerdictCounts> {
    const [from, to] = [edgesMs[0]!, edgesMs.at(-1)!];
    const tally = new VerdictTally();
    requireFew(files.flatMap(({series}) => series).filter(({t0, t1}) => t1 >= from && t0 < to));
    for (const {series, fromMs, toMs} of heldRanges(files)) {
      const range = {series, fromMs: Math.max(from, fromMs), toMs: Math.min(to, toMs)};
      if (range.fromMs >= range.toMs) continue;
      const {timeMs, qc} = await this.rows([''], range);
      for (let i = 0; i < qc.length; i++) {
        if (hot.get(series)?.has(timeMs[i]!)) continue;
        tally.add(series, spanOf(edgesMs, timeMs[i]!), qc[i]! & QC_VERDICT_MASK, 1);
      }
    }
    return tally.columns();
  }

  async bitsIn(
    files: readonly HeldFile[],
    stretches: readonly SeriesStretch[],
    hot: HotTimes,
  ): Promise<BitColumns> {
    const held = new Map(heldRanges(files).map((range) => [range.series, range]));
    const found: [series: number, timeMs: number, qc: number][] = [];
    for (const {series, fromMs, toMs} of stretches) {
      const range = held.get(series);
      if (!range) continue;
      const {timeMs, qc} = await this.rows([''], {
        series,
        fromMs: Math.max(fromMs, range.fromMs),
        toMs: Math.min(toMs + 1, range.toMs),
      });
      for (let i = 0; i < qc.length; i++) {
        if (!hot.get(series)?.has(timeMs[i]!)) found.push([series, timeMs[i]!, qc[i]!]);
      }
    }
    return {
      series: Int32Array.from(found, ([series]) => series),
      timeMs: Float64Array.from(found, ([, timeMs]) => timeMs),
      qc: Int32Array.from(found, ([, , qc]) => qc),
    };
  }

  interrupt(): void {
    this.#ended = true;
  }

  close(): void {}

  /** @throws {EcoError} `store_away` while InfluxDB does not answer: says what can still be read. */
  async #ask(statements: readonly string[], bucket = this.#bucket): Promise<InfluxTable[]> {
    if (this.#ended) throw new Error('the store is closing');
    try {
      return await this.#api.select(bucket, statements);
    } catch (error) {
      if (!(error instanceof InfluxError)) throw error;
      throw new EcoError(
        'store_away',
        `InfluxDB at ${this.#where} does not give older observations now (${error.message}); ` +
          'those of the last days can be read, and new ones are kept for it',
        503,
      );
    }
  }
}

/** Where each series has rows: once, though two files may hold the same time. */
function heldRanges(files: readonly HeldFile[]): RangeOfSeries[] {
  const ranges = new Map<number, RangeOfSeries>();
  for (const {series, t0, t1} of files.flatMap((file) => file.series)) {
    const known = ranges.get(series);
    ranges.set(series, {
      series,
      fromMs: Math.min(t0, known?.fromMs ?? t0),
      toMs: Math.max(t1 + 1, known?.toMs ?? t1 + 1),
    });
  }
  return [...ranges.values()];
}

/** @throws {EcoError} `range_too_long` above MOST_BITS rows. */
function requireFew(held: readonly {n: number}[]): void {
  const rows = held.reduce((sum, {n}) => sum + n, 0);
  if (rows <= MOST_BITS) return;
  throw new EcoError(
    'range_too_long',
    `InfluxDB must give up to ${rows} rows for this, and may ${MOST_BITS}: ask for fewer weeks or fewer series`,
  );
}

/** All of a series in [fromMs, toMs), oldest first: time, value, qc, received. */
function select(series: number, fromMs: number, toMs: number): string {
  return `SELECT "value", "qc", "received" FROM "${MEASUREMENT}" WHERE ${among(series, fromMs, toMs)}`;
}

function among(series: number, fromMs: number, toMs: number): string {
  const from = Math.max(Math.ceil(fromMs), -MOST_TIME_MS);
  const to = Math.min(Math.ceil(toMs), MOST_TIME_MS);
  return `"series" = ${literal(String(Math.trunc(series)))} AND time >= ${from}ms AND time < ${to}ms`;
}

/** Points of the second bucket as columns; of two with one time (other labels) the first. */
function tierOf(points: readonly (number | null)[][]): TierColumns {
  const chosen = points.filter((point, i) => i === 0 || point[0] !== points[i - 1]![0]);
  const tier = emptyTier(chosen.length);
  const firstNumber = 1 + TIER_VALUES.length;
  chosen.forEach((point, i) => {
    tier.startMs[i] = point[0]!;
    const absent = point.at(-1)!;
    TIER_VALUES.forEach((field, v) => {
      tier[field][i] = (absent & (1 << v)) === 0 ? point[1 + v]! : Number.NaN;
    });
    TIER_NUMBERS.forEach((field, n) => {
      tier[field][i] = point[firstNumber + n]!;
    });
  });
  return tier;
}

/** Rows of a table without strays; of two with one time (other labels) the first. */
function columnsOf({values}: InfluxTable): Columns {
  const rows = columns(values.length);
  let n = 0;
  for (const [timeMs, value, qc, received] of values as (number | null)[][]) {
    if (isStray(qc!) || (n > 0 && rows.timeMs[n - 1] === timeMs)) continue;
    rows.timeMs[n] = timeMs!;
    rows.value[n] = value ?? Number.NaN;
    rows.qc[n] = qc!;
    rows.receivedMs[n++] = received!;
  }
  if (n === values.length) return rows;
  return {
    timeMs: rows.timeMs.slice(0, n),
    value: rows.value.slice(0, n),
    qc: rows.qc.slice(0, n),
    receivedMs: rows.receivedMs.slice(0, n),
  };
}

/** Parts that follow each other in time, as one. */
function joined(parts: readonly Columns[]): Columns {
  if (parts.length === 1) return parts[0]!;
  const all = columns(parts.reduce((sum, part) => sum + part.timeMs.length, 0));
  let at = 0;
  for (const part of parts) {
    all.timeMs.set(part.timeMs, at);
    all.value.set(part.value, at);
    all.qc.set(part.qc, at);
    all.receivedMs.set(part.receivedMs, at);
    at += part.timeMs.length;
  }
  return all;
}

type Stretch = {series: number; fromMs: number; lastMs: number; places: Map<number, number[]>};

/** Keys as stretches of one series that are at most a day long: each is one range to be read. */
function stretchesOf(keys: Keys): Stretch[] {
  const order = [...keys.timeMs.keys()].sort(
    (a, b) => keys.series[a]! - keys.series[b]! || keys.timeMs[a]! - keys.timeMs[b]!,
  );
  const stretches: Stretch[] = [];
  for (const place of order) {
    const series = keys.series[place]!;
    const timeMs = keys.timeMs[place]!;
    let last = stretches.at(-1);
    if (last?.series !== series || timeMs - last.fromMs > DAY_MS) {
      last = {series, fromMs: timeMs, lastMs: timeMs, places: new Map()};
      stretches.push(last);
    }
    last.lastMs = timeMs;
    const places = last.places.get(timeMs);
    if (places) places.push(place);
    else last.places.set(timeMs, [place]);
  }
  return stretches;
}
