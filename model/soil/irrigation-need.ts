import {
  type BucketDrivers,
  type BucketParameters,
  type BucketState,
  type BucketVegetation,
  bucketFluxes,
  integrateBucket,
  rootZoneWater,
} from './bucket.ts';
import {depletionFraction} from './root-zone.ts';

/** When a farmer waters, how far, and with what. */
export type IrrigationRule = {
  /** Depletion that watering leaves, as a share of the available water: 0 refills to field capacity. */
  targetDepletionFraction: number;
  /** Share of the water given that reaches the roots. */
  efficiencyFraction: number;
  /** What the pump gives in a day, over the area. */
  mostMm: number;
};

/**
 * Water to give today, mm before losses: none while the depletion is within what is readily available, then up to the target, as far
 * as the pump goes.
 */
export function irrigationNeedMm(
  of: {depletionMm: number; readilyMm: number; totalMm: number},
  rule: IrrigationRule,
): number {
  if (!(of.depletionMm > of.readilyMm) || !(rule.efficiencyFraction > 0)) return 0;
  const lackingMm = of.depletionMm - rule.targetDepletionFraction * of.totalMm;
  return Math.min(rule.mostMm, Math.max(0, lackingMm) / rule.efficiencyFraction);
}

/** Water over an area, m³: a millimetre is a litre to the square metre. */
export function irrigationVolumeM3(depthMm: number, areaM2: number): number {
  return (depthMm * areaM2) / 1000;
}

/**
 * Water to give today by a forecast, mm before losses: only where more than half of the members run out of readily available water
 * on some day of theirs. `members` are possible days ahead, each from today; without any there is no forecast, and null says so.
 */
export function forecastIrrigationNeed(
  state: BucketState,
  members: readonly (readonly BucketDrivers[])[],
  vegetation: BucketVegetation,
  p: BucketParameters,
  rule: IrrigationRule,
): {needMm: number; stressProbability: number} | null {
  if (members.length === 0) return null;
  const stressed = members.filter((days) => runsShort(state, days, vegetation, p)).length;
  const stressProbability = stressed / members.length;
  if (stressProbability <= 0.5) return {needMm: 0, stressProbability};
  const {depletionMm, totalMm} = rootZoneWater(state, vegetation, p);
  // the shortage is to come: today's readily available water may still be there
  return {needMm: irrigationNeedMm({depletionMm, readilyMm: 0, totalMm}, rule), stressProbability};
}

/** Whether the roots run out of readily available water on one of the days. */
function runsShort(
  state: BucketState,
  days: readonly BucketDrivers[],
  vegetation: BucketVegetation,
  p: BucketParameters,
): boolean {
  let now = state;
  for (const day of days) {
    now = integrateBucket(now, bucketFluxes(now, day, vegetation, p));
    const {depletionMm, totalMm} = rootZoneWater(now, vegetation, p);
    const demandMm = vegetation.basalCoefficient * Math.max(0, day.et0Mm);
    const readilyMm = depletionFraction(vegetation.tabulatedDepletionFraction, demandMm) * totalMm;
    if (depletionMm > readilyMm) return true;
  }
  return false;
}
