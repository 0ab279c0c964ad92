import type {DatabaseSync, StatementSync} from 'node:sqlite';
import {saysOf} from '#model';
import {QC_VERDICT_MASK, type Revision, type VerdictCounts} from '#schemas';
import type {BitColumns, ColdSource, HeldFile, HotTimes, Stretch} from './cold-source.ts';
import {revisionOf} from './opening-state.ts';
import {revise} from './revise.ts';
import {columns} from './row-arrays.ts';
import {spanOf, VerdictTally} from './verdict-tally.ts';

type Revised = {revisions: Revision[]; stretches: Stretch[]};

/**
 * Counts rows by verdict without reading them one by one: files and the row store count their own, as stored. Only rows
 * under later verdicts are read, taken out of the count and put back as they are judged now.
 */
export class VerdictReader {
  readonly #db: DatabaseSync;
  readonly #cold: ColdSource;
  readonly #files: StatementSync;
  readonly #hot: StatementSync;
  readonly #hotBits: StatementSync;
  readonly #hotTimes: StatementSync;
  readonly #revisions: StatementSync;

  constructor(db: DatabaseSync, cold: ColdSource) {
    this.#db = db;
    this.#cold = cold;
    this.#files = db.prepare(
      'SELECT s.raw, s.t0 AS from_ms, s.t1 AS to_ms, e.series, e.t0, e.t1, e.n FROM segment s ' +
        'JOIN segment_series e ON e.segment = s.id WHERE s.t1>=? AND s.t0<? ORDER BY s.id',
    );
    this.#hot = db.prepare(
      `SELECT series, qc & ${QC_VERDICT_MASK} AS verdict, count(*) AS n FROM hot WHERE ts>=? AND ts<? GROUP BY 1, 2`,
    );
    this.#hotTimes = db.prepare('SELECT series, ts FROM hot WHERE ts>=? AND ts<=?');
    this.#hotBits = db.prepare('SELECT ts, qc FROM hot WHERE ts>=? AND ts<=? AND series=?');
    this.#revisions = db.prepare('SELECT * FROM revision WHERE t1>=? AND t0<? ORDER BY id');
  }

  async count(query: {edgesMs: readonly number[]; series?: readonly number[]}): Promise<VerdictCounts> {
    const edgesMs = query.edgesMs.map(Math.ceil);
    const chosen = query.series && new Set(query.series);
    const wanted = (series: number) => chosen === undefined || chosen.has(series);
    const tally = new VerdictTally();
    const {files, hot, revised, bits} = this.#atOneMoment(edgesMs, wanted, tally);
    tally.addAll(await this.#cold.verdicts(files, edgesMs, hot), wanted);
    const stretches = [...revised.values()].flatMap((entry) => entry.stretches);
    if (stretches.length > 0) bits.push(await this.#cold.bitsIn(files, stretches, hot));
    judgeAgain(bits, revised, edgesMs, tally);
    return tally.columns();
  }

  /** What the database says at one moment: hot rows are counted, files named, bit fields of revised hot rows read. */
  #atOneMoment(
    edgesMs: readonly number[],
    wanted: (series: number) => boolean,
    tally: VerdictTally,
  ): {files: HeldFile[]; hot: HotTimes; revised: Map<number, Revised>; bits: BitColumns[]} {
    const [fromMs, toMs] = [edgesMs[0]!, edgesMs.at(-1)!];
    this.#db.exec('BEGIN');
    try {
      for (let span = 0; span + 1 < edgesMs.length; span++) {
        for (const row of this.#hot.iterate(edgesMs[span]!, edgesMs[span + 1]!)) {
          const series = Number(row['series']);
          if (wanted(series)) tally.add(series, span, Number(row['verdict']), Number(row['n']));
        }
      }
      const files = new Map<string, HeldFile & {series: HeldFile['series'][number][]}>();
      for (const row of this.#files.iterate(fromMs, toMs)) {
        const entry = {
          series: Number(row['series']),
          t0: Number(row['t0']),
          t1: Number(row['t1']),
          n: Number(row['n']),
        };
        if (!wanted(entry.series)) continue;
        const raw = String(row['raw']);
        const known = files.get(raw);
        if (known) known.series.push(entry);
        else files.set(raw, {raw, t0: Number(row['from_ms']), t1: Number(row['to_ms']), series: [entry]});
      }
      const revised = stretchesOf(
        this.#revisions
          .all(fromMs, toMs)
          .map(revisionOf)
          .filter(({series}) => wanted(series)),
        {fromMs, toMs},
      );
      const held = [...files.values()];
      const hot = this.#cold.holdsHot ? this.#hotAmong(held) : new Map();
      return {files: held, hot, revised, bits: [this.#hotBitsIn(revised)]};
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  /** Times of hot rows between the first and the last row of the files: few, since files are of closed time. */
  #hotAmong(files: readonly HeldFile[]): HotTimes {
    const times = new Map<number, Set<number>>();
    const from = Math.min(...files.map(({t0}) => t0));
    const to = Math.max(...files.map(({t1}) => t1));
    if (files.length === 0) return times;
    for (const row of this.#hotTimes.iterate(from, to)) {
      const series = Number(row['series']);
      const known = times.get(series);
      if (known) known.add(Number(row['ts']));
      else times.set(series, new Set([Number(row['ts'])]));
    }
    return times;
  }

  #hotBitsIn(revised: ReadonlyMap<number, Revised>): BitColumns {
    const found: [series: number, timeMs: number, qc: number][] = [];
    for (const [series, {stretches}] of revised) {
      for (const {fromMs, toMs} of stretches) {
        for (const row of this.#hotBits.iterate(fromMs, toMs, series)) {
          found.push([series, Number(row['ts']), Number(row['qc'])]);
        }
      }
    }
    return {
      series: Int32Array.from(found, ([series]) => series),
      timeMs: Float64Array.from(found, ([, timeMs]) => timeMs),
      qc: Int32Array.from(found, ([, , qc]) => qc),
    };
  }
}

/** By series: all its revisions, and the stretches inside the range that a later verdict is about, in order and apart. */
function stretchesOf(
  revisions: readonly Revision[],
  range: {fromMs: number; toMs: number},
): Map<number, Revised> {
  const bySeries = new Map<number, Revised>();
  for (const [series, own] of Map.groupBy(revisions, (revision) => revision.series)) {
    const stretches: Stretch[] = [];
    for (const {fromMs, toMs} of own
      .filter((revision) => saysOf(revision).verdict)
      .sort((a, b) => a.fromMs - b.fromMs)) {
      const from = Math.max(fromMs, range.fromMs);
      const to = Math.min(toMs, range.toMs - 1);
      const last = stretches.at(-1);
      if (last && from <= last.toMs) last.toMs = Math.max(last.toMs, to);
      else if (from <= to) stretches.push({series, fromMs: from, toMs: to});
    }
    if (stretches.length > 0) bySeries.set(series, {revisions: own, stretches});
  }
  return bySeries;
}

/** Takes rows out of the count as they were stored, and puts them back as they are judged now. */
function judgeAgain(
  parts: readonly BitColumns[],
  revised: ReadonlyMap<number, Revised>,
  edgesMs: readonly number[],
  tally: VerdictTally,
): void {
  const bySeries = new Map<number, {timeMs: number; qc: number}[]>();
  for (const {series, timeMs, qc} of parts) {
    for (let i = 0; i < series.length; i++) {
      const row = {timeMs: timeMs[i]!, qc: qc[i]!};
      const known = bySeries.get(series[i]!);
      if (known) known.push(row);
      else bySeries.set(series[i]!, [row]);
    }
  }
  for (const [series, list] of bySeries) {
    list.sort((a, b) => a.timeMs - b.timeMs);
    const rows = columns(list.length);
    for (const [i, {timeMs, qc}] of list.entries()) {
      rows.timeMs[i] = timeMs;
      rows.qc[i] = qc;
      const span = spanOf(edgesMs, timeMs);
      if (span >= 0) tally.add(series, span, qc & QC_VERDICT_MASK, -1);
    }
    revise(rows, revised.get(series)!.revisions);
    for (let i = 0; i < list.length; i++) {
      const span = spanOf(edgesMs, rows.timeMs[i]!);
      if (span >= 0) tally.add(series, span, rows.qc[i]! & QC_VERDICT_MASK, 1);
    }
  }
}
