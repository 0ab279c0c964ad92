/**
 * The closed table of units that readings may come in, one row per kind of quantity. A conversion is stored once,
 * towards the row's first unit (`value_first = value * factor + offset`), and its inverse is computed. Units convert
 * only inside one row, and only where the element's unit stands in that row: a library that compares dimensions alone
 * takes `%` for `{NTU}` and `pH` for picohenry. An element whose unit stands in no row takes its own code only.
 *
 * Factors are checked against the NLM UCUM library in tests/schemas/units.test.ts. `{FNU}` counts as `{NTU}` 1:1,
 * which is noted in the provenance of the observation.
 */
export const UNIT_ROWS = {
  temperature: [
    ['Cel', 1, 0],
    ['K', 1, -273.15],
    ['[degF]', 5 / 9, -160 / 9],
  ],
  length: [
    ['m', 1, 0],
    ['cm', 0.01, 0],
    ['mm', 0.001, 0],
    ['um', 1e-6, 0],
  ],
  flow: [
    ['m3/s', 1, 0],
    ['L/s', 0.001, 0],
  ],
  massConcentrationInWater: [
    ['mg/L', 1, 0],
    ['ug/L', 0.001, 0],
    ['g/m3', 1, 0],
  ],
  turbidity: [
    ['{NTU}', 1, 0],
    ['{FNU}', 1, 0],
  ],
  volumeFraction: [
    ['m3/m3', 1, 0],
    ['%', 0.01, 0],
    ['1', 1, 0],
  ],
  conductivity: [
    ['dS/m', 1, 0],
    ['mS/cm', 1, 0],
    ['uS/cm', 0.001, 0],
  ],
  pressure: [
    ['hPa', 1, 0],
    ['Pa', 0.01, 0],
    ['kPa', 10, 0],
    ['mbar', 1, 0],
    ['[psi]', 68.94757293168361, 0],
  ],
  speed: [
    ['m/s', 1, 0],
    ['km/h', 1 / 3.6, 0],
    ['[kn_i]', 1852 / 3600, 0],
  ],
  massConcentrationInAir: [
    ['ug/m3', 1, 0],
    ['mg/m3', 1000, 0],
    ['ng/m3', 0.001, 0],
  ],
  moleFraction: [
    ['umol/mol', 1, 0],
    ['[ppm]', 1, 0],
  ],
  power: [
    ['kW', 1, 0],
    ['W', 0.001, 0],
  ],
  soundLevel: [
    ['dB[SPL]', 1, 0],
    ['dB', 1, 0],
  ],
  organicMatter: [
    ['g/kg', 1, 0],
    ['%', 10, 0],
  ],
  nutrient: [
    ['mg/kg', 1, 0],
    ['[ppm]', 1, 0],
  ],
} as const satisfies Record<string, readonly (readonly [code: string, factor: number, offset: number])[]>;

export type UnitRowId = keyof typeof UNIT_ROWS;

/**
 * Rows that hold for some elements only, because their units (`%`, `1`, `[ppm]`) mean another quantity elsewhere:
 * relative humidity in `%` is no volume fraction.
 */
export const UNIT_ROW_ELEMENTS: Partial<Record<UnitRowId, readonly string[]>> = {
  volumeFraction: ['soil_moisture'],
  soundLevel: ['sound_level'],
  organicMatter: ['soil_organic_matter'],
  nutrient: ['soil_available_nitrogen'],
};

/** Units of core elements that stand in no row: they take their own code only. */
export const LONE_UNITS = [
  '[pH]',
  'deg',
  't/km2/a',
  'W/m2',
  '/cm3',
  '{detection}/h',
  '{species}',
  '{event}/d',
  '{count}',
  '{person}',
  '{person}/h',
] as const;

/**
 * Molar masses in g/mol of the gases whose mixing ratios ([ppb], [ppm]) may be turned into mass concentrations, at the
 * reference state of GB 3095 (298.15 K, 1013.25 hPa; molar volume 24.465 L/mol). Source: IUPAC atomic weights.
 * No molar mass, no conversion.
 */
export const MOLAR_MASS_G_PER_MOL = {
  ozone: 47.998,
  nitrogen_dioxide: 46.0055,
  sulfur_dioxide: 64.064,
  carbon_monoxide: 28.01,
} as const;

/** L/mol of an ideal gas at 298.15 K and 1013.25 hPa (GB 3095-2012 amendment, GB 3095-2026). */
export const MOLAR_VOLUME_L_PER_MOL = 24.465;

export type UnitCode = (typeof UNIT_ROWS)[UnitRowId][number][0] | (typeof LONE_UNITS)[number];

/** Every unit code that a core element or a reading for it may carry ([ppb] comes only with a molar mass). */
export const UNIT_CODES: readonly string[] = [
  ...new Set([
    ...Object.values(UNIT_ROWS).flatMap((row) => row.map(([code]) => code)),
    ...LONE_UNITS,
    '[ppb]',
  ]),
];
