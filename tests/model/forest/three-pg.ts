import type {SizeDistribution, StandInput, StandParameters, WeibullTerms} from '#model';
import {referenceText} from '../reference-rows.ts';

type Row = Record<string, string>;

const table = (name: string) => referenceText(`copyleft/3pg/${name}`);

function terms(rows: Row[], species: string, prefix: string): WeibullTerms {
  const at = (name: string) => Number(rows.find((row) => row['parameter'] === prefix + name)![species]);
  const term = (name: string) => ({
    constant: at(`${name}0`),
    diameter: at(`${name}B`),
    relativeHeight: at(`${name}rh`),
    age: at(`${name}t`),
    competition: at(`${name}C`),
  });
  return {scale: term('scale'), shape: term('shape'), location: term('location')};
}

export function parametersOf(species: string): StandParameters {
  return Object.fromEntries(
    table('parameters-cases.csv').map((row) => [row['parameter'], Number(row[species])]),
  ) as StandParameters;
}

export function distributionOf(species: string): SizeDistribution {
  const rows = table('size-distribution-parameters.csv');
  return {diameter: terms(rows, species, 'D'), stemMass: terms(rows, species, 'ws')};
}

const CLIMATES: Record<string, string> = {
  eumixfor_clim: 'climate-europe.csv',
  shitai_clim: 'climate-shitai.csv',
};

/** Input of one of the published cases. */
export function standCase(name: string): StandInput {
  const site = table('site.csv').find((row) => row['site'] === name)!;
  const settings = table('settings.csv').find((row) => row['site'] === name)!;
  const [fromYear, fromMonth] = site['from']!.split('-').map(Number) as [number, number];
  return {
    site: {
      latitudeDeg: Number(site['latitude']),
      soilClass: Number(site['soil_class']),
      startWaterMm: Number(site['asw_i']),
      minWaterMm: Number(site['asw_min']),
      maxWaterMm: Number(site['asw_max']),
    },
    settings: {
      light: settings['light_model'] === '2' ? 'layered' : 'closing',
      water: settings['transp_model'] === '2' ? 'shared' : 'whole',
      physiology: settings['phys_model'] === '2' ? 'product' : 'min',
    },
    species: table('species.csv')
      .filter((row) => row['site'] === name)
      .map((row) => {
        const [year, month] = row['planted']!.split('-').map(Number) as [number, number];
        return {
          p: parametersOf(row['species']!),
          distribution: settings['correct_sizeDist'] === '1' ? distributionOf(row['species']!) : null,
          ageMonths: (fromYear - year) * 12 + fromMonth - month,
          fertility: Number(row['fertility']),
          start: {
            stemsPerHa: Number(row['stems_n']),
            stemTPerHa: Number(row['biom_stem']),
            rootTPerHa: Number(row['biom_root']),
            foliageTPerHa: Number(row['biom_foliage']),
          },
          thinnings: table('thinning.csv')
            .filter((cut) => cut['site'] === name && cut['species'] === row['species'])
            .map((cut) => ({
              ageYr: Number(cut['age']),
              stemsPerHa: Number(cut['stems_n']),
              stem: Number(cut['stem']),
              root: Number(cut['root']),
              foliage: Number(cut['foliage']),
            })),
        };
      }),
    weather: table(CLIMATES[settings['climate_id']!]!).map((row) => ({
      month: Number(row['month']),
      minC: Number(row['tmp_min']),
      maxC: Number(row['tmp_max']),
      meanC:
        row['tmp_ave'] === ''
          ? (Number(row['tmp_min']) + Number(row['tmp_max'])) / 2
          : Number(row['tmp_ave']),
      rainMm: Number(row['prcp']),
      radiationMjPerM2Day: Number(row['srad']),
      frostDays: Number(row['frost_days']),
      co2Ppm: Number(row['co2']),
    })),
  };
}

/** Rows of a case by the original spreadsheet, its last one left out (it repeats a month). */
export function expectedRows(name: string): Row[] {
  return table(`expected-${name.replaceAll('_', '-')}.csv`);
}
