import {describe, expect, it} from 'vitest';
import {runStand, type SpeciesMonth, type StandMonth} from '#model';
import {distributionOf, expectedRows, parametersOf, standCase} from '../three-pg.ts';

const SPECIES_COLUMNS: Record<string, (species: SpeciesMonth) => number | undefined> = {
  Stems: ({stemsPerHa}) => stemsPerHa,
  'Stem DM': ({stemTPerHa}) => stemTPerHa,
  'Root DM': ({rootTPerHa}) => rootTPerHa,
  'Foliage DM': ({foliageTPerHa}) => foliageTPerHa,
  LAI: ({lai}) => lai,
  'Mean DBH': ({dbhCm}) => dbhCm,
  'Basal area': ({basalAreaM2PerHa}) => basalAreaM2PerHa,
  Height: ({heightM}) => heightM,
  LCL: ({crownLengthM}) => crownLengthM,
  crowndiameter: ({crownWidthM}) => crownWidthM,
  fAge: ({modifiers}) => modifiers?.age,
  fVPD: ({modifiers}) => modifiers?.vpd,
  fT: ({modifiers}) => modifiers?.temperature,
  fFrost: ({modifiers}) => modifiers?.frost,
  fSW: ({modifiers}) => modifiers?.soilWater,
  fNutr: ({modifiers}) => modifiers?.nutrition,
  fCalpha: ({modifiers}) => modifiers?.co2Efficiency,
  fCg: ({modifiers}) => modifiers?.co2Conductance,
  PhysMod: ({modifiers}) => modifiers?.physiology,
  GPP: ({grossProductionTPerHa}) => grossProductionTPerHa,
  NPP: ({netProductionTPerHa}) => netProductionTPerHa,
  RADint: ({absorbedMjPerM2}) => absorbedMjPerM2,
  pR: ({rootFraction}) => rootFraction,
  'Penman transp.': ({transpirationMm}) => transpirationMm,
  'Rain intcptn': ({interceptionMm}) => interceptionMm,
};
const SITE_COLUMNS: Record<string, (month: StandMonth) => number> = {
  ASW: ({availableWaterMm}) => availableWaterMm,
  ET: ({evapotranspirationMm}) => evapotranspirationMm,
  'Run off': ({runOffMm}) => runOffMm,
  'Transp Scale Factor': ({waterFraction}) => waterFraction,
};

const STATES = /^(Stems|Stem DM|Root DM|Foliage DM|LAI|Mean DBH|Basal area|Height|LCL|crowndiameter|ASW)$/;

/** Worst difference of a column from the spreadsheet: relative, or in the column's own unit where `absolute`. */
function worst(months: StandMonth[], name: string, column: string, absolute = false): number {
  let largest = 0;
  let compared = 0;
  for (const [i, row] of expectedRows(name).entries()) {
    // the first row is the initial state: it has no flows
    if (i === 0 && !STATES.test(column)) continue;
    const cells = SITE_COLUMNS[column]
      ? [[row[column], SITE_COLUMNS[column](months[i]!)] as const]
      : months[i]!.species.map((species, s) => ({species, text: row[`${column}${s + 1}`]}))
          // what would limit a species without leaves moves nothing
          .filter(({species}) => STATES.test(column) || !species.dormant)
          .map(({species, text}) => [text, SPECIES_COLUMNS[column]!(species)] as const);
    for (const [text, value] of cells) {
      if (text === undefined || text === '' || value === undefined) continue;
      const difference = Math.abs(value - Number(text));
      compared += 1;
      // eight printed decimals
      if (difference > 1e-8)
        largest = Math.max(largest, absolute ? difference : difference / Math.abs(Number(text)));
    }
  }
  expect(compared).toBeGreaterThanOrEqual(54);
  return largest;
}

// 3-PGpjs and 3-PGmix spreadsheets (Sands; Forrester & Tang 2016) as distributed with r3PG 0.1.7: fixtures/copyleft/3pg
describe.each(['evergreen_pjs', 'broadleaf_pjs'])('%s', (name) => {
  const months = runStand(standCase(name));
  it.each([...Object.keys(SPECIES_COLUMNS), ...Object.keys(SITE_COLUMNS)])(
    '%s is the spreadsheet’s to 1e-6',
    (column) => {
      expect(worst(months, name, column)).toBeLessThan(1e-6);
    },
  );
});

// Bars: stem 0.1 %, DBH 0.03 %, LAI 0.2 %, soil water 0.1 mm. Reached, and held here, is far less.
describe.each([
  {name: 'evergreen_mix', of: 'pine alone', bar: 1e-5, waterMm: 1e-3},
  {name: 'broadleaf_mix', of: 'beech alone', bar: 1e-5, waterMm: 1e-3},
  {name: 'mixtures_eu', of: 'beech and pine, thinned, thinning themselves', bar: 1e-4, waterMm: 1e-3},
  {name: 'mixtures_other', of: 'a subtropical fir and a just planted sweetgum', bar: 1e-6, waterMm: 1e-4},
])('$name: $of, with the correction for the spread of sizes', ({name, bar, waterMm}) => {
  const months = runStand(standCase(name));
  it.each([...Object.keys(SPECIES_COLUMNS), 'ET', 'Transp Scale Factor'])(
    '%s is the spreadsheet’s',
    (column) => {
      expect(worst(months, name, column)).toBeLessThan(bar);
    },
  );
  it('available soil water', () => {
    expect(worst(months, name, 'ASW', true)).toBeLessThan(waterMm);
    expect(worst(months, name, 'Run off', true)).toBeLessThan(waterMm);
  });
});

describe('mixtures_eu', () => {
  const months = runStand(standCase('mixtures_eu'));
  it('is thinned when the ages are reached', () => {
    const rows = expectedRows('mixtures_eu');
    for (const s of [0, 1]) {
      const column = `Stems${s + 1}`;
      const cuts = rows.filter((row, i) => i > 0 && Number(rows[i - 1]![column]) - Number(row[column]) > 100);
      expect(cuts.length).toBe(s === 0 ? 1 : 2);
      for (const row of cuts) {
        expect(months[rows.indexOf(row)]!.species[s]!.stemsPerHa).toBeCloseTo(Number(row[column]), 6);
        expect(months[rows.indexOf(row)]!.species[s]!.removedTPerHa).toBeGreaterThan(1);
      }
    }
  });
});

describe.each(['evergreen_pjs', 'broadleaf_pjs', 'mixtures_eu'])('balances of %s', (name) => {
  const input = standCase(name);
  const months = runStand(input);

  it('carbon: net production is growth, litter, deaths and harvest', () => {
    // Foliage put out on debt is a loan that production pays back; what is owed when leaves fall is forgiven.
    const owned = (s: SpeciesMonth) =>
      s.stemTPerHa + s.rootTPerHa + s.foliageTPerHa - (s.dormant ? 0 : s.foliageDebtTPerHa);
    for (let i = 1; i < months.length; i += 1) {
      for (const [k, after] of months[i]!.species.entries()) {
        const booked =
          after.netProductionTPerHa +
          after.debtForgivenTPerHa -
          after.foliageLitterTPerHa -
          after.rootLitterTPerHa -
          after.deadTPerHa -
          after.removedTPerHa;
        const change = owned(after) - owned(months[i - 1]!.species[k]!);
        expect(Math.abs(change - booked)).toBeLessThan(1e-9 * owned(after));
      }
    }
  });

  it('water: rain is evapotranspiration, run-off and change of storage', () => {
    for (let i = 1; i < months.length; i += 1) {
      const {availableWaterMm, evapotranspirationMm, runOffMm, suppliedMm} = months[i]!;
      const change = availableWaterMm - months[i - 1]!.availableWaterMm;
      const left = input.weather[i]!.rainMm + suppliedMm - evapotranspirationMm - runOffMm - change;
      expect(Math.abs(left)).toBeLessThan(1e-9);
    }
  });
});

describe('stands of other species and plantings', () => {
  const shared = standCase('mixtures_eu');
  const subtropical = ['Cunninghamia lanceolata', 'Liquidambar formosana'].map((species) => ({
    p: parametersOf(species),
    distribution: distributionOf(species),
    fertility: 0.8,
    thinnings: [],
    start: {stemsPerHa: 1500, stemTPerHa: 0.6, rootTPerHa: 0.3, foliageTPerHa: 0.5},
  }));

  it('enter in the month of their planting with what they start with', () => {
    const [first, second] = subtropical;
    const months = runStand({
      ...shared,
      species: [
        {...first!, ageMonths: 0},
        {...second!, ageMonths: -18},
      ],
    });
    expect(months[17]!.species[1]).toMatchObject({planted: false, stemsPerHa: 0, lai: 0, dbhCm: 0});
    expect(months[18]!.species[1]).toMatchObject({
      planted: true,
      ageYr: 0,
      stemsPerHa: 1500,
      stemTPerHa: 0.6,
    });
    const last = months.at(-1)!.species;
    for (const species of last) {
      expect(species.stemTPerHa).toBeGreaterThan(0.6);
      expect(species.volumeM3PerHa).toBeGreaterThan(0);
    }
    for (const month of months) {
      for (const species of month.species) {
        for (const value of Object.values(species))
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }
    }
  });

  it('need a species and months', () => {
    expect(() => runStand({...shared, species: []})).toThrow('at least one species');
    const weather = [shared.weather[0]!, {...shared.weather[1]!, month: 13}];
    expect(() => runStand({...shared, weather})).toThrow('month is 13, expected 1 to 12');
    expect(runStand({...shared, weather: []})).toEqual([]);
  });

  it('a stand does not care what order its species are named in', () => {
    const forward = runStand(shared);
    const back = runStand({...shared, species: [...shared.species].reverse()});
    for (const [i, month] of forward.entries()) {
      for (const [k, species] of month.species.entries()) {
        expect(back[i]!.species[1 - k]!.stemTPerHa).toBeCloseTo(species.stemTPerHa, 8);
      }
    }
  });

  it('thinning raises the growth of the trees that stay, not that of the stand', () => {
    const one = standCase('evergreen_pjs');
    const thin = {ageYr: 44, stemsPerHa: 400, stem: 1, root: 1, foliage: 1};
    const cut = runStand({...one, species: [{...one.species[0]!, thinnings: [thin]}]});
    const whole = runStand(one);
    const at = cut.findIndex((month) => month.species[0]!.removedTPerHa > 0);
    const removed = cut[at]!.species[0]!;
    expect(removed.stemTPerHa + removed.rootTPerHa + removed.foliageTPerHa).toBeCloseTo(
      removed.removedTPerHa,
      6,
    );
    const growth = (months: StandMonth[]) =>
      months.slice(at + 1).reduce((sum, month) => sum + month.species[0]!.netProductionTPerHa, 0);
    expect(growth(cut)).toBeLessThan(1.05 * growth(whole));
    expect(growth(cut) / 400).toBeGreaterThan(growth(whole) / 800);
  });
});
