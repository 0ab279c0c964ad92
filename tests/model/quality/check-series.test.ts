import {describe, expect, it} from 'vitest';
import {
  checkAlone,
  checkSeries,
  DEVICE_STATUS_FLAG,
  limitsInForce,
  SeriesChecker,
  withDeviceStatus,
} from '#model';
import {
  DEVICE_STATUSES,
  deviceStatusOf,
  ELEMENTS,
  failedTests,
  flagOf,
  type LimitsInForce,
  QC_CENSORED_BELOW,
  QC_LATE,
  QC_REVISED_BY_PERSON,
  QC_TEST,
} from '#schemas';

const CHONGQING = {latitudeDeg: 29.58, longitudeDeg: 106.71};
const WIDE: LimitsInForce = {
  hardRange: [-1e9, 1e9],
  suspectRange: null,
  intervalS: 60,
  ratePerS: null,
  spike: null,
  flatLine: null,
};
const N = Number.NaN;

function check(
  values: number[],
  limits: LimitsInForce,
  options: {qc?: number[]; stepS?: number; startMs?: number} = {},
) {
  const timeMs = values.map(
    (_, i) => (options.startMs ?? Date.UTC(2026, 5, 1)) + i * (options.stepS ?? 60) * 1000,
  );
  return checkSeries({timeMs, value: values, qc: options.qc ?? values.map(() => 2)}, limits, CHONGQING);
}
const flags = (qc: Int32Array) => [...qc].map(flagOf);

describe('checkSeries', () => {
  it('combines the tests: worst of those that ran, with a bit for each that did not pass', () => {
    const limits: LimitsInForce = {
      ...WIDE,
      hardRange: [0, 50],
      suspectRange: [0, 30],
      ratePerS: 10 / 60,
      spike: {suspect: 5, fail: 20},
    };
    const qc = check([20, 20, 60, 20, 35, N, 20], limits);
    expect(flags(qc)).toEqual([1, 3, 4, 4, 3, 9, 1]);
    expect(Array.from(qc, failedTests)).toEqual([
      [],
      ['spike'], // 20 off the mean of 20 and 60: above suspect, at the limit of fail
      ['grossRange', 'suspectRange', 'spike', 'rateOfChange'],
      ['spike', 'rateOfChange'], // 27.5 off the mean of 60 and 35
      ['suspectRange', 'rateOfChange'], // spike not evaluated beside a missing value
      [],
      [],
    ]);
  });

  it('passes the ends of a series, whose spike test could not run, when the other tests passed', () => {
    expect(flags(check([1], {...WIDE, spike: {suspect: 1, fail: 2}}))).toEqual([1]);
    expect(flags(check([1, 2], {...WIDE, spike: {suspect: 1, fail: 2}}))).toEqual([1, 1]);
  });

  it('keeps what others found: censoring, late, the device’s mark, a cross-check; and makes its own anew', () => {
    const cross = QC_TEST.crossCheck | QC_LATE | 3;
    const stale = QC_TEST.spike | QC_TEST.flatLine | QC_CENSORED_BELOW | 4;
    const qc = check([1, 2, 3], WIDE, {qc: [cross, stale, withDeviceStatus(2, 'D')]});
    expect(qc[0]).toBe(cross);
    expect(qc[1]).toBe(QC_CENSORED_BELOW | 1);
    expect(flagOf(qc[2]!)).toBe(4);
    expect(failedTests(qc[2]!)).toEqual(['deviceStatus']);
    expect(deviceStatusOf(qc[2]!)).toBe('D');
  });

  it('lets a person’s verdict stand', () => {
    const verdict = QC_REVISED_BY_PERSON | QC_TEST.manual | 4;
    expect(check([1, 2], {...WIDE, hardRange: [0, 1]}, {qc: [verdict, QC_REVISED_BY_PERSON | 1]})).toEqual(
      Int32Array.of(verdict, QC_REVISED_BY_PERSON | 1),
    );
  });

  it('gives a row with an impossible time flag 4 and no part as a neighbour', () => {
    const limits: LimitsInForce = {...WIDE, spike: {suspect: 1, fail: 2}, ratePerS: 0.1};
    const qc = check([10, 99, 10, 10], limits, {qc: [2, QC_TEST.time | 4, 2, 2]});
    expect(flags(qc)).toEqual([1, 4, 1, 1]);
    expect(failedTests(qc[1]!)).toEqual(['time']);
  });

  it('can be run again on its own result', () => {
    const limits = limitsInForce(ELEMENTS.air_temperature);
    const values = [20, 20.5, 31, 20.6, 20.4, N, 20.4];
    const once = check(values, limits);
    expect(check(values, limits, {qc: [...once]})).toEqual(once);
  });
});

describe('flat line exemptions', () => {
  const hour = {tolerance: 0.5, suspectH: 1, failH: 2};
  const tenMin: LimitsInForce = {...WIDE, intervalS: 600};

  it('humidity at saturation and zero flow are no fault', () => {
    const humid: LimitsInForce = {...tenMin, flatLine: {...hour, unless: {atLeast: 98}}};
    expect(flags(check(Array(20).fill(99.5), humid, {stepS: 600}))).toEqual(Array(20).fill(1));
    expect(flags(check(Array(20).fill(97.9), humid, {stepS: 600})).at(-1)).toBe(4);
    const flow: LimitsInForce = {...tenMin, flatLine: {...hour, unless: {equals: 0}}};
    expect(flags(check(Array(20).fill(0), flow, {stepS: 600}))).toEqual(Array(20).fill(1));
    expect(flags(check(Array(20).fill(0.1), flow, {stepS: 600})).at(-1)).toBe(4);
  });

  it('a dark radiometer is no fault, one that stays at one value by day is', () => {
    const light: LimitsInForce = {...tenMin, flatLine: {...hour, unless: 'night'}};
    // 2026-06-01 at 106.7° E: sunrise 05:53, sunset 19:50 local (21:53, 11:50 UTC)
    const night = check(Array(48).fill(0), light, {stepS: 600, startMs: Date.UTC(2026, 5, 1, 12)});
    expect(flags(night)).toEqual(Array(48).fill(1));
    const day = check(Array(48).fill(0), light, {stepS: 600, startMs: Date.UTC(2026, 5, 1, 0)});
    expect(flags(day).slice(0, 6)).toEqual(Array(6).fill(1));
    expect(flags(day).slice(6, 12)).toEqual(Array(6).fill(3));
    expect(new Set(flags(day).slice(12))).toEqual(new Set([4]));
  });

  it('a wind vane in calm air is no fault; without a wind speed it takes part', () => {
    const vane: LimitsInForce = {...tenMin, flatLine: {...hour, unless: 'calm'}};
    const timeMs = Array.from({length: 20}, (_, i) => i * 600_000 + 1e12);
    const columns = {timeMs, value: timeMs.map(() => 270), qc: timeMs.map(() => 2)};
    const speed = (value: number) => ({timeMs, value: timeMs.map(() => value)});
    expect(flags(checkSeries(columns, vane, CHONGQING, speed(0.49))).at(-1)).toBe(1);
    expect(flags(checkSeries(columns, vane, CHONGQING, speed(0.5))).at(-1)).toBe(4);
    expect(flags(checkSeries(columns, vane, CHONGQING)).at(-1)).toBe(4);
    const sparse = {timeMs: timeMs.filter((_, i) => i % 5 === 0), value: [0.1, 0.1, 0.1, 0.1]};
    expect(flags(checkSeries(columns, vane, CHONGQING, sparse))).toEqual(Array(20).fill(1));
  });
});

describe('device marks', () => {
  it.each([
    {mark: 'N', flag: 1},
    {mark: 'S', flag: 1},
    {mark: 'T', flag: 3},
    {mark: 'F', flag: 4},
    {mark: 'M', flag: 4},
    {mark: 'D', flag: 4},
    {mark: 'C', flag: 4},
    {mark: 'B', flag: 4},
  ] as const)('$mark is flag $flag', ({mark, flag}) => {
    expect(DEVICE_STATUS_FLAG[mark]).toBe(flag);
    const qc = checkAlone(5, withDeviceStatus(2, mark), WIDE);
    expect(flagOf(qc)).toBe(flag);
    expect(deviceStatusOf(qc)).toBe(mark);
    expect(failedTests(qc)).toEqual(flag === 1 ? [] : ['deviceStatus']);
  });

  it('knows all letters of HJ 212 and no other', () => {
    expect(DEVICE_STATUSES.join('')).toBe('NFMSDCTB');
    expect(() => withDeviceStatus(2, 'x')).toThrow(/expected a status of N F M S D C T B/);
  });
});

describe('SeriesChecker', () => {
  it('sends the value before again when the next one shows it to be a spike', () => {
    const checker = new SeriesChecker({...WIDE, spike: {suspect: 1.5, fail: 5}}, CHONGQING);
    expect(checker.push(0, 20, 2)).toEqual({qc: 1});
    expect(checker.push(60_000, 30, 2)).toEqual({qc: 1});
    // the neighbour of a spike is far from a mean that holds the spike, as in the reference: known one row later
    expect(checker.push(120_000, 20, 2)).toEqual({
      qc: 1,
      revisePrevious: {timeMs: 60_000, qc: QC_TEST.spike | 4},
    });
    expect(checker.push(180_000, 20, 2)).toEqual({
      qc: 1,
      revisePrevious: {timeMs: 120_000, qc: QC_TEST.spike | 3},
    });
    expect(checker.push(240_000, 20, 2)).toEqual({qc: 1});
  });

  it('takes rows with an impossible time at any place, and refuses others out of order', () => {
    const checker = new SeriesChecker(WIDE, CHONGQING);
    checker.push(1000, 1, 2);
    expect(checker.push(9e12, 1, QC_TEST.time | 4).qc & 0xf).toBe(4);
    expect(checker.newestMs).toBe(1000);
    expect(() => checker.push(1000, 1, 2)).toThrow(RangeError);
    expect(checker.push(1001, null, 2)).toEqual({qc: 9});
  });
});
