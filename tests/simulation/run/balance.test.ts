import {describe, expect, it} from 'vitest';
import type {PlanOperation, RunPlan} from '#simulation';
import {kept, madePlan, madeWeather, operation, speciesOf, treesOn, unitOf} from './made-plan.ts';

const camphor = speciesOf('Cinnamomum camphora');

/** Everything at once: trees, cohorts, what comes up by itself, and each kind of work. */
function busyPlan(): RunPlan {
  const at = (year: number, month = 5) => ({year, month, unitCostCny: 10});
  const operations: PlanOperation[] = [
    operation(
      {
        kind: 'irrigate',
        ...at(2027),
        untilYear: 2040,
        depletionFraction: 0.3,
        refillFraction: 1,
        mostMmPerDay: 20,
        wettedFraction: 0.6,
      },
      [0],
      0,
    ),
    operation({kind: 'fertilise', ...at(2028), fertilityGain: 0.2, lastsYears: 3}, [1], 1),
    operation(
      {kind: 'thin', ...at(2029), rule: 'from-below', target: {removedFraction: 0.3}, species: null},
      [0, 1],
      2,
    ),
    operation({kind: 'prune', ...at(2030), crownFraction: 0.3, species: [camphor]}, [0], 3),
    operation({kind: 'coppice', ...at(2031), species: [speciesOf('Populus adenopoda')]}, [0, 1], 4),
    operation(
      {
        kind: 'plant',
        ...at(2032),
        species: camphor,
        count: 300,
        spacingM: null,
        dbhCm: 3,
        heightM: 2.5,
        ageYr: 4,
        survivalFraction: [0.8, 0.9, 0.95],
      },
      [1],
      5,
    ),
    operation({kind: 'remove-species', ...at(2035), species: [speciesOf('Machilus nanmu')]}, [0], 6),
  ];
  return madePlan({
    years: 60,
    units: [unitOf(0), unitOf(1, {regenerates: true}), unitOf(2, {tableDepthM: Array<number>(12).fill(1.2)})],
    cohorts: [
      {unit: 0, species: camphor, dbhCm: 6, heightM: 6, ageYr: 8, stemsPerHa: 300},
      {unit: 1, species: speciesOf('Machilus nanmu'), dbhCm: 12, heightM: 10, ageYr: 25, stemsPerHa: 200},
      {unit: 2, species: speciesOf('Liquidambar formosana'), dbhCm: 4, heightM: 5, ageYr: 6, stemsPerHa: 800},
    ],
    operations,
    recruitDbhCm: 5,
  });
}

describe('the books of a busy place', () => {
  const carbon: {trees: number; flows: number; stocks: number}[] = [];
  const {years, events} = kept(busyPlan(), {
    look: ({carbon: of, removals}) => {
      const z = of.nppT.length - 1;
      carbon.push({
        trees: removals.count,
        flows: of.nppT[z]! + of.plantedT[z]! - of.harvestT[z]! - of.respiredDeadT[z]! - of.respiredSoilT[z]!,
        stocks: of.treesT[z]! + of.groundT[z]! + of.deadT[z]! + of.youngSoilT[z]! + of.oldSoilT[z]!,
      });
    },
  });

  it('close for carbon: of each stem, of each year’s reported flows and stocks, to 1e-9', () => {
    for (const [k, {checks}] of years.entries()) {
      expect(checks.carbonOfOneRelative).toBeLessThan(1e-9);
      expect(checks.carbonOfAllRelative).toBeLessThan(1e-9);
      if (k === 0) continue;
      const gap = carbon[k]!.flows - (carbon[k]!.stocks - carbon[k - 1]!.stocks);
      expect(Math.abs(gap) / carbon[k]!.stocks).toBeLessThan(1e-9);
    }
  });

  it('close for water on every unit and day, to 1e-9 mm', () => {
    for (const {checks} of years) expect(checks.waterMm).toBeLessThan(1e-9);
  });

  it('never give more light than falls on a cell', () => {
    for (const {checks, alive} of years) {
      expect(checks.absorbedFraction).toBeLessThanOrEqual(1);
      for (const {index} of alive.values()) {
        expect(index).toBeGreaterThanOrEqual(0);
        expect(index).toBeLessThanOrEqual(1);
      }
    }
  });

  it('had all of it happen', () => {
    expect(events.filter(({kind}) => kind === 'skipped')).toEqual([]);
    const done = new Set(events.map(({operation: index}) => index));
    expect([...done].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const causes = new Set(years.flatMap(({removals}) => removals.map(({cause}) => cause)));
    // age, stress, harvest, planting
    for (const cause of [0, 1, 4, 5]) expect(causes).toContain(cause);
    expect(years.some(({values}) => values.recruits_per_ha[1]! > 0)).toBe(true);
    expect(years.at(-1)!.ids.some((id) => id > 100_300)).toBe(true);
  });

  it('the parts of each total add up to it', () => {
    for (const {parts, values} of years) {
      for (const [k, id] of (
        [
          'stems_per_ha',
          'basal_area_m2_per_ha',
          'volume_m3_per_ha',
          'lai',
          'carbon_trees_t',
          'npp_t_per_ha',
        ] as const
      ).entries()) {
        for (let zone = 0; zone < 4; zone += 1) {
          const sum = [0, 1, 2, 3].reduce((total, part) => total + parts[(4 * k + part) * 4 + zone]!, 0);
          expect(sum).toBeCloseTo(values[id][zone]!, 8);
        }
      }
    }
  });
});

describe('without what it lives on', () => {
  it('no rain and no watering: the soil dries to what roots cannot take, and stays there', () => {
    const dry = madeWeather((day, weather) => {
      weather.rainMm[day] = 0;
    });
    let stored: number[] = [];
    const {years} = kept(madePlan({years: 3}), {
      weather: dry,
      look: ({water}) => {
        stored = [water.storageMm[11]!, water.storageMm[23]!];
      },
    });
    // LOAM: wilting point 0.13 over 1.5 m, the upper 0.1 m at half of it
    const floorMm = 1000 * (0.13 * 1.5 - 0.5 * 0.13 * 0.1);
    for (const mm of stored) {
      expect(mm).toBeGreaterThanOrEqual(floorMm - 1e-9);
      expect(mm).toBeLessThan(floorMm + 40);
    }
    const production = (of: typeof years) =>
      [...of.at(-1)!.alive.values()].reduce((sum, {netProductionKg}) => sum + netProductionKg, 0);
    expect(production(years)).toBeLessThan(0.1 * production(kept(madePlan({years: 3})).years));
  });

  it('no light: no tree produces', () => {
    const dark = madeWeather((day, weather) => {
      weather.radiationMjPerM2[day] = 0;
    });
    const {years} = kept(madePlan({years: 2}), {weather: dark});
    for (const {alive} of years)
      for (const {netProductionKg} of alive.values()) expect(netProductionKg).toBe(0);
  });

  it('no seed: nobody comes up', () => {
    const units = [unitOf(0, {regenerates: true})];
    const bare = kept(madePlan({units, trees: [], years: 40}));
    expect(bare.years.every(({values}) => values.stems_per_ha.at(-1) === 0)).toBe(true);
    // seedlings are too young for seed as well
    const young = treesOn(0, {count: 20, species: [camphor], dbhCm: [2, 3]}).map((tree) => ({
      ...tree,
      ageYr: 1,
    }));
    const few = kept(madePlan({units, trees: young, years: 10}));
    expect(few.years.every(({values}) => values.recruits_per_ha.at(-1) === 0)).toBe(true);
  });
});

it('under the same weather for 500 years nothing runs away: the last century gains or loses less than 0.1 % a year', () => {
  const units = [unitOf(0, {regenerates: true})];
  const totals: number[] = [];
  kept(madePlan({units, years: 500, trees: treesOn(0, {count: 150, species: [0, 1, 3], dbhCm: [5, 30]})}), {
    look: ({indicators}) => {
      totals.push(indicators[10 * 2 + 1]!);
    },
  });
  const mean = (from: number, to: number) =>
    totals.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  expect(Math.abs(mean(450, 500) / mean(350, 400) - 1)).toBeLessThan(0.1);
  expect(Math.max(...totals)).toBeLessThan(3 * mean(400, 500));
});
