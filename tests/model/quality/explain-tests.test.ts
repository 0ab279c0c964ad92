import {describe, expect, it} from 'vitest';
import {checkSeries, explainTests} from '#model';
import {FLAG, type Flag, type LimitsInForce, QC_TEST, withVerdict, worseFlag} from '#schemas';

const LIMITS: LimitsInForce = {
  hardRange: [0, 14],
  suspectRange: [5, 10.5],
  intervalS: 900,
  ratePerS: 0.5 / 900,
  spike: {suspect: 0.3, fail: 1},
  flatLine: {tolerance: 0.005, suspectH: 1, failH: 2, unless: null},
};
const PLACE = {latitudeDeg: 41.7, longitudeDeg: -111.9};
const START = Date.UTC(2019, 1, 7);
/** A pH series with a jump, a spike, a hole, values out of both ranges, and ten that do not move. */
const VALUES = [8, 8.1, 9.4, 8.2, 8.3, Number.NaN, 8.1, 11, 8, 15, 8, ...Array(10).fill(7.7), 7.9, 8];
const columns = {
  timeMs: VALUES.map((_, i) => START + i * 900_000),
  value: VALUES,
  qc: VALUES.map(() => 0),
};
const CHECKED = checkSeries(columns, LIMITS, PLACE);
const shown = {...columns, qc: CHECKED};
const of = (row: number) =>
  explainTests(shown, row, {receivedMs: columns.timeMs[row]! + 1000, limits: LIMITS, place: PLACE});
const story = (row: number, test: string) => of(row).find((one) => one.test === test)!;

describe('explainTests', () => {
  // checkSeries is compared with ioos_qc elsewhere; each test told alone must add up to its verdict.
  it.each(VALUES.map((value, row) => ({row, value})))(
    'row $row ($value) adds up to its flag',
    ({row, value}) => {
      const made = of(row).filter(({flag}) => flag !== FLAG.missing);
      const worst = made.reduce<Flag>((flag, one) => worseFlag(flag, one.flag), FLAG.notEvaluated);
      expect(Number.isNaN(value) ? FLAG.missing : worst).toBe(CHECKED[row]! & 0xf);
      for (const {test, flag, named} of made) {
        expect(named, test).toBe((flag === FLAG.suspect || flag === FLAG.fail) && !Number.isNaN(value));
      }
    },
  );

  it('tells the numbers of a spike, a rate and a flat line', () => {
    // |9.4 − (8.1 + 8.2)/2| = 1.25 > 1; 1.3 in 900 s is above 0.5 in 900 s.
    expect(story(2, 'spike')).toMatchObject({
      flag: FLAG.fail,
      numbers: {before: 8.1, after: 8.2, failAbove: 1},
    });
    expect(story(2, 'spike').numbers['distance']).toBeCloseTo(1.25, 12);
    expect(story(2, 'rateOfChange')).toMatchObject({flag: FLAG.suspect, numbers: {seconds: 900}});
    expect(story(2, 'rateOfChange').numbers['perS']).toBeCloseTo(1.3 / 900, 12);
    // Four rows before make an hour: row 15 closes the first flat hour, row 19 the first two.
    expect(story(14, 'flatLine')).toMatchObject({flag: FLAG.pass});
    expect(story(15, 'flatLine')).toMatchObject({
      flag: FLAG.suspect,
      numbers: {suspectRows: 4, suspectSpread: 0},
    });
    expect(story(19, 'flatLine')).toMatchObject({flag: FLAG.fail, numbers: {failRows: 8, failSpread: 0}});
    expect(story(7, 'suspectRange')).toMatchObject({flag: FLAG.suspect, numbers: {value: 11, most: 10.5}});
    expect(story(9, 'grossRange')).toMatchObject({flag: FLAG.fail, numbers: {value: 15, least: 0, most: 14}});
  });

  it('tells of a person by the bit alone, and of an impossible time', () => {
    const qc = [...CHECKED];
    qc[4] = FLAG.fail | QC_TEST.manual;
    qc[0] = withVerdict(qc[0]!, 'time', FLAG.fail);
    const told = (row: number, receivedMs: number) =>
      explainTests({...columns, qc}, row, {receivedMs, limits: LIMITS, place: PLACE});
    const manual = told(4, columns.timeMs[4]!).find(({test}) => test === 'manual');
    expect(manual).toEqual({test: 'manual', flag: FLAG.fail, named: true, numbers: {}});
    const early = told(0, columns.timeMs[0]! - 3_600_000);
    expect(early.find(({test}) => test === 'time')).toMatchObject({flag: FLAG.fail, named: true});
    expect(early.find(({test}) => test === 'spike')).toMatchObject({flag: FLAG.notEvaluated});
    // Such a row is no neighbour: the next one is the first.
    expect(told(1, columns.timeMs[1]!).find(({test}) => test === 'spike')).toMatchObject({
      flag: FLAG.notEvaluated,
      numbers: {before: null},
    });
  });
});
