import {
  dailyFromMonthly,
  dayLengthH,
  Forest,
  type ForestSpecies,
  type HeightSlope,
  randomKey,
  rootFractionByUse,
  vpdModifier,
} from '#model';
import {EcoError} from '#schemas';
import {numberInput, type Process, type ProcessInput, rowWhere, tableOf, textInput} from '../process.ts';
import {numberAt, type Table, textAt} from '../table.ts';

/** a·d^b from products such as `195.547*1.004*(-0.2396+1)*d^-0.2396`. */
function powerOf(expression: string): HeightSlope {
  const [factors, power] = expression.split('*d^');
  const a = factors!.split('*').reduce((product, factor) => {
    const terms = factor.replace(/[()]/g, '').match(/-?\d+(\.\d+)?/g);
    return product * (terms ?? []).reduce((sum, term) => sum + Number(term), 0);
  }, 1);
  if (!Number.isFinite(a) || power === undefined || !Number.isFinite(Number(power))) {
    throw new EcoError(
      'table_invalid',
      `"${expression}" was expected as a product and a power of d, as a*d^b`,
    );
  }
  return {form: 'power', a, b: Number(power)};
}

/** A species by its row in iLand's species table. */
function parametersOf(table: Table, row: number): ForestSpecies {
  const at = (name: string) => numberAt(table, row, name);
  const mass = (name: string) => ({a: at(`bm${name}_a`), b: at(`bm${name}_b`)});
  const ageing = textAt(table, row, 'aging');
  const response = /x\/([\d.]+)\)\^([\d.]+)/.exec(ageing);
  if (!response)
    throw new EcoError(
      'table_invalid',
      `${table.name}: aging was expected as 1/(1 + (x/a)^b), got ${ageing}`,
    );
  return {
    foliage: mass('Foliage'),
    stem: mass('Woody'),
    branch: mass('Branch'),
    root: mass('Root'),
    slaM2PerKg: at('specificLeafArea'),
    leafTurnover: at('turnoverLeaf'),
    fineRootTurnover: at('turnoverRoot'),
    fineRootOverFoliage: at('finerootFoliageRatio'),
    formFactor: at('formFactor'),
    woodDensityKgPerM3: at('woodDensity'),
    openSlope: powerOf(textAt(table, row, 'HDlow')),
    shadeSlope: powerOf(textAt(table, row, 'HDhigh')),
    maxHeightM: at('maximumHeight'),
    ageLimitYr: at('maximumAge'),
    ageResponse: {atHalf: Number(response[1]), power: Number(response[2])},
    maxAgeYr: at('maximumAge'),
    reachesMaxAge: at('probIntrinsic'),
    stressMortality: at('probStress'),
    lightClass: at('lightResponseClass'),
    maxGrowthCm: Number.POSITIVE_INFINITY,
    maxDbhCm: Number.POSITIVE_INFINITY,
    fixedSize: false,
    heightRate: 0,
    fixedRadiusM: 0,
    crownForm: 1,
    crownShade: 0,
    deciduous: at('turnoverLeaf') >= 1,
  };
}

const ramp = (value: number, low: number, high: number) =>
  Math.min(1, Math.max(0, (value - low) / (high - low)));

/** iLand's response to available nitrogen (kg ha⁻¹ a⁻¹), by its classes 1 to 3. */
function nitrogenResponse(nitrogen: number, classNumber: number): number {
  const response = (a: number, b: number) => 1 - Math.exp(a * (nitrogen - b));
  const [low, middle, high] = [response(-0.045, 10), response(-0.055, 25), response(-0.065, 40)];
  if (classNumber <= 2) return low + (middle - low) * (classNumber - 1);
  return middle + (high - middle) * (classNumber - 2);
}

/** Limits of iLand's growing season index: vapour pressure deficit (kPa) and minimum temperature (°C), by phenology class. */
const SEASON = {1: {dry: [0.9, 4.1], cold: [-2, 5]}, 2: {dry: [1, 4.1], cold: [-4, 3]}} as const;

/** Share in leaf of each month of a year, by the growing season index (Jolly et al. 2005). */
function inLeaf(climate: Table, first: number, phenologyClass: number, latitudeDeg: number): number[] {
  const months = Array.from({length: 12}, (_, m) => first + m);
  if (phenologyClass === 0) return months.map(() => 1);
  const {dry, cold} = SEASON[phenologyClass === 1 ? 1 : 2];
  const vpd = dailyFromMonthly(months.map((i) => numberAt(climate, i, 'vpdKPa')));
  const min = dailyFromMonthly(months.map((i) => numberAt(climate, i, 'minC')));
  let day = 0;
  return months.map((i) => {
    const days = Math.round(numberAt(climate, i, 'days'));
    let on = 0;
    for (let n = 0; n < days; n += 1, day += 1) {
      const at = Math.min(364, day);
      const index =
        (1 - ramp(vpd[at]!, dry[0], dry[1])) *
        ramp(min[at]!, cold[0], cold[1]) *
        ramp(dayLengthH(latitudeDeg, at + 1), 10, 11);
      if (index > 0.5) on += 1;
    }
    return on / days;
  });
}

type Year = {potentialGPerM2: number; rootFraction: number};

/** Potential production (g dry matter per m²) and root share of each year by iLand's physiology, on a wet soil. */
function yearsOf(input: ProcessInput, species: Table, row: number): Year[] {
  const climate = tableOf(input, 'climate');
  const latitudeDeg = numberInput(input, 'latitudeDeg');
  const efficiency = numberInput(input, 'efficiencyGCPerMj');
  const fN = nitrogenResponse(
    numberInput(input, 'nitrogenKgPerHa'),
    numberAt(species, row, 'respNitrogenClass'),
  );
  const years: Year[] = [];
  for (let first = 0; first + 12 <= climate.rows.length; first += 12) {
    const on = inLeaf(climate, first, numberAt(species, row, 'phenologyClass'), latitudeDeg);
    let used = 0;
    let total = 0;
    for (let m = 0; m < 12; m += 1) {
      const i = first + m;
      const mean = (numberAt(climate, i, 'minC') + numberAt(climate, i, 'maxC')) / 2;
      const day = mean + 0.212 * (numberAt(climate, i, 'maxC') - mean);
      const fT = ramp(day, numberAt(species, row, 'respTempMin'), numberAt(species, row, 'respTempMax'));
      const fVpd = vpdModifier(numberAt(climate, i, 'vpdKPa'), -numberAt(species, row, 'respVpdExponent'));
      const radiation = numberAt(climate, i, 'radiationMjPerM2Day') * numberAt(climate, i, 'days');
      used += radiation * on[m]! * Math.min(fT, fVpd);
      total += radiation;
    }
    years.push({
      // half of dry matter is carbon
      potentialGPerM2: (efficiency / 0.5) * fN * used,
      rootFraction: rootFractionByUse(fN, used / total),
    });
  }
  return years;
}

type StandState = {stems: number; dbhCm: number; heightM: number; volumeM3: number; lai: number};

function stateOf(forest: Forest, p: ForestSpecies, areaM2: number): StandState {
  const state = {stems: 0, dbhCm: 0, heightM: 0, volumeM3: 0, lai: 0};
  for (let i = 0; i < forest.count; i += 1) {
    if (forest.alive[i] === 0) continue;
    state.stems += 1;
    state.dbhCm += forest.dbhCm[i]!;
    state.heightM += forest.heightM[i]!;
    state.volumeM3 += p.formFactor * (Math.PI / 4) * (forest.dbhCm[i]! / 100) ** 2 * forest.heightM[i]!;
    state.lai += (forest.foliageKg[i]! * p.slaM2PerKg) / areaM2;
  }
  state.dbhCm /= state.stems;
  state.heightM /= state.stems;
  return state;
}

/**
 * Stands of single trees on a torus, mean of several seeds, with the physiology of iLand (Seidl et al. 2012) so that light,
 * allocation, growth and death are what is compared. The reference is one random run: two binomial standard deviations of its
 * deaths are what chance explains, of stems and, at the stand's mean tree, of volume.
 */
export const individualTrees: Process = {
  id: 'individual-trees',
  title: 'Stands of individual trees (against iLand)',
  reads: {
    expected: ['year'],
    trees: ['xM', 'yM', 'dbhCm', 'heightM', 'ageYr'],
    species: ['shortName', '<columns of iLand’s species table>'],
    climate: ['days', 'minC', 'maxC', 'radiationMjPerM2Day', 'vpdKPa'],
  },
  inputs: {
    species: 'its short name',
    latitudeDeg: 'number',
    nitrogenKgPerHa: 'number',
    efficiencyGCPerMj: 'number',
    sideM: 'number: side of the square',
    seeds: 'number of runs',
  },
  gives: ['stems', 'dbhCm', 'heightM', 'volumeM3', 'lai'],
  run: (input) => {
    const expected = tableOf(input, 'expected');
    const trees = tableOf(input, 'trees');
    const species = tableOf(input, 'species');
    const row = rowWhere(species, 'shortName', textInput(input, 'species'));
    const sideM = numberInput(input, 'sideM', {least: 20, most: 10_000});
    const seeds = numberInput(input, 'seeds', {least: 1, most: 1000});
    const p = parametersOf(species, row);
    const years = yearsOf(input, species, row);
    const start = trees.rows.map((_, id) => ({
      id,
      xM: numberAt(trees, id, 'xM'),
      yM: numberAt(trees, id, 'yM'),
      species: 0,
      unit: 0,
      dbhCm: numberAt(trees, id, 'dbhCm'),
      heightM: numberAt(trees, id, 'heightM'),
      ageYr: numberAt(trees, id, 'ageYr'),
    }));
    const at = expected.rows.map((_, i) => numberAt(expected, i, 'year'));
    const sums = at.map(() => ({stems: 0, dbhCm: 0, heightM: 0, volumeM3: 0, lai: 0}));
    for (let seed = 1; seed <= seeds; seed += 1) {
      const forest = new Forest(start, [p], {torusM: sideM, stem: 'allometry'});
      const key = randomKey(seed, 'death');
      for (let year = 0; year <= years.length; year += 1) {
        if (year > 0) {
          const {potentialGPerM2, rootFraction} = years[year - 1]!;
          forest.step({
            potentialGPerM2: Float64Array.of(potentialGPerM2),
            rootFraction: Float64Array.of(rootFraction),
            siteDeath: Float64Array.of(0),
            leafOnShare: Float64Array.of(1),
            key,
            year,
          });
        }
        const row = at.indexOf(year);
        if (row < 0) continue;
        const state = stateOf(forest, p, sideM * sideM);
        for (const name of Object.keys(state) as (keyof StandState)[])
          sums[row]![name] += state[name] / seeds;
      }
    }
    const known = at.map((year) => year <= years.length);
    const column = (name: keyof StandState) => sums.map((state, i) => (known[i] ? state[name] : null));
    const deviation = sums.map(({stems}) => 2 * Math.sqrt(stems * (1 - stems / start.length)));
    return {
      values: {
        stems: column('stems'),
        dbhCm: column('dbhCm'),
        heightM: column('heightM'),
        volumeM3: column('volumeM3'),
        lai: column('lai'),
      },
      chance: {
        stems: deviation,
        volumeM3: sums.map(({stems, volumeM3}, i) => (volumeM3 * deviation[i]!) / stems),
      },
    };
  },
};
