import {FLAG, flagOf, QC_CENSORED} from '#schemas';
import type {CheckedColumns} from './check-series.ts';
import {type Line, robustSd, theilSen} from './robust-line.ts';
import {hasCredibleTime} from './verdict.ts';

/** Changes whenever the same rows and parameters may get another verdict. */
export const NEIGHBOUR_VERSION = 1;

export type NeighbourParameters = {
  /** How long before a value its relation to a neighbour is learnt. */
  windowMs: number;
  /** Values of both in the window that a relation needs. */
  leastPairs: number;
  /** Neighbours that must be there to be asked. */
  leastNeighbours: number;
  /** Robust standard deviations from what is expected, beyond which a neighbour contradicts. */
  sds: number;
  /** Least standard deviation, in the unit: what an instrument cannot tell apart is no contradiction. */
  leastSd: number;
  /** A neighbour's value belongs to a time if it is its nearest and no farther. */
  pairWithinMs: number;
};

/** What the test finds, row by row of the series that is judged. */
export type NeighbourFindings = {
  flag: Uint8Array;
  /** What the neighbour that decides leads to expect, in the unit; NaN: not evaluated. */
  expected: Float64Array;
  /** How far the value lies from that, in robust standard deviations; NaN: not evaluated. */
  sds: Float64Array;
  /** Neighbours that were asked. */
  asked: Uint8Array;
};

/** Relations are learnt anew so many times in a window, at times that do not depend on where a run begins. */
const FITS_PER_WINDOW = 28;
/** How far beyond the values that it was learnt from a relation is trusted, as a share of their range. */
const TRUSTED_BEYOND = 0.5;

/** What one neighbour says: at the rows' times its values, and the relation that holds now. */
type Neighbour = {
  at: Float64Array;
  line: Line | null;
  /** Of what the line leaves, for the low, middle and high third of the neighbour's values; each ends below its `below`. */
  spread: {below: number; sd: number}[];
  least: number;
  most: number;
};

/** Whether a value can be compared at all: there, its time credible, no mere limit, not failed. */
function isComparable(columns: CheckedColumns, row: number): boolean {
  const qc = columns.qc[row]!;
  if (Number.isNaN(columns.value[row]!) || !hasCredibleTime(qc) || (qc & QC_CENSORED) !== 0) return false;
  return flagOf(qc) !== FLAG.fail && flagOf(qc) !== FLAG.missing;
}

/** Whether a value may teach and be evidence: comparable, and nothing speaks against it. */
function isTrusted(columns: CheckedColumns, row: number): boolean {
  return isComparable(columns, row) && flagOf(columns.qc[row]!) !== FLAG.suspect;
}

/** The trusted values of a neighbour nearest to the rows' times; NaN where none is near enough. */
function valuesAt(timeMs: ArrayLike<number>, neighbour: CheckedColumns, withinMs: number): Float64Array {
  const found = new Float64Array(timeMs.length).fill(Number.NaN);
  const trusted: number[] = [];
  for (let i = 0; i < neighbour.timeMs.length; i += 1) if (isTrusted(neighbour, i)) trusted.push(i);
  let next = 0;
  for (let row = 0; row < timeMs.length; row += 1) {
    const time = timeMs[row]!;
    const distance = (place: number) =>
      place < 0 || place >= trusted.length
        ? Number.POSITIVE_INFINITY
        : Math.abs(neighbour.timeMs[trusted[place]!]! - time);
    while (next < trusted.length && neighbour.timeMs[trusted[next]!]! < time) next += 1;
    const nearest = distance(next) < distance(next - 1) ? next : next - 1;
    if (distance(nearest) <= withinMs) found[row] = neighbour.value[trusted[nearest]!]!;
  }
  return found;
}

/** Learns the relation to one neighbour from rows; none if they are too few or the neighbour did not move. */
function learn(
  neighbour: Neighbour,
  target: CheckedColumns,
  rows: readonly number[],
  p: NeighbourParameters,
): void {
  const paired = rows.filter((row) => !Number.isNaN(neighbour.at[row]!));
  neighbour.line = null;
  if (paired.length < p.leastPairs) return;
  const x = Float64Array.from(paired, (row) => neighbour.at[row]!);
  const y = Float64Array.from(paired, (row) => target.value[row]!);
  const line = theilSen(x, y);
  if (line === null) return;
  const rest = y.map((value, i) => value - line.intercept - line.slope * x[i]!);
  const overall = Math.max(robustSd(rest), p.leastSd);
  if (!(overall > 0)) return;
  const byX = Array.from(x.keys()).sort((a, b) => x[a]! - x[b]!);
  const cut = (third: number) => Math.round((third * byX.length) / 3);
  // Where large values scatter more than small ones, they are no contradiction for it.
  neighbour.spread = [0, 1, 2].map((third) => {
    const part = byX.slice(cut(third), cut(third + 1));
    const next = byX[cut(third + 1)];
    return {
      below: next === undefined ? Number.POSITIVE_INFINITY : x[next]!,
      sd: Math.max(overall, robustSd(Float64Array.from(part, (i) => rest[i]!))),
    };
  });
  const [least, most] = [x[byX[0]!]!, x[byX.at(-1)!]!];
  const beyond = TRUSTED_BEYOND * (most - least);
  Object.assign(neighbour, {line, least: least - beyond, most: most + beyond});
}

/**
 * Neighbour test: each value is compared with what its neighbours lead to expect, by a Theil–Sen line learnt from the window
 * before it. A value is suspect when more than half of the neighbours that can be asked contradict it on the same side; it
 * passes when they do not. It is not evaluated where fewer than `leastNeighbours` can be asked: a neighbour needs enough
 * pairs in the window, a trusted value at the time, and one not far beyond those that the relation was learnt from, so that
 * an event that reaches one place first is no contradiction. The spread is that of all that a line leaves or, if it is wider,
 * of that third of it whose neighbour's values are like the one at hand. What neighbours say never makes a value fail.
 *
 * Suspect and failed values teach nothing, and those that the run itself finds neither, unless they are more than half of a
 * window: what lasts that long is a new relation.
 *
 * Rows are oldest first; those in [fromMs, toMs) are judged, those before teach. Source: MODELS B.9.1 (robust regression on
 * k nearest); the lines by Sen (1968).
 */
export function checkNeighbours(...of: Parameters<typeof neighbourSteps>): NeighbourFindings {
  const steps = neighbourSteps(...of);
  for (;;) {
    const {done, value} = steps.next();
    if (done === true) return value;
  }
}

/** The same in steps of some milliseconds, one whenever relations were learnt anew, for who has other things to do between. */
export function* neighbourSteps(
  target: CheckedColumns,
  neighbours: readonly CheckedColumns[],
  p: NeighbourParameters,
  judged: {fromMs: number; toMs: number},
): Generator<undefined, NeighbourFindings> {
  const rows = target.timeMs.length;
  const findings: NeighbourFindings = {
    flag: new Uint8Array(rows).fill(FLAG.notEvaluated),
    expected: new Float64Array(rows).fill(Number.NaN),
    sds: new Float64Array(rows).fill(Number.NaN),
    asked: new Uint8Array(rows),
  };
  const known = neighbours.map(
    (neighbour): Neighbour => ({
      at: valuesAt(target.timeMs, neighbour, p.pairWithinMs),
      line: null,
      spread: [],
      least: Number.NaN,
      most: Number.NaN,
    }),
  );
  const refitMs = p.windowMs / FITS_PER_WINDOW;
  let learntMs = Number.NaN;
  let first = 0;
  for (let row = 0; row < rows; row += 1) {
    const timeMs = target.timeMs[row]!;
    if (Number.isNaN(target.value[row]!)) findings.flag[row] = FLAG.missing;
    if (timeMs < judged.fromMs || timeMs >= judged.toMs || !isComparable(target, row)) continue;
    const endMs = Math.floor(timeMs / refitMs) * refitMs;
    if (endMs !== learntMs) {
      learntMs = endMs;
      while (first < row && target.timeMs[first]! < endMs - p.windowMs) first += 1;
      const window: number[] = [];
      for (let i = first; i < row && target.timeMs[i]! < endMs; i += 1) {
        if (isTrusted(target, i)) window.push(i);
      }
      const quiet = window.filter((i) => findings.flag[i] !== FLAG.suspect);
      const teaching = quiet.length * 2 < window.length ? window : quiet;
      for (const neighbour of known) learn(neighbour, target, teaching, p);
      yield undefined;
    }
    const said: {expected: number; sds: number}[] = [];
    for (const {at, line, spread, least, most} of known) {
      const x = at[row]!;
      // NaN is in no range.
      if (line === null || !(x >= least && x <= most)) continue;
      const expected = line.intercept + line.slope * x;
      const {sd} = spread.find(({below}) => x < below)!;
      said.push({expected, sds: (target.value[row]! - expected) / sd});
    }
    findings.asked[row] = said.length;
    if (said.length < Math.max(1, p.leastNeighbours)) continue;
    said.sort((a, b) => a.sds - b.sds);
    // The least of the strongest majority on either side: more than half lie at least so far out.
    const majority = Math.floor(said.length / 2) + 1;
    const above = said[said.length - majority]!;
    const below = said[majority - 1]!;
    const decides = above.sds > -below.sds ? above : below;
    findings.expected[row] = decides.expected;
    findings.sds[row] = decides.sds;
    findings.flag[row] = above.sds > p.sds || below.sds < -p.sds ? FLAG.suspect : FLAG.pass;
  }
  return findings;
}
