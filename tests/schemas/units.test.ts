import {UcumLhcUtils} from '@lhncbc/ucum-lhc';
import {describe, expect, it} from 'vitest';
import {LONE_UNITS, MOLAR_MASS_G_PER_MOL, UNIT_CODES, UNIT_ROW_ELEMENTS, UNIT_ROWS} from '#schemas';

// The UCUM library of the US National Library of Medicine: the independent word on codes and factors.
const ucum = UcumLhcUtils.getInstance();

/** Pairs of one row that UCUM itself does not relate, with the reason. */
const SUPPLEMENT: Record<string, string> = {
  'soundLevel dB': 'a bare dB has no reference level in UCUM; noise monitors mean 20 µPa',
  'moleFraction [ppm]': 'checked below: 1 µmol/mol is 1e-6',
  'nutrient [ppm]': 'mass ratio: 1 mg/kg is 1e-6',
};

const pairs = Object.entries(UNIT_ROWS).flatMap(([row, units]) =>
  units.slice(1).map(([code, factor, offset]) => ({row, first: units[0][0], code, factor, offset})),
);

describe('unit codes', () => {
  it.each(UNIT_CODES)('%s is a valid UCUM code', (code) => {
    expect(ucum.validateUnitString(code).status).toBe('valid');
  });

  it('stand once each, in a row or alone', () => {
    expect(new Set(UNIT_CODES).size).toBe(UNIT_CODES.length);
    const inRows: string[] = Object.values(UNIT_ROWS).flatMap((row) => row.map(([code]) => code));
    for (const code of LONE_UNITS) expect(inRows).not.toContain(code);
  });
});

describe('conversions', () => {
  it.each(pairs.filter(({row, code}) => !(`${row} ${code}` in SUPPLEMENT)))(
    '$code to $first is what UCUM says',
    ({first, code, factor, offset}) => {
      for (const value of [1, 17.25, 1000]) {
        const {status, toVal} = ucum.convertUnitTo(code, value, first);
        expect(status).toBe('succeeded');
        const ours = value * factor + offset;
        // offsets cancel digits, so compare with the larger operand
        const scale = Math.max(Math.abs(toVal!), Math.abs(offset));
        expect(Math.abs(ours - toVal!) / scale).toBeLessThan(1e-12);
      }
    },
  );

  it.each(pairs.filter(({row, code}) => `${row} ${code}` in SUPPLEMENT))(
    '$code to $first is a supplement of ours, 1:1',
    ({factor, offset}) => {
      expect([factor, offset]).toEqual([1, 0]);
    },
  );

  it('of the supplement agree with UCUM where both sides are pure ratios', () => {
    const ratio = (code: string) => ucum.convertUnitTo(code, 1, '1').toVal!;
    expect(ratio('[ppm]')).toBeCloseTo(1e-6, 18);
    expect(ratio('mg/kg')).toBeCloseTo(1e-6, 18);
    expect(ucum.convertUnitTo('umol/mol', 1, 'mol/mol').toVal).toBeCloseTo(1e-6, 18);
  });

  it('begin each row with itself and never meet in two rows of one element', () => {
    for (const units of Object.values(UNIT_ROWS)) expect(units[0].slice(1)).toEqual([1, 0]);
    const open = Object.entries(UNIT_ROWS).filter(([row]) => !(row in UNIT_ROW_ELEMENTS));
    const codes = open.flatMap(([, units]) => units.map(([code]) => code as string));
    expect(new Set(codes).size).toBe(codes.length);
  });

  // UCUM alone would let these pass: dimensions are no meaning
  it('are not left to equal dimensions', () => {
    expect(ucum.convertUnitTo('%', 1, '{NTU}').status).toBe('succeeded');
    const rows: [string, readonly (readonly [string, number, number])[]][] = Object.entries(UNIT_ROWS);
    const together = rows.filter(([, units]) => {
      const codes = units.map(([code]) => code);
      return codes.includes('%') && codes.includes('{NTU}');
    });
    expect(together).toEqual([]);
  });
});

// CIAAW standard atomic weights 2021 (abridged): H 1.008, C 12.011, N 14.007, O 15.999, S 32.06
it.each([
  ['ozone', 3 * 15.999],
  ['nitrogen_dioxide', 14.007 + 2 * 15.999],
  ['sulfur_dioxide', 32.06 + 2 * 15.999],
  ['carbon_monoxide', 12.011 + 15.999],
] as const)('the molar mass of %s is %d g/mol', (gas, gPerMol) => {
  expect(Math.abs(MOLAR_MASS_G_PER_MOL[gas] - gPerMol)).toBeLessThan(0.01);
});
