const DEG = Math.PI / 180;
const MS_PER_DAY = 86_400_000;
const J2000_MS = 946_728_000_000;

/** Where the sun stands, seen from a place at sea level, without refraction. */
export type SunPosition = {
  /** Of the centre of the disc above the horizon, -90 to 90. */
  elevationDeg: number;
  /** Clockwise from north, 0 ≤ azimuth < 360. */
  azimuthDeg: number;
};

/** Declination of the sun (rad), and its hour angle at longitude 0 (deg), at an instant. */
function sunAt(timeMs: number): {declinationRad: number; greenwichHourAngleDeg: number} {
  const days = (timeMs - J2000_MS) / MS_PER_DAY;
  const t = days / 36_525;
  const meanLongitudeDeg = 280.46646 + t * (36_000.76983 + t * 0.0003032);
  const meanAnomalyRad = (357.52911 + t * (35_999.05029 - t * 0.0001537)) * DEG;
  const eccentricity = 0.016708634 - t * (0.000042037 + t * 0.0000001267);
  const centreDeg =
    Math.sin(meanAnomalyRad) * (1.914602 - t * (0.004817 + t * 0.000014)) +
    Math.sin(2 * meanAnomalyRad) * (0.019993 - t * 0.000101) +
    Math.sin(3 * meanAnomalyRad) * 0.000289;
  const nodeRad = (125.04 - 1934.136 * t) * DEG;
  const apparentLongitudeRad = (meanLongitudeDeg + centreDeg - 0.00569 - 0.00478 * Math.sin(nodeRad)) * DEG;
  const obliquityRad =
    (23 +
      (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60 +
      0.00256 * Math.cos(nodeRad)) *
    DEG;
  const declinationRad = Math.asin(Math.sin(obliquityRad) * Math.sin(apparentLongitudeRad));
  const y = Math.tan(obliquityRad / 2) ** 2;
  const twoL = 2 * meanLongitudeDeg * DEG;
  const equationOfTimeRad =
    y * Math.sin(twoL) -
    2 * eccentricity * Math.sin(meanAnomalyRad) +
    4 * eccentricity * y * Math.sin(meanAnomalyRad) * Math.cos(twoL) -
    0.5 * y * y * Math.sin(2 * twoL) -
    1.25 * eccentricity * eccentricity * Math.sin(2 * meanAnomalyRad);
  const dayFraction = (((timeMs % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY) / MS_PER_DAY;
  return {declinationRad, greenwichHourAngleDeg: dayFraction * 360 - 180 + equationOfTimeRad / DEG};
}

/**
 * Elevation of the sun's centre above the horizon, degrees, without refraction; within about 0.01° from 1950 to 2050.
 * Source: NOAA Global Monitoring Laboratory, solar calculator equations after Meeus, Astronomical Algorithms (1998), ch. 25.
 */
export function sunElevationDeg(timeMs: number, latitudeDeg: number, longitudeDeg: number): number {
  const {declinationRad, greenwichHourAngleDeg} = sunAt(timeMs);
  const latitudeRad = latitudeDeg * DEG;
  const hourAngleRad = (greenwichHourAngleDeg + longitudeDeg) * DEG;
  const sine =
    Math.sin(latitudeRad) * Math.sin(declinationRad) +
    Math.cos(latitudeRad) * Math.cos(declinationRad) * Math.cos(hourAngleRad);
  return Math.asin(Math.max(-1, Math.min(1, sine))) / DEG;
}

/** Elevation and azimuth of the sun, as `sunElevationDeg`. */
export function sunPosition(timeMs: number, latitudeDeg: number, longitudeDeg: number): SunPosition {
  const {declinationRad, greenwichHourAngleDeg} = sunAt(timeMs);
  const latitudeRad = latitudeDeg * DEG;
  const hourAngleRad = (greenwichHourAngleDeg + longitudeDeg) * DEG;
  const east = -Math.cos(declinationRad) * Math.sin(hourAngleRad);
  const north =
    Math.cos(latitudeRad) * Math.sin(declinationRad) -
    Math.sin(latitudeRad) * Math.cos(declinationRad) * Math.cos(hourAngleRad);
  const azimuthDeg = Math.atan2(east, north) / DEG;
  return {
    elevationDeg: sunElevationDeg(timeMs, latitudeDeg, longitudeDeg),
    azimuthDeg: azimuthDeg < 0 ? azimuthDeg + 360 : azimuthDeg,
  };
}
