import {resolve} from 'node:path';
import fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import {comparePlots, type PlotResult} from '../../../simulation/verify/plots/compare-plots.ts';
import {checkPlotMap, type PlotMap} from '../../../simulation/verify/plots/plot-map.ts';
import {type Followed, persistence, ratesOf} from '../../../simulation/verify/plots/predict.ts';
import {readPlots} from '../../../simulation/verify/plots/read-plots.ts';
import {plotMisses} from '../../../simulation/verify/plots/report-plots.ts';
import {areaUnderCurve, scoreOf} from '../../../simulation/verify/plots/scores.ts';
import {relativeWater} from '../../../simulation/verify/plots/site-year.ts';
import type {Table} from '../../../simulation/verify/table.ts';

const FOLDER = resolve(import.meta.dirname, '../../fixtures/real/forest-plot-scbi');
type Read = Awaited<ReturnType<typeof readPlots>>;
let read: Read;
let result: PlotResult;
beforeAll(async () => {
  read = await readPlots(resolve(FOLDER, 'stems.csv'), resolve(FOLDER, 'plot.json'));
  result = comparePlots(read.map, read.tables);
});

/** The same figures straight from the rows of the file: stems inside, alive in 2008. */
function byHand() {
  const inside = read.tables.stems.rows.filter((row) => {
    const [x, y] = [Number(row['gx_m']), Number(row['gy_m'])];
    return (
      x >= 20 && x <= 80 && y >= 180 && y <= 240 && row['status_2008'] === 'A' && row['dbh_mm_2008'] !== ''
    );
  });
  const cm = (text: string | undefined) => Number(text) / 10;
  const area = (d: number) => (Math.PI * d * d) / 40_000;
  const alive = inside.filter((row) => row['status_2018'] === 'A');
  const growth = alive
    .filter((row) => row['dbh_mm_2018'] !== '')
    .map((row) => cm(row['dbh_mm_2018']) - cm(row['dbh_mm_2008']));
  return {
    stems: inside.length,
    deaths: inside.length - alive.length,
    startArea: inside.reduce((sum, row) => sum + area(cm(row['dbh_mm_2008'])), 0) / 0.36,
    endArea: alive.reduce((sum, row) => sum + area(cm(row['dbh_mm_2018'])), 0) / 0.36,
    growth,
  };
}

describe('a hectare with three censuses', () => {
  it('is read as its file has it', () => {
    const {stems, deaths, startArea, endArea} = byHand();
    const [all] = result.periods[0]!.groups;
    expect(all).toMatchObject({group: 'all stems', stems, deaths});
    expect(all!.observed.startBasalAreaM2PerHa).toBeCloseTo(startArea, 9);
    expect(all!.observed.basalAreaM2PerHa).toBeCloseTo(endArea, 9);
    expect(result.areaHa).toBeCloseTo(0.36, 12);
    expect(result.periods.map(({from, to}) => [from, to])).toEqual([
      ['2008', '2018'],
      ['2013', '2018'],
    ]);
    expect(result.periods[0]!.years).toBeGreaterThan(9.5);
    expect(result.periods[0]!.years).toBeLessThan(10);
  });

  it('persistence misses by the growth itself and tells no death', () => {
    const {growth, startArea} = byHand();
    const {compared, scores} = result.periods[0]!.groups[0]!;
    const {score} = scores.find(({method}) => method === 'persistence')!;
    // a few that the model lets die in every run are left out of the comparison of all methods
    expect(growth.length - compared).toBeLessThan(0.1 * growth.length);
    const rms = Math.sqrt(growth.reduce((sum, cm) => sum + cm * cm, 0) / growth.length);
    expect(Math.abs(score.dbhRmseCm! / rms - 1)).toBeLessThan(0.1);
    expect(score.mortalityAuc).toBe(0.5);
    expect(score.basalAreaM2PerHa).toBeCloseTo(startArea, 9);
    expect(score.deathsPercentPerYr).toBe(0);
  });

  it('the model grows trees and knows something of who dies, without having seen the later censuses', () => {
    for (const {groups} of result.periods) {
      const [model, still] = ['model', 'persistence'].map(
        (name) => groups[0]!.scores.find(({method}) => method === name)!.score,
      );
      expect(model!.dbhRmseCm!).toBeLessThan(still!.dbhRmseCm!);
      expect(model!.mortalityAuc!).toBeGreaterThan(0.55);
      expect(model!.basalAreaM2PerHa).toBeGreaterThan(10);
    }
  });

  it('does not change with what was measured later', () => {
    const blind: Table = {
      name: 'stems.csv',
      rows: read.tables.stems.rows.map((row) => ({
        ...row,
        dbh_mm_2018: row['dbh_mm_2018'] === '' ? '' : '500',
        dbh_mm_2013: row['dbh_mm_2013'] === '' ? '' : '300',
      })),
    };
    const other = comparePlots(read.map, {...read.tables, stems: blind});
    const modelOf = (one: PlotResult) => one.periods[0]!.groups[0]!.scores[0]!.score;
    expect(modelOf(other).basalAreaM2PerHa).toBe(modelOf(result).basalAreaM2PerHa);
    expect(modelOf(other).mortalityAuc).toBe(modelOf(result).mortalityAuc);
  });

  it('says where it misses, with figures', () => {
    const misses = plotMisses(result);
    expect(misses.some((text) => text.includes('no better than'))).toBe(true);
  });

  it('counts what came up as its file has it, and simulates it from the seeds on', () => {
    const [period] = result.periods;
    const came = read.tables.stems.rows.filter((row) => {
      const [x, y] = [Number(row['gx_m']), Number(row['gy_m'])];
      const inside = x >= 20 && x <= 80 && y >= 180 && y <= 240;
      return inside && row['status_2008'] === 'P' && row['status_2018'] === 'A';
    });
    const {measured, model} = period!.recruits;
    expect(measured.stemsPerHa).toBeCloseTo(came.length / 0.36, 9);
    expect(measured.species).toBe(new Set(came.map((row) => row['sp'])).size);
    expect(result.countedFromCm).toBe(1);
    expect(model.stemsPerHa).toBeGreaterThan(0);
    // no more than one to 2 m × 2 m
    expect(model.stemsPerHa).toBeLessThan(2500);
  });

  it('two censuses leave no rates, and say so', () => {
    const {map, tables} = read;
    const two = comparePlots({...map, censuses: map.censuses.slice(0, 2)}, tables);
    expect(two.periods).toHaveLength(1);
    expect(two.periods[0]!.ratesFrom).toContain('two censuses');
    expect(two.periods[0]!.groups[0]!.scores.map(({method}) => method)).toEqual(['model', 'persistence']);
  });

  it('takes centimetres, other names and other words for the same stems', () => {
    const {map, tables} = read;
    const stems: Table = {
      name: 'own.csv',
      rows: tables.stems.rows.map((row) => ({
        tag: row['stem_id']!,
        code: row['sp']!,
        east: row['gx_m']!,
        north: row['gy_m']!,
        ...Object.fromEntries(
          ['2008', '2013'].flatMap((year) => [
            [`d${year}`, row[`dbh_mm_${year}`] === '' ? '' : String(Number(row[`dbh_mm_${year}`]) / 10)],
            [`s${year}`, {A: 'living', D: 'gone', G: 'gone', P: ''}[row[`status_${year}`]!]!],
            [`t${year}`, row[`date_${year}`]!],
          ]),
        ),
      })),
    };
    const own: PlotMap = {
      ...map,
      columns: {id: 'tag', species: 'code', x: 'east', y: 'north'},
      dbhUnit: 'cm',
      censuses: ['2008', '2013'].map((name) => ({
        name,
        status: `s${name}`,
        dbh: `d${name}`,
        date: `t${name}`,
      })),
      statuses: {alive: ['living'], dead: ['gone'], absent: ['']},
    };
    const theirs = comparePlots({...map, censuses: map.censuses.slice(0, 2)}, tables);
    const ours = comparePlots(own, {...tables, stems});
    const score = (one: PlotResult) => one.periods[0]!.groups[0]!.scores[0]!.score;
    expect(score(ours).basalAreaM2PerHa).toBeCloseTo(score(theirs).basalAreaM2PerHa, 6);
    expect(score(ours).mortalityAuc).toBeCloseTo(score(theirs).mortalityAuc!, 6);
  });
});

describe('rows that cannot be', () => {
  const broken = (change: Record<string, string>): Table => ({
    name: 'stems.csv',
    rows: read.tables.stems.rows.map((row, i) => (i === 4 ? {...row, ...change} : row)),
  });
  it.each([
    [{gx_m: '4000'}, /line 6: a stem at 4000/],
    [{gx_m: ''}, /line 6: gx_m is empty/],
    [{dbh_mm_2008: '-5'}, /line 6: dbh_mm_2008 is -5 mm/],
    [{dbh_mm_2013: 'thick'}, /line 6: dbh_mm_2013 is "thick"/],
    [{date_2008: '10/22/2008'}, /line 6: date_2008 is "10\/22\/2008", YYYY-MM-DD/],
    [{sp: 'none'}, /no species none/],
  ])('%j', (change, message) => {
    expect(() => comparePlots(read.map, {...read.tables, stems: broken(change)})).toThrow(message);
  });

  it('a map that leaves nothing inside its edge, or misses a part', () => {
    const {plot} = read.map;
    expect(() => checkPlotMap({...read.map, plot: {...plot, edgeM: 60}}, 'map.json')).toThrow(
      'leaves nothing inside',
    );
    const {climate: _, ...rest} = read.map;
    expect(() => checkPlotMap(rest, 'map.json')).toThrow(
      "map.json: the value must have required property 'climate'",
    );
  });
});

describe('scores', () => {
  it('AUC is the share of pairs in order, ties counted half', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({score: fc.integer({min: 0, max: 5}), dead: fc.boolean()}), {
          minLength: 2,
          maxLength: 40,
        }),
        (stems) => {
          const [dead, alive] = [stems.filter((s) => s.dead), stems.filter((s) => !s.dead)];
          let won = 0;
          for (const d of dead)
            for (const a of alive) won += d.score > a.score ? 1 : d.score === a.score ? 0.5 : 0;
          const auc = areaUnderCurve(
            stems.map(({score}) => score),
            stems.map((s) => s.dead),
          );
          if (dead.length === 0 || alive.length === 0) expect(auc).toBeNull();
          else expect(auc).toBeCloseTo(won / (dead.length * alive.length), 12);
        },
      ),
    );
  });

  const stem = {id: 's', species: 'x', xM: 0, yM: 0, inside: true, censuses: []};
  const one = (startCm: number, endCm: number | null, years = 5): Followed => ({
    stem,
    species: 0,
    startCm,
    years,
    end: endCm === null ? 'dead' : 'alive',
    endCm,
  });

  // by hand: 20 stems of which 19 grow by 1 cm in 5 years and one dies
  it('rates are the mean growth and death of the class', () => {
    const fitted = [...Array.from({length: 19}, () => one(12, 13)), one(12, null)];
    const [same, thick] = ratesOf(fitted)([one(15, 16, 10), one(70, 70, 5)]);
    expect(same!.dbhCm).toBeCloseTo(17, 9);
    expect(same!.deathProbability).toBeCloseTo(1 - 0.95 ** 2, 9);
    // no stem of that size: the rates of all
    expect(thick!.deathProbability).toBeCloseTo(0.05, 9);
  });

  it('an error of 1 and one of 3 cm are a root mean square of √5', () => {
    const followed = [one(10, 11), one(10, 13), one(10, null)];
    const score = scoreOf(followed, persistence(followed), [true, true, false], 1);
    expect(score.dbhRmseCm).toBeCloseTo(Math.sqrt(5), 12);
    expect(score.dbhBiasCm).toBeCloseTo(-2, 12);
    expect(score.stemsPerHa).toBe(3);
  });
});

// by hand: full through winter, 60 mm short in each of two summer months, refilled by 50 a month
it('soil water of a mean year runs over, empties and fills again', () => {
  const rain = [80, 80, 80, 80, 80, 40, 40, 80, 80, 80, 80, 80];
  const pet = [30, 30, 30, 30, 30, 100, 100, 30, 30, 30, 30, 30];
  const water = relativeWater(rain, pet, 100);
  expect(water[4]).toBe(1);
  expect(water[5]).toBeCloseTo(0.7, 12);
  expect(water[6]).toBeCloseTo(0.2, 12);
  expect(water[7]).toBeCloseTo(0.25, 12);
  expect(water[11]).toBe(1);
});
