import {airPressureKPa} from './air-pressure.ts';
import {clearSkyRadiationAsceMj, clearSkyRadiationMj} from './clear-sky.ts';
import {FAO56, type Fao56Constants} from './fao56-constants.ts';
import {measured, measuredHumidityPercent, WEATHER_BOUNDS} from './measured.ts';
import {cloudRatio, netLongwaveHourMj, netShortwaveMj} from './net-radiation.ts';
import {type HourlySurface, penmanMonteithMm} from './penman-monteith.ts';
import {
  extraterrestrialRadiationHourMj,
  solarDeclinationRad,
  solarHourAngleRad,
  sunElevationSine,
  sunsetHourAngleRad,
} from './solar-radiation.ts';
import {saturationVapourPressureKPa} from './vapour-pressure.ts';
import {windSpeedAt2mMPerS} from './wind-profile.ts';

/** What was measured in an hour; null is not measured. */
export type HourlyWeather = {
  /** 1 on 1 January. */
  dayOfYear: number;
  /** Middle of the hour, UTC: 18.5 for 18 to 19 h. */
  midUtcHour: number;
  airTemperatureC: number | null;
  vapourPressureKPa: number | null;
  dewPointC: number | null;
  humidityPercent: number | null;
  /** Global radiation of the hour. */
  radiationMj: number | null;
  windSpeedMPerS: number | null;
};

/** The place of an hourly record. */
export type HourlyEt0Site = {
  latitudeDeg: number;
  /** East of Greenwich. */
  longitudeDeg: number;
  elevationM: number;
  windHeightM: number;
  defaultWindMPerS: number;
  clearSky: 'elevation' | 'asce';
  surface: HourlySurface;
};

/** Rs/Rso of the night where the afternoon before is not known. FAO-56, text after (53). */
export const NIGHT_CLOUD_RATIO = {humid: 0.8, dry: 0.5} as const;

/** Reference evapotranspiration of an hour, mm, or what is missing for it; `cloudRatio` is handed to the next hour. */
export type HourlyEt0 =
  | {
      et0Mm: number;
      netRadiationMj: number;
      cloudRatio: number;
      humidity: 'vapourPressure' | 'dewPoint' | 'humidity';
      wind: 'measured' | 'default';
    }
  | {et0Mm: null; cloudRatio: number; missing: ('airTemperatureC' | 'humidity' | 'radiationMj')[]};

/** From two hours before the sunset the sky tells little by its radiation (FAO-56: hour angle of the sunset less 0.52 rad). */
const LOW_SUN_RAD = 0.52;

function hourlyVapourPressure(
  weather: HourlyWeather,
  airTemperatureC: number,
  constants: Fao56Constants,
): {kPa: number; source: 'vapourPressure' | 'dewPoint' | 'humidity'} | null {
  const own = measured(weather.vapourPressureKPa, ...WEATHER_BOUNDS.vapourPressureKPa);
  if (own !== null) return {kPa: own, source: 'vapourPressure'};
  const dewPointC = measured(weather.dewPointC, ...WEATHER_BOUNDS.airTemperatureC);
  if (dewPointC !== null) {
    return {kPa: saturationVapourPressureKPa(dewPointC, constants), source: 'dewPoint'};
  }
  const percent = measuredHumidityPercent(weather.humidityPercent);
  if (percent === null) return null;
  return {
    kPa: (saturationVapourPressureKPa(airTemperatureC, constants) * percent) / 100,
    source: 'humidity',
  };
}

/**
 * Reference evapotranspiration of an hour, mm: FAO-56 (53) with (28–33), or ASCE-EWRI's by the site's surface. Below zero where
 * dew forms: hours are added up as they are. `cloudRatioBefore` is the result's of the hour before (`NIGHT_CLOUD_RATIO` at the
 * start): what the sky showed two hours before the sunset holds until the sun is up again.
 */
export function hourlyEt0(
  weather: HourlyWeather,
  site: HourlyEt0Site,
  cloudRatioBefore: number,
  constants: Fao56Constants = FAO56,
): HourlyEt0 {
  const {dayOfYear} = weather;
  const declinationRad = solarDeclinationRad(dayOfYear, constants);
  const hourAngleRad = solarHourAngleRad(weather.midUtcHour, site.longitudeDeg, dayOfYear);
  const extraterrestrialMj = extraterrestrialRadiationHourMj(
    site.latitudeDeg,
    dayOfYear,
    hourAngleRad,
    constants,
  );
  const isDay = extraterrestrialMj > 0;
  const airTemperatureC = measured(weather.airTemperatureC, ...WEATHER_BOUNDS.airTemperatureC);
  const vapour = airTemperatureC === null ? null : hourlyVapourPressure(weather, airTemperatureC, constants);
  // no sensor is needed to know that a night is dark
  const radiationMj = isDay ? measured(weather.radiationMj, ...WEATHER_BOUNDS.radiationMjPerHour) : 0;
  if (airTemperatureC === null || vapour === null || radiationMj === null) {
    const missing: ('airTemperatureC' | 'humidity' | 'radiationMj')[] = [];
    if (airTemperatureC === null) missing.push('airTemperatureC');
    else if (vapour === null) missing.push('humidity');
    if (radiationMj === null) missing.push('radiationMj');
    return {et0Mm: null, cloudRatio: cloudRatioBefore, missing};
  }
  const pressureKPa = airPressureKPa(site.elevationM, constants);
  const clearSkyMj =
    site.clearSky === 'elevation'
      ? clearSkyRadiationMj(site.elevationM, extraterrestrialMj)
      : clearSkyRadiationAsceMj({
          extraterrestrialMj,
          sunElevationSine: sunElevationSine(site.latitudeDeg, declinationRad, hourAngleRad),
          vapourPressureKPa: vapour.kPa,
          pressureKPa,
        });
  const sunset = sunsetHourAngleRad((site.latitudeDeg * Math.PI) / 180, declinationRad);
  const cloud = isDay ? cloudRatio(radiationMj, clearSkyMj, constants) : cloudRatioBefore;
  const netRadiationMj =
    netShortwaveMj(radiationMj) -
    netLongwaveHourMj({airTemperatureC, vapourPressureKPa: vapour.kPa, cloudRatio: cloud}, constants);
  const surface = netRadiationMj > 0 ? site.surface.day : site.surface.night;
  const wind = measured(weather.windSpeedMPerS, ...WEATHER_BOUNDS.windSpeedMPerS);
  const et0Mm = penmanMonteithMm(
    {
      airTemperatureC,
      netRadiationMj,
      soilHeatFluxMj: surface.soilHeatFraction * netRadiationMj,
      windSpeedAt2mMPerS: wind === null ? site.defaultWindMPerS : windSpeedAt2mMPerS(wind, site.windHeightM),
      saturationKPa: saturationVapourPressureKPa(airTemperatureC, constants),
      vapourPressureKPa: vapour.kPa,
      pressureKPa,
    },
    surface,
    constants,
  );
  const showsSky = isDay && hourAngleRad <= sunset - LOW_SUN_RAD;
  return {
    et0Mm,
    netRadiationMj,
    cloudRatio: showsSky ? cloud : cloudRatioBefore,
    humidity: vapour.source,
    wind: wind === null ? 'default' : 'measured',
  };
}
