import {seedsPerCrownM2} from '../regeneration/fecundity.ts';
import {droughtLimit, stressResponse} from '../tree/mortality.ts';
import {FUNCTIONAL_TYPES, type FunctionalType, type FunctionalTypeId} from './functional-types.ts';
import {type Basis, PARAMETER_RANGES, type ParameterId} from './parameter-ranges.ts';
import {type CompleteTraits, completeTraits, type SpeciesTraits} from './traits.ts';

/** A species may have any value of its own, with its source. */
export type SpeciesOverride = {
  type?: FunctionalTypeId;
  values?: Partial<Record<ParameterId, number>>;
  label: Basis['label'];
  source: string;
};

export type SpeciesParameters = {
  scientificName: string;
  type: FunctionalTypeId;
  evergreen: boolean;
  /** Growth in height goes on while the stem keeps its thickness. */
  palm: boolean;
  thickens: boolean;
  /** Null for evergreens. */
  leafMonths: {leafOut: number; leafFall: number} | null;
  /** How its seeds travel. */
  dispersal: CompleteTraits['dispersal'];
  values: Record<ParameterId, number>;
  basis: Record<ParameterId, Basis>;
  /** What was cut to its bounds or filled from relatives. */
  notes: string[];
};

/** Increments outside this, cm a⁻¹, are estimates of something else (culms, champions). */
const INCREMENT_CM = [0.3, 4] as const;
/** Figs below this height, and other trees below that, are grown for flowers or fruit. */
const LARGE_FIG_M = 12;
const SMALL_TREE_M = 9;
const TOLERANT = 3.2;
const INTOLERANT = 2.1;
/** Ages beyond this are those of veterans, not of stands. */
const STAND_AGE_YR = 500;
/** Every species bears seed from this age on. */
const LATEST_MATURITY_YR = 30;
/** Radius of a crown over that of a round one, by its form. */
const CROWN_FORMS = {spreading: 1.15, round: 1, conical: 0.8, columnar: 0.65, weeping: 1, palm: 1} as const;
const BY_GROWTH = {slow: 0, medium: 1, fast: 2} as const;

function bounded(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, value));
}

/** Linear between the values at tolerances 1 to 5. */
function atTolerance(values: readonly [number, number, number, number, number], tolerance: number): number {
  const at = bounded(tolerance, [1, 5]) - 1;
  const below = Math.min(3, Math.floor(at));
  return values[below]! + (at - below) * (values[below + 1]! - values[below]!);
}

/** The functional type of a species: the first rule that fits. */
export function functionalTypeOf(traits: CompleteTraits): FunctionalTypeId {
  const {leafType, leafHabit, maxHeightM, shadeTolerance, growthRate} = traits;
  const genus = traits.scientificName.split(' ')[0]!;
  const isOf = (type: FunctionalTypeId) =>
    (FUNCTIONAL_TYPES[type] as FunctionalType).genera?.includes(genus) ?? false;
  const evergreen = leafHabit === 'evergreen';
  if (leafType === 'palm' || leafType === 'bamboo') return 'BAM';
  if (isOf('TAX')) return 'TAX';
  if (isOf('SAL')) return 'SAL';
  if (leafType === 'needle' && evergreen) return 'CON';
  if (isOf('FIC') && maxHeightM >= LARGE_FIG_M) return 'FIC';
  if (maxHeightM < SMALL_TREE_M) return 'ORN';
  if (evergreen) return shadeTolerance >= TOLERANT ? 'EBT' : 'EBM';
  return growthRate === 'fast' && shadeTolerance <= INTOLERANT ? 'DBP' : 'DBM';
}

/** Height, m, on the curve between open and shade: 1.3 + (Hmax − 1.3)(1 − e^(−s·D/(Hmax − 1.3))). */
export function curveHeightM(dbhCm: number, maxHeightM: number, mPerCm: number): number {
  const room = Math.max(0.1, maxHeightM - 1.3);
  return 1.3 + room * (1 - Math.exp((-mPerCm * dbhCm) / room));
}

/** Allometry of the stem that follows from form, density and the height curve, at half the greatest diameter (20 cm at most). */
function stemAllometry(p: {
  maxDbhCm: number;
  maxHeightM: number;
  mPerCm: number;
  formFactor: number;
  woodDensityGPerCm3: number;
}): {a: number; b: number} {
  const dbh = Math.min(20, p.maxDbhCm / 2);
  const height = curveHeightM(dbh, p.maxHeightM, p.mPerCm);
  const slope = p.mPerCm * Math.exp((-p.mPerCm * dbh) / Math.max(0.1, p.maxHeightM - 1.3));
  const b = 2 + (dbh * slope) / height;
  const massKg = p.formFactor * p.woodDensityGPerCm3 * 1000 * (Math.PI / 4) * (dbh / 100) ** 2 * height;
  return {a: massKg / dbh ** b, b};
}

type Value = readonly [number, Basis];

const RULE = 'trait-to-parameter rule';
const rule = (text: string): Basis => ({label: 'guess', source: `${RULE}: ${text}`});

/**
 * Parameters of a species from its traits. `typeIncrementCm`: median increment of the species of its type, or undefined where none
 * is known. The rule is the same for all species; what a species has of its own comes as an override.
 * @throws {RangeError} when an override is outside the parameter's range.
 */
export function speciesParameters(
  traits: CompleteTraits,
  typeIncrementCm: number | undefined,
  override?: SpeciesOverride,
): SpeciesParameters {
  const typeId = override?.type ?? functionalTypeOf(traits);
  const type: FunctionalType = FUNCTIONAL_TYPES[typeId];
  const evergreen = traits.leafHabit === 'evergreen';
  const speed = BY_GROWTH[traits.growthRate];
  const {shadeTolerance: shade, droughtTolerance: drought, waterloggingTolerance: wet} = traits;
  const ofTrait = (trait: keyof SpeciesTraits & string): Basis => {
    const relatives = traits.filled[trait];
    if (relatives) return {label: 'guess', source: `from ${relatives}`};
    const source = traits.sources?.[trait];
    return source ? {label: 'literature', source} : {label: 'guess', source: 'species table, estimate'};
  };
  const ofType: Basis = {label: 'guess', source: `functional type ${typeId}`};

  const increment = bounded(traits.maxIncrementCmPerYr, INCREMENT_CM);
  const ownIncrement = traits.filled['maxIncrementCmPerYr'] === undefined && typeIncrementCm !== undefined;
  const vigour = ownIncrement
    ? bounded(Math.sqrt(increment / typeIncrementCm), [0.75, 1.3])
    : [0.85, 1, 1.15][speed]!;
  const steep = [0.9, 1, 1.1][speed]!;
  const openMPerCm = type.openMPerCm * steep;
  const shadeMPerCm = type.shadeMPerCm * steep;
  const sla = bounded(traits.slaM2PerKg, PARAMETER_RANGES.slaM2PerKg);
  const stem = stemAllometry({
    maxDbhCm: traits.maxDbhCm,
    maxHeightM: traits.maxHeightM,
    mPerCm: (openMPerCm + shadeMPerCm) / 2,
    formFactor: type.formFactor,
    woodDensityGPerCm3: traits.woodDensityGPerCm3,
  });
  const windM = bounded(60 * (traits.seedMassMg / 10) ** -0.25, [15, 150]);

  const given: Record<ParameterId, Value> = {
    maxHeightM: [traits.maxHeightM, ofTrait('maxHeightM')],
    maxDbhCm: [traits.maxDbhCm, ofTrait('maxDbhCm')],
    maxAgeYr: [traits.maxAgeYr, ofTrait('maxAgeYr')],
    ageLimitYr: [Math.min(STAND_AGE_YR, traits.maxAgeYr), ofTrait('maxAgeYr')],
    woodDensityGPerCm3: [traits.woodDensityGPerCm3, ofTrait('woodDensityGPerCm3')],
    slaM2PerKg: [sla, ofTrait('slaM2PerKg')],
    efficiency: [type.efficiency * vigour, rule('type, by the square root of the increment within it')],
    minC: [traits.minC, ofTrait('minC')],
    optC: [traits.optC, ofTrait('optC')],
    maxC: [traits.maxC, ofTrait('maxC')],
    frostLossDays: [evergreen && traits.minC > 8 ? 1 : 0.5, rule('evergreens of warm winters lose a day')],
    vpdResponsePerKPa: [
      type.vpdResponsePerKPa * (1 - 0.08 * (drought - 3)),
      rule('type, by drought tolerance'),
    ],
    waterDeficitFactor: [1 + 0.12 * (drought - 3), rule('drought tolerance')],
    depletionFraction: [0.4 + 0.05 * drought, rule('drought tolerance')],
    droughtLimit: [droughtLimit(drought), rule('drought tolerance')],
    floodSensitivity: [atTolerance([1, 0.8, 0.55, 0.25, 0.05], wet), rule('waterlogging tolerance')],
    floodHalfDays: [atTolerance([15, 30, 60, 120, 240], wet), rule('waterlogging tolerance')],
    rootsInWaterM: [0.2 * wet, rule('waterlogging tolerance')],
    foliageA: [
      type.foliage.a * (type.slaM2PerKg / sla) ** 0.8,
      rule('type, so that leaf area is kept at the species’ specific leaf area'),
    ],
    foliageB: [type.foliage.b, ofType],
    leafTurnover: [type.leafTurnover[evergreen ? 'evergreen' : 'deciduous'], ofType],
    fineRootOverFoliage: [type.fineRootOverFoliage, ofType],
    formFactor: [type.formFactor, ofType],
    stemA: [stem.a, rule('form, wood density and height curve')],
    stemB: [stem.b, rule('form, wood density and height curve')],
    branchA: [type.branch.a, ofType],
    branchB: [type.branch.b, ofType],
    rootA: [type.root.a, ofType],
    rootB: [type.root.b, ofType],
    openMPerCm: [openMPerCm, rule('type, by growth rate')],
    shadeMPerCm: [shadeMPerCm, rule('type, by growth rate')],
    lightClass: [shade, ofTrait('shadeTolerance')],
    stressMortality: [stressResponse(shade), rule('shade tolerance; deaths without growth of gap models')],
    maturityYr: [
      Math.min(LATEST_MATURITY_YR, traits.maxAgeYr / (12 - (bounded(shade, [1, 5]) - 1))),
      rule('age and shade tolerance'),
    ],
    saplingRate: [[0.035, 0.055, 0.09][speed]!, rule('growth rate')],
    maxGrowthCm: [Math.min(INCREMENT_CM[1], 1.5 * increment), rule('half more than the greatest increment')],
    crownForm: [CROWN_FORMS[traits.crownForm], rule('crown form')],
    crownShade: [0.25, rule('all species')],
    seedDistanceM: [traits.dispersal === 'wind' ? windM : 10, rule('dispersal and seed mass')],
    seedCarriedFraction: [traits.dispersal === 'animal' ? 0.1 : 0, rule('dispersal')],
    seedsPerCrownM2: [seedsPerCrownM2(traits.seedMassMg), rule('seed mass: a heavy seed is dear')],
  };

  const values = {} as Record<ParameterId, number>;
  const basis = {} as Record<ParameterId, Basis>;
  const notes = Object.entries(traits.filled).map(([trait, from]) => `${trait} from ${from}`);
  for (const id of Object.keys(PARAMETER_RANGES) as ParameterId[]) {
    const range = PARAMETER_RANGES[id];
    const own = override?.values?.[id];
    if (own !== undefined) {
      if (!(own >= range[0] && own <= range[1])) {
        throw new RangeError(
          `${id} of ${traits.scientificName} is ${own}, expected ${range[0]} to ${range[1]}`,
        );
      }
      values[id] = own;
      basis[id] = {label: override!.label, source: override!.source};
      continue;
    }
    const [value, source] = given[id];
    values[id] = bounded(value, range);
    basis[id] = source;
    if (values[id] !== value) notes.push(`${id} ${value} cut to ${values[id]}`);
  }
  return {
    scientificName: traits.scientificName,
    type: typeId,
    evergreen,
    palm: traits.leafType === 'palm',
    thickens: type.thickens,
    leafMonths:
      evergreen || traits.leafOutMonth === undefined || traits.leafFallMonth === undefined
        ? null
        : {leafOut: traits.leafOutMonth, leafFall: traits.leafFallMonth},
    dispersal: traits.dispersal,
    values,
    basis,
    notes,
  };
}

/**
 * Parameters of all species of a list, which are also each other's relatives. `overrides` by scientific name.
 * `known`: further species that gaps may be filled from.
 */
export function speciesTable(
  list: readonly SpeciesTraits[],
  overrides: Readonly<Record<string, SpeciesOverride>> = {},
  known: readonly SpeciesTraits[] = list,
): SpeciesParameters[] {
  const complete = list.map((traits) => completeTraits(traits, known));
  const typeOf = (traits: CompleteTraits) =>
    overrides[traits.scientificName]?.type ?? functionalTypeOf(traits);
  const increments = new Map<FunctionalTypeId, number[]>();
  for (const traits of known === list ? complete : known.map((one) => completeTraits(one, known))) {
    if (traits.filled['maxIncrementCmPerYr'] !== undefined) continue;
    const of = increments.get(typeOf(traits)) ?? [];
    of.push(bounded(traits.maxIncrementCmPerYr, INCREMENT_CM));
    increments.set(typeOf(traits), of);
  }
  const medianOf = (type: FunctionalTypeId) => {
    const sorted = increments.get(type)?.sort((a, b) => a - b) ?? [];
    const middle = sorted.length >> 1;
    if (sorted.length === 0) return undefined;
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  };
  return complete.map((traits) =>
    speciesParameters(traits, medianOf(typeOf(traits)), overrides[traits.scientificName]),
  );
}
