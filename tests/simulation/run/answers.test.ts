import {describe, expect, it} from 'vitest';
import {SOIL_WATER_RESPONSES} from '#model';
import type {RunPlan} from '#simulation';
import {LOAM} from '../../model/soil/soils.ts';
import {
  type KeptYear,
  kept,
  madePlan,
  madeWeather,
  operation,
  speciesOf,
  treesOn,
  unitOf,
} from './made-plan.ts';

const camphor = speciesOf('Cinnamomum camphora');
const at = {year: 2028, month: 3, unitCostCny: 100};
const production = ({alive}: KeptYear) =>
  [...alive.values()].reduce((sum, {netProductionKg}) => sum + netProductionKg, 0);
const sameBits = (a: KeptYear, b: KeptYear) => {
  expect(b.indicators).toEqual(a.indicators);
  expect(b.parts).toEqual(a.parts);
  expect([...b.alive].sort(([x], [y]) => x - y)).toEqual([...a.alive].sort(([x], [y]) => x - y));
};

describe('the same plan and member', () => {
  const plan = (change: Partial<RunPlan> = {}) =>
    madePlan({
      years: 15,
      units: [unitOf(0), unitOf(1, {regenerates: true})],
      cohorts: [{unit: 0, species: 3, dbhCm: 8, heightM: 8, ageYr: 12, stemsPerHa: 150}],
      ...(change as object),
    });
  const {years} = kept(plan());

  it('give the same bits, also after other members ran', () => {
    kept(plan(), {member: 1});
    kept(plan(), {member: 7});
    for (const [k, year] of kept(plan()).years.entries()) sameBits(years[k]!, year);
  });

  it('give the same bits for any order of the trees', () => {
    const {trees} = plan();
    const order = Array.from(trees.id, (_, i) => i).sort(
      (a, b) => ((a * 7919) % 400) - ((b * 7919) % 400) || a - b,
    );
    const pick = <A extends Float64Array | Uint32Array | Uint16Array>(column: A): A =>
      (column.constructor as unknown as {from(list: number[]): A}).from(order.map((i) => column[i]!));
    const shuffled = Object.fromEntries(
      Object.entries(trees).map(([name, column]) => [name, pick(column)]),
    ) as RunPlan['trees'];
    for (const [k, year] of kept({...plan(), trees: shuffled}).years.entries()) sameBits(years[k]!, year);
  });

  it('with another member have other luck', () => {
    const other = kept(plan(), {member: 1}).years.at(-1)!;
    expect(other.indicators).not.toEqual(years.at(-1)!.indicators);
  });

  it('with work that cannot be done stay as they were, and say why', () => {
    const tooMany = operation({
      kind: 'thin',
      ...at,
      rule: 'from-above',
      target: {stemsPerHa: 5000},
      species: null,
    });
    const noRoom = operation(
      {
        kind: 'plant',
        ...at,
        species: camphor,
        count: 90_000,
        spacingM: null,
        dbhCm: 3,
        heightM: 3,
        ageYr: 3,
        survivalFraction: [1, 1, 1],
      },
      [1],
      1,
    );
    const nobody = operation({kind: 'remove-species', ...at, species: [speciesOf('Ginkgo biloba')]}, [0], 2);
    const run = kept({...plan(), operations: [tooMany, noRoom, nobody]});
    expect(run.events).toEqual([
      expect.objectContaining({kind: 'skipped', operation: 0, reason: 'fewer-than-asked'}),
      expect.objectContaining({kind: 'skipped', operation: 1, reason: 'no-room'}),
      expect.objectContaining({kind: 'skipped', operation: 2, reason: 'nothing-there'}),
    ]);
    for (const [k, year] of run.years.entries()) sameBits(years[k]!, year);
  });

  it('where work is done elsewhere, the trees of other units live on as they did: what they share is luck', () => {
    const fell = operation({kind: 'remove-species', ...at, species: [0, 1, 2]}, [1]);
    const run = kept({...plan(), operations: [fell]});
    // farther from the border than any shade reaches, and its cells
    const before = years.at(-1)!.alive;
    const after = run.years.at(-1)!.alive;
    const far = [...before].filter(([id]) => {
      const row = plan().trees.id.indexOf(id);
      return row >= 0 && plan().trees.xM[row]! < 60;
    });
    expect(far.length).toBeGreaterThan(80);
    for (const [id] of far) expect(after.get(id)).toBeDefined();
  });
});

describe('trees answer to their year', () => {
  const dry = {
    weather: madeWeather((day, weather) => {
      weather.rainMm[day] = weather.rainMm[day]! * 0.35;
    }),
  };
  const firstYear = (plan: RunPlan, weather?: ReturnType<typeof madeWeather>) =>
    production(kept(plan, weather ? {weather} : {}).years.at(-1)!);
  const plan = madePlan({years: 2});

  it('no less production with water on a dry site, light, fertility and CO2; no more with dry air and flood', () => {
    const changed = (change: Parameters<typeof madeWeather>[0]) => firstYear(plan, madeWeather(change));
    const base = firstYear(plan);
    expect(firstYear(plan, dry.weather)).toBeLessThan(base);
    const lighter = changed((d, w) => {
      w.radiationMjPerM2[d] = 1.2 * w.radiationMjPerM2[d]!;
    });
    const drier = changed((d, w) => {
      w.vpdKPa[d] = 2 * w.vpdKPa[d]!;
    });
    const richer = changed((_d, w) => {
      w.co2Ppm = 600;
    });
    expect(lighter).toBeGreaterThan(base);
    expect(drier).toBeLessThan(base);
    expect(richer).toBeGreaterThan(base);
    const soil = (fertility: number) => ({waterResponse: SOIL_WATER_RESPONSES.clayLoam, fertility});
    const fertile = [unitOf(0, {soil: soil(0.9)}), unitOf(1, {soil: soil(0.9)})];
    expect(firstYear(madePlan({years: 2, units: fertile}))).toBeGreaterThan(base);
    const wet = [0, 1].map((k) => unitOf(k, {floodedDays: Array<number>(12).fill(12)}));
    expect(firstYear(madePlan({years: 2, units: wet}))).toBeLessThan(base);
  });

  it('production over temperature has one summit', () => {
    const at = [-12, -8, -4, 0, 4, 8, 12].map((shiftC) =>
      firstYear(
        plan,
        madeWeather((d, w) => {
          w.minC[d] = w.minC[d]! + shiftC;
          w.maxC[d] = w.maxC[d]! + shiftC;
          w.meanC[d] = w.meanC[d]! + shiftC;
        }),
      ),
    );
    const top = at.indexOf(Math.max(...at));
    expect(top).toBeGreaterThan(0);
    expect(top).toBeLessThan(at.length - 1);
    for (let k = 1; k < at.length; k += 1) {
      if (k <= top) expect(at[k]!).toBeGreaterThan(at[k - 1]!);
      else expect(at[k]!).toBeLessThan(at[k - 1]!);
    }
  });

  it('a rise of the water table under a dry site is no loss', () => {
    const table = (depthM: number) =>
      madePlan({years: 3, units: [unitOf(0, {tableDepthM: Array<number>(12).fill(depthM)}), unitOf(1)]});
    expect(firstYear(table(1.8), dry.weather)).toBeGreaterThan(firstYear(table(9), dry.weather));
  });

  it('a summer as in 2006 or 2022 costs 10–40 % of a year’s production, and three years later it is made good', () => {
    const summer = madeWeather((d, w) => {
      if (w.year !== 2036 || d < 170 || d > 255) return;
      // in the manner of the middle Yangtze in 2022, July and August: our estimate, not a record; half of the rain and less, 3 °C more
      w.rainMm[d] = 0.45 * w.rainMm[d]!;
      for (const column of [w.minC, w.maxC, w.meanC]) column[d] = column[d]! + 3;
      w.vpdKPa[d] = 1.6 * w.vpdKPa[d]!;
      w.et0Mm[d] = 1.25 * w.et0Mm[d]!;
    });
    const trees = [0, 1].flatMap((unit) => treesOn(unit, {count: 500, species: [0, 1, 3], dbhCm: [8, 25]}));
    const {years} = kept(madePlan({years: 15, trees}), {weather: summer});
    const usual = kept(madePlan({years: 15, trees})).years;
    const of = (list: KeptYear[], year: number) => production(list.find((one) => one.year === year)!);
    const loss = 1 - of(years, 2036) / of(usual, 2036);
    expect(loss).toBeGreaterThan(0.1);
    expect(loss).toBeLessThan(0.4);
    expect(of(years, 2039) / of(usual, 2039)).toBeGreaterThan(0.95);
  });

  it('120 days of flood in the season kill Ginkgo and spare the swamp cypress', () => {
    // May to August under water
    const floodedDays = [0, 0, 0, 0, 30, 30, 30, 30, 0, 0, 0, 0];
    const lives = (name: Parameters<typeof speciesOf>[0]) => {
      const trees = treesOn(0, {count: 300, species: [speciesOf(name)], dbhCm: [10, 20]});
      const {years} = kept(madePlan({years: 1, units: [unitOf(0, {floodedDays})], trees}));
      return years.at(-1)!.alive.size / 300;
    };
    expect(lives('Taxodium distichum')).toBeGreaterThanOrEqual(0.8);
    expect(lives('Ginkgo biloba')).toBeLessThanOrEqual(0.2);
  });

  it('a shallow soil holds less and gives less in a dry year', () => {
    const shallow = {
      ...LOAM,
      layers: LOAM.layers.map((layer, k) => ({...layer, thicknessM: k === 2 ? 0 : layer.thicknessM})),
    };
    const poor = madePlan({years: 2, units: [unitOf(0, {bucket: shallow}), unitOf(1, {bucket: shallow})]});
    expect(firstYear(poor, dry.weather)).toBeLessThan(firstYear(plan, dry.weather));
  });
});

describe('work', () => {
  it('thinning: removed and remaining make what was there; those left grow more; the stand makes no more than unthinned', () => {
    const trees = treesOn(0, {count: 900, species: [0, 1], dbhCm: [6, 20]});
    const base = {years: 10, units: [unitOf(0)], trees};
    const cut = operation({
      kind: 'thin',
      ...at,
      rule: 'from-below',
      target: {removedFraction: 0.4},
      species: null,
    });
    const thinned = kept(madePlan({...base, operations: [cut]})).years;
    const unthinned = kept(madePlan(base)).years;
    const k = thinned.findIndex(({year}) => year === at.year);
    const removed = thinned[k]!.removals.filter(({operation: index}) => index === 0);
    expect(removed.length).toBe(Math.round(0.4 * unthinned[k]!.alive.size));
    expect(thinned[k]!.alive.size + removed.length).toBe(unthinned[k]!.alive.size);
    for (const {id} of removed) expect(thinned[k]!.alive.has(id)).toBe(false);
    let [more, all] = [0, 0];
    for (const [id, tree] of thinned.at(-1)!.alive) {
      const other = unthinned.at(-1)!.alive.get(id);
      const start = unthinned[k]!.alive.get(id)!;
      if (!other) continue;
      all += 1;
      if (tree.dbhCm - start.dbhCm > other.dbhCm - start.dbhCm) more += 1;
    }
    expect(more / all).toBeGreaterThan(0.95);
    for (let year = k + 1; year < thinned.length; year += 1) {
      expect(production(thinned[year]!)).toBeLessThan(1.05 * production(unthinned[year]!));
    }
  });

  it('planting n trees leaves those that were, and n, less the dead; each cost is booked', () => {
    const plant = operation({
      kind: 'plant',
      ...at,
      species: camphor,
      count: 250,
      spacingM: null,
      dbhCm: 3,
      heightM: 2.5,
      ageYr: 4,
      survivalFraction: [0.9, 0.95, 1],
    });
    const {years, events} = kept(
      madePlan({
        years: 8,
        units: [unitOf(0)],
        trees: treesOn(0, {count: 60, species: [0], dbhCm: [10, 20]}),
        operations: [plant],
      }),
    );
    expect(events).toEqual([expect.objectContaining({kind: 'done', amount: 250, costCny: 25_000})]);
    for (let k = 1; k < years.length; k += 1) {
      const planted = years[k]!.year === at.year ? 250 : 0;
      const died = years[k]!.removals.reduce((sum, {stems}) => sum + stems, 0);
      expect(years[k]!.alive.size).toBe(years[k - 1]!.alive.size + planted - died);
    }
    expect(years.find(({year}) => year === at.year)!.values.cost_cny).toEqual([25_000, 25_000]);
    // 0.9 · 0.95 of them, and what else kills: within four standard deviations of the draw
    const left = [...years.at(-1)!.alive.keys()].filter((id) => id >= 100_000).length;
    expect(left).toBeLessThan(250 * 0.855 + 4 * Math.sqrt(250 * 0.855 * 0.145));
    expect(left).toBeGreaterThan(250 * 0.6);
  });

  it('planted trees of no survival are gone after a year', () => {
    const plant = operation({
      kind: 'plant',
      ...at,
      species: camphor,
      count: 100,
      spacingM: 4,
      dbhCm: 3,
      heightM: 2.5,
      ageYr: 4,
      survivalFraction: [0, 1, 1],
    });
    const {years} = kept(madePlan({years: 5, units: [unitOf(0)], trees: [], operations: [plant]}));
    expect(years.map(({alive}) => alive.size)).toEqual([0, 0, 0, 100, 0, 0]);
  });

  it('watering a dry site gives water, costs by the cubic metre, and is worth production', () => {
    const weather = madeWeather((day, w) => {
      w.rainMm[day] = 0.3 * w.rainMm[day]!;
    });
    const water = operation({
      kind: 'irrigate',
      year: 2027,
      month: 1,
      unitCostCny: 2,
      untilYear: 2029,
      depletionFraction: 0.4,
      refillFraction: 1,
      mostMmPerDay: 30,
      wettedFraction: 0.5,
    });
    const {years, events} = kept(madePlan({years: 5, operations: [water]}), {weather});
    const without = kept(madePlan({years: 5}), {weather}).years;
    expect(events.map(({year}) => year)).toEqual([2027, 2028, 2029]);
    for (const [k, {year, values}] of years.entries()) {
      const on = year >= 2027 && year <= 2029;
      expect(values.irrigation_m3[0]! > 0).toBe(on);
      expect(values.irrigation_m3[1]).toBe(0);
      expect(values.cost_cny[0]).toBeCloseTo(2 * values.irrigation_m3[0]!, 6);
      if (on) expect(values.npp_t_per_ha[0]!).toBeGreaterThan(without[k]!.values.npp_t_per_ha[0]!);
    }
  });

  it('fertilising lasts as long as it says', () => {
    const work = operation({kind: 'fertilise', ...at, fertilityGain: 0.3, lastsYears: 2});
    const {years, events} = kept(madePlan({years: 6, operations: [work]}));
    const without = kept(madePlan({years: 6})).years;
    expect(events).toEqual([expect.objectContaining({kind: 'done', amount: 1, costCny: 100})]);
    const gain = (year: number) => {
      const k = years.findIndex((one) => one.year === year);
      return years[k]!.values.npp_t_per_ha[0]! / without[k]!.values.npp_t_per_ha[0]!;
    };
    expect(gain(2027)).toBe(1);
    expect(gain(2028)).toBeGreaterThan(1.05);
    expect(gain(2029)).toBeGreaterThan(1.05);
    // what it left is trees a little larger
    expect(gain(2031)).toBeLessThan(1.05);
  });

  it('coppiced trees come up again as shoots; pruned ones lose leaves for a while', () => {
    const trees = treesOn(0, {count: 100, species: [camphor], dbhCm: [10, 15]});
    const coppice = operation({kind: 'coppice', ...at, species: [camphor]});
    const {years} = kept(madePlan({years: 6, units: [unitOf(0)], trees, operations: [coppice]}));
    const k = years.findIndex(({year}) => year === at.year);
    expect(years[k]!.alive.size).toBeGreaterThan(90);
    for (const {dbhCm} of years[k]!.alive.values()) expect(dbhCm).toBe(1);
    const prune = operation({kind: 'prune', ...at, crownFraction: 0.4, species: null});
    const pruned = kept(madePlan({years: 6, units: [unitOf(0)], trees, operations: [prune]})).years;
    const whole = kept(madePlan({years: 6, units: [unitOf(0)], trees})).years;
    expect(pruned[k]!.values.lai[0]!).toBeLessThan(0.8 * whole[k]!.values.lai[0]!);
    expect(production(pruned[k + 1]!)).toBeLessThan(production(whole[k + 1]!));
  });
});
