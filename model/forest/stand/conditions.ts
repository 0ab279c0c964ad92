import {ageModifier} from '../modifiers/age.ts';
import {co2ConductanceModifier, co2EfficiencyModifier} from '../modifiers/carbon-dioxide.ts';
import {nutritionModifier} from '../modifiers/nutrition.ts';
import {physiologyModifier} from '../modifiers/physiology.ts';
import {soilClassResponse, soilWaterModifier} from '../modifiers/soil-water.ts';
import {frostModifier, temperatureModifier} from '../modifiers/temperature.ts';
import {daytimeVpdKPa, vpdModifier} from '../modifiers/vapour-pressure-deficit.ts';
import type {StandParameters} from './parameters.ts';
import type {StandInput, StandModifiers, StandMonthWeather, StandSite, Working} from './state.ts';

/** 3-PG counts 30 days in every month when it weighs frost. */
const FROST_DAYS_OF_MONTH = 30;

/** What a month is like for one species. */
export type Conditions = {vpdKPa: number; modifiers: StandModifiers};

function soilWater(site: StandSite, p: StandParameters, availableMm: number): number {
  if (site.soilClass === 0) return 1;
  const response =
    site.soilClass > 0 ? soilClassResponse(site.soilClass) : {deficitAtHalf: p.SWconst, power: p.SWpower};
  return soilWaterModifier(availableMm / site.maxWaterMm, response);
}

/** The modifiers of a month for one species, with the soil water (mm) and the ages at the month's start. */
export function conditionsOf(
  work: Working,
  laiAbove: number,
  weather: StandMonthWeather,
  {site, settings}: StandInput,
  availableMm: number,
): Conditions {
  const {p, fertility} = work.input;
  const layered = settings.light === 'layered';
  const limits = {minC: p.Tmin, optC: p.Topt, maxC: p.Tmax};
  const aboveKPa = daytimeVpdKPa(weather.minC, weather.maxC);
  const vpdKPa = layered ? aboveKPa * Math.exp((-Math.LN2 * laiAbove) / p.cVPD) : aboveKPa;
  const vpd = vpdModifier(vpdKPa, 10 * p.CoeffCond);
  const water = soilWater(site, p, availableMm);
  const age = ageModifier(work.ageYr / p.MaxAge, {atHalf: p.rAge, power: p.nAge});
  return {
    vpdKPa,
    modifiers: {
      age,
      vpd,
      temperature: temperatureModifier(weather.meanC, limits),
      conductanceTemperature:
        settings.physiology === 'min' ? 1 : temperatureModifier((weather.meanC + weather.maxC) / 2, limits),
      frost: frostModifier({
        frostDays: weather.frostDays,
        days: FROST_DAYS_OF_MONTH,
        lossPerFrostDay: p.kF,
      }),
      soilWater: water,
      nutrition: nutritionModifier(fertility, {atZero: p.fN0, power: p.fNn}),
      co2Efficiency: co2EfficiencyModifier(weather.co2Ppm, p.fCalpha700),
      co2Conductance: co2ConductanceModifier(weather.co2Ppm, p.fCg700),
      physiology: physiologyModifier(settings.physiology, vpd, water) * age,
    },
  };
}
