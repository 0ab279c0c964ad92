import {FLAG, type Flag, type LimitsInForce} from '#schemas';
import {isExempt, type Place} from './exemption.ts';
import {flatLineFlags, flatLineRows} from './flat-line.ts';
import {rateOfChangeFlag} from './rate-of-change.ts';
import {spikeFlag} from './spike.ts';
import {addVerdict, checkAlone, hasCredibleTime, isFixedByPerson} from './verdict.ts';

/** Rows of one series, oldest first; value NaN where there is none. */
export type CheckedColumns = {
  readonly timeMs: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly qc: ArrayLike<number>;
};

/** Wind speed of the same station, statistic and period, for the exemption `calm`; oldest first. */
export type Companion = {readonly timeMs: ArrayLike<number>; readonly value: ArrayLike<number>};

/** Companion values at the rows' own times; NaN where there is none. */
function companionAt(timeMs: Float64Array, companion: Companion | null | undefined): Float64Array {
  const found = new Float64Array(timeMs.length).fill(Number.NaN);
  if (!companion) return found;
  let at = 0;
  for (let row = 0; row < timeMs.length; row += 1) {
    while (at < companion.timeMs.length && companion.timeMs[at]! < timeMs[row]!) at += 1;
    if (at < companion.timeMs.length && companion.timeMs[at] === timeMs[row])
      found[row] = companion.value[at]!;
  }
  return found;
}

/**
 * The quality bit fields of a whole series: verdicts of gross range, suspect range, spike, rate of change and flat line
 * made from nothing, everything else in `qc` kept (time test, the device's mark, censoring, late, time source). Rows whose
 * time failed get their ranges and take no part as neighbours; rows that a person judged keep their verdict.
 *
 * The flag is the worst of the tests that ran (4 > 3 > 1 > 2), 9 without a value. `SeriesChecker` gives the same, row by
 * row.
 */
export function checkSeries(
  columns: CheckedColumns,
  limits: LimitsInForce,
  place: Place,
  companion?: Companion | null,
): Int32Array {
  const rows = columns.timeMs.length;
  const checked = new Int32Array(rows);
  const part: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    checked[row] = checkAlone(columns.value[row]!, columns.qc[row]!, limits);
    if (hasCredibleTime(columns.qc[row]!)) part.push(row);
  }
  const timeMs = Float64Array.from(part, (row) => columns.timeMs[row]!);
  const value = Float64Array.from(part, (row) => columns.value[row]!);
  const windowRows = flatLineRows(limits);
  const unless = limits.flatLine?.unless ?? null;
  const exempt = new Uint8Array(part.length);
  if (windowRows !== null && unless !== null) {
    const wind = companionAt(timeMs, companion);
    for (let i = 0; i < part.length; i += 1) {
      exempt[i] = isExempt(unless, timeMs[i]!, value[i]!, place, wind[i]!) ? 1 : 0;
    }
  }
  const flat = flatLineFlags(value, exempt, windowRows);
  for (let i = 0; i < part.length; i += 1) {
    const row = part[i]!;
    if (isFixedByPerson(columns.qc[row]!) || (checked[row]! & 0xf) === FLAG.missing) continue;
    const before = i === 0 ? null : {timeMs: timeMs[i - 1]!, value: value[i - 1]!};
    let qc = checked[row]!;
    qc = addVerdict(
      qc,
      'spike',
      spikeFlag(value[i - 1] ?? Number.NaN, value[i]!, value[i + 1] ?? Number.NaN, limits.spike),
    );
    qc = addVerdict(qc, 'rateOfChange', rateOfChangeFlag(before, timeMs[i]!, value[i]!, limits.ratePerS));
    checked[row] = addVerdict(qc, 'flatLine', flat[i] as Flag);
  }
  return checked;
}
