import {deviceStatusOf, FLAG, type Flag, type LimitsInForce, QC_TEST, QC_TESTS, type QcTest} from '#schemas';
import {DEVICE_STATUS_FLAG} from '../normalise/device-status.ts';
import type {CheckedColumns, Companion} from './check-series.ts';
import {isExempt, type Place} from './exemption.ts';
import {flatLineFlags, flatLineRows, smallestArcDeg} from './flat-line.ts';
import {grossRangeFlag} from './gross-range.ts';
import {rateOfChangeFlag} from './rate-of-change.ts';
import {spikeFlag} from './spike.ts';
import {suspectRangeFlag} from './suspect-range.ts';
import {EARLIEST_TIME_MS, FUTURE_TOLERANCE_MS, timeFlag} from './time.ts';
import {hasCredibleTime} from './verdict.ts';

/** One test of one row: what it finds with these limits and neighbours, with the numbers that decide it. */
export type TestStory = {
  test: QcTest;
  /** What the test finds; 2: it cannot be or is not made here. */
  flag: Flag;
  /** Whether the verdict in force names the test. */
  named: boolean;
  /** By name; times in ms since 1970, null: none. */
  numbers: Record<string, number | string | null>;
};

const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

/**
 * The tests of one row of a series, each made anew from its neighbours, with its numbers. Rows whose time is not credible
 * are no neighbours. Tests that are made elsewhere (cross-check, neighbour, drift, a person) are told by their bit alone.
 */
export function explainTests(
  columns: CheckedColumns,
  row: number,
  of: {
    receivedMs: number;
    limits: LimitsInForce;
    place: Place;
    companion?: Companion | null;
  },
): TestStory[] {
  const {limits, place, receivedMs} = of;
  const timeMs = columns.timeMs[row]!;
  const value = columns.value[row]!;
  const qc = columns.qc[row]!;
  const takesPart = hasCredibleTime(qc);
  const part: number[] = [];
  for (let i = 0; i < columns.timeMs.length; i += 1) if (hasCredibleTime(columns.qc[i]!)) part.push(i);
  const at = part.indexOf(row);
  const [before, after] = takesPart ? [part[at - 1], part[at + 1]] : [undefined, undefined];
  const valueAt = (index: number | undefined) => (index === undefined ? Number.NaN : columns.value[index]!);
  const timeAt = (index: number | undefined) => (index === undefined ? null : columns.timeMs[index]!);

  const made: Partial<Record<QcTest, {flag: Flag; numbers: TestStory['numbers']}>> = {};
  made.time = {
    flag: timeFlag(timeMs, receivedMs),
    numbers: {timeMs, receivedMs, earliestMs: EARLIEST_TIME_MS, latestMs: receivedMs + FUTURE_TOLERANCE_MS},
  };
  const [least, most] = limits.hardRange;
  made.grossRange = {
    flag: Number.isNaN(value) ? FLAG.missing : grossRangeFlag(value, limits.hardRange),
    numbers: {value: orNull(value), least, most},
  };
  made.suspectRange = {
    flag: Number.isNaN(value) ? FLAG.missing : suspectRangeFlag(value, limits.suspectRange),
    numbers: {
      value: orNull(value),
      least: limits.suspectRange?.[0] ?? null,
      most: limits.suspectRange?.[1] ?? null,
    },
  };
  const distance = Math.abs(value - (valueAt(before) + valueAt(after)) / 2);
  made.spike = {
    flag: takesPart ? spikeFlag(valueAt(before), value, valueAt(after), limits.spike) : FLAG.notEvaluated,
    numbers: {
      before: orNull(valueAt(before)),
      value: orNull(value),
      after: orNull(valueAt(after)),
      distance: orNull(distance),
      suspectAbove: limits.spike?.suspect ?? null,
      failAbove: limits.spike?.fail ?? null,
    },
  };
  const seconds = before === undefined ? Number.NaN : (timeMs - columns.timeMs[before]!) / 1000;
  made.rateOfChange = {
    flag: takesPart
      ? rateOfChangeFlag(
          before === undefined ? null : {timeMs: timeAt(before)!, value: valueAt(before)},
          timeMs,
          value,
          limits.ratePerS,
        )
      : FLAG.notEvaluated,
    numbers: {
      before: orNull(valueAt(before)),
      value: orNull(value),
      seconds: orNull(seconds),
      perS: orNull(Math.abs(value - valueAt(before)) / seconds),
      mostPerS: limits.ratePerS,
    },
  };
  made.flatLine = flatLine(
    columns,
    takesPart ? part.slice(0, at + 1) : [],
    limits,
    place,
    of.companion ?? null,
  );
  const letter = deviceStatusOf(qc);
  made.deviceStatus = {
    flag: letter === null ? FLAG.notEvaluated : DEVICE_STATUS_FLAG[letter],
    numbers: {letter},
  };

  return QC_TESTS.map((test) => {
    const named = (qc & QC_TEST[test]) !== 0;
    const {flag = named ? ((qc & 0xf) as Flag) : FLAG.notEvaluated, numbers = {}} = made[test] ?? {};
    return {test, flag, named, numbers};
  });
}

function spreadOf(values: Float64Array): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}

/** The flat line test of the last of some rows. */
function flatLine(
  columns: CheckedColumns,
  part: readonly number[],
  limits: LimitsInForce,
  place: Place,
  companion: Companion | null,
): {flag: Flag; numbers: TestStory['numbers']} {
  const rows = flatLineRows(limits);
  const numbers: TestStory['numbers'] = {
    tolerance: limits.flatLine?.tolerance ?? null,
    suspectRows: rows?.suspectRows ?? null,
    failRows: rows?.failRows ?? null,
    suspectSpread: null,
    failSpread: null,
  };
  if (rows === null || part.length === 0) return {flag: FLAG.notEvaluated, numbers};
  const wind = new Map<number, number>();
  for (let i = 0; i < (companion?.timeMs.length ?? 0); i += 1) {
    wind.set(companion!.timeMs[i]!, companion!.value[i]!);
  }
  const unless = limits.flatLine!.unless;
  const values = Float64Array.from(part, (i) => columns.value[i]!);
  const exempt = Uint8Array.from(part, (i) =>
    isExempt(unless, columns.timeMs[i]!, columns.value[i]!, place, wind.get(columns.timeMs[i]!) ?? Number.NaN)
      ? 1
      : 0,
  );
  for (const [name, before] of [
    ['suspectSpread', rows.suspectRows],
    ['failSpread', rows.failRows],
  ] as const) {
    if (before < 1 || values.length <= before) continue;
    const window = values.subarray(values.length - 1 - before).filter((value) => !Number.isNaN(value));
    if (window.length === 0) continue;
    numbers[name] = rows.circular ? smallestArcDeg(window) : spreadOf(window);
  }
  return {flag: flatLineFlags(values, exempt, rows)[part.length - 1] as Flag, numbers};
}
