/** The basal crop coefficient over a season: level, rise, level, fall; lengths in days. FAO-56, tables 11 and 17. */
export type CropCoefficientCurve = {
  initial: number;
  mid: number;
  end: number;
  initialDays: number;
  developmentDays: number;
  midDays: number;
  lateDays: number;
};

/** Basal crop coefficient Kcb on a day of the season, 0 on the first; constant after the last. FAO-56 (66), figure 34. */
export function basalCropCoefficient(seasonDay: number, curve: CropCoefficientCurve): number {
  const developed = curve.initialDays + curve.developmentDays;
  const ripe = developed + curve.midDays;
  if (seasonDay <= curve.initialDays) return curve.initial;
  if (seasonDay < developed) {
    const share = (seasonDay - curve.initialDays) / curve.developmentDays;
    return curve.initial + (curve.mid - curve.initial) * share;
  }
  if (seasonDay <= ripe) return curve.mid;
  if (seasonDay < ripe + curve.lateDays) {
    return curve.mid + ((curve.end - curve.mid) * (seasonDay - ripe)) / curve.lateDays;
  }
  return curve.end;
}

/**
 * Basal crop coefficient of a canopy by its leaf area, between that of bare soil and that of full cover. FAO-56 (97).
 */
export function basalCropCoefficientByLeafArea(of: {lai: number; bare: number; full: number}): number {
  return of.bare + (of.full - of.bare) * (1 - Math.exp(-0.7 * of.lai));
}

/** Tallest vegetation that (72) is meant for, m: beyond it the height counts as this one. FAO-56, text of (70). */
export const TALLEST_CROP_M = 10;

/**
 * Upper limit of the crop coefficient after a wetting, over clipped grass: the energy there is. FAO-56 (72), with the wind at 2 m
 * within 1 to 6 m/s and the least humidity of the day within 20 to 80 %, as it says there.
 */
export function maximumCropCoefficient(of: {
  basal: number;
  windSpeedAt2mMPerS: number;
  minimumHumidityPercent: number;
  heightM: number;
}): number {
  const wind = Math.min(6, Math.max(1, of.windSpeedAt2mMPerS));
  const humidity = Math.min(80, Math.max(20, of.minimumHumidityPercent));
  const climate = 0.04 * (wind - 2) - 0.004 * (humidity - 45);
  return Math.max(1.2 + climate * (of.heightM / 3) ** 0.3, of.basal + 0.05);
}

/** The same over alfalfa, the tall reference. */
export function maximumCropCoefficientOverAlfalfa(basal: number): number {
  return Math.max(1, basal + 0.05);
}

/** Share of the ground that a crop covers, 0 to 0.99, from its coefficients and height. FAO-56 (76). */
export function coverFraction(of: {basal: number; bare: number; maximum: number; heightM: number}): number {
  const share = (of.basal - of.bare) / (of.maximum - of.bare);
  if (!(share > 0)) return 0;
  return Math.min(0.99, share ** (1 + 0.5 * of.heightM));
}

/** Share of the ground that is bare and wet, from which water evaporates, 0.01 to 1. FAO-56 (75). */
export function exposedWettedFraction(coveredFraction: number, wettedFraction: number): number {
  return Math.min(1, Math.max(0.01, Math.min(1 - coveredFraction, wettedFraction)));
}
