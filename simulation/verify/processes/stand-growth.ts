import {
  runStand,
  type SizeDistribution,
  type SpeciesMonth,
  type StandInput,
  type StandMonth,
  type StandParameters,
  type WeibullTerms,
} from '#model';
import {EcoError} from '#schemas';
import {type Process, type ProcessInput, rowWhere, tableOf, textInput} from '../process.ts';
import {numberAt, numberOrNullAt, type Table, textAt} from '../table.ts';

/** A month such as 2001-01. @throws {EcoError} `table_invalid` for anything else. */
function yearMonth(table: Table, index: number, column: string): [number, number] {
  const match = /^(\d{4})-(\d{2})$/.exec(textAt(table, index, column));
  if (match) return [Number(match[1]), Number(match[2])];
  throw new EcoError(
    'table_invalid',
    `${table.name} line ${index + 2}: ${column} was expected as year-month`,
  );
}

const rowsOf = (table: Table, column: string, text: string) =>
  [...table.rows.keys()].filter((i) => textAt(table, i, column) === text);

/** Parameters stand in rows, species in columns. */
function parametersOf(table: Table, species: string): StandParameters {
  return Object.fromEntries(
    table.rows.map((_, i) => [textAt(table, i, 'parameter'), numberAt(table, i, species)]),
  ) as StandParameters;
}

function distributionOf(table: Table, species: string): SizeDistribution {
  const at = (name: string) => numberAt(table, rowWhere(table, 'parameter', name), species);
  const terms = (prefix: string): WeibullTerms => {
    const term = (name: string) => ({
      constant: at(`${prefix}${name}0`),
      diameter: at(`${prefix}${name}B`),
      relativeHeight: at(`${prefix}${name}rh`),
      age: at(`${prefix}${name}t`),
      competition: at(`${prefix}${name}C`),
    });
    return {scale: term('scale'), shape: term('shape'), location: term('location')};
  };
  return {diameter: terms('D'), stemMass: terms('ws')};
}

/** Input of one site as the tables of r3PG have it. */
function standInput(input: ProcessInput): StandInput {
  const name = textInput(input, 'site');
  const [sites, settings, species] = [
    tableOf(input, 'site'),
    tableOf(input, 'settings'),
    tableOf(input, 'species'),
  ];
  const [thinning, climate] = [tableOf(input, 'thinning'), tableOf(input, 'climate')];
  const [parameters, sizes] = [tableOf(input, 'parameters'), tableOf(input, 'sizes')];
  const site = rowWhere(sites, 'site', name);
  const set = rowWhere(settings, 'site', name);
  const isSet = (column: string, code: string) => textAt(settings, set, column) === code;
  const [fromYear, fromMonth] = yearMonth(sites, site, 'from');
  return {
    site: {
      latitudeDeg: numberAt(sites, site, 'latitude'),
      soilClass: numberAt(sites, site, 'soil_class'),
      startWaterMm: numberAt(sites, site, 'asw_i'),
      minWaterMm: numberAt(sites, site, 'asw_min'),
      maxWaterMm: numberAt(sites, site, 'asw_max'),
    },
    settings: {
      light: isSet('light_model', '2') ? 'layered' : 'closing',
      water: isSet('transp_model', '2') ? 'shared' : 'whole',
      physiology: isSet('phys_model', '2') ? 'product' : 'min',
    },
    species: rowsOf(species, 'site', name).map((i) => {
      const called = textAt(species, i, 'species');
      const [year, month] = yearMonth(species, i, 'planted');
      return {
        p: parametersOf(parameters, called),
        distribution: isSet('correct_sizeDist', '1') ? distributionOf(sizes, called) : null,
        ageMonths: (fromYear - year) * 12 + fromMonth - month,
        fertility: numberAt(species, i, 'fertility'),
        start: {
          stemsPerHa: numberAt(species, i, 'stems_n'),
          stemTPerHa: numberAt(species, i, 'biom_stem'),
          rootTPerHa: numberAt(species, i, 'biom_root'),
          foliageTPerHa: numberAt(species, i, 'biom_foliage'),
        },
        thinnings: rowsOf(thinning, 'site', name)
          .filter((cut) => textAt(thinning, cut, 'species') === called)
          .map((cut) => ({
            ageYr: numberAt(thinning, cut, 'age'),
            stemsPerHa: numberAt(thinning, cut, 'stems_n'),
            stem: numberAt(thinning, cut, 'stem'),
            root: numberAt(thinning, cut, 'root'),
            foliage: numberAt(thinning, cut, 'foliage'),
          })),
      };
    }),
    weather: climate.rows.map((_, i) => {
      const minC = numberAt(climate, i, 'tmp_min');
      const maxC = numberAt(climate, i, 'tmp_max');
      return {
        month: numberAt(climate, i, 'month'),
        minC,
        maxC,
        meanC: numberOrNullAt(climate, i, 'tmp_ave') ?? (minC + maxC) / 2,
        rainMm: numberAt(climate, i, 'prcp'),
        radiationMjPerM2Day: numberAt(climate, i, 'srad'),
        frostDays: numberAt(climate, i, 'frost_days'),
        co2Ppm: numberAt(climate, i, 'co2'),
      };
    }),
  };
}

/** States hold in every month; the rest only where there is a month before and leaves that something can limit. */
const STATES: Record<string, (species: SpeciesMonth) => number> = {
  stemsPerHa: ({stemsPerHa}) => stemsPerHa,
  stemTPerHa: ({stemTPerHa}) => stemTPerHa,
  rootTPerHa: ({rootTPerHa}) => rootTPerHa,
  foliageTPerHa: ({foliageTPerHa}) => foliageTPerHa,
  lai: ({lai}) => lai,
  dbhCm: ({dbhCm}) => dbhCm,
  basalAreaM2PerHa: ({basalAreaM2PerHa}) => basalAreaM2PerHa,
  heightM: ({heightM}) => heightM,
  crownLengthM: ({crownLengthM}) => crownLengthM,
  crownWidthM: ({crownWidthM}) => crownWidthM,
};
const FLOWS: Record<string, (species: SpeciesMonth) => number | undefined> = {
  grossProductionTPerHa: ({grossProductionTPerHa}) => grossProductionTPerHa,
  netProductionTPerHa: ({netProductionTPerHa}) => netProductionTPerHa,
  absorbedMjPerM2: ({absorbedMjPerM2}) => absorbedMjPerM2,
  transpirationMm: ({transpirationMm}) => transpirationMm,
  interceptionMm: ({interceptionMm}) => interceptionMm,
  rootFraction: ({rootFraction}) => rootFraction,
  age: ({modifiers}) => modifiers?.age,
  vpd: ({modifiers}) => modifiers?.vpd,
  temperature: ({modifiers}) => modifiers?.temperature,
  frost: ({modifiers}) => modifiers?.frost,
  soilWater: ({modifiers}) => modifiers?.soilWater,
  nutrition: ({modifiers}) => modifiers?.nutrition,
  physiology: ({modifiers}) => modifiers?.physiology,
};
const OF_SITE: Record<string, (month: StandMonth) => number> = {
  availableWaterMm: ({availableWaterMm}) => availableWaterMm,
  evapotranspirationMm: ({evapotranspirationMm}) => evapotranspirationMm,
};

/** Months of a stand by 3-PG; quantities of the nth species end in n, as in the spreadsheets. */
export const standGrowth: Process = {
  id: 'stand-growth',
  title: 'Monthly growth of stands (3-PGpjs, 3-PGmix)',
  reads: {
    site: ['site', 'latitude', 'soil_class', 'asw_i', 'asw_min', 'asw_max', 'from'],
    settings: ['site', 'light_model', 'transp_model', 'phys_model', 'correct_sizeDist'],
    species: ['site', 'species', 'planted', 'fertility', 'stems_n', 'biom_stem', 'biom_root', 'biom_foliage'],
    thinning: ['site', 'species', 'age', 'stems_n', 'stem', 'root', 'foliage'],
    climate: ['month', 'tmp_min', 'tmp_max', 'tmp_ave', 'prcp', 'srad', 'frost_days', 'co2'],
    parameters: ['parameter', '<a column for each species>'],
    sizes: ['parameter', '<a column for each species>'],
  },
  inputs: {site: 'its name in the tables'},
  gives: [
    ...[...Object.keys(STATES), ...Object.keys(FLOWS)].map((name) => `${name}{n}`),
    ...Object.keys(OF_SITE),
  ],
  run: (input) => {
    const months = runStand(standInput(input));
    const values: Record<string, (number | null)[]> = {};
    for (const [name, of] of Object.entries(OF_SITE)) values[name] = months.map(of);
    for (const s of months[0]?.species.keys() ?? []) {
      for (const [name, of] of Object.entries(STATES)) {
        values[`${name}${s + 1}`] = months.map(({species}) => of(species[s]!));
      }
      for (const [name, of] of Object.entries(FLOWS)) {
        values[`${name}${s + 1}`] = months.map(({species}) => of(species[s]!) ?? null);
      }
    }
    return {values};
  },
};
