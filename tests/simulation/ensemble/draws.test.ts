import {describe, expect, it} from 'vitest';
import {PARAMETER_RANGES} from '#model';
import {drawnPlan, drawOf, drawsAny} from '#simulation';
import {smallPlan} from '../small-plan.ts';

const MEMBERS = 8001;

function drawn(parameter: 'stressMortality' | 'slaM2PerKg' | 'efficiency', species = 1): number[] {
  const plan = smallPlan();
  return Array.from(
    {length: MEMBERS - 1},
    (_, i) => drawnPlan(plan, i + 1).species[species]!.values[parameter],
  );
}

describe('members', () => {
  it('of a block share one source of spread, each two another one', () => {
    for (let block = 0; block < 20; block += 1) {
      const draws = [1, 2, 3, 4].map((k) => drawOf(4 * block + k));
      for (let a = 0; a < 4; a += 1) {
        for (let b = a + 1; b < 4; b += 1) {
          const shared = (['guess', 'known', 'chance'] as const).filter(
            (of) => draws[a]![of] === draws[b]![of],
          );
          expect(shared).toHaveLength(1);
        }
      }
    }
  });

  it('of different blocks share nothing, and none shares anything with member 0', () => {
    const seen = new Map<string, number>();
    for (let member = 0; member <= 64; member += 1) {
      const block = member === 0 ? -1 : Math.floor((member - 1) / 4);
      for (const [of, draw] of Object.entries(drawOf(member))) {
        const key = `${of} ${draw}`;
        expect(seen.get(key) ?? block).toBe(block);
        seen.set(key, block);
      }
    }
  });

  it('0 has the parameters of the table', () => {
    const plan = smallPlan();
    expect(drawnPlan(plan, 0)).toEqual(plan);
  });
});

describe('a drawn parameter', () => {
  // CV of a log-normal quantity is √(e^σ² − 1) and its median e^μ (Johnson, Kotz & Balakrishnan 1994, chapter 14).
  it.each([
    {parameter: 'efficiency', cv: 0.15},
    {parameter: 'slaM2PerKg', cv: 0.15},
  ] as const)(
    '$parameter has the coefficient of variation $cv about the table’s value',
    ({parameter, cv}) => {
      const values = drawn(parameter);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      const table = smallPlan().species[1]!.values[parameter];
      // Two members share a draw, so that 4,000 are independent: standard error of an sd 1/√8000.
      expect(sd / mean / cv).toBeGreaterThan(0.95);
      expect(sd / mean / cv).toBeLessThan(1.05);
      const median = values.toSorted((a, b) => a - b)[values.length / 2]!;
      expect(median / table).toBeCloseTo(1, 1.9);
    },
  );

  it('never leaves its range', () => {
    const [least, most] = PARAMETER_RANGES.stressMortality;
    for (const value of drawn('stressMortality')) {
      expect(value).toBeGreaterThanOrEqual(least);
      expect(value).toBeLessThanOrEqual(most);
    }
  });

  it('is the same in another scenario, with other species in another order, and another with another seed', () => {
    const plan = smallPlan();
    const other = smallPlan({
      scenario: 'other',
      operations: [],
      species: plan.species.toReversed(),
      speciesIds: plan.speciesIds.toReversed(),
      years: 3,
    });
    expect(drawnPlan(other, 5).species.toReversed()).toEqual(drawnPlan(plan, 5).species);
    expect(drawnPlan({...plan, seed: 8}, 5).species).not.toEqual(drawnPlan(plan, 5).species);
  });

  it('that is a guess stays where only the other kind is drawn anew', () => {
    const plan = smallPlan();
    const [first, second] = [drawnPlan(plan, 1), drawnPlan(plan, 2)];
    // Members 1 and 2 share the guesses; specific leaf area of the first species has a source.
    expect(second.species[0]!.values.efficiency).toBe(first.species[0]!.values.efficiency);
    expect(second.species[0]!.values.slaM2PerKg).not.toBe(first.species[0]!.values.slaM2PerKg);
  });

  it('is drawn only where a spread is known', () => {
    const plan = smallPlan({parameterCv: {slaM2PerKg: 0.15}});
    expect(drawnPlan(plan, 3).species[0]!.values.efficiency).toBe(plan.species[0]!.values.efficiency);
    expect(drawsAny(plan, 'guess')).toBe(true);
    expect(drawsAny({...plan, species: [plan.species[0]!]}, 'guess')).toBe(false);
    expect(drawsAny({...plan, parameterCv: {}}, 'known')).toBe(false);
  });
});
