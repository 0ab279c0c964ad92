import {PARAMETER_CV, randomKey, SOIL_WATER_RESPONSES, speciesTable, uniformAt} from '#model';
import {INDICATORS, PARTS, SHARED_INDICATORS} from '#schemas';
import type {RunMember, RunPlan, RunYear} from '#simulation';

const SPECIES = speciesTable([
  {
    ...{
      scientificName: 'Acer buergerianum',
      family: 'Sapindaceae',
      leafHabit: 'deciduous',
      leafType: 'broadleaf',
    },
    ...{
      maxHeightM: 15,
      maxDbhCm: 60,
      maxAgeYr: 200,
      woodDensityGPerCm3: 0.6,
      slaM2PerKg: 15,
      shadeTolerance: 2.5,
    },
    ...{
      droughtTolerance: 3,
      waterloggingTolerance: 2,
      growthRate: 'medium',
      maxIncrementCmPerYr: 1,
      seedMassMg: 40,
    },
    ...{
      dispersal: 'wind',
      minC: 2,
      optC: 22,
      maxC: 40,
      crownForm: 'round',
      leafOutMonth: 3,
      leafFallMonth: 11,
    },
    sources: {slaM2PerKg: 'a published table'},
  },
  {
    ...{scientificName: 'Machilus nanmu', family: 'Lauraceae', leafHabit: 'evergreen', leafType: 'broadleaf'},
    ...{
      maxHeightM: 30,
      maxDbhCm: 120,
      maxAgeYr: 400,
      woodDensityGPerCm3: 0.55,
      slaM2PerKg: 9,
      shadeTolerance: 4,
    },
    ...{
      droughtTolerance: 2,
      waterloggingTolerance: 2,
      growthRate: 'slow',
      maxIncrementCmPerYr: 0.8,
      seedMassMg: 300,
    },
    ...{dispersal: 'animal', minC: 2, optC: 22, maxC: 40, crownForm: 'round'},
  },
]);

/** A place of two zones and a handful of trees: enough for all that does not grow them. */
export function smallPlan(change: Partial<RunPlan> = {}): RunPlan {
  const n = 12;
  const unit = (id: string, zone: string, areaM2: number): RunPlan['units'][number] => ({
    ...{id, zone, areaM2, latitudeDeg: 29.6, groundM: 190},
    soil: {
      waterResponse: SOIL_WATER_RESPONSES.clayLoam,
      fertility: 0.6,
    },
    bucket: {} as never,
    startWaterFraction: 0.6,
    soilCarbon: {youngKgPerM2: 0.3, oldKgPerM2: 4},
    regenerates: false,
    floodedDays: Array(12).fill(0),
    groundLayer: {lai: 1, rootDepthM: 0.3, carbonKgPerM2: 0.2},
  });
  const column = (value: (i: number) => number) => Float64Array.from({length: n}, (_, i) => value(i));
  return {
    ...{site: 'a-site', scenario: 'small', firstYear: 2026, years: 6, seed: 7, members: 3},
    physiology: 'minimum' as never,
    species: SPECIES,
    speciesIds: ['acer-buergerianum', 'machilus-nanmu'],
    units: [unit('north/loam/dry', 'north', 5000), unit('south/loam/dry', 'south', 15_000)],
    zones: [
      {id: 'north', name: {en: 'North', zh: '北'}, areaM2: 5000, units: [0]},
      {id: 'south', name: {en: 'South', zh: '南'}, areaM2: 15_000, units: [1]},
    ],
    trees: {
      id: Uint32Array.from({length: n}, (_, i) => 100 + 3 * i),
      xM: column((i) => 10 * i - 40),
      yM: column((i) => 7 * i),
      species: Uint16Array.from({length: n}, (_, i) => i % 2),
      unit: Uint16Array.from({length: n}, (_, i) => (i < 4 ? 0 : 1)),
      dbhCm: column((i) => 8 + i),
      heightM: column((i) => 6 + i / 2),
      ageYr: column((i) => 12 + i),
    },
    nextId: 1000,
    cohorts: [],
    cells: {
      ...{xM: new Float64Array(0), yM: new Float64Array(0), unit: new Uint16Array(0)},
      ...{columns: new Int32Array(0), rows: new Int32Array(0)},
    },
    ground: {westM: -50, southM: -10, stepM: 5, columns: 0, rows: 0, unit: new Int16Array(0)},
    operations: [],
    recruitDbhCm: 10,
    climate: {latitudeDeg: 29.6, elevationM: 190} as never,
    parameterCv: PARAMETER_CV as Record<string, number>,
    ...change,
  };
}

const columnsOf = <const K extends string>(names: readonly K[], rows: number) =>
  Object.fromEntries(names.map((name) => [name, new Float64Array(rows)])) as Record<K, Float64Array>;

/**
 * Years of a forest simple enough to be worked out by hand: trees thicken with their species' efficiency and the year's luck, one a
 * year dies standing by its number, one comes up.
 */
export const smallMember: RunMember = (plan, member, sink) => {
  const zones = plan.zones.length + 1;
  const key = randomKey(plan.seed, member, 'small');
  const trees = Array.from(plan.trees.id, (id, i) => ({
    ...{id, species: plan.trees.species[i]!, unit: plan.trees.unit[i]!, dead: false},
    ...{
      xM: plan.trees.xM[i]!,
      yM: plan.trees.yM[i]!,
      dbhCm: plan.trees.dbhCm[i]!,
      heightM: plan.trees.heightM[i]!,
    },
  }));
  let nextId = plan.nextId;
  for (let year = plan.firstYear - 1; year < plan.firstYear + plan.years; year += 1) {
    const starting = year < plan.firstYear;
    let died: (typeof trees)[number] | undefined;
    const luck = 0.9 + 0.2 * uniformAt(key, year);
    if (!starting) {
      for (const tree of trees) {
        if (!tree.dead) tree.dbhCm += 10 * plan.species[tree.species]!.values.efficiency * luck;
      }
      died = trees.find((tree) => !tree.dead && uniformAt(key, year * 65_536 + tree.id) < 0.1);
      if (died) died.dead = true;
      trees.push({
        id: nextId++,
        species: 0,
        unit: 0,
        dead: false,
        xM: year - 2000,
        yM: 5,
        dbhCm: 2,
        heightM: 3,
      });
    }
    const alive = trees.filter(({dead}) => !dead);
    const area = [...plan.zones.map(({areaM2}) => areaM2), 20_000];
    const indicators = new Float64Array(INDICATORS.length * zones);
    const parts = new Float64Array(SHARED_INDICATORS.length * PARTS.length * zones);
    for (let z = 0; z < zones; z += 1) {
      const here = alive.filter(({unit}) => z === zones - 1 || unit === z);
      const set = (i: number, value: number) => (indicators[i * zones + z] = value);
      set(0, (here.length / area[z]!) * 1e4);
      set(1, here.reduce((sum, {dbhCm}) => sum + (Math.PI / 40_000) * dbhCm ** 2, 0) / (area[z]! / 1e4));
      set(4, here.reduce((sum, {dbhCm}) => sum + dbhCm, 0) / here.length);
      set(12, here.reduce((sum, {species}) => sum + plan.species[species]!.values.efficiency, 0) * luck);
      set(14, starting ? 0 : 1e4 / area[z]!);
      const old = here.filter(({id}) => id < plan.nextId).length;
      parts[0 * zones + z] = (old / area[z]!) * 1e4;
      parts[1 * zones + z] = ((here.length - old) / area[z]!) * 1e4;
    }
    const n = trees.length;
    const f64 = columnsOf(
      [
        ...(['xM', 'yM', 'dbhCm', 'heightM', 'ageYr', 'crownRadiusM', 'lightIndex', 'stress'] as const),
        ...(['netProductionKg', 'litterKg', 'foliageKg', 'fineRootKg', 'coarseRootKg', 'stemKg'] as const),
        ...(['branchKg', 'reserveKg'] as const),
      ],
      n,
    );
    for (const [i, tree] of trees.entries()) {
      f64.xM[i] = tree.xM;
      f64.yM[i] = tree.yM;
      f64.dbhCm[i] = tree.dbhCm;
      f64.heightM[i] = tree.heightM;
      f64.crownRadiusM[i] = tree.dbhCm / 10;
      f64.stress[i] = tree.dead ? 1 : 0.25;
      f64.stemKg[i] = tree.dbhCm ** 2 / 5;
    }
    const row: RunYear = {
      year,
      indicators,
      parts,
      trees: {
        ...f64,
        count: n,
        id: Uint32Array.from(trees, ({id}) => id),
        species: Int32Array.from(trees, ({species}) => species),
        unit: Int32Array.from(trees, ({unit}) => unit),
        status: Uint8Array.from(trees, ({dead}) => (dead ? 2 : 1)),
      },
      saplings: {
        stems: new Float64Array(0),
        came: new Float64Array(0),
        died: new Float64Array(0),
        rows: () => [],
      },
      cohorts: {
        ...columnsOf(
          ['stemsPerHa', 'dbhCm', 'heightM', 'ageYr', 'lightIndex', 'stress', 'netProductionKg', 'massKg'],
          1,
        ),
        count: 1,
        unit: Int32Array.of(1),
        species: Int32Array.of(1),
        origin: Uint8Array.of(starting ? 0 : 1),
      },
      removals: {
        count: died ? 1 : 0,
        id: Uint32Array.of(died?.id ?? 0),
        species: Int32Array.of(died?.species ?? 0),
        unit: Int32Array.of(died?.unit ?? 0),
        stems: Float64Array.of(1),
        dbhCm: Float64Array.of(died?.dbhCm ?? 0),
        heightM: Float64Array.of(died?.heightM ?? 0),
        carbonKg: Float64Array.of(3),
        cause: Uint8Array.of(1),
        operation: Int32Array.of(-1),
      },
      stands: {
        ...columnsOf(
          [
            ...(['stems', 'basalAreaM2', 'volumeM3', 'leafAreaM2', 'carbonT', 'nppT', 'dbhCm'] as const),
            ...(['heightM', 'deaths'] as const),
          ],
          1,
        ),
        count: 1,
        zone: Int32Array.of(zones - 1),
        species: Int32Array.of(1),
      },
      water: columnsOf(
        [
          ...(['rainMm', 'et0Mm', 'interceptionMm', 'evaporationMm', 'transpirationMm', 'runOffMm'] as const),
          ...([
            'percolationMm',
            'capillaryMm',
            'irrigationMm',
            'storageMm',
            'relativeWater',
            'stressDays',
          ] as const),
        ],
        12 * plan.units.length,
      ),
      carbon: columnsOf(
        [
          ...([
            'nppT',
            'litterT',
            'mortalityT',
            'harvestT',
            'plantedT',
            'respiredDeadT',
            'respiredSoilT',
          ] as const),
          ...(['treesT', 'groundT', 'deadT', 'youngSoilT', 'oldSoilT'] as const),
        ],
        zones,
      ),
      checks: {carbonOfOneRelative: 0, carbonOfAllRelative: 0, waterMm: 0, absorbedFraction: 0},
    };
    sink.year(row);
    if (died) {
      sink.event({
        ...{kind: 'skipped', year, month: 4, operation: 0, reason: 'no-room'},
        message: `no room beside tree ${died.id}`,
      });
    }
  }
};
