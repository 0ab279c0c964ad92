import {describe, expect, it} from 'vitest';
import {normalAt, uniformAt} from '#model';
import {band, drawOf, quantile, spreadOf} from '#simulation';

const standard = (key: number, draw: number) => normalAt(key, draw);
const onCircle = (key: number, draw: number) => Math.PI * (2 * uniformAt(key, draw) - 1);

function results(members: number, of: (draw: ReturnType<typeof drawOf>) => number): number[] {
  return Array.from({length: members}, (_, member) => of(drawOf(member)));
}

describe('shares of spread', () => {
  it('of a sum are the shares of its terms’ variances', () => {
    const sum = (draw: ReturnType<typeof drawOf>) =>
      Math.sqrt(0.5) * standard(1, draw.guess) +
      Math.sqrt(0.3) * standard(2, draw.known) +
      Math.sqrt(0.2) * standard(3, draw.chance);
    const spread = spreadOf(results(16_001, sum))!;
    expect(Math.abs(spread.guess - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(spread.known - 0.3)).toBeLessThan(0.03);
    expect(Math.abs(spread.chance - 0.2)).toBeLessThan(0.03);
  });

  // Ishigami & Homma (1990) with a = 7, b = 0.1: S₁ = 0.3139, S₂ = 0.4424, S₃ = 0, and 0.2437 of x₁ and x₃ together (Saltelli et al.
  // 2008, section 4.9), half of which counts for each: (S + 0.1218)/(1 + 0.1218).
  it('of the Ishigami function are its indices, with what two bring only together told to all', () => {
    const ishigami = ({guess, known, chance}: ReturnType<typeof drawOf>) => {
      const [x1, x2, x3] = [onCircle(1, guess), onCircle(2, known), onCircle(3, chance)];
      return Math.sin(x1) + 7 * Math.sin(x2) ** 2 + 0.1 * x3 ** 4 * Math.sin(x1);
    };
    const spread = spreadOf(results(40_001, ishigami))!;
    expect(Math.abs(spread.guess - 0.3884)).toBeLessThan(0.02);
    expect(Math.abs(spread.known - 0.5029)).toBeLessThan(0.02);
    expect(Math.abs(spread.chance - 0.1086)).toBeLessThan(0.02);
  });

  it.each(['guess', 'known', 'chance'] as const)('are all of %s where nothing else differs', (source) => {
    const spread = spreadOf(results(17, (draw) => 1000 + standard(5, draw[source])))!;
    expect(spread[source]).toBeCloseTo(1, 9);
    expect(spread.error).toBeLessThan(1e-6);
  });

  it.each([
    {guess: 0.25, known: 0.25, chance: 0.5},
    {guess: 0.1, known: 0.85, chance: 0.05},
    {guess: 0.6, known: 0, chance: 0.4},
  ])(
    'of $guess, $known and $chance come with an error of the size that they have with 64 members',
    (truth) => {
      const found = Array.from({length: 300}, (_, k) => {
        const term = (source: 'guess' | 'known' | 'chance', i: number, draw: number) =>
          Math.sqrt(truth[source]) * standard(3 * k + i, draw);
        return spreadOf(
          results(
            64,
            (draw) =>
              term('guess', 1, draw.guess) + term('known', 2, draw.known) + term('chance', 3, draw.chance),
          ),
        )!;
      });
      const mean = found.reduce((sum, {guess}) => sum + guess, 0) / found.length;
      const sd = Math.sqrt(found.reduce((sum, {guess}) => sum + (guess - mean) ** 2, 0) / found.length);
      const said = found.reduce((sum, {error}) => sum + error, 0) / found.length;
      expect(Math.abs(mean - truth.guess)).toBeLessThan(0.03);
      expect(sd).toBeLessThan(0.15);
      expect(said / sd).toBeGreaterThan(0.7);
      expect(said / sd).toBeLessThan(1.5);
    },
  );

  it('are none of what is not drawn, and not told of too few members or where nothing differs', () => {
    const noise = results(64, ({chance}) => standard(9, chance));
    expect(spreadOf(noise, {guess: false, known: false})).toEqual({guess: 0, known: 0, chance: 1, error: 0});
    expect(spreadOf(noise.slice(0, 12))).toBeNull();
    expect(spreadOf(Array(64).fill(3))).toBeNull();
    expect(spreadOf(Array(64).fill(Number.NaN))).toBeNull();
  });
});

// R 4: quantile(c(1, 2, 3, 4), 0.25) is 1.75, quantile(c(15, 20, 35, 40, 50), 0.4) is 29 (type 7, the default).
it.each([
  {values: [1, 2, 3, 4], p: 0.25, is: 1.75},
  {values: [15, 20, 35, 40, 50], p: 0.4, is: 29},
  {values: [8], p: 0.95, is: 8},
  {values: [1, 2], p: 1, is: 2},
])('the quantile $p of $values is $is', ({values, p, is}) => {
  expect(quantile(Float64Array.from(values), p)).toBeCloseTo(is, 12);
});

it('values that are none do not count', () => {
  expect(band([3, Number.NaN, 1, 2])).toEqual({median: 2, p05: 1.1, p95: 2.9});
  expect(band([Number.NaN]).median).toBeNaN();
});
