import type {SizeDistribution, StandParameters, WeibullTerm, WeibullTerms} from './parameters.ts';

/** Mean tree of a species in the stand. */
export type Sizes = {
  dbhCm: number;
  basalAreaM2PerHa: number;
  heightM: number;
  crownLengthM: number;
  crownWidthM: number;
  /** Foliage over stem in growth (pFS). */
  foliageOverStem: number;
};

/** What the sizes of a species follow from. */
export type SizedSpecies = {
  p: StandParameters;
  /** Null: no correction for the spread of sizes. */
  distribution: SizeDistribution | null;
  ageYr: number;
  stemsPerHa: number;
  stemTPerHa: number;
  lai: number;
  densityTPerM3: number;
};

/** Of a species without trees. */
export const NO_SIZES: Sizes = {
  dbhCm: 0,
  basalAreaM2PerHa: 0,
  heightM: 0,
  crownLengthM: 0,
  crownWidthM: 0,
  foliageOverStem: 0,
};
/** The bias of a mean is cut here, as in 3-PGmix. */
const MAX_BIAS = 0.5;
/** Passes for a species that enters, never to convergence: so does the published model, and its parameters were fitted with it. */
const ENTRY_PASSES = 2;

/** Gamma function as 3-PGmix has it: Stirling's series with four terms, G(x) = Γ(x). */
function gamma(x: number): number {
  const series = 1 + 1 / (12 * x) + 1 / (288 * x ** 2) - 139 / (51_840 * x ** 3) - 571 / (2_488_320 * x ** 4);
  return x ** (x - 0.5) * Math.exp(-x) * Math.sqrt(2 * Math.PI) * series;
}

type Logs = {diameter: number; relativeHeight: number; age: number; competition: number};

function termAt(term: WeibullTerm, logs: Logs): number {
  return Math.exp(
    term.constant +
      term.diameter * logs.diameter +
      term.relativeHeight * logs.relativeHeight +
      term.age * logs.age +
      term.competition * logs.competition,
  );
}

/** Coefficient of variation of a Weibull distribution; `meanLocation`: where it starts when no term says so. */
function variation(terms: WeibullTerms, logs: Logs, meanLocation: number): number {
  const scale = termAt(terms.scale, logs);
  const shape = termAt(terms.shape, logs);
  const first = gamma(1 + 1 / shape);
  const second = gamma(1 + 2 / shape);
  const unset = Object.values(terms.location).every((number) => number === 0);
  const location = Math.max(0.01, unset ? meanLocation - 1 - scale * first : termAt(terms.location, logs));
  return (scale * Math.sqrt(second - first * first)) / (location + scale * first);
}

/** What a power law of the mean misses of the mean of the power law, second order: n(n−1)/2·CV². */
function bias(power: number, cv: number): number {
  return Math.max(-MAX_BIAS, Math.min(MAX_BIAS, ((power * (power - 1)) / 2) * cv * cv));
}

/** Foliage over stem: c·D^n through pFS2 at 2 cm and pFS20 at 20 cm. */
function foliageOverStemCurve({pFS2, pFS20}: StandParameters): {constant: number; power: number} {
  const power = Math.log(pFS20 / pFS2) / Math.LN10;
  return {constant: pFS2 / 2 ** power, power};
}

function diameterCm({p, stemTPerHa, stemsPerHa}: SizedSpecies): number {
  return ((1000 * stemTPerHa) / stemsPerHa / p.aWS) ** (1 / p.nWS);
}

function basalAreaM2(dbhCm: number, stemsPerHa: number): number {
  return (Math.PI / 40_000) * dbhCm * dbhCm * stemsPerHa;
}

/** Competition C: Σ density × basal area. */
function competition(stand: readonly SizedSpecies[], sizes: readonly Sizes[]): number {
  return stand.reduce((sum, {densityTPerM3}, i) => sum + densityTPerM3 * sizes[i]!.basalAreaM2PerHa, 0);
}

/** One pass: the sizes of all species from those before it. */
function pass(stand: readonly SizedSpecies[], before: readonly Sizes[]): Sizes[] {
  const total = competition(stand, before);
  const lai = stand.reduce((sum, species) => sum + species.lai, 0);
  const stems = stand.reduce((sum, species) => sum + species.stemsPerHa, 0);
  const meanHeightM =
    stand.reduce((sum, species, i) => sum + before[i]!.heightM * species.stemsPerHa, 0) / stems;
  return stand.map((species, i) => {
    const {p, distribution, stemsPerHa, ageYr} = species;
    if (stemsPerHa <= 0) return NO_SIZES;
    const relativeHeight = before[i]!.heightM / meanHeightM;
    const meanMassKg = (1000 * species.stemTPerHa) / stemsPerHa;
    let cvDiameter = 0;
    let cvMass = 0;
    if (distribution !== null && ageYr > 0) {
      const dbhCm = before[i]!.dbhCm;
      const logs = {
        diameter: Math.log(dbhCm),
        relativeHeight: Math.log(relativeHeight),
        age: Math.log(ageYr),
        competition: Math.log(total),
      };
      cvDiameter = variation(distribution.diameter, logs, Math.round(dbhCm));
      cvMass = variation(distribution.stemMass, logs, Math.round(meanMassKg) / 10);
    }
    const dbhCm = diameterCm(species) * (1 + bias(1 / p.nWS, cvMass));
    const heightM = p.aH * dbhCm ** p.nHB * total ** p.nHC * (1 + bias(p.nHB, cvDiameter));
    const crownLengthM =
      p.aHL * dbhCm ** p.nHLB * lai ** p.nHLL * total ** p.nHLC * relativeHeight ** p.nHLrh;
    const crownWidthM = p.aK * dbhCm ** p.nKB * heightM ** p.nKH * total ** p.nKC * relativeHeight ** p.nKrh;
    const curve = foliageOverStemCurve(p);
    return {
      dbhCm,
      basalAreaM2PerHa: basalAreaM2(dbhCm, stemsPerHa) * (1 + bias(2, cvDiameter)),
      heightM,
      crownLengthM: Math.min(heightM, crownLengthM * (1 + bias(p.nHLB, cvDiameter))),
      crownWidthM: species.lai > 0 ? crownWidthM * (1 + bias(p.nKB, cvDiameter)) : 0,
      foliageOverStem: curve.constant * dbhCm ** curve.power * (1 + bias(curve.power, cvDiameter)),
    };
  });
}

/** Sizes of all species after their number, stem mass or leaf area changed, by a number of passes from the sizes before. */
export function updateSizes(
  stand: readonly SizedSpecies[],
  before: readonly Sizes[],
  passes: number,
): Sizes[] {
  let sizes = [...before];
  for (let i = 0; i < passes; i += 1) sizes = pass(stand, sizes);
  return sizes;
}

/** Sizes of species that enter (`before` null) among those that stand already. */
export function enterSizes(stand: readonly SizedSpecies[], before: readonly (Sizes | null)[]): Sizes[] {
  const entered = stand.map((species, i): Sizes => {
    if (species.stemsPerHa <= 0) return NO_SIZES;
    if (before[i]) return before[i];
    const dbhCm = diameterCm(species);
    return {...NO_SIZES, dbhCm, basalAreaM2PerHa: basalAreaM2(dbhCm, species.stemsPerHa)};
  });
  const total = competition(stand, entered);
  const withHeights = entered.map((sizes, i) => {
    const {p, stemsPerHa} = stand[i]!;
    if (before[i] || stemsPerHa <= 0) return sizes;
    return {...sizes, heightM: p.aH * sizes.dbhCm ** p.nHB * total ** p.nHC};
  });
  return updateSizes(stand, withHeights, ENTRY_PASSES);
}
