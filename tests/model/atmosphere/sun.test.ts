import {describe, expect, it} from 'vitest';
import {sunElevationDeg, sunPosition} from '#model';

describe('sun', () => {
  // Reda & Andreas (2004), NREL/TP-560-34302, table A5.1: 2003-10-17 12:30:30 UTC-7, 39.742476° N, 105.1786° W:
  // elevation before refraction 39.872046°, azimuth 194.340241°
  it('stands where the SPA example says', () => {
    const {elevationDeg, azimuthDeg} = sunPosition(
      Date.parse('2003-10-17T12:30:30-07:00'),
      39.742476,
      -105.1786,
    );
    expect(Math.abs(elevationDeg - 39.872046)).toBeLessThan(0.005);
    expect(Math.abs(azimuthDeg - 194.340241)).toBeLessThan(0.005);
  });

  // Meeus, Astronomical Algorithms (1998), example 25.a: 1992-10-13 0 h TD (59 s later than UT), declination -7.78507°.
  // Seen from the north pole the declination is the elevation.
  it('has the declination of Meeus’ example', () => {
    expect(sunElevationDeg(Date.parse('1992-10-12T23:59:01Z'), 90, 0)).toBeCloseTo(-7.78507, 3);
  });

  // US Naval Observatory, Earth's seasons: June solstice 2026-06-21 08:24 UT, March equinox 2026-03-20 14:46 UT
  it.each([
    {what: 'the June solstice', time: '2026-06-21T08:24:00Z', declinationDeg: 23.436},
    {what: 'the March equinox', time: '2026-03-20T14:46:00Z', declinationDeg: 0},
  ])('has declination $declinationDeg° at $what', ({time, declinationDeg}) => {
    expect(Math.abs(sunElevationDeg(Date.parse(time), 90, 0) - declinationDeg)).toBeLessThan(0.005);
    expect(sunElevationDeg(Date.parse(time), -90, 0)).toBeCloseTo(
      -sunElevationDeg(Date.parse(time), 90, 0),
      9,
    );
  });

  it('stands in the south at noon in Chongqing, in the north in Lord Howe, in the east in the morning', () => {
    // noon by the sun at 106.71° E is about 12:53 in UTC+8, 04:53 UTC
    const noon = sunPosition(Date.parse('2026-06-21T04:55:00Z'), 29.58, 106.71);
    expect(Math.abs(noon.azimuthDeg - 180)).toBeLessThan(3);
    expect(noon.elevationDeg).toBeCloseTo(90 - 29.58 + 23.436, 1);
    expect(sunPosition(Date.parse('2026-06-21T01:24:00Z'), -31.55, 159.08).azimuthDeg % 358).toBeLessThan(
      2.5,
    );
    expect(sunPosition(Date.parse('2026-06-21T00:00:00Z'), 29.58, 106.71).azimuthDeg).toBeLessThan(90);
  });

  it('is as high on dates before 1970 as its year says', () => {
    expect(Math.abs(sunElevationDeg(Date.parse('1969-06-21T13:55:00Z'), 90, 0) - 23.44)).toBeLessThan(0.01);
  });
});
