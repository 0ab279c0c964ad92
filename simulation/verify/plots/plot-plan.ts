import {
  DAYS_OF_MONTHS,
  daytimeVpdKPa,
  midMonthDay,
  SOIL_WATER_RESPONSES,
  saturationVapourPressureKPa,
  thornthwaiteDaylightH,
  thornthwaiteHeat,
  thornthwaitePetMm,
} from '#model';
import {groundUse} from '../../place/ground-rows.ts';
import type {PlanUnit, RunPlan, YearWeather} from '../../plan.ts';
import {numbersOf, type Table} from '../table.ts';
import type {PlotMap} from './plot-map.ts';
import type {Followed} from './predict.ts';
import {type PlotSpecies, treeOf} from './species-of-plot.ts';

const CELL_M = 20;
/** It rains on every so many days: interception and run-off depend on showers, not on a month's mean. Guess. */
const RAIN_EVERY_DAYS = 3;
/** Soil of which nothing but its available water is known: a silt loam of FAO-56, table 19, as deep as that needs. */
const SILT_LOAM = {saturationFraction: 0.46, fieldCapacityFraction: 0.29, wiltingPointFraction: 0.15};
/** FAO-56, where wind is not measured. */
const WIND_M_PER_S = 2;
/** Seeds of so many years have left the saplings that are thinner than what a census counts. */
export const SAPLING_YEARS = 20;

/** The plot as a place that is simulated: one unit that regenerates, its stems, its cells of 20 m. */
export function planOfPlot(
  followed: readonly Followed[],
  species: readonly PlotSpecies[],
  map: PlotMap,
  of: {years: number; countedFromCm: number; seed: number},
): RunPlan {
  const {xM, yM} = map.plot;
  const {place} = map;
  const [columns, rows] = [xM, yM].map(([from, to]) => Math.floor((to - from) / CELL_M + 1e-9)) as [
    number,
    number,
  ];
  const areaM2 = (xM[1] - xM[0]) * (yM[1] - yM[0]);
  const depthM =
    place.availableWaterMm / 1000 / (SILT_LOAM.fieldCapacityFraction - SILT_LOAM.wiltingPointFraction);
  // nothing is known of its ground but that it is a wood's
  const ground = groundUse([], {id: map.id, kind: 'forest'});
  const unit: PlanUnit = {
    id: map.id,
    zone: map.id,
    areaM2,
    latitudeDeg: place.latitudeDeg,
    groundM: null,
    soil: {waterResponse: SOIL_WATER_RESPONSES[place.soil], fertility: place.fertility},
    bucket: {
      layers: [0.15, 0.3, 0.55].map((share) => ({
        ...SILT_LOAM,
        thicknessM: share * depthM,
        saturatedConductivityMmPerDay: 240,
        campbellExponent: 4.76,
      })),
      evaporableDepthM: Math.min(0.1, 0.15 * depthM),
      readilyEvaporableMm: 8,
      curveNumber: 65,
      bottomConductivityMmPerDay: 240,
      capillary: {maximumMm: 0, atTableMm: 0, lengthM: 0.5},
    },
    startWaterFraction: 0.8,
    soilCarbon: {youngKgPerM2: 0.4, oldKgPerM2: 4},
    regenerates: true,
    saplings: {years: SAPLING_YEARS, belowCm: of.countedFromCm},
    floodedDays: new Array<number>(12).fill(0),
    groundLayer: {
      lai: ground.groundLai,
      rootDepthM: ground.groundRootDepthM,
      carbonKgPerM2: ground.groundCarbonKgPerM2,
    },
  };
  const cells = Array.from({length: columns * rows}, (_, k) => ({
    column: k % columns,
    row: Math.floor(k / columns),
  }));
  const trees = followed.map(({stem, species: s, startCm}) => ({stem, s, ...treeOf(species[s]!, startCm)}));
  return {
    site: map.id,
    scenario: 'census',
    firstYear: 2001,
    years: of.years,
    seed: of.seed,
    members: 1,
    physiology: 'min',
    species: species.map(({parameters}) => parameters),
    speciesIds: species.map(({code}) => code),
    units: [unit],
    zones: [{id: map.id, name: {en: map.id, zh: map.id}, areaM2, units: [0]}],
    trees: {
      id: Uint32Array.from(trees, (_, k) => k + 1),
      xM: Float64Array.from(trees, ({stem}) => stem.xM),
      yM: Float64Array.from(trees, ({stem}) => stem.yM),
      species: Uint16Array.from(trees, ({s}) => s),
      unit: new Uint16Array(trees.length),
      dbhCm: Float64Array.from(trees, ({dbhCm}) => dbhCm),
      heightM: Float64Array.from(trees, ({heightM}) => heightM),
      ageYr: Float64Array.from(trees, ({ageYr}) => ageYr),
    },
    nextId: trees.length + 1,
    cohorts: [],
    cells: {
      xM: Float64Array.from(cells, ({column}) => xM[0] + (column + 0.5) * CELL_M),
      yM: Float64Array.from(cells, ({row}) => yM[0] + (row + 0.5) * CELL_M),
      unit: new Uint16Array(cells.length),
      columns: Int32Array.from(cells, ({column}) => column),
      rows: Int32Array.from(cells, ({row}) => row),
    },
    ground: {
      westM: xM[0],
      southM: yM[0],
      stepM: CELL_M,
      columns,
      rows,
      unit: new Int16Array(columns * rows),
    },
    operations: [],
    recruitDbhCm: 10,
    // the weather comes from `weatherOfPlot`
    climate: {
      latitudeDeg: place.latitudeDeg,
      elevationM: 0,
      angstrom: {overcastFraction: 0.25, sunshineFraction: 0.5},
      seed: of.seed,
      source: {kind: 'days', years: [], days: [], order: 'repeat'},
      generator: null,
      delta: null,
      events: [],
      co2: {years: [2001], ppm: [place.co2Ppm]},
      notes: [],
    },
    parameterCv: {},
  };
}

/** A year whose days have the means of their months, but rain every few days and as many days of frost as the climate's table has. */
export function weatherOfPlot(climate: Table, place: PlotMap['place']): (year: number) => YearWeather {
  const [minC, maxC, rainMm, radiation, frostDays] = [
    'min_c',
    'max_c',
    'rain_mm',
    'radiation_mj_m2_d',
    'frost_days',
  ].map((column) => numbersOf(climate, column)) as [number[], number[], number[], number[], number[]];
  const meanC = minC.map((min, m) => (min + maxC[m]!) / 2);
  const heat = thornthwaiteHeat(meanC);
  const days = DAYS_OF_MONTHS.flatMap((length, m) => {
    const petMm = thornthwaitePetMm({
      meanC: meanC[m]!,
      heat,
      daylightH: thornthwaiteDaylightH(place.latitudeDeg, midMonthDay(m)),
      days: length,
    });
    const rainy = Math.ceil(length / RAIN_EVERY_DAYS);
    // the air is saturated at its lowest temperature (FAO-56, eq. 48)
    const humidity = saturationVapourPressureKPa(minC[m]!) / saturationVapourPressureKPa(maxC[m]!);
    return Array.from({length}, (_, day) => ({
      // read for frost alone
      minC: day < Math.round(frostDays[m]!) ? Math.min(minC[m]!, -0.1) : Math.max(minC[m]!, 0),
      maxC: maxC[m]!,
      meanC: meanC[m]!,
      rainMm: day % RAIN_EVERY_DAYS === 0 ? rainMm[m]! / rainy : 0,
      radiation: radiation[m]!,
      vpdKPa: daytimeVpdKPa(minC[m]!, maxC[m]!),
      et0Mm: petMm / length,
      humidityPercent: 100 * humidity,
    }));
  });
  const column = (of: (day: (typeof days)[number]) => number) => Float64Array.from(days, of);
  const weather = {
    days: days.length,
    minC: column((day) => day.minC),
    maxC: column((day) => day.maxC),
    meanC: column((day) => day.meanC),
    rainMm: column((day) => day.rainMm),
    radiationMjPerM2: column((day) => day.radiation),
    vpdKPa: column((day) => day.vpdKPa),
    windSpeedAt2mMPerS: column(() => WIND_M_PER_S),
    minimumHumidityPercent: column((day) => day.humidityPercent),
    et0Mm: column((day) => day.et0Mm),
    co2Ppm: place.co2Ppm,
  };
  return (year) => ({...weather, year});
}
