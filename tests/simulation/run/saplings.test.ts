import {describe, expect, it} from 'vitest';
import type {PlanUnit} from '#simulation';
import {kept, madePlan, madeWeather, treesOn, unitOf} from './made-plan.ts';

/** A wood of a hectare that regenerates, in an even year. */
function years(change: Partial<PlanUnit>, count = 12) {
  const stems: number[] = [];
  const thickest: number[] = [];
  const died: number[] = [];
  const {years: of} = kept(
    madePlan({
      years: count,
      units: [unitOf(0, {regenerates: true, ...change})],
      trees: treesOn(0, {count: 300, species: [0, 1, 3], dbhCm: [12, 30]}),
    }),
    {
      weather: madeWeather(),
      look: ({saplings}) => {
        const rows = [...saplings.rows()];
        stems.push(rows.reduce((sum, row) => sum + row.stems, 0));
        thickest.push(Math.max(0, ...rows.map(({dbhCm}) => dbhCm)));
        died.push(saplings.died[0]!);
      },
    },
  );
  return {stems, thickest, died, recruits: of.map(({values}) => values.recruits_per_ha[0]!)};
}

describe('saplings', () => {
  it('none stand at the start where nothing is said of them, and none come up as trees for years', () => {
    const {stems, recruits} = years({});
    expect(stems[0]).toBe(0);
    expect(stems.at(-1)).toBeGreaterThan(0);
    expect(recruits.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('stand at the start as twenty years of seeds have left them', () => {
    const {stems, thickest, recruits} = years({saplings: {years: 20, belowCm: null}});
    expect(stems[0]).toBeGreaterThan(0);
    expect(thickest[0]).toBeGreaterThan(1);
    // not more than one to 2 m × 2 m
    for (const one of stems) expect(one).toBeLessThanOrEqual(2500);
    const without = years({}).recruits;
    const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
    expect(sum(recruits)).toBeGreaterThan(sum(without));
  });

  it('those that a census counted are among its trees', () => {
    const {stems, thickest} = years({saplings: {years: 20, belowCm: 1}});
    expect(stems[0]).toBeGreaterThan(0);
    expect(thickest[0]).toBeLessThan(1);
  });

  it('flood that kills trees kills them too', () => {
    const flooded = Array.from({length: 12}, (_, m) => (m >= 4 && m < 9 ? 30 : 0));
    const dry = years({saplings: {years: 20, belowCm: null}});
    const wet = years({saplings: {years: 20, belowCm: null}, floodedDays: flooded});
    expect(wet.stems.at(-1)).toBeLessThan(0.2 * dry.stems.at(-1)!);
  });
});
