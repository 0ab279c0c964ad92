import type {Followed, Prediction} from './predict.ts';

/** How one method did on some stems. */
export type Score = {
  basalAreaM2PerHa: number;
  stemsPerHa: number;
  /** Root mean square error of the diameter of stems that lived, cm; null where there are none. */
  dbhRmseCm: number | null;
  /** Mean of predicted less measured diameter, cm. */
  dbhBiasCm: number | null;
  /** Probability that a stem that died was thought more likely to die than one that lived; 0.5 is no knowledge. */
  mortalityAuc: number | null;
  /** Predicted deaths as a yearly rate, %. */
  deathsPercentPerYr: number;
};

const basalAreaM2 = (dbhCm: number) => (Math.PI / 40_000) * dbhCm * dbhCm;

/** Area under the curve of true over false alarms, ties counted half (Mann & Whitney 1947); null without both kinds. */
export function areaUnderCurve(scores: readonly number[], positive: readonly boolean[]): number | null {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to += 1;
    const rank = (from + to + 1) / 2;
    for (const i of order.slice(from, to)) {
      if (!positive[i]) continue;
      rankSum += rank;
      positives += 1;
    }
    from = to;
  }
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Yearly rate, %, at which this share of stems dies in the mean interval. */
export function yearlyPercent(deadShare: number, meanYears: number): number {
  return 100 * (1 - (1 - deadShare) ** (1 / meanYears));
}

export function meanYears(followed: readonly Followed[]): number {
  return followed.reduce((sum, {years}) => sum + years, 0) / followed.length;
}

/** What was measured at the end: basal area and number of the stems that were there at the start. */
export function observed(followed: readonly Followed[], areaHa: number) {
  const alive = followed.filter(({end}) => end === 'alive');
  const deadShare = 1 - alive.length / followed.length;
  return {
    basalAreaM2PerHa:
      alive.reduce((sum, {endCm, startCm}) => sum + basalAreaM2(endCm ?? startCm), 0) / areaHa,
    startBasalAreaM2PerHa: followed.reduce((sum, {startCm}) => sum + basalAreaM2(startCm), 0) / areaHa,
    stemsPerHa: alive.length / areaHa,
    startStemsPerHa: followed.length / areaHa,
    deathsPercentPerYr: yearlyPercent(deadShare, meanYears(followed)),
  };
}

/**
 * A method's score. Diameters are compared on `compared`: stems that lived, were measured, and that every method has a diameter for.
 */
export function scoreOf(
  followed: readonly Followed[],
  predictions: readonly Prediction[],
  compared: readonly boolean[],
  areaHa: number,
): Score {
  let basalArea = 0;
  let stems = 0;
  let square = 0;
  let sum = 0;
  let n = 0;
  for (const [i, {startCm, endCm}] of followed.entries()) {
    const {dbhCm, deathProbability} = predictions[i]!;
    basalArea += (1 - deathProbability) * basalAreaM2(dbhCm ?? startCm);
    stems += 1 - deathProbability;
    if (!compared[i]) continue;
    const error = dbhCm! - endCm!;
    square += error * error;
    sum += error;
    n += 1;
  }
  return {
    basalAreaM2PerHa: basalArea / areaHa,
    stemsPerHa: stems / areaHa,
    dbhRmseCm: n > 0 ? Math.sqrt(square / n) : null,
    dbhBiasCm: n > 0 ? sum / n : null,
    mortalityAuc: areaUnderCurve(
      predictions.map(({deathProbability}) => deathProbability),
      followed.map(({end}) => end === 'dead'),
    ),
    deathsPercentPerYr: yearlyPercent(1 - stems / followed.length, meanYears(followed)),
  };
}
