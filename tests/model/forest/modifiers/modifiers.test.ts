import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  AGE_RESPONSE,
  ageModifier,
  co2ConductanceModifier,
  co2EfficiencyModifier,
  daytimeVpdKPa,
  dryMatterGPerMj,
  floodModifier,
  frostModifier,
  type MonthOfLight,
  nutritionModifier,
  physiologyModifier,
  potentialGrossProductionG,
  rootFraction,
  rootFractionByUse,
  SOIL_WATER_RESPONSES,
  soilClassResponse,
  soilWaterModifier,
  temperatureModifier,
  treeRelativeAge,
  vpdModifier,
} from '#model';
import {expectedRows, parametersOf, standCase} from '../three-pg.ts';

describe('each modifier by itself against the 3-PG spreadsheets', () => {
  const CASES = [
    {name: 'evergreen_pjs', species: 'Pinus sylvestris'},
    {name: 'broadleaf_pjs', species: 'Fagus sylvatica'},
  ];
  it.each(CASES)('$name, 108 months', ({name, species}) => {
    const p = parametersOf(species);
    const {weather, site} = standCase(name);
    const rows = expectedRows(name);
    for (const [i, row] of rows.entries()) {
      if (i === 0) continue;
      const month = weather[i]!;
      const vpdKPa = daytimeVpdKPa(month.minC, month.maxC);
      expect(10 * vpdKPa).toBeCloseTo(Number(row['VPD']), 7);
      expect(vpdModifier(vpdKPa, 10 * p.CoeffCond)).toBeCloseTo(Number(row['fVPD1']), 7);
      const limits = {minC: p.Tmin, optC: p.Topt, maxC: p.Tmax};
      expect(temperatureModifier(month.meanC, limits)).toBeCloseTo(Number(row['fT1']), 7);
      const frost = {frostDays: month.frostDays, days: 30, lossPerFrostDay: p.kF};
      expect(frostModifier(frost)).toBeCloseTo(Number(row['fFrost1']), 7);
      const water = Number(rows[i - 1]!['ASW']) / site.maxWaterMm;
      expect(soilWaterModifier(water, soilClassResponse(site.soilClass))).toBeCloseTo(Number(row['fSW1']), 6);
      expect(nutritionModifier(0.5, {atZero: p.fN0, power: p.fNn})).toBeCloseTo(Number(row['fNutr1']), 7);
      const age = Number(row['Age species1']) - 1 / 12;
      expect(ageModifier(age / p.MaxAge, {atHalf: p.rAge, power: p.nAge})).toBeCloseTo(
        Number(row['fAge1']),
        7,
      );
      const roots = {maxFraction: p.pRx, minFraction: p.pRn, atZeroFertility: p.m0};
      expect(rootFraction(Number(row['PhysMod1']), 0.5, roots)).toBeCloseTo(Number(row['pR1']), 7);
    }
  });
});

describe('modifiers at their marked points', () => {
  it.each([
    {at: 'the optimum', temperatureC: 22, share: 1},
    {at: 'the lower limit', temperatureC: 2, share: 0},
    {at: 'the upper limit', temperatureC: 40, share: 0},
    {at: 'far below', temperatureC: -30, share: 0},
  ])('temperature is $share at $at', ({temperatureC, share}) => {
    expect(temperatureModifier(temperatureC, {minC: 2, optC: 22, maxC: 40})).toBe(share);
  });

  it.each(Object.entries(SOIL_WATER_RESPONSES))(
    'soil water halves growth of %s at its deficit',
    (_, response) => {
      expect(soilWaterModifier(1 - response.deficitAtHalf, response)).toBeCloseTo(0.5, 12);
      expect(soilWaterModifier(1, response)).toBe(1);
      expect(soilWaterModifier(1.2, response)).toBe(1);
    },
  );

  it('soil classes 1 to 4 are the four textures', () => {
    for (const [i, response] of Object.values(SOIL_WATER_RESPONSES).entries()) {
      expect(soilClassResponse(i + 1).deficitAtHalf).toBeCloseTo(response.deficitAtHalf, 12);
      expect(soilClassResponse(i + 1).power).toBe(response.power);
    }
  });

  it('CO2: 1 at 350 ppm, the parameter at 700 ppm', () => {
    expect(co2EfficiencyModifier(350, 1.3)).toBeCloseTo(1, 12);
    expect(co2EfficiencyModifier(700, 1.3)).toBeCloseTo(1.3, 12);
    expect(co2ConductanceModifier(350, 0.7)).toBeCloseTo(1, 12);
    expect(co2ConductanceModifier(700, 0.7)).toBeCloseTo(0.7, 12);
  });

  it('frost, nutrition, flood, physiology', () => {
    expect(frostModifier({frostDays: 31, days: 30, lossPerFrostDay: 1})).toBe(0);
    expect(nutritionModifier(0, {atZero: 0.6, power: 1})).toBe(0.6);
    expect(nutritionModifier(0.3, {atZero: 0.6, power: 0})).toBe(1);
    expect(nutritionModifier(1, {atZero: 0.6, power: 2})).toBe(1);
    expect(floodModifier(15, 0.8)).toBeCloseTo(0.6, 12);
    expect(floodModifier(300, 0.8)).toBeCloseTo(0.2, 12);
    expect(physiologyModifier('min', 0.8, 0.5, 0.9)).toBe(0.5);
    expect(physiologyModifier('product', 0.8, 0.5, 0.9)).toBeCloseTo(0.36, 12);
  });

  it('age: half at 0.95; a tree is as old as its height and years together', () => {
    expect(ageModifier(0.95, AGE_RESPONSE)).toBe(0.5);
    // harmonic mean of what is left: 2/(1/0.5 + 1/0.25) = 1/3
    const tree = {heightM: 20, maxHeightM: 40, ageYr: 150, maxAgeYr: 200};
    expect(treeRelativeAge(tree)).toBeCloseTo(2 / 3, 12);
    expect(treeRelativeAge({...tree, heightM: 41})).toBe(1);
    expect(treeRelativeAge({...tree, ageYr: 900})).toBe(1);
    expect(treeRelativeAge({...tree, heightM: 0, ageYr: 0})).toBe(0);
  });

  it('light use: 24 g per mol and 2.3 mol per MJ', () => {
    expect(dryMatterGPerMj(0.05)).toBeCloseTo(2.76, 12);
  });

  it('roots: the most under full stress, the least without', () => {
    const roots = {maxFraction: 0.6, minFraction: 0.25, atZeroFertility: 0};
    expect(rootFraction(0, 1, roots)).toBeCloseTo(0.6, 12);
    expect(rootFraction(1, 1, roots)).toBeCloseTo(0.25, 12);
    expect(rootFractionByUse(0, 1)).toBe(0.8);
    expect(rootFractionByUse(1, 1)).toBeCloseTo(0.8 / 3.5, 12);
  });
});

const SHARES = Array.from({length: 21}, (_, i) => i / 20);

describe('production answers as it must', () => {
  const shares = fc.double({min: 0, max: 1, noNaN: true});
  const month: fc.Arbitrary<MonthOfLight> = fc.record({
    efficiencyMolPerMol: fc.double({min: 0.01, max: 0.08, noNaN: true}),
    radiationMjPerM2Day: fc.double({min: 0, max: 30, noNaN: true}),
    days: fc.integer({min: 28, max: 31}),
    temperature: shares,
    frost: shares,
    nutrition: shares,
    co2: fc.double({min: 0.5, max: 1.4, noNaN: true}),
    physiology: shares,
    inLeafFraction: shares,
  });

  it('none without light, out of leaf, or in the cold; never negative', () => {
    fc.assert(
      fc.property(month, (m) => {
        expect(potentialGrossProductionG({...m, radiationMjPerM2Day: 0})).toBe(0);
        expect(potentialGrossProductionG({...m, inLeafFraction: 0})).toBe(0);
        expect(potentialGrossProductionG({...m, temperature: 0})).toBe(0);
        expect(potentialGrossProductionG(m)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('more water, light, fertility or CO2 never less; more dryness of the air or flood never more', () => {
    const pair = fc.tuple(shares, shares).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const response = fc.constantFrom(...Object.values(SOIL_WATER_RESPONSES));
    fc.assert(
      fc.property(pair, response, shares, ([low, high], soil, parameter) => {
        expect(soilWaterModifier(high, soil)).toBeGreaterThanOrEqual(soilWaterModifier(low, soil));
        const nutrition = {atZero: parameter, power: 1};
        expect(nutritionModifier(high, nutrition)).toBeGreaterThanOrEqual(nutritionModifier(low, nutrition));
        const co2 = (share: number) => co2EfficiencyModifier(200 + 900 * share, 1 + 0.4 * parameter);
        expect(co2(high)).toBeGreaterThanOrEqual(co2(low) - 1e-12);
        expect(vpdModifier(4 * high, 0.5)).toBeLessThanOrEqual(vpdModifier(4 * low, 0.5));
        expect(floodModifier(60 * high, parameter)).toBeLessThanOrEqual(floodModifier(60 * low, parameter));
        expect(ageModifier(high, AGE_RESPONSE)).toBeLessThanOrEqual(ageModifier(low, AGE_RESPONSE));
      }),
    );
  });

  it('the answer to temperature has one top, at the optimum', () => {
    const limits = fc
      .tuple(
        fc.double({min: -5, max: 10, noNaN: true}),
        fc.double({min: 5, max: 25, noNaN: true}),
        fc.double({min: 5, max: 25, noNaN: true}),
      )
      .map(([minC, up, further]) => ({minC, optC: minC + up, maxC: minC + up + further}));
    fc.assert(
      fc.property(limits, (t) => {
        let before = 0;
        for (const share of SHARES) {
          const rising = temperatureModifier(t.minC + share * (t.optC - t.minC), t);
          expect(rising).toBeGreaterThanOrEqual(before - 1e-12);
          before = rising;
        }
        expect(temperatureModifier(t.optC, t)).toBeCloseTo(1, 12);
        for (const share of SHARES) {
          const falling = temperatureModifier(t.optC + share * (t.maxC - t.optC), t);
          expect(falling).toBeLessThanOrEqual(before + 1e-12);
          before = falling;
        }
      }),
    );
  });
});
