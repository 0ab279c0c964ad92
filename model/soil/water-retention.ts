/** Campbell's soil: how strongly it holds its water and how fast it lets it go. */
export type CampbellSoil = {
  saturationFraction: number;
  /** Suction at which the largest pores empty. */
  airEntryKPa: number;
  exponent: number;
};

/** Suction at which field capacity and wilting point are read, kPa. */
const FIELD_CAPACITY_KPA = 33;
const WILTING_POINT_KPA = 1500;

/**
 * Campbell's exponent b from the water contents at 33 and 1,500 kPa, through which the curve passes.
 * Source: Campbell (1974), doi:10.1097/00010694-197406000-00001, solved for two points.
 */
export function campbellExponent(fieldCapacityFraction: number, wiltingPointFraction: number): number {
  return (
    Math.log(WILTING_POINT_KPA / FIELD_CAPACITY_KPA) / Math.log(fieldCapacityFraction / wiltingPointFraction)
  );
}

/** Campbell's curve through field capacity and wilting point of a soil, up to its saturation. */
export function campbellSoil(of: {
  saturationFraction: number;
  fieldCapacityFraction: number;
  wiltingPointFraction: number;
}): CampbellSoil {
  const exponent = campbellExponent(of.fieldCapacityFraction, of.wiltingPointFraction);
  const airEntryKPa = FIELD_CAPACITY_KPA * (of.fieldCapacityFraction / of.saturationFraction) ** exponent;
  return {saturationFraction: of.saturationFraction, airEntryKPa, exponent};
}

/** Suction of a soil at a water content, kPa; the air entry value where it is saturated, null where there is no water. Campbell (1974). */
export function matricSuctionKPa(waterFraction: number, soil: CampbellSoil): number | null {
  if (!(waterFraction > 0)) return null;
  const saturation = Math.min(1, waterFraction / soil.saturationFraction);
  return soil.airEntryKPa * saturation ** -soil.exponent;
}

/** Water content of a soil at a suction (kPa), as a tensiometer gives it: the inverse of `matricSuctionKPa`. */
export function waterFractionAtSuction(suctionKPa: number, soil: CampbellSoil): number {
  if (!(suctionKPa > soil.airEntryKPa)) return soil.saturationFraction;
  return soil.saturationFraction * (suctionKPa / soil.airEntryKPa) ** (-1 / soil.exponent);
}

/** Share of the saturated conductivity at a share of saturation, 0 to 1. Campbell (1974), equation 9: exponent 2b + 3. */
export function relativeConductivity(saturation: number, exponent: number): number {
  return Math.min(1, Math.max(0, saturation)) ** (2 * exponent + 3);
}
