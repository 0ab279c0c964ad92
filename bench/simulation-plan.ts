import {
  curveHeightM,
  randomKey,
  SOIL_WATER_RESPONSES,
  type SpeciesParameters,
  type SpeciesTraits,
  speciesTable,
  uniformAt,
} from '#model';
import type {PlanUnit, RunPlan} from '#simulation';

/** Species of the data set. */
export const SPECIES = 119;
const UNITS_ACROSS = 6;
const UNITS_UP = 5;

/** Numbers of [0, 1), the same in every run. */
const at = (what: string, counter: number) => uniformAt(randomKey(1, 'bench', what), counter);
export const between = (what: string, counter: number, least: number, most: number) =>
  least + (most - least) * at(what, counter);

/** Species of all kinds, made: traits within what a warm temperate flora has. */
export const SPECIES_TABLE: readonly SpeciesParameters[] = speciesTable(
  Array.from({length: SPECIES}, (_, i): SpeciesTraits => {
    const evergreen = at('habit', i) < 0.4;
    return {
      scientificName: `Genus${i} species`,
      family: `Family${i % 30}`,
      leafHabit: evergreen ? 'evergreen' : 'deciduous',
      leafType: at('leaf', i) < 0.15 ? 'needle' : 'broadleaf',
      growthRate: (['slow', 'medium', 'fast'] as const)[i % 3]!,
      maxIncrementCmPerYr: between('increment', i, 0.5, 2.5),
      maxHeightM: between('height', i, 6, 35),
      maxDbhCm: between('dbh', i, 25, 150),
      maxAgeYr: between('age', i, 60, 600),
      woodDensityGPerCm3: between('density', i, 0.35, 0.8),
      slaM2PerKg: between('sla', i, 6, 20),
      shadeTolerance: between('shade', i, 1.3, 4.2),
      droughtTolerance: between('drought', i, 2, 4),
      waterloggingTolerance: between('wet', i, 1, 5),
      seedMassMg: 10 ** between('seed', i, 0, 3),
      dispersal: (['wind', 'gravity', 'animal'] as const)[i % 3]!,
      minC: between('min', i, 0, 5),
      optC: between('opt', i, 20, 26),
      maxC: between('max', i, 38, 42),
      crownForm: (['round', 'spreading', 'conical'] as const)[i % 3]!,
      ...(evergreen ? {} : {leafOutMonth: 3, leafFallMonth: 11}),
    };
  }),
);

/** Monthly normals of a warm wet place with dull winters. */
const NORMALS = {
  maxC: [10, 13, 18, 23, 27, 29, 33, 34, 28, 22, 17, 11],
  meanC: [8, 10, 14, 19, 23, 25, 29, 29, 24, 19, 14, 9],
  minC: [6, 8, 11, 15, 19, 22, 25, 25, 21, 16, 12, 7],
  rainMm: [20, 22, 44, 97, 154, 177, 174, 132, 117, 97, 49, 25],
  rainDays: [9, 9, 12, 14, 16, 16, 12, 11, 13, 16, 12, 10],
  radiationMjPerM2: [4.4, 6, 9.2, 12.1, 13.3, 13, 16.5, 16.4, 10.8, 7.1, 5.5, 4.1],
  humidityFraction: [0.82, 0.79, 0.76, 0.76, 0.77, 0.81, 0.75, 0.72, 0.78, 0.84, 0.83, 0.84],
  windSpeedAt2mMPerS: [0.9, 1, 1.1, 1.2, 1.2, 1.1, 1.2, 1.2, 1.1, 0.9, 0.9, 0.9],
};

const CLIMATE: RunPlan['climate'] = {
  latitudeDeg: 29.6,
  elevationM: 200,
  angstrom: {overcastFraction: 0.18, sunshineFraction: 0.56},
  seed: 1,
  source: {kind: 'normals', normals: NORMALS},
  generator: {
    wetAfterWetGain: 0.3,
    smallestMm: 0.1,
    gammaShape: 0.7,
    maxSdC: new Array<number>(12).fill(3.5),
    phi: 0.65,
    minShare: 0.6,
    spells: null,
  },
  delta: null,
  events: [],
  co2: {years: [2026], ppm: [425]},
  notes: [],
};

const LAYERS = [0.2, 0.4, 0.9].map((thicknessM) => ({
  thicknessM,
  saturationFraction: 0.46,
  fieldCapacityFraction: 0.29,
  wiltingPointFraction: 0.13,
  saturatedConductivityMmPerDay: 240,
  campbellExponent: 4.76,
}));

/** The fixed data set: a square place of 30 units, one of which regenerates. `cohorts`: of each unit. */
export function planOf(of: {trees: number; hectares: number; years: number; cohorts: number}): RunPlan {
  const sideM = Math.sqrt(10_000 * of.hectares);
  const count = UNITS_ACROSS * UNITS_UP;
  const unitAt = (xM: number, yM: number) =>
    Math.min(UNITS_ACROSS - 1, Math.floor((UNITS_ACROSS * xM) / sideM)) +
    UNITS_ACROSS * Math.min(UNITS_UP - 1, Math.floor((UNITS_UP * yM) / sideM));
  const units = Array.from({length: count}, (_, k): PlanUnit => {
    return {
      id: `unit-${k}`,
      zone: `zone-${k % 10}`,
      areaM2: (sideM * sideM) / count,
      latitudeDeg: CLIMATE.latitudeDeg,
      groundM: 200,
      soil: {
        waterResponse: SOIL_WATER_RESPONSES[(['sandyLoam', 'clayLoam', 'clay'] as const)[k % 3]!],
        fertility: between('fertility', k, 0.3, 0.9),
      },
      bucket: {
        layers: LAYERS,
        evaporableDepthM: 0.1,
        readilyEvaporableMm: 8,
        curveNumber: 65 + (k % 15),
        bottomConductivityMmPerDay: 40,
        capillary: {maximumMm: 2, atTableMm: 4, lengthM: 0.5},
      },
      startWaterFraction: 0.8,
      soilCarbon: {youngKgPerM2: 0.3, oldKgPerM2: 4},
      regenerates: k === 12,
      floodedDays: new Array<number>(12).fill(k % 7 === 0 ? 3 : 0),
      tableDepthM: new Array<number>(12).fill(k % 5 === 0 ? 2 : Number.POSITIVE_INFINITY),
      groundLayer: {lai: 0.8, rootDepthM: 0.3, carbonKgPerM2: 0.1},
    };
  });
  const stepM = 5;
  const squares = 4 * Math.ceil(sideM / 20);
  const unit = Int16Array.from({length: squares * squares}, (_, square) =>
    unitAt(((square % squares) + 0.5) * stepM, (Math.floor(square / squares) + 0.5) * stepM),
  );
  const cells: {xM: number; yM: number; unit: number; column: number; row: number}[] = [];
  for (let row = 0; row < squares / 4; row += 1) {
    for (let column = 0; column < squares / 4; column += 1) {
      const [xM, yM] = [20 * column + 10, 20 * row + 10];
      const of = unitAt(xM, yM);
      if (units[of]!.regenerates) cells.push({xM, yM, unit: of, column, row});
    }
  }
  const size = (i: number, s: number) => {
    const {maxDbhCm, maxHeightM, openMPerCm, shadeMPerCm} = SPECIES_TABLE[s]!.values;
    const dbhCm = Math.min(0.8 * maxDbhCm, 4 + 26 * at('size', i) ** 2);
    return {dbhCm, heightM: curveHeightM(dbhCm, maxHeightM, (openMPerCm + shadeMPerCm) / 2)};
  };
  const trees = Array.from({length: of.trees}, (_, i) => {
    const s = Math.floor(SPECIES * at('species', i) ** 1.5);
    const [xM, yM] = [sideM * at('x', i), sideM * at('y', i)];
    return {xM, yM, species: s, unit: unitAt(xM, yM), ...size(i, s)};
  });
  return {
    site: 'bench',
    scenario: 'bench',
    firstYear: 2026,
    years: of.years,
    seed: 1,
    members: 1,
    physiology: 'min',
    species: SPECIES_TABLE,
    speciesIds: SPECIES_TABLE.map((_, i) => `species-${i}`),
    units,
    zones: Array.from({length: 10}, (_, z) => {
      const own = units.flatMap((_, k) => (k % 10 === z ? [k] : []));
      return {
        id: `zone-${z}`,
        name: {en: `zone ${z}`, zh: `${z}`},
        areaM2: own.reduce((sum, k) => sum + units[k]!.areaM2, 0),
        units: own,
      };
    }),
    trees: {
      id: Uint32Array.from(trees, (_, i) => i + 1),
      xM: Float64Array.from(trees, ({xM}) => xM),
      yM: Float64Array.from(trees, ({yM}) => yM),
      species: Uint16Array.from(trees, ({species}) => species),
      unit: Uint16Array.from(trees, ({unit}) => unit),
      dbhCm: Float64Array.from(trees, ({dbhCm}) => dbhCm),
      heightM: Float64Array.from(trees, ({heightM}) => heightM),
      ageYr: Float64Array.from(trees, ({dbhCm}) => 1.3 * dbhCm),
    },
    nextId: of.trees + 1,
    cohorts: Array.from({length: of.cohorts * count}, (_, i) => {
      const species = Math.floor(SPECIES * at('cohort', i));
      return {unit: i % count, species, ageYr: 15, stemsPerHa: 60, ...size(1_000_000 + i, species)};
    }),
    cells: {
      xM: Float64Array.from(cells, ({xM}) => xM),
      yM: Float64Array.from(cells, ({yM}) => yM),
      unit: Uint16Array.from(cells, ({unit}) => unit),
      columns: Int32Array.from(cells, ({column}) => column),
      rows: Int32Array.from(cells, ({row}) => row),
    },
    ground: {westM: 0, southM: 0, stepM, columns: squares, rows: squares, unit},
    operations: [],
    recruitDbhCm: 10,
    climate: CLIMATE,
    parameterCv: {},
  };
}
