import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {basalAreaM2, chooseThinned, type Stems, type ThinningRule} from '#model';

const RULES: ThinningRule[] = ['from-below', 'from-above', 'proportional', 'by-vigour'];
const trees = (dbhCm: number[]): Stems[] =>
  dbhCm.map((dbh, id) => ({id, count: 1, dbhCm: dbh, vigour: 1 / dbh, divisible: false}));

describe('ten trees on a hectare', () => {
  const stems = trees([10, 12, 14, 16, 18, 20, 22, 24, 26, 28]);
  const taken = (rule: ThinningRule, target: Parameters<typeof chooseThinned>[1]['target']) => [
    ...chooseThinned(stems, {rule, target, areaM2: 10_000, key: 7}).removed!,
  ];

  it('from below leaves the thickest', () => {
    expect(taken('from-below', {stemsPerHa: 4})).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
  });
  it('from above takes the thickest', () => {
    expect(taken('from-above', {removedFraction: 0.3})).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
  });
  it('by vigour takes the least vigorous', () => {
    expect(taken('by-vigour', {stemsPerHa: 8})).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  });
  it('proportional takes the share, trees as drawn', () => {
    expect(taken('proportional', {removedFraction: 0.5}).reduce((a, b) => a + b)).toBe(5);
  });
  it('refuses a target above what stands, and says what stands', () => {
    const choice = chooseThinned(stems, {
      rule: 'from-below',
      target: {stemsPerHa: 400},
      areaM2: 10_000,
      key: 1,
    });
    expect(choice.refused).toMatchObject({standing: 10, target: 400});
    expect(choice.removed).toBeUndefined();
  });
});

it('a basal area is met to half a tree; divisible stems meet it exactly', () => {
  const stem = fc.record({
    count: fc.double({min: 0.1, max: 50, noNaN: true}),
    dbhCm: fc.double({min: 1, max: 80, noNaN: true}),
    vigour: fc.double({min: 0, max: 1, noNaN: true}),
  });
  fc.assert(
    fc.property(
      fc.array(stem, {minLength: 1, maxLength: 60}),
      fc.constantFrom(...RULES),
      fc.double({min: 0, max: 1, noNaN: true}),
      fc.boolean(),
      (list, rule, share, whole) => {
        const stems = list.map((one, id) => ({...one, id, count: whole ? 1 : one.count, divisible: !whole}));
        const standing = stems.reduce((sum, {count, dbhCm}) => sum + count * basalAreaM2(dbhCm), 0);
        const target = {basalAreaM2PerHa: standing * share};
        const {removed} = chooseThinned(stems, {rule, target, areaM2: 10_000, key: 3});
        const left = stems.reduce(
          (sum, {count, dbhCm}, i) => sum + (count - removed![i]!) * basalAreaM2(dbhCm),
          0,
        );
        const largest = Math.max(...stems.map(({dbhCm}) => basalAreaM2(dbhCm)));
        for (const [i, {count}] of stems.entries()) {
          expect(removed![i]!).toBeGreaterThanOrEqual(0);
          expect(removed![i]!).toBeLessThanOrEqual(count * (1 + 1e-12));
        }
        expect(Math.abs(left - standing * share)).toBeLessThanOrEqual(
          whole ? largest / 2 + 1e-12 : 1e-9 * standing,
        );
      },
    ),
  );
});

it('does not depend on the order in which stems are given', () => {
  const stems = trees(Array.from({length: 40}, (_, i) => 5 + ((i * 37) % 40)));
  const shuffled = [...stems].reverse();
  for (const rule of RULES) {
    const options = {rule, target: {removedFraction: 0.4}, areaM2: 10_000, key: 11};
    const of = (list: Stems[]) => {
      const {removed} = chooseThinned(list, options);
      return list
        .filter((_, i) => removed![i]! > 0)
        .map(({id}) => id)
        .sort((a, b) => a - b);
    };
    expect(of(shuffled)).toEqual(of(stems));
  }
});
