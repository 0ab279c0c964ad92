import {resolve} from 'node:path';
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
import {type Row, readTable} from '../three-pg.ts';

const FOLDER = resolve(import.meta.dirname, '../../../fixtures/copyleft/iland');
const table = (name: string) => readTable(resolve(FOLDER, `${name}.csv`));
const LATITUDE_DEG = 48;
const AVAILABLE_NITROGEN = 60;
const SIDE_M = 100;

/** a·d^b from products such as `195.547*1.004*(-0.2396+1)*d^-0.2396`. */
function powerOf(expression: string): HeightSlope {
  const [factors, power] = expression.split('*d^') as [string, string];
  const a = factors
    .split('*')
    .map((factor) =>
      factor
        .replace(/[()]/g, '')
        .match(/-?\d+(\.\d+)?/g)!
        .map(Number),
    )
    .reduce((product, terms) => product * terms.reduce((sum, term) => sum + term, 0), 1);
  return {form: 'power', a, b: Number(power)};
}

export function parametersOf(row: Row): ForestSpecies {
  const at = (name: string) => Number(row[name]);
  const mass = (name: string) => ({a: at(`bm${name}_a`), b: at(`bm${name}_b`)});
  const [, atHalf, power] = /x\/([\d.]+)\)\^([\d.]+)/.exec(row['aging']!)!;
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
    openSlope: powerOf(row['HDlow']!),
    shadeSlope: powerOf(row['HDhigh']!),
    maxHeightM: at('maximumHeight'),
    ageLimitYr: at('maximumAge'),
    ageResponse: {atHalf: Number(atHalf), power: Number(power)},
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

/** Nitrogen response of the reference, by its classes 1 to 3. */
function nitrogen(classNumber: number): number {
  const response = (a: number, b: number) => 1 - Math.exp(a * (AVAILABLE_NITROGEN - b));
  const [low, middle, high] = [response(-0.045, 10), response(-0.055, 25), response(-0.065, 40)];
  if (classNumber <= 2) return low + (middle - low) * (classNumber - 1);
  return middle + (high - middle) * (classNumber - 2);
}

/** Share in leaf of each month of a year by the reference's growing season index. */
function leafOn(months: Row[], phenologyClass: number): number[] {
  if (phenologyClass === 0) return Array(12).fill(1);
  const [dry, cold] =
    phenologyClass === 1
      ? [
          [0.9, 4.1],
          [-2, 5],
        ]
      : [
          [1, 4.1],
          [-4, 3],
        ];
  const vpd = dailyFromMonthly(months.map((row) => Number(row['vpd_kPa'])));
  const min = dailyFromMonthly(months.map((row) => Number(row['tmin_mean_C'])));
  let day = 0;
  return months.map((row) => {
    const days = Math.round(Number(row['days']));
    let on = 0;
    for (let i = 0; i < days; i += 1, day += 1) {
      const at = Math.min(364, day);
      const index =
        (1 - ramp(vpd[at]!, dry[0]!, dry[1]!)) *
        ramp(min[at]!, cold[0]!, cold[1]!) *
        ramp(dayLengthH(LATITUDE_DEG, at + 1), 10, 11);
      if (index > 0.5) on += 1;
    }
    return on / days;
  });
}

/** Potential production (g dry matter per m²) and root share of each year, by the reference's physiology. */
export function yearsOf(row: Row): {potentialGPerM2: number; rootFraction: number}[] {
  const climate = table('climate-monthly');
  const years = [];
  const fN = nitrogen(Number(row['respNitrogenClass']));
  for (let first = 0; first < climate.length; first += 12) {
    const months = climate.slice(first, first + 12);
    const on = leafOn(months, Number(row['phenologyClass']));
    let used = 0;
    let total = 0;
    for (const [m, month] of months.entries()) {
      const mean = (Number(month['tmin_mean_C']) + Number(month['tmax_mean_C'])) / 2;
      const day = mean + 0.212 * (Number(month['tmax_mean_C']) - mean);
      const fT = ramp(day, Number(row['respTempMin']), Number(row['respTempMax']));
      const fVpd = vpdModifier(Number(month['vpd_kPa']), -Number(row['respVpdExponent']));
      const radiation = Number(month['srad_MJ_m2_d']) * Number(month['days']);
      used += radiation * on[m]! * Math.min(fT, fVpd);
      total += radiation;
    }
    years.push({
      // 1.8 g C per MJ of global radiation, half of dry matter being carbon
      potentialGPerM2: (1.8 / 0.5) * fN * used,
      rootFraction: rootFractionByUse(fN, used / total),
    });
  }
  return years;
}

export type StandState = {stems: number; dbhCm: number; heightM: number; volumeM3: number; lai: number};

export function stateOf(forest: Forest, p: ForestSpecies): StandState {
  const state = {stems: 0, dbhCm: 0, heightM: 0, volumeM3: 0, lai: 0};
  for (let i = 0; i < forest.count; i += 1) {
    if (forest.alive[i] === 0) continue;
    const d = forest.dbhCm[i]! / 100;
    state.stems += 1;
    state.dbhCm += forest.dbhCm[i]!;
    state.heightM += forest.heightM[i]!;
    state.volumeM3 += p.formFactor * (Math.PI / 4) * d * d * forest.heightM[i]!;
    state.lai += (forest.foliageKg[i]! * p.slaM2PerKg) / (SIDE_M * SIDE_M);
  }
  state.dbhCm /= state.stems;
  state.heightM /= state.stems;
  return state;
}

export function standSpecies(species: string): Row {
  return table('species').find((row) => row['shortName'] === species)!;
}

export function standForest(species: string): Forest {
  const trees = table(`trees-${species}`).map((row, id) => ({
    id,
    xM: Number(row['x_m']),
    yM: Number(row['y_m']),
    species: 0,
    unit: 0,
    dbhCm: Number(row['dbh_cm']),
    heightM: Number(row['height_m']),
    ageYr: Number(row['age_y']),
  }));
  return new Forest(trees, [parametersOf(standSpecies(species))], {torusM: SIDE_M, stem: 'allometry'});
}

export function trajectory(species: string): Map<number, StandState> {
  return new Map(
    table(`trajectory-${species}`).map((row) => [
      Number(row['year']),
      {
        stems: Number(row['count_ha']),
        dbhCm: Number(row['dbh_avg_cm']),
        heightM: Number(row['height_avg_m']),
        volumeM3: Number(row['volume_m3']),
        lai: Number(row['LAI']),
      },
    ]),
  );
}

/** A reference stand by one seed: its state after each of the given years. */
export function runReferenceStand(species: string, seed: number, at: readonly number[]): StandState[] {
  const row = standSpecies(species);
  const p = parametersOf(row);
  const forest = standForest(species);
  const states: StandState[] = [];
  for (const [i, {potentialGPerM2, rootFraction}] of yearsOf(row).entries()) {
    forest.step({
      potentialGPerM2: Float64Array.of(potentialGPerM2),
      rootFraction: Float64Array.of(rootFraction),
      siteDeath: Float64Array.of(0),
      leafOnShare: Float64Array.of(1),
      key: randomKey(seed, 'death'),
      year: i + 1,
    });
    if (at.includes(i + 1)) states.push(stateOf(forest, p));
  }
  return states;
}
