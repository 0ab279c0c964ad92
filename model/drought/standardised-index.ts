import {normalQuantile} from '../random/counter.ts';
import {fitGamma, type Gamma, gammaShare} from './gamma.ts';
import {lMoments} from './l-moments.ts';
import {fitLogLogistic, type LogLogistic, logLogisticShare} from './log-logistic.ts';

/** Months of a record: its first month (0 is January) and its values, null where one was not measured. */
export type MonthlyRecord = {firstMonth: number; values: readonly (number | null)[]};

/** Years of a calendar month that a distribution is fitted to at least. WMO-No. 1090 (2012) advises 30. */
export const LEAST_YEARS = 10;

/** Beyond this share of the tails a fit says nothing: indices end at about ±7.9. */
const TAIL = 1e-15;

/** Sum of each month and the ones before it, `months` in all; null until there are as many, and where one is missing. */
export function trailingSums(values: readonly (number | null)[], months: number): (number | null)[] {
  if (!(Number.isInteger(months) && months >= 1)) {
    throw new RangeError(`expected a time scale of one or more months, got ${months}`);
  }
  return values.map((_, index) => {
    if (index + 1 < months) return null;
    let sum = 0;
    for (let back = 0; back < months; back += 1) {
      const value = values[index - back] ?? null;
      if (value === null || !Number.isFinite(value)) return null;
      sum += value;
    }
    return sum;
  });
}

/** Values of each calendar month, January first, ascending. */
function byCalendarMonth({firstMonth, values}: MonthlyRecord): number[][] {
  if (!(Number.isInteger(firstMonth) && firstMonth >= 0 && firstMonth <= 11)) {
    throw new RangeError(`expected a first month of 0 (January) to 11, got ${firstMonth}`);
  }
  const months: number[][] = Array.from({length: 12}, () => []);
  for (const [index, value] of values.entries()) {
    if (value !== null) months[(firstMonth + index) % 12]!.push(value);
  }
  for (const month of months) month.sort((a, b) => a - b);
  return months;
}

/** Standard normal value of a share, within the tails. */
function standardised(share: number): number {
  return normalQuantile(Math.min(1 - TAIL, Math.max(TAIL, share)));
}

/** Index of each month from its calendar month's distribution; null where there is no value or no distribution. */
function indices<Fit>(
  record: MonthlyRecord,
  fits: readonly (Fit | null)[],
  share: (value: number, fit: Fit) => number,
): (number | null)[] {
  return record.values.map((value, index) => {
    const fit = fits[(record.firstMonth + index) % 12] ?? null;
    return value === null || fit === null ? null : standardised(share(value, fit));
  });
}

/**
 * Distributions of the water balance P − PET summed over `months`, one for each calendar month, January first; null where fewer
 * than `LEAST_YEARS` are known or all are the same. A run under another climate is judged by the fits of its baseline.
 * Source: Vicente-Serrano, Beguería & López-Moreno (2010), doi:10.1175/2009JCLI2909.1; unbiased moments, as in SPEI 1.8.
 */
export function fitSpei(balanceMm: MonthlyRecord, months: number): (LogLogistic | null)[] {
  const sums = {...balanceMm, values: trailingSums(balanceMm.values, months)};
  return byCalendarMonth(sums).map((ascending) => {
    const moments = ascending.length < LEAST_YEARS ? null : lMoments(ascending);
    return moments === null ? null : fitLogLogistic(moments);
  });
}

/** Standardised precipitation evapotranspiration index of each month over `months`; null is no index. For display clip to ±3.5. */
export function spei(
  balanceMm: MonthlyRecord,
  months: number,
  fits: readonly (LogLogistic | null)[] = fitSpei(balanceMm, months),
): (number | null)[] {
  return indices({...balanceMm, values: trailingSums(balanceMm.values, months)}, fits, logLogisticShare);
}

/** Distribution of the rain of a calendar month: share of dry ones, and of the others a gamma distribution. */
export type RainFit = {dryFraction: number; gamma: Gamma};

/** Distributions of rain summed over `months`, as `fitSpei`; of the months with rain, which must be `LEAST_YEARS` too. */
export function fitSpi(rainMm: MonthlyRecord, months: number): (RainFit | null)[] {
  const sums = {...rainMm, values: trailingSums(rainMm.values, months)};
  return byCalendarMonth(sums).map((ascending) => {
    const wet = ascending.filter((mm) => mm > 0);
    const moments = wet.length < LEAST_YEARS ? null : lMoments(wet);
    const gamma = moments === null ? null : fitGamma(moments);
    return gamma === null ? null : {dryFraction: 1 - wet.length / ascending.length, gamma};
  });
}

/**
 * Standardised precipitation index of each month over `months`: Φ⁻¹(q + (1 − q)·G) with the share q of dry months; null is no index.
 * For display clip to ±3.5.
 * Source: McKee, Doesken & Kleist (1993), with the gamma fitted by L-moments.
 */
export function spi(
  rainMm: MonthlyRecord,
  months: number,
  fits: readonly (RainFit | null)[] = fitSpi(rainMm, months),
): (number | null)[] {
  const sums = {...rainMm, values: trailingSums(rainMm.values, months)};
  return indices(
    sums,
    fits,
    (mm, {dryFraction, gamma}) => dryFraction + (1 - dryFraction) * gammaShare(mm, gamma),
  );
}
