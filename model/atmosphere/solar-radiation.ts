import {FAO56, type Fao56Constants} from './fao56-constants.ts';

/**
 * The sun over a level place on a day of the year (1 on 1 January), south of the equator too, after FAO-56. For the sun at an
 * instant and its position in the sky see `sun.ts`.
 */

/** Inverse relative distance from the Earth to the Sun. FAO-56 (23). */
export function inverseSunDistance(dayOfYear: number, constants: Fao56Constants = FAO56): number {
  return 1 + 0.033 * Math.cos(constants.dayAngleRad * dayOfYear);
}

/** Declination of the sun, rad. FAO-56 (24). */
export function solarDeclinationRad(dayOfYear: number, constants: Fao56Constants = FAO56): number {
  return (
    constants.declinationRad * Math.sin(constants.dayAngleRad * dayOfYear - constants.declinationPhaseRad)
  );
}

/** Hour angle of the sunset, rad: 0 in the polar night, π under the midnight sun. FAO-56 (25). */
export function sunsetHourAngleRad(latitudeRad: number, declinationRad: number): number {
  return Math.acos(Math.min(1, Math.max(-1, -Math.tan(latitudeRad) * Math.tan(declinationRad))));
}

/** Hours of daylight. FAO-56 (34). */
export function daylightH(latitudeDeg: number, dayOfYear: number, constants: Fao56Constants = FAO56): number {
  const declinationRad = solarDeclinationRad(dayOfYear, constants);
  return constants.daylightHPerRad * sunsetHourAngleRad((latitudeDeg * Math.PI) / 180, declinationRad);
}

/** Radiation on a level surface outside the atmosphere in a day, MJ/m². FAO-56 (21). */
export function extraterrestrialRadiationMj(
  latitudeDeg: number,
  dayOfYear: number,
  constants: Fao56Constants = FAO56,
): number {
  const latitudeRad = (latitudeDeg * Math.PI) / 180;
  const declinationRad = solarDeclinationRad(dayOfYear, constants);
  const sunset = sunsetHourAngleRad(latitudeRad, declinationRad);
  return (
    constants.solarMjPerDay *
    inverseSunDistance(dayOfYear, constants) *
    (sunset * Math.sin(latitudeRad) * Math.sin(declinationRad) +
      Math.cos(latitudeRad) * Math.cos(declinationRad) * Math.sin(sunset))
  );
}

/** Seasonal correction of solar time, hours. FAO-56 (32, 33). */
export function seasonalTimeCorrectionH(dayOfYear: number): number {
  const angle = (2 * Math.PI * (dayOfYear - 81)) / 364;
  return 0.1645 * Math.sin(2 * angle) - 0.1255 * Math.cos(angle) - 0.025 * Math.sin(angle);
}

/** Hour angle of the sun (rad, 0 at noon, −π to π) at an hour of the day in UTC and a longitude east. FAO-56 (31). */
export function solarHourAngleRad(utcHour: number, longitudeDeg: number, dayOfYear: number): number {
  const solarH = utcHour + longitudeDeg / 15 + seasonalTimeCorrectionH(dayOfYear);
  const angle = (Math.PI / 12) * (solarH - 12);
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

/** Radiation outside the atmosphere in the hour around an hour angle, MJ/m²; only the part of it with sun counts. FAO-56 (28–30). */
export function extraterrestrialRadiationHourMj(
  latitudeDeg: number,
  dayOfYear: number,
  midHourAngleRad: number,
  constants: Fao56Constants = FAO56,
): number {
  const latitudeRad = (latitudeDeg * Math.PI) / 180;
  const declinationRad = solarDeclinationRad(dayOfYear, constants);
  const sunset = sunsetHourAngleRad(latitudeRad, declinationRad);
  const from = Math.min(sunset, Math.max(-sunset, midHourAngleRad - Math.PI / 24));
  const to = Math.min(sunset, Math.max(-sunset, midHourAngleRad + Math.PI / 24));
  return Math.max(
    0,
    // twelve hours to the half circle, where the day's formula counts half a day's arc twice
    (constants.solarMjPerDay / 2) *
      inverseSunDistance(dayOfYear, constants) *
      ((to - from) * Math.sin(latitudeRad) * Math.sin(declinationRad) +
        Math.cos(latitudeRad) * Math.cos(declinationRad) * (Math.sin(to) - Math.sin(from))),
  );
}

/** Sine of the sun's elevation at an hour angle. ASCE-EWRI (2005), equation D.6. */
export function sunElevationSine(latitudeDeg: number, declinationRad: number, hourAngleRad: number): number {
  const latitudeRad = (latitudeDeg * Math.PI) / 180;
  return (
    Math.sin(latitudeRad) * Math.sin(declinationRad) +
    Math.cos(latitudeRad) * Math.cos(declinationRad) * Math.cos(hourAngleRad)
  );
}
