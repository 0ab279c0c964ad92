import {describe, expect, it} from 'vitest';
import {applyConversion, convertUnit, UNIT_SPELLINGS, unitCode, unitConversion} from '#model';
import {type CoreElementId, ELEMENTS, InputError, UNIT_CODES} from '#schemas';

const element = (id: CoreElementId) => ({id, unit: ELEMENTS[id].unit});

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.code;
    throw error;
  }
  return 'none';
}

describe('convertUnit', () => {
  // Exact by definition of the units (SI brochure 9; NIST SP 811, appendix B)
  it.each([
    ['air_temperature', 72.5, '[degF]', 22.5],
    ['air_temperature', -40, '[degF]', -40],
    ['air_temperature', 293.15, 'K', 20],
    ['air_temperature', 273.151, 'K', 0.001],
    ['air_temperature', 0, 'K', -273.15],
    ['water_level', 17_523, 'cm', 175.23],
    ['slope_displacement', 0.0031, 'm', 3.1],
    ['stem_diameter', 215.4, 'mm', 21.54],
    ['stem_diameter', 120, 'um', 0.012],
    ['discharge', 350, 'L/s', 0.35],
    ['dissolved_oxygen', 8200, 'ug/L', 8.2],
    ['total_phosphorus', 0.05, 'g/m3', 0.05],
    ['chlorophyll_a', 0.0123, 'mg/L', 12.3],
    ['turbidity', 12.3, '{FNU}', 12.3],
    ['soil_moisture', 21.5, '%', 0.215],
    ['soil_moisture', 0.3, '1', 0.3],
    ['soil_conductivity', 250, 'uS/cm', 0.25],
    ['soil_conductivity', 0.25, 'mS/cm', 0.25],
    ['air_pressure', 99_120, 'Pa', 991.2],
    ['air_pressure', 99.12, 'kPa', 991.2],
    ['air_pressure', 991.2, 'mbar', 991.2],
    ['air_pressure', 14.5, '[psi]', 999.739807509],
    ['wind_speed', 36, 'km/h', 10],
    ['wind_speed', 10, '[kn_i]', 5.14444444444],
    ['pm2_5', 0.035, 'mg/m3', 35],
    ['carbon_monoxide', 850, 'ug/m3', 0.85],
    ['carbon_dioxide', 421.3, '[ppm]', 421.3],
    ['building_power', 1234.5, 'W', 1.2345],
    ['sound_level', 55.2, 'dB', 55.2],
    ['soil_organic_matter', 1.8, '%', 18],
    ['soil_available_nitrogen', 85, '[ppm]', 85],
    // a code of its own
    ['relative_humidity', 87.3, '%', 87.3],
    ['solar_radiation', 512, 'W/m2', 512],
  ] as const)('%s: %d %s is %d', (id, value, unit, expected) => {
    expect(convertUnit(value, unit, element(id))).toBe(expected);
  });

  // GB 3095 reference state, 298.15 K and 1013.25 hPa: µg/m³ per ppb (CO: mg/m³ per ppm)
  it.each([
    ['ozone', '[ppb]', 1.962],
    ['nitrogen_dioxide', '[ppb]', 1.88],
    ['sulfur_dioxide', '[ppb]', 2.619],
    ['carbon_monoxide', '[ppm]', 1.145],
    ['carbon_monoxide', '[ppb]', 0.001145],
    ['ozone', '[ppm]', 1962],
  ] as const)('%s: 1 %s is %d', (id, unit, expected) => {
    expect(convertUnit(1, unit, element(id)) / expected).toBeCloseTo(1, 3);
    expect(unitConversion(unit, element(id)).note).toContain('298.15 K');
  });

  it.each([
    ['relative_humidity', '1', 'unit_unconvertible'], // humidity is no volume fraction
    ['ndvi', '%', 'unit_unconvertible'],
    ['turbidity', '%', 'unit_unconvertible'], // equal dimensions in UCUM
    ['litter_moisture', '1', 'unit_unconvertible'],
    ['pm2_5', '[ppb]', 'unit_unconvertible'], // no molar mass
    ['carbon_dioxide', 'mg/m3', 'unit_unconvertible'],
    ['pm2_5', 'mg/L', 'unit_unconvertible'], // air is not water
    ['soil_ph', 'Cel', 'unit_unconvertible'],
    ['building_power', 'dB', 'unit_unconvertible'],
    ['precipitation', 'mm/h', 'unit_unknown'],
    ['air_temperature', 'furlong', 'unit_unknown'],
    ['air_temperature', '', 'unit_unknown'],
    ['air_temperature', '__proto__', 'unit_unknown'],
    ['air_temperature', 'constructor', 'unit_unknown'],
    ['soil_conductivity', 'MS/cm', 'unit_unknown'], // mega is not milli
  ] as const)('%s: %s is %s', (id, unit, code) => {
    expect(codeOf(() => convertUnit(1, unit, element(id)))).toBe(code);
  });

  it('says what was expected and what came', () => {
    expect(() => convertUnit(1, '°C', element('soil_moisture'))).toThrow(
      'soil_moisture is kept in m3/m3; "°C" (Cel)',
    );
  });

  it('adds no offset to a difference, and no sign to zero', () => {
    expect(applyConversion(1.8, unitConversion('[degF]', element('air_temperature')), true)).toBe(1);
    expect(applyConversion(2, unitConversion('K', element('air_temperature')), true)).toBe(2);
    expect(Object.is(convertUnit(-0, 'Cel', element('air_temperature')), 0)).toBe(true);
    expect(Object.is(convertUnit(-0, '%', element('soil_moisture')), 0)).toBe(true);
  });
});

describe('spellings', () => {
  it.each([
    ['°C', 'Cel'],
    ['℃', 'Cel'],
    ['C', 'Cel'],
    ['°F', '[degF]'],
    ['µg/m³', 'ug/m3'],
    ['\u03bcg/m\u00b3', 'ug/m3'],
    ['μS/cm', 'uS/cm'],
    ['mg/l', 'mg/L'],
    ['mg·L⁻¹', 'mg/L'],
    ['NTU', '{NTU}'],
    ['%RH', '%'],
    [' m³/m³ ', 'm3/m3'],
    ['W/m²', 'W/m2'],
    ['dB(A)', 'dB[SPL]'],
    ['knots', '[kn_i]'],
    ['ppb', '[ppb]'],
    ['pH', '[pH]'],
    ['个/cm³', '/cm3'],
  ])('%s is %s', (text, code) => {
    expect(unitCode(text)).toBe(code);
  });

  it('stand for known codes, each for one, and none hides a code', () => {
    const seen = new Map<string, string>();
    for (const [code, spellings] of Object.entries(UNIT_SPELLINGS)) {
      expect(UNIT_CODES).toContain(code);
      for (const spelling of spellings) {
        expect(UNIT_CODES, spelling).not.toContain(spelling);
        expect(seen.get(spelling), spelling).toBeUndefined();
        seen.set(spelling, code);
        expect(unitCode(spelling)).toBe(code);
      }
    }
  });
});
