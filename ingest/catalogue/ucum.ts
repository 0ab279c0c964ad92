import {UcumLhcUtils} from '@lhncbc/ucum-lhc';

const ucum = UcumLhcUtils.getInstance();
const ANNOTATION = /\{[^}]*\}/g;

/** Why a code is no UCUM unit, with what was probably meant; null: it is one. */
export function ucumProblem(code: string): string | null {
  const {status, ucumCode, suggestions} = ucum.validateUnitString(code, true);
  if (status === 'valid' && ucumCode === code) return null;
  const meant = (suggestions ?? []).flatMap(({units}) => units.map(([unit]) => unit)).slice(0, 3);
  if (ucumCode !== null && ucumCode !== code) meant.unshift(ucumCode);
  const hint = meant.length > 0 ? ` (perhaps ${meant.join(' or ')})` : '';
  return `a UCUM unit was expected, got ${code}${hint}`;
}

/**
 * The conversion between two UCUM units, `value_to = value * factor + offset`; null where they are not of one dimension.
 * UCUM sees every `{…}` as 1, so units whose annotations differ do not convert: `%` is no `{NTU}`.
 */
export function ucumConversion(from: string, to: string): {factor: number; offset: number} | null {
  const annotations = (code: string): string => (code.match(ANNOTATION) ?? []).toSorted().join('');
  if (annotations(from) !== annotations(to)) return null;
  const at = (value: number): number | null => {
    const {status, toVal} = ucum.convertUnitTo(from, value, to);
    return status === 'succeeded' ? toVal : null;
  };
  const offset = at(0);
  const one = at(1);
  const thousand = at(1000);
  if (offset === null || one === null || thousand === null) return null;
  if (offset === 0)
    return Math.abs(thousand - 1000 * one) < 1e-9 * Math.abs(thousand) ? {factor: one, offset} : null;
  const factor = (thousand - offset) / 1000;
  // Logarithmic units (pH, bel) are no line: three points tell.
  if (Math.abs(one - (factor + offset)) > 1e-9 * Math.abs(offset)) return null;
  return {factor: Number(factor.toPrecision(14)), offset: Number(offset.toPrecision(14))};
}
