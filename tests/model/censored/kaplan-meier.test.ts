import {describe, expect, it} from 'vitest';
import {kaplanMeier} from '#model';

/** `<1` and `>5` as one writes them. */
function values(...said: (number | string)[]) {
  return {
    value: said.map((one) => (typeof one === 'number' ? one : Number(one.slice(1)))),
    side: said.map((one) => (typeof one === 'number' ? 0 : one.startsWith('<') ? -1 : 1)),
  };
}

/**
 * Arsenic in µg/L, urban streams of Oahu, Hawaii (Tomlinson 2003), the non-detect example of Helsel (2005, 2012): 24
 * samples, 13 below one of three limits.
 */
const OAHU = values(
  ...[0.5, 0.5, 0.5, 0.6, 0.7, 0.7, 0.9, 1.5, 1.7, 2.8, 3.2],
  ...['<0.9', ...Array<string>(4).fill('<1'), ...Array<string>(8).fill('<2')],
);

describe('Kaplan-Meier', () => {
  it('gives the published mean, standard error and median of the Oahu arsenic', () => {
    const found = kaplanMeier(OAHU);
    // Helsel (2005), Nondetects and Data Analysis; NADA for R, censtats: K-M mean 0.949, sd 0.807, median 0.700, its sd
    // being the standard error times √n.
    expect(found.mean).toBeCloseTo(0.949, 3);
    expect(found.standardError! * Math.sqrt(24)).toBeCloseTo(0.807, 3);
    expect(found.median).toBe(0.7);
    expect(found).toMatchObject({n: 24, below: 13, above: 0, restFraction: 0});
  });

  it('lies between what substitutions by 0 and by the limit give', () => {
    const mean = (factor: number) =>
      OAHU.value.reduce((sum, value, i) => sum + value * (OAHU.side[i] === 0 ? 1 : factor), 0) / 24;
    const found = kaplanMeier(OAHU).mean!;
    expect(found).toBeGreaterThan(mean(0));
    expect(found).toBeLessThan(mean(1));
  });

  // Kaplan and Meier (1958), the example of section 2: deaths at 0.8, 3.1, 5.4, 9.2, losses at 1.0, 2.7, 7.0, 12.1; the
  // estimate after them is 7/8, 7/10, 21/40, 21/80, and the rest lies beyond the last loss.
  it('gives the distribution of the first example ever', () => {
    const found = kaplanMeier(values(0.8, '>1', '>2.7', 3.1, 5.4, '>7', 9.2, '>12.1'));
    expect(found.restFraction).toBeCloseTo(21 / 80, 12);
    const mean =
      0.8 / 8 +
      3.1 * (7 / 8 - 7 / 10) +
      5.4 * (7 / 10 - 21 / 40) +
      9.2 * (21 / 40 - 21 / 80) +
      12.1 * (21 / 80);
    expect(found.mean).toBeCloseTo(mean, 12);
    expect(found.median).toBe(9.2);
  });

  it.each([
    {why: 'nothing censored: the plain mean', of: values(1, 2, 6), mean: 3, median: 2, rest: 0},
    {why: 'one limit below all: it is put there', of: values('<1', 2, 3), mean: 2, median: 2, rest: 1 / 3},
    {why: 'a limit above all detected tells nothing', of: values(1, 3, '<9'), mean: 2, median: 1, rest: 0},
    {why: 'a detected value at a limit lies above it', of: values('<2', 2), mean: 2, median: 2, rest: 0.5},
    {
      why: 'more than half beyond the last limit: no median',
      of: values('<1', '<1', 4),
      mean: 2,
      median: null,
      rest: 2 / 3,
    },
    {why: 'one detected', of: values(4), mean: 4, median: 4, rest: 0},
    {why: 'all censored', of: values('<1', '<2'), mean: null, median: null, rest: 1},
    {why: 'both sides', of: values('<1', 2, '>3'), mean: null, median: null, rest: 1},
    {why: 'nothing', of: values(), mean: null, median: null, rest: 1},
  ])('$why', ({of, mean, median, rest}) => {
    const found = kaplanMeier(of);
    if (mean === null) expect(found.mean).toBeNull();
    else expect(found.mean).toBeCloseTo(mean, 12);
    expect(found.median).toBe(median);
    expect(found.restFraction).toBeCloseTo(rest, 12);
  });

  it('does not depend on the order', () => {
    const reversed = {value: OAHU.value.toReversed(), side: OAHU.side.toReversed()};
    expect(kaplanMeier(reversed)).toEqual(kaplanMeier(OAHU));
  });
});
