import {expect, it} from 'vitest';
import {checkSeries} from '#model';
import {type LimitsInForce, QC_TEST} from '#schemas';
import {referenceJson} from '../reference-rows.ts';
import {columnOf} from './reference.ts';

type Case = {
  interval_s: number;
  values: (number | null)[];
  gross_range: {fail_span: [number, number]; suspect_span: [number, number]; expected: number[]};
  spike: {suspect: number; fail: number; expected: number[]};
  rate_of_change: {threshold_per_s: number; expected: number[]};
  flat_line: {tolerance: number; suspect_s: number; fail_s: number; expected: number[]};
};

/** Flags by ioos_qc 3.0.0 (Apache-2.0) for random series, see the README beside the file. */
const CASES = referenceJson<Case[]>('reference/qc/ioos_qc_tables.json');

it('flags 40 random series with missing values as ioos_qc does, test by test and as a whole', () => {
  expect(CASES).toHaveLength(40);
  for (const {interval_s, values, gross_range, spike, rate_of_change, flat_line} of CASES) {
    const limits: LimitsInForce = {
      hardRange: gross_range.fail_span,
      suspectRange: gross_range.suspect_span,
      intervalS: interval_s,
      ratePerS: rate_of_change.threshold_per_s,
      spike,
      flatLine: {
        tolerance: flat_line.tolerance,
        suspectH: flat_line.suspect_s / 3600,
        failH: flat_line.fail_s / 3600,
        unless: null,
      },
    };
    const qc = checkSeries(
      {
        timeMs: values.map((_, i) => 1.7e12 + i * interval_s * 1000),
        value: columnOf(values),
        qc: values.map(() => 2),
      },
      limits,
      {latitudeDeg: 0, longitudeDeg: 0},
    );
    const failed = (bits: number) => [...qc].map((bit) => (bit & bits) !== 0);
    const bad = (expected: number[]) => expected.map((flag) => flag === 3 || flag === 4);
    expect(failed(QC_TEST.grossRange | QC_TEST.suspectRange)).toEqual(bad(gross_range.expected));
    expect(failed(QC_TEST.spike)).toEqual(bad(spike.expected));
    expect(failed(QC_TEST.rateOfChange)).toEqual(bad(rate_of_change.expected));
    expect(failed(QC_TEST.flatLine)).toEqual(bad(flat_line.expected));
    // worst of the tests by 4 > 3 > 1 > 2, 9 without a value
    const rank = [2, 1, 3, 4, 9];
    const worst = values.map((_, i) => {
      const found = [gross_range, spike, rate_of_change, flat_line].map(({expected}) =>
        rank.indexOf(expected[i]!),
      );
      return rank[Math.max(...found)];
    });
    expect([...qc].map((bit) => bit & 0xf)).toEqual(worst);
  }
});
