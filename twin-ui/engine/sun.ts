import type {LonLat} from './local-frame.ts';

const RAD = Math.PI / 180;

export type SunPosition = {/** Clockwise from north. */ azimuthDeg: number; elevationDeg: number};

/**
 * Where the sun stands, without refraction, to about 0.01°. Source: J. Meeus, Astronomical Algorithms (2nd ed.), ch. 25
 * (low accuracy) and 13, as in NOAA's solar calculator.
 */
export function sunPosition(timeMs: number, {longitudeDeg, latitudeDeg}: LonLat): SunPosition {
  const centuries = (timeMs / 86_400_000 + 2440587.5 - 2451545) / 36525;
  const meanLongitude = 280.46646 + centuries * (36000.76983 + centuries * 0.0003032);
  const anomaly = (357.52911 + centuries * (35999.05029 - 0.0001537 * centuries)) * RAD;
  const centre =
    Math.sin(anomaly) * (1.914602 - centuries * (0.004817 + 0.000014 * centuries)) +
    Math.sin(2 * anomaly) * (0.019993 - 0.000101 * centuries) +
    Math.sin(3 * anomaly) * 0.000289;
  const node = (125.04 - 1934.136 * centuries) * RAD;
  const longitude = (meanLongitude + centre - 0.00569 - 0.00478 * Math.sin(node)) * RAD;
  const obliquity = (23.439291 - centuries * 0.0130042 + 0.00256 * Math.cos(node)) * RAD;
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(longitude), Math.cos(longitude));
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(longitude));
  const days = timeMs / 86_400_000 + 2440587.5 - 2451545;
  const siderealDeg = 280.46061837 + 360.98564736629 * days + centuries * centuries * 0.000387933;
  const hourAngle = (siderealDeg + longitudeDeg) * RAD - rightAscension;
  const lat = latitudeDeg * RAD;
  const elevation = Math.asin(
    Math.sin(lat) * Math.sin(declination) + Math.cos(lat) * Math.cos(declination) * Math.cos(hourAngle),
  );
  const azimuth = Math.atan2(
    -Math.sin(hourAngle) * Math.cos(declination),
    Math.sin(declination) * Math.cos(lat) - Math.cos(declination) * Math.sin(lat) * Math.cos(hourAngle),
  );
  return {azimuthDeg: (azimuth / RAD + 360) % 360, elevationDeg: elevation / RAD};
}
