/** Which side of its value the truth lies on: −1 below it (`<`), 1 above it (`>`), 0 it is the value. */
export type Side = -1 | 0 | 1;

/** Values of which some are known only as a limit; one entry for each. */
export type CensoredValues = {readonly value: ArrayLike<number>; readonly side: ArrayLike<number>};

export type KaplanMeier = {
  n: number;
  below: number;
  above: number;
  /** null: no value was detected, or some lie below and others above a limit (this method cannot tell then). */
  mean: number | null;
  /** Of the mean; null with fewer than two detected values. */
  standardError: number | null;
  /** null also where it is known only as beyond the last limit. */
  median: number | null;
  /**
   * Share of the distribution that is known only as beyond the last limit, where it is put for the mean (Efron): above 0,
   * the mean is a bound, from above if values were censored below.
   */
  restFraction: number;
};

/** Shares are products of fractions. */
const ROUNDING = 1e-12;

/**
 * Mean, its standard error and median of values of which some are censored, with any number of limits and without any
 * substitution: the Kaplan-Meier estimate of their distribution, for `<` on flipped values.
 *
 * Source: Helsel, D.R. (2012), Statistics for Censored Environmental Data Using Minitab and R, 2nd ed., ch. 6; Kaplan and
 * Meier (1958), doi:10.1080/01621459.1958.10501452; Efron (1967) for the last limit. As in NADA for R: a detected value
 * equal to a limit lies above `<` it; the variance of the mean has the factor m/(m − 1), m being the number of detected.
 */
export function kaplanMeier({value, side}: CensoredValues): KaplanMeier {
  const n = value.length;
  let below = 0;
  let above = 0;
  for (let i = 0; i < n; i += 1) {
    if (side[i]! < 0) below += 1;
    else if (side[i]! > 0) above += 1;
  }
  const detected = n - below - above;
  const none = {n, below, above, mean: null, standardError: null, median: null, restFraction: 1};
  if (detected === 0 || (below > 0 && above > 0)) return none;

  // Censored above is the common case of survival: time goes up. Censored below it goes down.
  const sign = below > 0 ? -1 : 1;
  const order = Uint32Array.from({length: n}, (_, i) => i).sort(
    (a, b) => sign * (value[a]! - value[b]!) || Math.abs(side[a]!) - Math.abs(side[b]!),
  );
  /** Distinct detected values in this order, with the share still beyond after each. */
  const steps: {value: number; beyond: number; atRisk: number; events: number}[] = [];
  let beyond = 1;
  for (let i = 0; i < n; ) {
    const at = value[order[i]!]!;
    const atRisk = n - i;
    let events = 0;
    for (; i < n && value[order[i]!]! === at; i += 1) if (side[order[i]!] === 0) events += 1;
    if (events === 0) continue;
    beyond *= 1 - events / atRisk;
    steps.push({value: at, beyond, atRisk, events});
  }
  const last = value[order[n - 1]!]!;
  const restFraction = steps.at(-1)!.beyond;
  const before = (i: number) => steps[i - 1]?.beyond ?? 1;
  const mean = steps.reduce(
    (sum, step, i) => sum + (before(i) - step.beyond) * step.value,
    restFraction * last,
  );
  // At or below the median lies half of the distribution, whichever way it was gone through.
  const step =
    sign > 0
      ? steps.find(({beyond: left}) => left <= 0.5 + ROUNDING)
      : steps.findLast((_, i) => before(i) >= 0.5 - ROUNDING);
  const median = restFraction > 0.5 + ROUNDING ? null : (step?.value ?? null);
  return {n, below, above, mean, standardError: errorOf(steps, last, detected), median, restFraction};
}

/** Standard error of the mean: areas of the distribution beyond each detected value, by Greenwood's terms. */
function errorOf(
  steps: readonly {value: number; beyond: number; atRisk: number; events: number}[],
  last: number,
  detected: number,
): number | null {
  if (detected < 2) return null;
  let variance = 0;
  let area = 0;
  for (let i = steps.length - 1; i >= 0; i -= 1) {
    const {value, beyond, atRisk, events} = steps[i]!;
    area += beyond * Math.abs((steps[i + 1]?.value ?? last) - value);
    if (atRisk > events) variance += (area * area * events) / (atRisk * (atRisk - events));
  }
  return Math.sqrt((variance * detected) / (detected - 1));
}
