import {
  daylightH,
  extraterrestrialRadiationMj,
  FAO56_SITE_DEFAULTS,
  radiationFromSunshineMj,
  windSpeedAt2mMPerS,
} from '#model';
import type {Scenario} from '#schemas';
import {monthStarts} from './calendar.ts';
import {co2Series} from './carbon-dioxide.ts';
import type {ClimatePlan, PlanDelta} from './climate-plan.ts';
import {GENERATOR_DEFAULTS, type GeneratorParameters} from './generator.ts';
import {angstromOf, type MonthNormals, type SiteClimate} from './normals.ts';

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

/** How days scatter at a site, with defaults for what it does not say. */
export function generatorOf(climate: SiteClimate): GeneratorParameters {
  const {rain, temperature} = climate;
  return {
    wetAfterWetGain: rain?.wetAfterWetGain ?? GENERATOR_DEFAULTS.wetAfterWetGain,
    smallestMm: rain?.smallestMm ?? GENERATOR_DEFAULTS.smallestMm,
    gammaShape: rain?.gammaShape ?? GENERATOR_DEFAULTS.gammaShape,
    maxSdC: temperature?.maxAnomalySdC ?? GENERATOR_DEFAULTS.maxSdC,
    phi: temperature?.phi ?? GENERATOR_DEFAULTS.phi,
    minShare: temperature?.minShareOfMaxAnomaly ?? GENERATOR_DEFAULTS.minShare,
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

/** What a scenario's weather is made from. */
export function planClimate(of: {
  scenario: Pick<Scenario, 'climate' | 'events' | 'seed'>;
  site: SiteClimate;
  latitudeDeg: number;
  elevationM: number;
}): ClimatePlan {
  const {scenario, site, latitudeDeg, elevationM} = of;
  const {climate} = scenario;
  return {
    latitudeDeg,
    elevationM,
    angstrom: angstromOf(site),
    seed: scenario.seed,
    source: {kind: 'normals', normals: normalsOf(site, latitudeDeg)},
    generator: climate.generator === false ? null : generatorOf(site),
    delta: deltaOf(climate.delta),
    events: (scenario.events ?? []).map((event) => ({
      years: event.years,
      months: event.months.map((month) => month - 1),
      temperatureC: event.temperatureC ?? 0,
      rainFactor: event.rainFactor ?? 1,
      humidityFraction: (event.relativeHumidityPercent ?? 0) / 100,
      radiationFactor: event.radiationFactor ?? 1,
    })),
    co2: co2Series(climate.co2),
    notes: [],
  };
}
