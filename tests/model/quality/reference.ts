import {referenceJson} from '../reference-rows.ts';

type Numbers = (number | null)[];
type Reference = {
  gross_range: {
    fail_span: [number, number];
    suspect_span: [number, number];
    values: Numbers;
    expected: number[];
  }[];
  spike: {suspect: number; fail: number; values: Numbers; expected: number[]}[];
  rate_of_change: {threshold_per_s: number; time_s: number[]; values: Numbers; expected: number[]}[];
  flat_line: {
    suspect_s: number;
    fail_s: number;
    tolerance: number;
    time_s: number[];
    values: Numbers;
    expected: number[];
  }[];
};

/** Expected flags of the ioos_qc test-suite (Apache-2.0), see the README beside the file. */
export const REFERENCE = referenceJson<Reference>('reference/qc/qartod_expected.json');

/** Missing values as the columns hold them. */
export function columnOf(values: Numbers): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}
