import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import {
  calibrateEfficiency,
  curveHeightM,
  Forest,
  MONTH_DAYS,
  midMonthDay,
  PARAMETER_CV,
  type ParameterId,
  type SpeciesParameters,
  speciesTable,
  speciesYear,
  thornthwaiteDaylightH,
  thornthwaiteHeat,
  thornthwaitePetMm,
  treeParametersOf,
  uniformAt,
} from '#model';
import {relativeWater} from '../../simulation/verify/plots/site-year.ts';
import {MONTHS, OVERRIDES, SITE, SPECIES} from '../model/forest/species/species-list.ts';

const SIDE_M = 40;
const TREES = 320;
const YEARS = 40;
/** Morris paths; each moves every factor once. */
const PATHS = 4;
/** Rain and temperature of the place whose months the species are tried in. */
const {normals} = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../sites/guangyang/climate.json'), 'utf8'),
) as {normals: {rainMm: number[]; airTemperatureMeanC: number[]}};
const LATITUDE_DEG = 29.6;
const HEAT = thornthwaiteHeat(normals.airTemperatureMeanC);
const PET_MM = normals.airTemperatureMeanC.map((meanC, m) => {
  const daylightH = thornthwaiteDaylightH(LATITUDE_DEG, midMonthDay(m));
  return thornthwaitePetMm({meanC, heat: HEAT, daylightH, days: MONTH_DAYS[m]!});
});

/** Relative deviations: those of ensembles, the soil’s 0.3, and 0.1–0.15 for what else shapes a tree. */
const DEVIATIONS: Record<string, number> = {
  efficiency: PARAMETER_CV.efficiency!,
  slaM2PerKg: PARAMETER_CV.slaM2PerKg!,
  foliageA: PARAMETER_CV.foliageA!,
  stressMortality: PARAMETER_CV.stressMortality!,
  soilCapacity: 0.3,
  formFactor: 0.1,
  branchA: 0.15,
  rootA: 0.15,
  fineRootOverFoliage: 0.15,
  vpdResponsePerKPa: 0.15,
  waterDeficitFactor: 0.1,
  openMPerCm: 0.1,
  shadeMPerCm: 0.1,
  crownForm: 0.15,
};
const FACTORS = Object.keys(DEVIATIONS);
const TABLE = speciesTable(SPECIES, OVERRIDES);

/** Mass of a stand, t/ha, with its parameters multiplied by factors. */
function massTPerHa(species: SpeciesParameters, factors: Readonly<Record<string, number>>): number {
  const values = {...species.values};
  for (const [name, factor] of Object.entries(factors))
    if (name in values) values[name as ParameterId] *= factor;
  const changed = {...species, values};
  const water = relativeWater(normals.rainMm, PET_MM, 120 * factors['soilCapacity']!);
  const months = MONTHS.map((month, m) => ({...month, relativeWater: water[m]!}));
  const {potentialGPerM2, rootFraction} = speciesYear(changed, months, SITE.soil, SITE.mode);
  const trees = Array.from({length: TREES}, (_, id) => {
    const dbhCm = 2 + uniformAt(3, id);
    const heightM = curveHeightM(dbhCm, values.maxHeightM, (values.openMPerCm + values.shadeMPerCm) / 2);
    const at = {xM: SIDE_M * uniformAt(1, id), yM: SIDE_M * uniformAt(2, id)};
    return {id, ...at, species: 0, unit: 0, dbhCm, heightM, ageYr: 3};
  });
  const forest = new Forest(trees, [treeParametersOf(changed)], {torusM: SIDE_M});
  for (let year = 1; year <= YEARS; year += 1) {
    forest.step({
      potentialGPerM2: Float64Array.of(potentialGPerM2),
      rootFraction: Float64Array.of(rootFraction),
      siteDeath: Float64Array.of(0),
      leafOnShare: Float64Array.of(1),
      key: 7,
      year,
    });
  }
  let kg = 0;
  for (let i = 0; i < forest.count; i += 1) {
    if (forest.alive[i] === 1)
      kg += forest.stemKg[i]! + forest.branchKg[i]! + forest.foliageKg[i]! + forest.coarseRootKg[i]!;
  }
  return kg / 1000 / ((SIDE_M * SIDE_M) / 10_000);
}

/** Factors by their mean absolute effect on the log of mass, largest first (Morris 1991, four levels, steps of two). */
function ranked(species: SpeciesParameters): string[] {
  const effects = new Map(FACTORS.map((name) => [name, 0]));
  for (let path = 0; path < PATHS; path += 1) {
    const levels = FACTORS.map((_, j) => Math.floor(2 * uniformAt(5, path * 100 + j)));
    const order = [...FACTORS.keys()].sort(
      (a, b) => uniformAt(6, path * 100 + a) - uniformAt(6, path * 100 + b),
    );
    const mass = () =>
      massTPerHa(
        species,
        Object.fromEntries(
          FACTORS.map((name, j) => [name, Math.exp(DEVIATIONS[name]! * (levels[j]! - 1.5))]),
        ),
      );
    let before = mass();
    for (const j of order) {
      levels[j]! += 2;
      const after = mass();
      effects.set(FACTORS[j]!, effects.get(FACTORS[j]!)! + Math.abs(Math.log(after / before)));
      before = after;
    }
  }
  return [...effects].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

describe('what the mass of a stand depends on', () => {
  // The response to stress is not among the first: in closed stands those that die are small, and the others take their light.
  it.each(['Liquidambar formosana', 'Pinus massoniana'])(
    '%s: light-use efficiency first, leaves and the soil’s water among the first six of fourteen',
    (name) => {
      const i = SPECIES.findIndex(({scientificName}) => scientificName === name);
      const increment = Math.min(4, Math.max(0.3, SPECIES[i]!.maxIncrementCmPerYr!));
      const ranks = ranked(calibrateEfficiency(TABLE[i]!, increment, SITE));
      expect(ranks[0]).toBe('efficiency');
      expect(ranks.slice(0, 6)).toEqual(expect.arrayContaining(['soilCapacity', 'foliageA']));
      expect(ranks.indexOf('stressMortality')).toBeGreaterThan(5);
    },
  );
});
