import {
  deviceStatusOf,
  FLAG,
  type Flag,
  type LimitsInForce,
  QC_REVISED_BY_PERSON,
  QC_TEST,
  type QcTest,
  worseFlag,
} from '#schemas';
import {DEVICE_STATUS_FLAG} from '../normalise/device-status.ts';
import {grossRangeFlag} from './gross-range.ts';
import {suspectRangeFlag} from './suspect-range.ts';

/** The tests that values, their neighbours and limits decide: `checkSeries` makes them again from nothing. */
export const VALUE_TEST_BITS =
  QC_TEST.grossRange | QC_TEST.suspectRange | QC_TEST.spike | QC_TEST.rateOfChange | QC_TEST.flatLine;

/** Flags that tests made elsewhere stand for when their bit is set. A cross-check and a neighbour only raise doubt. */
const KEPT_TESTS: readonly (readonly [bit: number, flag: Flag])[] = [
  [QC_TEST.syntax, FLAG.fail],
  [QC_TEST.time, FLAG.fail],
  [QC_TEST.crossCheck, FLAG.suspect],
  [QC_TEST.neighbour, FLAG.suspect],
  [QC_TEST.drift, FLAG.suspect],
];

/** Whether a person's verdict stands on a row: no test changes it. */
export function isFixedByPerson(qc: number): boolean {
  return (qc & (QC_REVISED_BY_PERSON | QC_TEST.manual)) !== 0;
}

/** Whether a row takes part in a series: its time is credible. */
export function hasCredibleTime(qc: number): boolean {
  return (qc & QC_TEST.time) === 0;
}

/** The flag of the tests that are kept (time, the device's mark, …); 2 when none of them ran. */
function keptFlag(qc: number): Flag {
  let flag: Flag = FLAG.notEvaluated;
  const status = deviceStatusOf(qc);
  if (status !== null) flag = DEVICE_STATUS_FLAG[status];
  else if ((qc & QC_TEST.deviceStatus) !== 0) flag = FLAG.fail;
  for (const [bit, stands] of KEPT_TESTS) {
    if ((qc & bit) !== 0) flag = worseFlag(flag, stands);
  }
  return flag;
}

/** A bit field before any value test: what is kept, with the flag of what is kept. */
export function withoutValueTests(qc: number): number {
  return (qc & ~(0xf | VALUE_TEST_BITS)) | keptFlag(qc);
}

/** As `withVerdict` of the schemas, but a test that met no value leaves the bit field as it is. */
export function addVerdict(qc: number, test: QcTest, flag: Flag): number {
  if (flag === FLAG.notEvaluated || flag === FLAG.missing) return qc;
  const bit = flag === FLAG.pass ? 0 : QC_TEST[test];
  return (qc & ~0xf) | worseFlag((qc & 0xf) as Flag, flag) | bit;
}

/**
 * The bit field of one row by the tests that need no neighbour: gross range and suspect range. NaN or null: missing.
 * This is the first verdict on a row that came out of order; its neighbourhood is checked again later.
 */
export function checkAlone(value: number | null, qc: number, limits: LimitsInForce): number {
  if (isFixedByPerson(qc)) return qc;
  const kept = withoutValueTests(qc);
  if (value === null || Number.isNaN(value)) return (kept & ~0xf) | FLAG.missing;
  const ranged = addVerdict(kept, 'grossRange', grossRangeFlag(value, limits.hardRange));
  return addVerdict(ranged, 'suspectRange', suspectRangeFlag(value, limits.suspectRange));
}
