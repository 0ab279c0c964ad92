/** Curve number of a dry soil (antecedent condition I) from that of a mean one. Hawkins et al. (1985), in ASCE MOP 70 (2016), (14-14). */
export function dryCurveNumber(meanCurveNumber: number): number {
  return meanCurveNumber / (2.281 - 0.01281 * meanCurveNumber);
}

/** Curve number of a wet soil (antecedent condition III) from that of a mean one. As `dryCurveNumber`. */
export function wetCurveNumber(meanCurveNumber: number): number {
  return meanCurveNumber / (0.427 + 0.00573 * meanCurveNumber);
}

/**
 * Curve number of today by what the surface layer had lost yesterday: wet within half of the readily evaporable water, dry beyond
 * 0.7 of it and 0.3 of the total, between them by a straight line.
 * Source: ASCE Manual of Practice 70, 2nd ed. (2016), chapter 14.
 */
export function curveNumberByDepletion(of: {
  dry: number;
  wet: number;
  depletionMm: number;
  readilyMm: number;
  totalMm: number;
}): number {
  const wetUpTo = 0.5 * of.readilyMm;
  const dryFrom = 0.7 * of.readilyMm + 0.3 * of.totalMm;
  if (of.depletionMm <= wetUpTo) return of.wet;
  if (of.depletionMm >= dryFrom) return of.dry;
  return ((of.depletionMm - wetUpTo) * of.dry + (dryFrom - of.depletionMm) * of.wet) / (dryFrom - wetUpTo);
}

/**
 * Run-off of a day's rain, mm: nothing before a fifth of the storage S = 250·(100/CN − 1) mm is filled, and never more than rains.
 * Source: USDA SCS curve number method in the metric form of ASCE MOP 70 (the inch form has 254).
 */
export function curveNumberRunOffMm(rainMm: number, curveNumber: number): number {
  const storageMm = 250 * (100 / curveNumber - 1);
  const excessMm = rainMm - 0.2 * storageMm;
  if (!(excessMm > 0)) return 0;
  return Math.min(rainMm, (excessMm * excessMm) / (rainMm + 0.8 * storageMm));
}
