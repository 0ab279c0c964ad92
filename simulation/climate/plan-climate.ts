import {
  daylightH,
  extraterrestrialRadiationMj,
  FAO56_SITE_DEFAULTS,
  radiationFromSunshineMj,
  windSpeedAt2mMPerS,
} from '#model';
import {type FieldProblem, fieldProblem, type Scenario} from '#schemas';
import {monthStarts} from './calendar.ts';
import {co2Series} from './carbon-dioxide.ts';
import type {ClimatePlan, PlanDelta, PlanEvent, WeatherSource} from './climate-plan.ts';
import {type DryHotSpell, normalsBeside} from './dry-hot-spell.ts';
import {fitGenerator} from './fit-generator.ts';
import {GENERATOR_DEFAULTS, type GeneratorParameters} from './generator.ts';
import {angstromOf, type MonthNormals, type SiteClimate} from './normals.ts';
import {completedRecord, normalsOfRecord, type WeatherRecord} from './record.ts';

/** A site's normals as what days are drawn about. */
export function normalsOf(climate: SiteClimate, latitudeDeg: number): MonthNormals {
  const {normals} = climate;
  const angstrom = angstromOf(climate);
  const starts = monthStarts(365);
  return {
    maxC: normals.airTemperatureMaxC,
    minC: normals.airTemperatureMinC,
    meanC: normals.airTemperatureMeanC,
    rainMm: normals.rainMm,
    rainDays: normals.rainDays,
    radiationMjPerM2: normals.sunshineH.map((hours, m) => {
      const [from, to] = [starts[m]!, starts[m + 1]!];
      let sum = 0;
      for (let day = from; day < to; day += 1) {
        sum += radiationFromSunshineMj({
          sunshineH: hours / (to - from),
          daylightH: daylightH(latitudeDeg, day + 1),
          extraterrestrialMj: extraterrestrialRadiationMj(latitudeDeg, day + 1),
          angstrom,
        });
      }
      return sum / (to - from);
    }),
    humidityFraction: normals.relativeHumidityPercent.map((percent) => percent / 100),
    windSpeedAt2mMPerS: normals.windSpeedMPerS.map((speed) =>
      windSpeedAt2mMPerS(speed, normals.windHeightM ?? FAO56_SITE_DEFAULTS.windHeightM),
    ),
  };
}

/** The day of a year of 365 days, from 0. */
function dayOfYear(monthDay: string): number {
  return monthStarts(365)[Number(monthDay.slice(0, 2)) - 1]! + Number(monthDay.slice(3)) - 1;
}

function spellsOf(
  climate: SiteClimate,
  normals: MonthNormals,
  latitudeDeg: number,
): GeneratorParameters['spells'] {
  const said = climate.dryHotSpell;
  if (!said) return null;
  const firstStart = dayOfYear(said.startFrom);
  const lastStart = dayOfYear(said.startTo);
  const [one, other] = said.days as [number, number];
  const spell: DryHotSpell = {
    shareOfYears: said.shareOfYears,
    firstStart,
    lastStart: lastStart < firstStart ? lastStart + 365 : lastStart,
    leastDays: Math.min(one, other),
    mostDays: Math.max(one, other),
    maxC: said.airTemperatureMaxC,
    maxSdC: said.airTemperatureMaxSdC,
    lowestHumidityPercent: said.lowestRelativeHumidityPercent,
  };
  const {overcastFraction, sunshineFraction} = angstromOf(climate);
  const starts = monthStarts(365);
  const beside = normalsBeside(spell, normals, (m, sun) => {
    const middle = Math.round((starts[m]! + starts[m + 1]!) / 2);
    return extraterrestrialRadiationMj(latitudeDeg, middle) * (overcastFraction + sunshineFraction * sun);
  });
  return {spell, beside};
}

/** How days scatter at a site, with defaults for what it does not say. */
export function generatorOf(
  climate: SiteClimate,
  normals: MonthNormals,
  latitudeDeg: number,
): GeneratorParameters {
  const {rain, temperature} = climate;
  return {
    wetAfterWetGain: rain?.wetAfterWetGain ?? GENERATOR_DEFAULTS.wetAfterWetGain,
    smallestMm: rain?.smallestMm ?? GENERATOR_DEFAULTS.smallestMm,
    gammaShape: rain?.gammaShape ?? GENERATOR_DEFAULTS.gammaShape,
    maxSdC: temperature?.maxAnomalySdC ?? GENERATOR_DEFAULTS.maxSdC,
    phi: temperature?.phi ?? GENERATOR_DEFAULTS.phi,
    minShare: temperature?.minShareOfMaxAnomaly ?? GENERATOR_DEFAULTS.minShare,
    spells: spellsOf(climate, normals, latitudeDeg),
  };
}

const twelve = (value: number | number[] | undefined, otherwise: number): number[] =>
  Array.isArray(value) ? value : new Array<number>(12).fill(value ?? otherwise);

function deltaOf(delta: Scenario['climate']['delta']): PlanDelta | null {
  if (!delta) return null;
  return {
    temperatureC: twelve(delta.temperatureC, 0),
    rainFactor: twelve(delta.rainFactor, 1),
    humidityFraction: twelve(delta.relativeHumidityPercent, 0).map((points) => points / 100),
    radiationFactor: twelve(delta.radiationFactor, 1),
  };
}

/** What a climate plan is made from. */
export type ClimateInput = {
  scenario: Pick<Scenario, 'climate' | 'events' | 'seed' | 'years'>;
  firstYear: number;
  /** Null: the site has no normals. */
  site: SiteClimate | null;
  latitudeDeg: number;
  elevationM: number;
  /** Of a climate from a file or a station. */
  record: WeatherRecord | null;
};

function eventsOf(events: Scenario['events']): PlanEvent[] {
  return (events ?? []).map((event) => ({
    years: event.years,
    months: event.months.map((month) => month - 1),
    temperatureC: event.temperatureC ?? 0,
    rainFactor: event.rainFactor ?? 1,
    humidityFraction: (event.relativeHumidityPercent ?? 0) / 100,
    radiationFactor: event.radiationFactor ?? 1,
  }));
}

type Source = {source: WeatherSource; generator: GeneratorParameters | null; notes: string[]};

function sourceOf(of: ClimateInput): Source | FieldProblem[] {
  const {scenario, site, latitudeDeg, firstYear} = of;
  const {climate} = scenario;
  const normals = site && normalsOf(site, latitudeDeg);
  const usual = site && normals ? generatorOf(site, normals, latitudeDeg) : GENERATOR_DEFAULTS;
  if (climate.from === 'normals') {
    if (!normals)
      return [
        fieldProblem(
          '/climate/from',
          'normals',
          'file or station: the site has no climate file with normals',
        ),
      ];
    return {
      source: {kind: 'normals', normals},
      generator: climate.generator === false ? null : usual,
      notes: [],
    };
  }
  const path = climate.from === 'file' ? '/climate/file' : '/climate/station';
  const value = climate.from === 'file' ? climate.file : climate.station;
  if (!of.record) return [fieldProblem(path, value, 'a climate record that can be read')];
  const completed = completedRecord(of.record, {
    latitudeDeg,
    angstrom: angstromOf(site),
    windHeightM:
      of.record.windHeightM ??
      (climate.from === 'file' ? climate.windHeightM : undefined) ??
      FAO56_SITE_DEFAULTS.windHeightM,
    normals,
  });
  if (completed.kind === 'lacking') {
    return [fieldProblem(path, value, `a record that tells ${completed.lacking.join(', ')}`)];
  }
  const {years, notes} = completed;
  const order = climate.years ?? 'repeat';
  const contiguous = years.every((year, k) => k === 0 || year === years[k - 1]! + 1);
  if (!contiguous && order === 'repeat')
    notes.push(`the record's years follow each other as ${years.join(', ')}`);
  if (order === 'as-dated' && !(completed.kind === 'days' && climate.generator)) {
    const absent: number[] = [];
    for (let year = firstYear; year < firstYear + scenario.years; year += 1)
      if (!years.includes(year)) absent.push(year);
    if (absent.length > 0) {
      const span = `${firstYear} to ${firstYear + scenario.years - 1}`;
      return [
        fieldProblem(
          '/climate/years',
          order,
          `repeat or draw: the run needs ${span}, and the record lacks ${absent.length} of them, the first is ${absent[0]}`,
        ),
      ];
    }
  }
  if (completed.kind === 'months') {
    // the record's months have their own droughts
    const generator = climate.generator === false ? null : {...usual, spells: null};
    return {source: {kind: 'months', years, normals: completed.normals, order}, generator, notes};
  }
  if (!climate.generator)
    return {source: {kind: 'days', years, days: completed.days, order}, generator: null, notes};
  const mean = normalsOfRecord(completed.days);
  return {source: {kind: 'normals', normals: mean}, generator: fitGenerator(completed.days, mean), notes};
}

/** What a scenario's weather is made from, or what is wrong with what it names. */
export function planClimate(
  of: ClimateInput,
): {climate: ClimatePlan; problems: []} | {climate: null; problems: FieldProblem[]} {
  const {scenario, site, latitudeDeg, elevationM} = of;
  const found = sourceOf(of);
  if (Array.isArray(found)) return {climate: null, problems: found};
  const climate: ClimatePlan = {
    latitudeDeg,
    elevationM,
    angstrom: angstromOf(site),
    seed: scenario.seed,
    ...found,
    delta: deltaOf(scenario.climate.delta),
    events: eventsOf(scenario.events),
    co2: co2Series(scenario.climate.co2),
  };
  return {climate, problems: []};
}

/** The mean year of what a plan's weather is made from, without changes and events. */
export function meanYearOf({source}: ClimatePlan): MonthNormals {
  if (source.kind === 'normals') return source.normals;
  if (source.kind === 'days') return normalsOfRecord(source.days);
  const mean = (of: (normals: MonthNormals) => readonly number[]) =>
    Array.from(
      {length: 12},
      (_, m) => source.normals.reduce((sum, one) => sum + of(one)[m]!, 0) / source.normals.length,
    );
  return {
    maxC: mean((one) => one.maxC),
    minC: mean((one) => one.minC),
    meanC: mean((one) => one.meanC),
    rainMm: mean((one) => one.rainMm),
    rainDays: mean((one) => one.rainDays),
    radiationMjPerM2: mean((one) => one.radiationMjPerM2),
    humidityFraction: mean((one) => one.humidityFraction),
    windSpeedAt2mMPerS: mean((one) => one.windSpeedAt2mMPerS),
  };
}
