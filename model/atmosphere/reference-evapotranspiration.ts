import {airPressureKPa} from './air-pressure.ts';
import {clearSkyRadiationAsceMj, clearSkyRadiationMj, dailySunElevationSine} from './clear-sky.ts';
import {FAO56, type Fao56Constants} from './fao56-constants.ts';
import {
  type Angstrom,
  FAO56_ANGSTROM,
  radiationFromSunshineMj,
  radiationFromTemperatureRangeMj,
  TEMPERATURE_RANGE_ADJUSTMENT,
} from './global-radiation.ts';
import {measured, measuredHumidityPercent, WEATHER_BOUNDS} from './measured.ts';
import {cloudRatio, netLongwaveMj, netShortwaveMj} from './net-radiation.ts';
import {DAILY_SURFACES, penmanMonteithMm, type ReferenceSurface} from './penman-monteith.ts';
import {daylightH, extraterrestrialRadiationMj} from './solar-radiation.ts';
import {
  meanSaturationVapourPressureKPa,
  saturationVapourPressureKPa,
  vapourPressureFromExtremesKPa,
} from './vapour-pressure.ts';
import {windSpeedAt2mMPerS} from './wind-profile.ts';

/** What was measured on a day, or is the mean day of a month; null is not measured. */
export type DailyWeather = {
  /** 1 on 1 January; of a month, the middle. */
  dayOfYear: number;
  maximumC: number | null;
  minimumC: number | null;
  vapourPressureKPa: number | null;
  dewPointC: number | null;
  maximumHumidityPercent: number | null;
  minimumHumidityPercent: number | null;
  meanHumidityPercent: number | null;
  /** Global radiation. */
  radiationMj: number | null;
  sunshineH: number | null;
  windSpeedMPerS: number | null;
  /** Into the soil; null is a day's, which is 0. For a month see `soilHeatFluxOfMonthMj`. */
  soilHeatFluxMj: number | null;
};

/** The place, and what stands in there for a missing measurement. */
export type Et0Site = {
  latitudeDeg: number;
  elevationM: number;
  /** Of the anemometer. */
  windHeightM: number;
  angstrom: Angstrom;
  /** Of Hargreaves' radiation formula: `TEMPERATURE_RANGE_ADJUSTMENT`. */
  temperatureRangeAdjustment: number;
  /** At 2 m, where no wind was measured. */
  defaultWindMPerS: number;
  /** Formula of the clear sky: by elevation (FAO-56 (37)), or with vapour and turbidity (ASCE-EWRI 2005, appendix D). */
  clearSky: 'elevation' | 'asce';
  surface: ReferenceSurface;
};

/** FAO-56's advice for a place inland of which nothing more is known. */
export const FAO56_SITE_DEFAULTS = {
  windHeightM: 2,
  angstrom: FAO56_ANGSTROM,
  temperatureRangeAdjustment: TEMPERATURE_RANGE_ADJUSTMENT.interior,
  defaultWindMPerS: 2,
  clearSky: 'elevation',
  surface: DAILY_SURFACES.short,
} as const satisfies Omit<Et0Site, 'latitudeDeg' | 'elevationM'>;

/** Where the vapour pressure of a day comes from, best first. */
export type HumiditySource =
  | 'vapourPressure'
  | 'dewPoint'
  | 'humidityExtremes'
  | 'meanHumidity'
  | 'minimumTemperature';
/** Where the radiation of a day comes from, best first. */
export type RadiationSource = 'measured' | 'sunshine' | 'temperatureRange';

/** Reference evapotranspiration of a day, and what it rests on; without both temperatures there is none, and `missing` says which. */
export type DailyEt0 =
  | {
      et0Mm: number;
      netRadiationMj: number;
      radiationMj: number;
      vapourPressureKPa: number;
      humidity: HumiditySource;
      radiation: RadiationSource;
      wind: 'measured' | 'default';
    }
  | {et0Mm: null; missing: ('maximumC' | 'minimumC')[]};

/** Vapour pressure of a day, kPa, by the best that was measured. FAO-56 (14), (17), (19), (48). */
export function dailyVapourPressure(
  weather: DailyWeather,
  maximumC: number,
  minimumC: number,
  constants: Fao56Constants = FAO56,
): {vapourPressureKPa: number; humidity: HumiditySource} {
  const own = measured(weather.vapourPressureKPa, ...WEATHER_BOUNDS.vapourPressureKPa);
  if (own !== null) return {vapourPressureKPa: own, humidity: 'vapourPressure'};
  const dewPointC = measured(weather.dewPointC, ...WEATHER_BOUNDS.airTemperatureC);
  if (dewPointC !== null) {
    return {vapourPressureKPa: saturationVapourPressureKPa(dewPointC, constants), humidity: 'dewPoint'};
  }
  const maximumHumidityPercent = measuredHumidityPercent(weather.maximumHumidityPercent);
  const minimumHumidityPercent = measuredHumidityPercent(weather.minimumHumidityPercent);
  if (maximumHumidityPercent !== null && minimumHumidityPercent !== null) {
    return {
      vapourPressureKPa: vapourPressureFromExtremesKPa({
        maximumC,
        minimumC,
        maximumHumidityPercent,
        minimumHumidityPercent,
      }),
      humidity: 'humidityExtremes',
    };
  }
  const meanPercent = measuredHumidityPercent(weather.meanHumidityPercent);
  if (meanPercent !== null) {
    const saturationKPa = meanSaturationVapourPressureKPa(maximumC, minimumC, constants);
    return {vapourPressureKPa: (saturationKPa * meanPercent) / 100, humidity: 'meanHumidity'};
  }
  return {
    vapourPressureKPa: saturationVapourPressureKPa(minimumC, constants),
    humidity: 'minimumTemperature',
  };
}

/** Global radiation of a day, MJ/m², by the best that was measured. FAO-56 (35), (50). */
export function dailyRadiation(
  weather: DailyWeather,
  maximumC: number,
  minimumC: number,
  site: Et0Site,
  constants: Fao56Constants = FAO56,
): {radiationMj: number; radiation: RadiationSource} {
  const own = measured(weather.radiationMj, ...WEATHER_BOUNDS.radiationMjPerDay);
  if (own !== null) return {radiationMj: own, radiation: 'measured'};
  const extraterrestrialMj = extraterrestrialRadiationMj(site.latitudeDeg, weather.dayOfYear, constants);
  const sunshineH = measured(weather.sunshineH, ...WEATHER_BOUNDS.sunshineH);
  if (sunshineH !== null) {
    const radiationMj = radiationFromSunshineMj(
      {
        sunshineH,
        daylightH: daylightH(site.latitudeDeg, weather.dayOfYear, constants),
        extraterrestrialMj,
        angstrom: site.angstrom,
      },
      constants,
    );
    return {radiationMj, radiation: 'sunshine'};
  }
  const adjustment = site.temperatureRangeAdjustment;
  return {
    radiationMj: radiationFromTemperatureRangeMj({maximumC, minimumC, extraterrestrialMj, adjustment}),
    radiation: 'temperatureRange',
  };
}

/**
 * Reference evapotranspiration of a day by FAO-56 Penman–Monteith (6), mm; of a mean day of a month, mm per day. Below zero where
 * dew forms. What is missing is estimated as FAO-56 chapter 3 advises and named in the result.
 */
export function dailyEt0(weather: DailyWeather, site: Et0Site, constants: Fao56Constants = FAO56): DailyEt0 {
  let maximumC = measured(weather.maximumC, ...WEATHER_BOUNDS.airTemperatureC);
  let minimumC = measured(weather.minimumC, ...WEATHER_BOUNDS.airTemperatureC);
  // one of the two is wrong, and nothing says which
  if (maximumC !== null && minimumC !== null && maximumC < minimumC) maximumC = minimumC = null;
  if (maximumC === null || minimumC === null) {
    const missing: ('maximumC' | 'minimumC')[] = [];
    if (maximumC === null) missing.push('maximumC');
    if (minimumC === null) missing.push('minimumC');
    return {et0Mm: null, missing};
  }
  const {vapourPressureKPa, humidity} = dailyVapourPressure(weather, maximumC, minimumC, constants);
  const {radiationMj, radiation} = dailyRadiation(weather, maximumC, minimumC, site, constants);
  const wind = measured(weather.windSpeedMPerS, ...WEATHER_BOUNDS.windSpeedMPerS);
  const pressureKPa = airPressureKPa(site.elevationM, constants);
  const extraterrestrialMj = extraterrestrialRadiationMj(site.latitudeDeg, weather.dayOfYear, constants);
  const clearSkyMj =
    site.clearSky === 'elevation'
      ? clearSkyRadiationMj(site.elevationM, extraterrestrialMj)
      : clearSkyRadiationAsceMj({
          extraterrestrialMj,
          sunElevationSine: dailySunElevationSine(site.latitudeDeg, weather.dayOfYear),
          vapourPressureKPa,
          pressureKPa,
        });
  const cloud = cloudRatio(radiationMj, clearSkyMj, constants);
  const netRadiationMj =
    netShortwaveMj(radiationMj) -
    netLongwaveMj({maximumC, minimumC, vapourPressureKPa, cloudRatio: cloud}, constants);
  const et0Mm = penmanMonteithMm(
    {
      airTemperatureC: (maximumC + minimumC) / 2,
      netRadiationMj,
      soilHeatFluxMj: weather.soilHeatFluxMj ?? 0,
      windSpeedAt2mMPerS: wind === null ? site.defaultWindMPerS : windSpeedAt2mMPerS(wind, site.windHeightM),
      saturationKPa: meanSaturationVapourPressureKPa(maximumC, minimumC, constants),
      vapourPressureKPa,
      pressureKPa,
    },
    site.surface,
    constants,
  );
  return {
    et0Mm,
    netRadiationMj,
    radiationMj,
    vapourPressureKPa,
    humidity,
    radiation,
    wind: wind === null ? 'default' : 'measured',
  };
}
