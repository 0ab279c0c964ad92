import {describe, expect, it} from 'vitest';
import {
  DEVICE_STATUSES,
  deviceStatusOf,
  FLAGS,
  failedTests,
  flagOf,
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  QC_DEVICE_STATUS_SHIFT,
  QC_LATE,
  QC_REVISED_BY_PERSON,
  QC_TEST,
  QC_TESTS,
  QC_TIME_SOURCE_SHIFT,
  QC_VERDICT_MASK,
  TIME_SOURCE,
  withVerdict,
  worseFlag,
} from '#schemas';

describe('the quality bit field', () => {
  it('gives each fact bits of its own, within a positive 32-bit integer', () => {
    const fields = [
      0xf,
      ...Object.values(QC_TEST),
      QC_CENSORED_BELOW,
      QC_CENSORED_ABOVE,
      QC_LATE,
      3 << QC_TIME_SOURCE_SHIFT,
      QC_REVISED_BY_PERSON,
      0xf << QC_DEVICE_STATUS_SHIFT,
    ];
    let taken = 0;
    for (const bits of fields) {
      expect(bits).toBeGreaterThan(0);
      expect(taken & bits).toBe(0);
      taken |= bits;
    }
    expect(taken).toBeGreaterThan(0);
  });

  // stored in files for years: these places are part of the format
  it('has its places fixed', () => {
    expect(QC_TESTS.map((test) => [test, Math.log2(QC_TEST[test])])).toEqual([
      ['syntax', 4],
      ['time', 5],
      ['grossRange', 6],
      ['suspectRange', 7],
      ['spike', 8],
      ['rateOfChange', 9],
      ['flatLine', 10],
      ['crossCheck', 11],
      ['neighbour', 12],
      ['deviceStatus', 13],
      ['drift', 14],
      ['manual', 15],
    ]);
    expect([QC_CENSORED_BELOW, QC_CENSORED_ABOVE, QC_LATE, QC_REVISED_BY_PERSON].map(Math.log2)).toEqual([
      16, 17, 18, 21,
    ]);
    expect([QC_TIME_SOURCE_SHIFT, QC_DEVICE_STATUS_SHIFT]).toEqual([19, 22]);
    expect(TIME_SOURCE).toEqual({device: 0, arrival: 1, network: 2});
    expect(DEVICE_STATUSES.join('')).toBe('NFMSDCTB');
    expect(QC_VERDICT_MASK).toBe(0xf | Object.values(QC_TEST).reduce((all, bit) => all | bit, 0));
  });

  it('combines flags 9, then 4 > 3 > 1 > 2', () => {
    const order = [2, 1, 3, 4, 9] as const;
    for (const [i, a] of order.entries()) {
      for (const [j, b] of order.entries()) expect(worseFlag(a, b)).toBe(order[Math.max(i, j)]);
    }
    expect([...order].sort()).toEqual([...FLAGS]);
  });

  it('takes verdicts: the flag worsens, a bit only for what did not pass', () => {
    let qc = withVerdict(2, 'grossRange', 1);
    expect(qc).toBe(1);
    qc = withVerdict(qc, 'spike', 4);
    qc = withVerdict(qc, 'flatLine', 3);
    qc = withVerdict(qc, 'rateOfChange', 2);
    expect(flagOf(qc)).toBe(4);
    expect(failedTests(qc)).toEqual(['spike', 'flatLine']);
  });

  it('holds the device’s own mark', () => {
    expect(deviceStatusOf(1)).toBeNull();
    for (const [place, status] of DEVICE_STATUSES.entries()) {
      expect(deviceStatusOf(((place + 1) << QC_DEVICE_STATUS_SHIFT) | QC_LATE | 4)).toBe(status);
    }
    expect(deviceStatusOf(0xf << QC_DEVICE_STATUS_SHIFT)).toBeNull();
  });
});
