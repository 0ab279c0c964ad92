import {type CensoredShare, QC_CENSORED, QC_CENSORED_BELOW} from '#schemas';
import {kaplanMeier} from './kaplan-meier.ts';

/** Statistics of values of which some may be censored; null where there is none. */
export type Summary = {
  used: number;
  /** Values that are no limits; the extremes are theirs. */
  detected: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  standardError: number | null;
  median: number | null;
  /** `none`: some lie below and others above a limit. */
  method: 'plain' | 'kaplan-meier' | 'none';
  censored?: CensoredShare;
};

/** Which side of its value the truth of a row lies on, by its bit field. */
export function sideOf(qc: number): -1 | 0 | 1 {
  if ((qc & QC_CENSORED) === 0) return 0;
  return (qc & QC_CENSORED_BELOW) !== 0 ? -1 : 1;
}

/** Summary of values with their bit fields; whatever did not fail (the caller chooses). */
export function summarise(value: ArrayLike<number>, qc: ArrayLike<number>): Summary {
  const side = Int8Array.from({length: value.length}, (_, i) => sideOf(qc[i]!));
  const known: {min: number | null; max: number | null} = {min: null, max: null};
  let belowLimit: number | null = null;
  let aboveLimit: number | null = null;
  for (let i = 0; i < value.length; i += 1) {
    const number = value[i]!;
    if (side[i] === 0) {
      known.min = known.min === null ? number : Math.min(known.min, number);
      known.max = known.max === null ? number : Math.max(known.max, number);
    } else if (side[i]! < 0) {
      belowLimit = belowLimit === null ? number : Math.max(belowLimit, number);
    } else {
      aboveLimit = aboveLimit === null ? number : Math.min(aboveLimit, number);
    }
  }
  const {mean, standardError, median, below, above, restFraction} = kaplanMeier({value, side});
  return {
    used: value.length,
    detected: value.length - below - above,
    ...known,
    mean,
    standardError,
    median,
    method: below > 0 && above > 0 ? 'none' : below + above > 0 ? 'kaplan-meier' : 'plain',
    ...(below + above === 0 ? {} : {censored: {below, above, belowLimit, aboveLimit, restFraction}}),
  };
}
