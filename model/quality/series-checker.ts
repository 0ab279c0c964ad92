import type {LimitsInForce} from '#schemas';
import type {CheckedColumns, Companion} from './check-series.ts';
import {isExempt, type Place} from './exemption.ts';
import {FlatLineRun, flatLineRows} from './flat-line.ts';
import {rateOfChangeFlag} from './rate-of-change.ts';
import {spikeFlag} from './spike.ts';
import {addVerdict, checkAlone, hasCredibleTime, isFixedByPerson} from './verdict.ts';

/** A row's bit field, and the new one of the row before when the spike test of that row has just become possible. */
export type PushResult = {qc: number; revisePrevious?: {timeMs: number; qc: number}};

type Judged = {timeMs: number; value: number; qc: number};

/**
 * The quality tests of one series, row by row in order of time: with the revisions applied, the bit fields are those that
 * `checkSeries` gives for the whole series. O(1) amortised; it holds two rows and the current flat run.
 */
export class SeriesChecker {
  private readonly limits: LimitsInForce;
  private readonly place: Place;
  private readonly flatLine: FlatLineRun | null;
  /** The newest two rows that take part (value NaN: none). */
  private previous: Judged | null = null;
  private beforePrevious: Judged | null = null;

  constructor(limits: LimitsInForce, place: Place) {
    this.limits = limits;
    this.place = place;
    const rows = flatLineRows(limits);
    this.flatLine = rows === null ? null : new FlatLineRun(rows);
  }

  /** A checker that goes on after stored rows (at least the newest `contextRows(limits)` with a credible time, oldest first). */
  static fromRows(
    limits: LimitsInForce,
    place: Place,
    columns: CheckedColumns,
    companion?: Companion | null,
  ): SeriesChecker {
    const checker = new SeriesChecker(limits, place);
    let at = 0;
    for (let row = 0; row < columns.timeMs.length; row += 1) {
      const timeMs = columns.timeMs[row]!;
      let wind = Number.NaN;
      if (companion) {
        while (at < companion.timeMs.length && companion.timeMs[at]! < timeMs) at += 1;
        if (companion.timeMs[at] === timeMs) wind = companion.value[at]!;
      }
      checker.push(timeMs, columns.value[row]!, columns.qc[row]!, wind);
    }
    return checker;
  }

  /** Time of the newest row that takes part; a later row must be newer. Null: none yet. */
  get newestMs(): number | null {
    return this.previous?.timeMs ?? null;
  }

  /**
   * Judges the next row. A row whose time test failed (bit in `qcIn`) may come at any place: it gets its ranges and takes
   * no part. `companionValue`: wind speed at the same time, for the exemption `calm`; null or NaN: not known.
   * @throws {RangeError} for a credible time that is not later than the newest row's: such rows are checked by `checkAlone`
   *   and rechecked by `checkSeries`.
   */
  push(timeMs: number, value: number | null, qcIn: number, companionValue?: number | null): PushResult {
    const {limits, place, previous} = this;
    let qc = checkAlone(value, qcIn, limits);
    if (!hasCredibleTime(qcIn)) return {qc};
    if (previous !== null && timeMs <= previous.timeMs) {
      throw new RangeError(`rows must come in order of time: ${timeMs} after ${previous.timeMs}`);
    }
    const number = value ?? Number.NaN;
    const unless = limits.flatLine?.unless ?? null;
    const flatFlag = this.flatLine?.push(
      number,
      unless !== null && isExempt(unless, timeMs, number, place, companionValue ?? Number.NaN),
    );
    if (!Number.isNaN(number) && !isFixedByPerson(qcIn)) {
      qc = addVerdict(qc, 'rateOfChange', rateOfChangeFlag(previous, timeMs, number, limits.ratePerS));
      if (flatFlag !== undefined) qc = addVerdict(qc, 'flatLine', flatFlag);
    }
    const result: PushResult = {qc};
    if (previous !== null && !isFixedByPerson(previous.qc)) {
      const before = this.beforePrevious?.value ?? Number.NaN;
      const revised = addVerdict(
        previous.qc,
        'spike',
        spikeFlag(before, previous.value, number, limits.spike),
      );
      if (revised !== previous.qc) result.revisePrevious = {timeMs: previous.timeMs, qc: revised};
    }
    this.beforePrevious = previous;
    this.previous = {timeMs, value: number, qc};
    return result;
  }
}
