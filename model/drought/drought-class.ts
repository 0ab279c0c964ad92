/** Degrees of drought, from none on. */
export const DROUGHT_CLASSES = ['none', 'light', 'moderate', 'severe', 'extreme'] as const;
export type DroughtClass = (typeof DROUGHT_CLASSES)[number];

/** The class by how many limits a value has passed. */
function classOf(passed: number): DroughtClass {
  return DROUGHT_CLASSES[passed]!;
}

/** Class by SPI or SPEI: from −0.5, −1, −1.5, −2 down, limits inclusive; null for no index. GB/T 20481-2017. */
export function droughtClassByIndex(index: number | null): DroughtClass | null {
  if (index === null || Number.isNaN(index)) return null;
  return classOf([-0.5, -1, -1.5, -2].filter((limit) => index <= limit).length);
}

/** Class by relative soil moisture θ/θFC of the top 20 cm of a loam, percent: up to 60, 50, 40, 30; null for none. GB/T 20481-2017. */
export function droughtClassBySoilMoisture(relativePercent: number | null): DroughtClass | null {
  if (relativePercent === null || Number.isNaN(relativePercent)) return null;
  return classOf([60, 50, 40, 30].filter((limit) => relativePercent <= limit).length);
}

/**
 * Class by available water (θ − θWP)/(θFC − θWP), below 0.40, 0.25, 0.10, 0.02: for soils whose wilting point lies above the loam's,
 * where relative moisture never gets that low. Ours.
 */
export function droughtClassByAvailableWater(availableFraction: number | null): DroughtClass | null {
  if (availableFraction === null || Number.isNaN(availableFraction)) return null;
  return classOf([0.4, 0.25, 0.1, 0.02].filter((limit) => availableFraction < limit).length);
}

/** Where a soil's water stands among the same days of other years, percent: those below it and half of its equals; null without any. */
export function soilWaterPercentile(waterMm: number, otherYearsMm: readonly number[]): number | null {
  if (otherYearsMm.length === 0 || Number.isNaN(waterMm)) return null;
  let below = 0;
  for (const mm of otherYearsMm) {
    if (mm < waterMm) below += 1;
    else if (mm === waterMm) below += 0.5;
  }
  return (100 * below) / otherYearsMm.length;
}
