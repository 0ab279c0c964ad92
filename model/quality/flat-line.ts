import {FLAG, type Flag, type LimitsInForce, worseFlag} from '#schemas';

/**
 * Flat line test (QARTOD test 8). A row is suspect (fail) when the window of itself and the n rows before it has a range
 * below `tolerance` (strictly), with n = floor(hours · 3600 / nominal interval). The first n rows pass. Rows without a
 * value stand in the window but have no part in its range.
 *
 * Beyond the reference: a window with an exempt row is not evaluated (FlatLineExemption); nor is one that holds more rows
 * without a value than with one, since the reference would call a single value after an outage a flat line; nor is a
 * level with n < 1, where a window is one value, or n > 100,000.
 * Source: ioos_qc `flat_line_test`, with the nominal interval in place of the median one.
 *
 * Of directions the range is the smallest arc that holds the values: 359°, 1° and 359° span 2°. An arc of less than half a
 * circle misses north or south, so that it is the plain range of the directions or of their opposites, whichever is less.
 * With a tolerance above 180° arcs from 180° on are not found.
 */
export type FlatLineRows = {
  readonly tolerance: number;
  /** Rows before the judged one; 0: level not made. */
  readonly suspectRows: number;
  readonly failRows: number;
  /** Values are directions in degrees. */
  readonly circular: boolean;
};

/** Longest window, in rows: a level that would need more (a fast device, days of tolerance) is not made. */
const LONGEST_WINDOW_ROWS = 100_000;

function rowsOf(hours: number, intervalS: number): number {
  const rows = Math.floor((hours * 3600) / intervalS);
  return rows <= LONGEST_WINDOW_ROWS ? rows : 0;
}

/** The test's windows in rows; null: test not made. */
export function flatLineRows(limits: Pick<LimitsInForce, 'flatLine' | 'intervalS'>): FlatLineRows | null {
  const {flatLine, intervalS} = limits;
  if (flatLine === null || intervalS === null) return null;
  const suspectRows = rowsOf(flatLine.suspectH, intervalS);
  const failRows = rowsOf(flatLine.failH, intervalS);
  if (suspectRows < 1 && failRows < 1) return null;
  return {tolerance: flatLine.tolerance, suspectRows, failRows, circular: flatLine.circular === true};
}

/** The opposite of a direction, in [0, 360). */
function oppositeDeg(directionDeg: number): number {
  const turned = (directionDeg + 180) % 360;
  return turned < 0 ? turned + 360 : turned;
}

/** Degrees of the smallest arc that holds these directions: the circle without the widest gap between two of them. */
export function smallestArcDeg(directionsDeg: Float64Array): number {
  const sorted = directionsDeg.map((direction) => oppositeDeg(direction)).sort();
  let widest = sorted.length === 0 ? 360 : sorted[0]! + 360 - sorted[sorted.length - 1]!;
  for (let i = 1; i < sorted.length; i += 1) widest = Math.max(widest, sorted[i]! - sorted[i - 1]!);
  return 360 - widest;
}

/** Marks the rows whose window of `rowsBefore` + 1 rows is flat. Sliding extremes by monotonic queues: O(rows). */
function markFlat(
  values: Float64Array,
  exempt: Uint8Array,
  rowsBefore: number,
  tolerance: number,
  mark: (row: number) => void,
): void {
  const rows = values.length;
  const lows = new Int32Array(rows);
  const highs = new Int32Array(rows);
  let lowHead = 0;
  let lowTail = 0;
  let highHead = 0;
  let highTail = 0;
  let empty = 0;
  let exempted = 0;
  for (let row = 0; row < rows; row += 1) {
    const value = values[row]!;
    const first = row - rowsBefore;
    if (first > 0) {
      if (Number.isNaN(values[first - 1]!)) empty -= 1;
      exempted -= exempt[first - 1]!;
    }
    exempted += exempt[row]!;
    if (Number.isNaN(value)) {
      empty += 1;
    } else {
      while (lowTail > lowHead && values[lows[lowTail - 1]!]! >= value) lowTail -= 1;
      lows[lowTail++] = row;
      while (highTail > highHead && values[highs[highTail - 1]!]! <= value) highTail -= 1;
      highs[highTail++] = row;
    }
    while (lowHead < lowTail && lows[lowHead]! < first) lowHead += 1;
    while (highHead < highTail && highs[highHead]! < first) highHead += 1;
    if (first < 0 || exempted > 0 || Number.isNaN(value) || empty * 2 > rowsBefore + 1) continue;
    if (values[highs[highHead]!]! - values[lows[lowHead]!]! < tolerance) mark(row);
  }
}

/** Flags of the flat line test of a whole series (value NaN: none; exempt 1: takes no part). */
export function flatLineFlags(
  values: Float64Array,
  exempt: Uint8Array,
  rows: FlatLineRows | null,
): Uint8Array {
  const flags = new Uint8Array(values.length);
  if (rows === null) return flags.fill(FLAG.notEvaluated);
  for (let row = 0; row < values.length; row += 1) {
    if (Number.isNaN(values[row]!)) flags[row] = FLAG.missing;
    else flags[row] = exempt[row] === 1 ? FLAG.notEvaluated : FLAG.pass;
  }
  const views = rows.circular ? [values, values.map(oppositeDeg)] : [values];
  for (const [before, flag] of [
    [rows.suspectRows, FLAG.suspect],
    [rows.failRows, FLAG.fail],
  ] as const) {
    if (before < 1) continue;
    for (const view of views) {
      markFlat(view, exempt, before, rows.tolerance, (row) => {
        flags[row] = flag;
      });
    }
  }
  return flags;
}

/** Positions and values in order of arrival; taken off at both ends. */
class Queue {
  private positions: number[] = [];
  private values: number[] = [];
  private head = 0;

  get empty(): boolean {
    return this.head === this.positions.length;
  }
  get size(): number {
    return this.positions.length - this.head;
  }
  firstPosition(): number {
    return this.positions[this.head]!;
  }
  firstValue(): number {
    return this.values[this.head]!;
  }
  lastValue(): number {
    return this.values[this.values.length - 1]!;
  }
  push(position: number, value: number): void {
    this.positions.push(position);
    this.values.push(value);
  }
  dropLast(): void {
    this.positions.pop();
    this.values.pop();
  }
  dropFirst(): void {
    this.head += 1;
    if (this.head === this.positions.length) this.clear();
    else if (this.head >= 64 && this.head * 2 > this.positions.length) {
      this.positions = this.positions.slice(this.head);
      this.values = this.values.slice(this.head);
      this.head = 0;
    }
  }
  /** Takes off what stands before a position. */
  dropBefore(position: number): void {
    while (!this.empty && this.firstPosition() < position) this.dropFirst();
  }
  clear(): void {
    this.positions.length = 0;
    this.values.length = 0;
    this.head = 0;
  }
}

/**
 * The same test, row by row: keeps the longest suffix of rows whose range is below the tolerance (two pointers and
 * monotonic queues, O(1) amortised). While values vary it holds a value or two.
 */
export class FlatLineRun {
  private readonly rows: FlatLineRows;
  private readonly longest: number;
  /** The same of the opposite directions; null: values lie on a line. */
  private readonly opposite: FlatLineRun | null;
  private readonly lows = new Queue();
  private readonly highs = new Queue();
  /** Rows without a value in the two windows. */
  private readonly emptyInFail = new Queue();
  private readonly emptyInSuspect = new Queue();
  private position = -1;
  /** First row of the suffix with a range below the tolerance and no exempt row. */
  private start = 0;

  constructor(rows: FlatLineRows) {
    this.rows = rows;
    this.longest = Math.max(rows.suspectRows, rows.failRows);
    this.opposite = rows.circular ? new FlatLineRun({...rows, circular: false}) : null;
  }

  /** The flag of the next row (NaN: no value). */
  push(value: number, exempt: boolean): Flag {
    const flag = this.pushPlain(value, exempt);
    return this.opposite === null ? flag : worseFlag(flag, this.opposite.push(oppositeDeg(value), exempt));
  }

  private pushPlain(value: number, exempt: boolean): Flag {
    this.position += 1;
    const {position, lows, highs} = this;
    const {suspectRows, failRows, tolerance} = this.rows;
    const missing = Number.isNaN(value);
    this.emptyInFail.dropBefore(position - failRows);
    this.emptyInSuspect.dropBefore(position - suspectRows);
    if (missing) {
      this.emptyInFail.push(position, value);
      this.emptyInSuspect.push(position, value);
    }
    if (exempt) {
      this.start = position + 1;
      lows.clear();
      highs.clear();
      return missing ? FLAG.missing : FLAG.notEvaluated;
    }
    if (missing) return FLAG.missing;
    while (!lows.empty && lows.lastValue() >= value) lows.dropLast();
    lows.push(position, value);
    while (!highs.empty && highs.lastValue() <= value) highs.dropLast();
    highs.push(position, value);
    const oldest = position - this.longest;
    if (this.start < oldest) this.start = oldest;
    lows.dropBefore(this.start);
    highs.dropBefore(this.start);
    while (!lows.empty && !highs.empty && !(highs.firstValue() - lows.firstValue() < tolerance)) {
      this.start = Math.min(lows.firstPosition(), highs.firstPosition()) + 1;
      lows.dropBefore(this.start);
      highs.dropBefore(this.start);
    }
    const run = position - this.start;
    if (failRows >= 1 && run >= failRows && this.emptyInFail.size * 2 <= failRows + 1) return FLAG.fail;
    if (suspectRows >= 1 && run >= suspectRows && this.emptyInSuspect.size * 2 <= suspectRows + 1) {
      return FLAG.suspect;
    }
    return FLAG.pass;
  }
}
