import {DAYS_OF_MONTHS} from '../modifiers/phenology.ts';
import {daytimeVpdKPa} from '../modifiers/vapour-pressure-deficit.ts';
import type {Conditions} from './conditions.ts';
import type {SpeciesLight} from './light.ts';
import type {StandParameters} from './parameters.ts';
import type {StandInput, StandMonthWeather, Working} from './state.ts';
import {evaporationMm, monthDayLengthS} from './transpiration.ts';

/** Largest conductance of a wet soil, m s⁻¹. Source: Forrester & Tang (2016). */
const MAX_SOIL_CONDUCTANCE_M_PER_S = 0.0025;
/** Leaf area index that halves the deficit of the soil's air, and resistance (s m⁻¹) per leaf area index. Source: as above. */
const SOIL_LAI_HALVING = 5;
const RESISTANCE_PER_LAI_S_PER_M = 5;

/** The water of a month, in mm. */
export type StandWater = {
  transpirationMm: number[];
  interceptionMm: number[];
  soilEvaporationMm: number;
  evapotranspirationMm: number;
  waterFraction: number;
  runOffMm: number;
  suppliedMm: number;
  availableWaterMm: number;
};

/**
 * The soil's water through a month: rain comes in, canopy, trees and soil ask, and get what there is. `availableMm`: at the start.
 * Source: Landsberg & Waring (1997); Forrester & Tang (2016) for water shared between species.
 */
export function waterBalance(
  stand: readonly Working[],
  light: readonly SpeciesLight[],
  conditions: readonly Conditions[],
  weather: StandMonthWeather,
  {site, settings}: StandInput,
  availableMm: number,
): StandWater {
  const days = DAYS_OF_MONTHS[weather.month - 1]!;
  const dayLengthS = monthDayLengthS(site.latitudeDeg, weather.month);
  const radiationMj = weather.radiationMjPerM2Day * days;
  const lai = stand.reduce((sum, work) => sum + work.lai, 0);
  const shared = settings.water === 'shared';
  const tallestM = Math.max(0, ...stand.map((work) => (work.lai > 0 ? work.sizes.heightM : 0)));
  const netRadiation = ({Qa, Qb}: StandParameters) =>
    Qa + (Qb * weather.radiationMjPerM2Day * 1_000_000) / dayLengthS;
  const transpirationMm = stand.map((work, i) => {
    if (work.lai <= 0) return 0;
    const {p} = work.input;
    const {vpdKPa, modifiers} = conditions[i]!;
    const canopy = p.MinCond + (p.MaxCond - p.MinCond) * Math.min(1, lai / p.LAIgcx);
    const conductanceMPerS =
      canopy *
      (work.lai / lai) *
      modifiers.physiology *
      modifiers.conductanceTemperature *
      modifiers.co2Conductance;
    const fraction = shared ? light[i]!.absorbedMjPerM2 / radiationMj : 1;
    const open = 1 / p.BLcond;
    const sheltered =
      work.sizes.heightM >= tallestM
        ? open
        : open +
          (RESISTANCE_PER_LAI_S_PER_M * lai - open) *
            Math.exp(-Math.LN2 * ((2 * work.sizes.heightM) / tallestM) ** 2);
    const mm = evaporationMm({
      conductanceMPerS,
      netRadiationWPerM2: netRadiation(p) * fraction,
      vpdKPa,
      boundaryConductanceMPerS: shared ? 1 / sheltered : p.BLcond,
      days,
      dayLengthS,
    });
    return Math.max(0, mm);
  });
  let soilEvaporationMm = 0;
  if (shared) {
    const absorbed = light.reduce((sum, {absorbedMjPerM2}) => sum + absorbedMjPerM2 / radiationMj, 0);
    soilEvaporationMm = evaporationMm({
      conductanceMPerS: (MAX_SOIL_CONDUCTANCE_M_PER_S * availableMm) / site.maxWaterMm,
      netRadiationWPerM2: netRadiation(stand[0]!.input.p) * (1 - absorbed),
      vpdKPa: daytimeVpdKPa(weather.minC, weather.maxC) * Math.exp((-Math.LN2 * lai) / SOIL_LAI_HALVING),
      boundaryConductanceMPerS: 1 / (lai > 0 ? RESISTANCE_PER_LAI_S_PER_M * lai : 1),
      days,
      dayLengthS,
    });
  }
  const interceptionMm = stand.map((work) => {
    const {MaxIntcptn, LAImaxIntcptn} = work.input.p;
    if (work.lai <= 0) return 0;
    if (LAImaxIntcptn <= 0) return weather.rainMm * MaxIntcptn;
    return weather.rainMm * MaxIntcptn * Math.min(1, lai / LAImaxIntcptn) * (work.lai / lai);
  });
  const sum = (list: readonly number[]) => list.reduce((total, mm) => total + mm, 0);
  const demandMm = sum(transpirationMm) + soilEvaporationMm + sum(interceptionMm);
  const wetMm = availableMm + weather.rainMm;
  const evapotranspirationMm = Math.min(wetMm, demandMm);
  const leftMm = wetMm - evapotranspirationMm;
  return {
    transpirationMm,
    interceptionMm,
    soilEvaporationMm,
    evapotranspirationMm,
    waterFraction: demandMm > 0 ? evapotranspirationMm / demandMm : 1,
    runOffMm: Math.max(0, leftMm - site.maxWaterMm),
    suppliedMm: Math.max(0, site.minWaterMm - leftMm),
    availableWaterMm: Math.min(site.maxWaterMm, Math.max(site.minWaterMm, leftMm)),
  };
}
