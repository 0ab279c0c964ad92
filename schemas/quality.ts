/** QARTOD primary flags. They mark a value and never change it. */
export const FLAG = {pass: 1, notEvaluated: 2, suspect: 3, fail: 4, missing: 9} as const;
export type Flag = (typeof FLAG)[keyof typeof FLAG];
export const FLAGS: readonly Flag[] = [1, 2, 3, 4, 9];

/**
 * The quality bit field of a stored row (a 32-bit integer, `qc` in every store and port):
 *
 *     bits 0-3    the flag: worst of the tests that ran, 4 > 3 > 1 > 2; no value = 9
 *     bits 4-15   one bit for each test that did not pass (QC_TEST)
 *     bit  16     censored below: the true value is less than the stored one (`<`)
 *     bit  17     censored above (`>`)
 *     bit  18     late: a newer value of the datastream was there before it
 *     bits 19-20  where the time came from (TIME_SOURCE)
 *     bit  21     a person or a later procedure set this verdict (revisions only)
 *     bits 22-25  the device's own mark (0: none, else 1 + its place in DEVICE_STATUSES)
 *     bit  26     the value was replaced or corrected by a revision (set when read, never stored)
 *
 * Bits 0-15 are what two stores must agree on; bit 18 tells how a row came and may differ.
 */
export const QC_TEST = {
  syntax: 1 << 4,
  time: 1 << 5,
  grossRange: 1 << 6,
  suspectRange: 1 << 7,
  spike: 1 << 8,
  rateOfChange: 1 << 9,
  flatLine: 1 << 10,
  crossCheck: 1 << 11,
  neighbour: 1 << 12,
  deviceStatus: 1 << 13,
  drift: 1 << 14,
  manual: 1 << 15,
} as const;
export type QcTest = keyof typeof QC_TEST;
export const QC_TESTS = Object.keys(QC_TEST) as QcTest[];

export const QC_CENSORED_BELOW = 1 << 16;
export const QC_CENSORED_ABOVE = 1 << 17;
export const QC_LATE = 1 << 18;
export const QC_TIME_SOURCE_SHIFT = 19;
export const QC_REVISED_BY_PERSON = 1 << 21;
export const QC_DEVICE_STATUS_SHIFT = 22;
export const QC_CENSORED = QC_CENSORED_BELOW | QC_CENSORED_ABOVE;
/** The value shown is not the one stored: a revision replaced or corrected it. Set when read, never stored. */
export const QC_CORRECTED = 1 << 26;
/** Flag and failed tests: the part that does not depend on how a row came. */
export const QC_VERDICT_MASK = 0xffff;

export const TIME_SOURCE = {device: 0, arrival: 1, network: 2} as const;
export type TimeSource = keyof typeof TIME_SOURCE;

/**
 * The device's own mark beside a value, letters of HJ 212-2017: N normal, F stopped, M maintenance, S set by hand,
 * D fault, C calibration, T over range, B link fault. The order is part of the bit field: append only.
 */
export const DEVICE_STATUSES = ['N', 'F', 'M', 'S', 'D', 'C', 'T', 'B'] as const;
export type DeviceStatus = (typeof DEVICE_STATUSES)[number];

/** The device's own mark in a quality bit field; null: it gave none. */
export function deviceStatusOf(qc: number): DeviceStatus | null {
  const place = (qc >>> QC_DEVICE_STATUS_SHIFT) & 0xf;
  return place === 0 ? null : (DEVICE_STATUSES[place - 1] ?? null);
}

/** The flag in a quality bit field. */
export function flagOf(qc: number): Flag {
  return (qc & 0xf) as Flag;
}

/** Names of the tests that did not pass, in QC_TEST's order. */
export function failedTests(qc: number): QcTest[] {
  return QC_TESTS.filter((test) => (qc & QC_TEST[test]) !== 0);
}

const RANK: Record<number, number> = {
  [FLAG.notEvaluated]: 0,
  [FLAG.pass]: 1,
  [FLAG.suspect]: 2,
  [FLAG.fail]: 3,
  [FLAG.missing]: 4,
};

/** The worse of two flags: 9, then 4 > 3 > 1 > 2. */
export function worseFlag(a: Flag, b: Flag): Flag {
  return RANK[a]! >= RANK[b]! ? a : b;
}

/** A bit field with the flag worsened to at least `flag` and, unless it passed, the test's bit set. */
export function withVerdict(qc: number, test: QcTest, flag: Flag): number {
  const worse = worseFlag(flagOf(qc), flag);
  const bit = flag === FLAG.suspect || flag === FLAG.fail ? QC_TEST[test] : 0;
  return (qc & ~0xf) | worse | bit;
}
