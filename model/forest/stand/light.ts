import type {StandParameters} from './parameters.ts';

const DEG = Math.PI / 180;
/** Day of the year at the middle of each month, as the source has it for the sun's height. */
const MID_MONTH_DAYS = [15, 46, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349] as const;
/** Power of Thomsen's approximation of an ellipsoid's surface. */
const ELLIPSOID_POWER = 1.6075;

/** Crowns fill at least this share of their layer's space: so the spreadsheet, where seedlings stand far apart. */
const LEAST_FILLED = 0.01;

/** The crowns of one species, of mean size. */
export type Crowns = {
  p: Pick<StandParameters, 'k' | 'crownshape'>;
  stemsPerHa: number;
  heightM: number;
  crownLengthM: number;
  crownWidthM: number;
  /** 0 while dormant. */
  lai: number;
};

export type SpeciesLight = {
  /** Radiation that the species absorbs in the month, MJ m⁻² ground. */
  absorbedMjPerM2: number;
  /** Leaf area index above the middle of its crowns. */
  laiAbove: number;
};

/**
 * Share of the ground under the canopy while it closes, and radiation absorbed in the month, MJ m⁻². `radiationMjPerM2`: of the
 * month. Source: 3-PGpjs (Sands 2004).
 */
export function closingCanopyLight(canopy: {
  ageYr: number;
  closedAtYr: number;
  lai: number;
  extinction: number;
  radiationMjPerM2: number;
}): {coverFraction: number; absorbedMjPerM2: number} {
  const {ageYr, closedAtYr, lai, extinction, radiationMjPerM2} = canopy;
  const coverFraction = ageYr < closedAtYr ? Math.min(1, (ageYr + 0.01) / closedAtYr) : 1;
  const absorbed = coverFraction * (1 - Math.exp((-extinction * lai) / coverFraction));
  return {coverFraction, absorbedMjPerM2: radiationMjPerM2 * absorbed};
}

/** Surface, m², and volume, m³, of a crown: 1 cone, 2 ellipsoid, 3 half-ellipsoid, 4 box. */
export function crownBody(
  shape: number,
  widthM: number,
  lengthM: number,
): {surfaceM2: number; volumeM3: number} {
  const r = widthM / 2;
  const q = ELLIPSOID_POWER;
  const mean = (b: number) => (((r * r) ** q + 2 * (r * b) ** q) / 3) ** (1 / q);
  if (shape === 1) {
    return {
      surfaceM2: Math.PI * r * r + Math.PI * r * Math.hypot(r, lengthM),
      volumeM3: (Math.PI * r * r * lengthM) / 3,
    };
  }
  if (shape === 4) return {surfaceM2: 8 * r * r + 8 * r * lengthM, volumeM3: 4 * r * r * lengthM};
  const volumeM3 = (2 / 3) * Math.PI * r * r * lengthM;
  if (shape === 2) return {surfaceM2: 4 * Math.PI * mean(lengthM / 2), volumeM3};
  return {surfaceM2: Math.PI * r * r + 2 * Math.PI * mean(lengthM), volumeM3};
}

/**
 * The sun's angle from the zenith in a month (1–12), degrees, with the source's sign of the latitude, which swaps the seasons:
 * its coefficients were fitted with it.
 */
function zenithDeg(latitudeDeg: number, month: number): number {
  const g = (2 * Math.PI * (MID_MONTH_DAYS[month - 1]! - 1)) / 365;
  const declination =
    0.006918 -
    0.399912 * Math.cos(g) +
    0.070257 * Math.sin(g) -
    0.006758 * Math.cos(2 * g) +
    0.000907 * Math.sin(2 * g) -
    0.002697 * Math.cos(3 * g) +
    0.00148 * Math.sin(3 * g);
  const latitude = -latitudeDeg * DEG;
  const cosine = Math.sin(latitude) * Math.sin(declination) + Math.cos(latitude) * Math.cos(declination);
  return Math.acos(Math.max(-1, Math.min(1, cosine))) / DEG;
}

/** Indices of the species in layers from the top: crowns that overlap in height share a layer. */
export function canopyLayers(stand: readonly Crowns[]): number[][] {
  const order = stand
    .map((_, index) => index)
    .filter((index) => stand[index]!.stemsPerHa > 0)
    .sort((a, b) => stand[b]!.heightM - stand[a]!.heightM);
  const layers: number[][] = [];
  let bottomM = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    const {heightM, crownLengthM} = stand[index]!;
    if (layers.length > 0 && heightM > bottomM) {
      layers.at(-1)!.push(index);
      bottomM = Math.min(bottomM, heightM - crownLengthM);
    } else {
      layers.push([index]);
      bottomM = heightM - crownLengthM;
    }
  }
  return layers;
}

/**
 * Light of each species in a mixed canopy, in the order given. `radiationMjPerM2`: above the canopy, of the month (1–12).
 * Source: Forrester & Tang (2016); Forrester, Guisasola, Tang et al. (2014), doi:10.1186/s40663-014-0017-0.
 */
export function mixedCanopyLight(
  stand: readonly Crowns[],
  sky: {radiationMjPerM2: number; latitudeDeg: number; month: number},
): SpeciesLight[] {
  const light: SpeciesLight[] = stand.map(() => ({absorbedMjPerM2: 0, laiAbove: 0}));
  const zenith = zenithDeg(sky.latitudeDeg, sky.month);
  const slant = zenith > 30 ? 0.00097 * 1.08259 ** zenith : 0;
  let radiation = sky.radiationMjPerM2;
  let laiHigher = 0;
  for (const layer of canopyLayers(stand)) {
    const leafy = layer.filter((index) => stand[index]!.lai > 0);
    if (leafy.length === 0) {
      for (const index of layer) light[index]!.laiAbove = laiHigher;
      continue;
    }
    const topM = Math.max(...leafy.map((index) => stand[index]!.heightM));
    const bottomM = Math.min(...leafy.map((index) => stand[index]!.heightM - stand[index]!.crownLengthM));
    const middle = (index: number) =>
      (stand[index]!.heightM - stand[index]!.crownLengthM / 2) / ((topM + bottomM) / 2);
    let volume = 0;
    let laiHere = 0;
    let opticalDepth = 0;
    for (const index of leafy) {
      const {p, crownWidthM, crownLengthM, stemsPerHa, lai} = stand[index]!;
      volume += crownBody(p.crownshape, crownWidthM, crownLengthM).volumeM3 * stemsPerHa;
      laiHere += lai;
      opticalDepth += p.k * lai;
    }
    const filled = Math.max(LEAST_FILLED, volume / (10_000 * (topM - bottomM)));
    let leafOverSurface = 0;
    let weights = 0;
    const weightOf = new Map<number, number>();
    for (const index of leafy) {
      const {p, crownWidthM, crownLengthM, stemsPerHa, lai} = stand[index]!;
      const share = (p.k * lai) / opticalDepth;
      const {surfaceM2} = crownBody(p.crownshape, crownWidthM, crownLengthM);
      leafOverSurface += (p.k * share * 10_000 * lai) / (stemsPerHa * surfaceM2);
      const m = middle(index);
      const weight = 0.012306 + 0.236609 * share + 0.029118 * m + 0.608381 * share * m;
      weightOf.set(index, weight);
      weights += weight;
    }
    const horizontal =
      0.8285 + (1.09498 - 0.781928 * Math.min(1, leafOverSurface) - 0.6714096) * 0.1 ** filled + slant;
    const layerMj = radiation * (1 - Math.exp(-opticalDepth));
    for (const index of layer) {
      light[index]!.laiAbove = laiHigher + Math.max(0, 1 - middle(index)) * laiHere;
      const weight = weightOf.get(index);
      if (weight !== undefined) light[index]!.absorbedMjPerM2 = (layerMj * horizontal * weight) / weights;
    }
    radiation -= layerMj;
    laiHigher += laiHere;
  }
  return light;
}
