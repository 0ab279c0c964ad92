import {describe, expect, it} from 'vitest';
import {
  airPressureKPa,
  clearSkyRadiationAsceMj,
  clearSkyRadiationMj,
  cloudRatio,
  dailySunElevationSine,
  daylightH,
  extraterrestrialRadiationHourMj,
  extraterrestrialRadiationMj,
  FAO56_ANGSTROM,
  inverseSunDistance,
  meanSaturationVapourPressureKPa,
  netLongwaveMj,
  netShortwaveMj,
  psychrometricConstantKPaPerC,
  REF_ET,
  radiationFromSunshineMj,
  radiationFromTemperatureRangeMj,
  saturationSlopeKPaPerC,
  saturationVapourPressureKPa,
  soilHeatFluxOfMonthMj,
  solarDeclinationRad,
  solarHourAngleRad,
  sunElevationSine,
  sunsetHourAngleRad,
  TEMPERATURE_RANGE_ADJUSTMENT,
  vapourPressureDeficitFromExtremesKPa,
  vapourPressureFromExtremesKPa,
  vapourPressureFromPsychrometerKPa,
  windSpeedAt2mMPerS,
} from '#model';

const RAD = Math.PI / 180;
/** Within one unit of the last printed digit: FAO-56 chains rounded values. */
const asPrinted = (value: number, printed: number, digits: number) =>
  expect(Math.abs(value - printed)).toBeLessThanOrEqual(1.0001 * 10 ** -digits);

// Worked examples of FAO Irrigation and Drainage Paper 56 by number
describe('air and vapour', () => {
  it('pressure and psychrometric constant at 1,800 m (example 2)', () => {
    asPrinted(airPressureKPa(1800), 81.8, 1);
    asPrinted(psychrometricConstantKPaPerC(airPressureKPa(1800)), 0.054, 3);
  });

  it.each([
    {airTemperatureC: 24.5, kPa: 3.075},
    {airTemperatureC: 15, kPa: 1.705},
    {airTemperatureC: 18, kPa: 2.064},
    {airTemperatureC: 25, kPa: 3.168},
  ])('saturation is $kPa kPa at $airTemperatureC °C (examples 3, 5)', ({airTemperatureC, kPa}) => {
    asPrinted(saturationVapourPressureKPa(airTemperatureC), kPa, 3);
  });

  it('mean saturation of a day of 24.5 and 15 °C (example 3), slope at 30.2 °C (17)', () => {
    asPrinted(meanSaturationVapourPressureKPa(24.5, 15), 2.39, 2);
    asPrinted(saturationSlopeKPaPerC(30.2), 0.246, 3);
  });

  it('vapour pressure from a psychrometer (example 4) and from extremes (5)', () => {
    const ventilated = {wetBulbC: 19.5, dryBulbC: 25.6, pressureKPa: 87.9, coefficientPerC: 0.000662};
    asPrinted(vapourPressureFromPsychrometerKPa(ventilated), 1.91, 2);
    const extremes = {
      maximumC: 25,
      minimumC: 18,
      maximumHumidityPercent: 82,
      minimumHumidityPercent: 54,
    };
    asPrinted(vapourPressureFromExtremesKPa(extremes), 1.7, 2);
  });

  // half the difference of the tabulated 3.168 and 2.064 kPa
  it('deficit of a day by its extremes alone', () => {
    expect(vapourPressureDeficitFromExtremesKPa(25, 18)).toBeCloseTo(0.552, 3);
  });

  it('wind of 3.2 m/s at 10 m is 2.4 m/s at 2 m (example 14)', () => {
    asPrinted(windSpeedAt2mMPerS(3.2, 10), 2.4, 1);
    expect(windSpeedAt2mMPerS(3.2, 2)).toBe(3.2);
  });

  it.each([0.4, 0, -1, Number.NaN])('refuses an anemometer at %d m', (heightM) => {
    expect(() => windSpeedAt2mMPerS(3, heightM)).toThrow('anemometer');
  });
});

describe('sun', () => {
  it('3 September at 20° S (examples 8, 9)', () => {
    asPrinted(inverseSunDistance(246), 0.985, 3);
    asPrinted(solarDeclinationRad(246), 0.12, 3);
    asPrinted(sunsetHourAngleRad(-20 * RAD, solarDeclinationRad(246)), 1.527, 3);
    asPrinted(extraterrestrialRadiationMj(-20, 246), 32.2, 1);
    asPrinted(daylightH(-20, 246), 11.7, 1);
  });

  it('15 April at Bangkok (example 17) and 15 July at Lyon (15)', () => {
    asPrinted(extraterrestrialRadiationMj(13.733, 105), 38.06, 2);
    asPrinted(daylightH(13.733, 105), 12.31, 2);
    asPrinted(extraterrestrialRadiationMj(45.72, 196), 40.6, 1);
  });

  it('has polar days and polar nights', () => {
    expect(daylightH(80, 172)).toBeCloseTo(24, 9);
    expect(daylightH(80, 355)).toBe(0);
    expect(extraterrestrialRadiationMj(80, 355)).toBeCloseTo(0, 12);
    expect(extraterrestrialRadiationMj(-80, 355)).toBeGreaterThan(40);
  });

  // RefET (Apache-2.0), tests/test_calcs.py: Fallon NV, 1 July 2015, day 182, 18–19 h UTC, with REF-ET's constants
  it('day and hour at Fallon, as REF-ET has them', () => {
    expect(solarDeclinationRad(182, REF_ET)).toBeCloseTo(0.40352881013673136, 6);
    expect(extraterrestrialRadiationMj(39.4575, 182, REF_ET)).toBeCloseTo(41.67610845067083, 3);
    const angle = solarHourAngleRad(18.5, -118.77388, 182);
    expect(angle).toBeCloseTo(-0.3866777826605525, 6);
    expect(extraterrestrialRadiationHourMj(39.4575, 182, angle, REF_ET)).toBeCloseTo(4.30824147948541, 4);
    expect(solarHourAngleRad(18, -118.77388, 182)).toBeCloseTo(-0.5175774765601271, 6);
  });

  it('the hours of a day add up to the day, at any longitude', () => {
    for (const longitudeDeg of [0, 106.7, -180, 179]) {
      let sum = 0;
      for (let hour = 0; hour < 24; hour += 1) {
        const angle = solarHourAngleRad(hour + 0.5, longitudeDeg, 200);
        expect(Math.abs(angle)).toBeLessThanOrEqual(Math.PI);
        sum += extraterrestrialRadiationHourMj(29.6, 200, angle);
      }
      expect(sum).toBeCloseTo(extraterrestrialRadiationMj(29.6, 200), 6);
    }
  });
});

describe('radiation at the ground', () => {
  it('from 7.1 h of sunshine at Rio de Janeiro in May (example 10)', () => {
    const extraterrestrialMj = extraterrestrialRadiationMj(-22.9, 135);
    const longest = daylightH(-22.9, 135);
    asPrinted(extraterrestrialMj, 25.1, 1);
    asPrinted(longest, 10.9, 1);
    const day = {sunshineH: 7.1, daylightH: longest, extraterrestrialMj, angstrom: FAO56_ANGSTROM};
    asPrinted(radiationFromSunshineMj(day), 14.5, 1);
    // by hand: all day long 0.75 of what comes in outside, none 0.25
    expect(radiationFromSunshineMj({...day, sunshineH: 24})).toBeCloseTo(0.75 * extraterrestrialMj, 9);
    expect(radiationFromSunshineMj({...day, sunshineH: 0})).toBeCloseTo(0.25 * extraterrestrialMj, 9);
    expect(radiationFromSunshineMj({...day, daylightH: 0})).toBe(0);
  });

  it('from the range of temperature at Lyon in July (example 15)', () => {
    const radiationMj = radiationFromTemperatureRangeMj({
      maximumC: 26.6,
      minimumC: 14.8,
      extraterrestrialMj: 40.6,
      adjustment: TEMPERATURE_RANGE_ADJUSTMENT.interior,
    });
    asPrinted(radiationMj, 22.3, 1);
  });

  it('net longwave at Rio de Janeiro in May (example 11)', () => {
    const cloud = cloudRatio(14.5, 18.8);
    asPrinted(
      netLongwaveMj({maximumC: 25.1, minimumC: 19.1, vapourPressureKPa: 2.1, cloudRatio: cloud}),
      3.5,
      1,
    );
  });

  it('clear sky, net short- and longwave at Bangkok in April (example 17)', () => {
    const clearSkyMj = clearSkyRadiationMj(2, 38.06);
    asPrinted(clearSkyMj, 28.54, 2);
    asPrinted(netShortwaveMj(22.65), 17.44, 2);
    const cloud = cloudRatio(22.65, clearSkyMj);
    asPrinted(
      netLongwaveMj({maximumC: 34.8, minimumC: 25.6, vapourPressureKPa: 2.85, cloudRatio: cloud}),
      3.11,
      2,
    );
  });

  it('the cloud ratio is clipped on both sides, and 1 in a polar night', () => {
    expect(cloudRatio(1, 30)).toBe(0.3);
    expect(cloudRatio(40, 30)).toBe(1);
    expect(cloudRatio(0, 0)).toBe(1);
  });

  // RefET (Apache-2.0), tests/test_calcs.py: Fallon NV, 1 July 2015
  it('clear sky with vapour and turbidity, as REF-ET has it', () => {
    const pressureKPa = airPressureKPa(1208.5, REF_ET);
    expect(pressureKPa).toBeCloseTo(87.81876435813037, 6);
    const day = clearSkyRadiationAsceMj({
      extraterrestrialMj: 41.67610845067083,
      sunElevationSine: dailySunElevationSine(39.4575, 182),
      vapourPressureKPa: 1.2206674169951346,
      pressureKPa,
    });
    expect(day).toBeCloseTo(31.565939444861765, 4);
    const angle = solarHourAngleRad(18.5, -118.77388, 182);
    const hour = clearSkyRadiationAsceMj({
      extraterrestrialMj: 4.30824147948541,
      sunElevationSine: sunElevationSine(39.4575, solarDeclinationRad(182, REF_ET), angle),
      vapourPressureKPa: 1.1990099614301906,
      pressureKPa,
    });
    expect(hour).toBeCloseTo(3.350936122776373, 4);
  });

  it('soil heat flux of April between March 14.1 and May 18.8 °C (example 13), at the ends of a record, alone', () => {
    asPrinted(soilHeatFluxOfMonthMj(14.1, 16.1, 18.8), 0.33, 2);
    expect(soilHeatFluxOfMonthMj(29.2, 30.2, null)).toBeCloseTo(0.14, 9);
    expect(soilHeatFluxOfMonthMj(null, 30.2, 29.2)).toBeCloseTo(-0.14, 9);
    expect(soilHeatFluxOfMonthMj(null, 30.2, null)).toBe(0);
  });
});
