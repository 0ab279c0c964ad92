/** What the warmth of a place's year makes of its months. */
export type ThornthwaiteHeat = {index: number; exponent: number};

/**
 * Heat index I and exponent q from the twelve mean temperatures of a place's climate (°C); months below zero add nothing.
 * Source: Thornthwaite (1948), doi:10.2307/210739.
 * @throws {RangeError} unless there are twelve numbers.
 */
export function thornthwaiteHeat(monthlyMeansC: readonly number[]): ThornthwaiteHeat {
  if (monthlyMeansC.length !== 12 || !monthlyMeansC.every(Number.isFinite)) {
    throw new RangeError(`expected twelve monthly means, got [${monthlyMeansC.join(', ')}]`);
  }
  const index = monthlyMeansC.reduce((sum, meanC) => sum + (Math.max(0, meanC) / 5) ** 1.514, 0);
  const exponent = 6.75e-7 * index ** 3 - 7.71e-5 * index ** 2 + 0.01792 * index + 0.49239;
  return {index, exponent};
}

/** Hours of daylight as the formula's users compute them: Thornthwaite's tables have the same to some minutes. */
export function thornthwaiteDaylightH(latitudeDeg: number, dayOfYear: number): number {
  const latitudeRad = (latitudeDeg * Math.PI) / 180;
  const declinationRad = 0.4093 * Math.sin((2 * Math.PI * dayOfYear) / 365 - 1.405);
  const cosine = -Math.tan(latitudeRad) * Math.tan(declinationRad);
  return (24 / Math.PI) * Math.acos(Math.min(1, Math.max(-1, cosine)));
}

/** Potential evapotranspiration of a month by its mean temperature, mm; nothing in frost. Thornthwaite (1948). */
export function thornthwaitePetMm(of: {
  meanC: number;
  heat: ThornthwaiteHeat;
  daylightH: number;
  days: number;
}): number {
  if (!(of.meanC > 0) || !(of.heat.index > 0)) return 0;
  return 16 * ((10 * of.meanC) / of.heat.index) ** of.heat.exponent * (of.daylightH / 12) * (of.days / 30);
}
