import {describe, expect, it} from 'vitest';
import {checkNeighbours, type NeighbourParameters, neighbourSteps} from '#model';
import {FLAG, QC_CENSORED_BELOW, QC_TEST} from '#schemas';
import {referenceText} from '../reference-rows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const P: NeighbourParameters = {
  windowMs: 7 * DAY_MS,
  leastPairs: 48,
  leastNeighbours: 2,
  sds: 6,
  leastSd: 0.05,
  pairWithinMs: HOUR_MS / 2,
};

type Columns = {timeMs: number[]; value: number[]; qc: number[]};
/** Two weeks of hours that rise and fall with the day, 10 ± 5. */
const wave = (i: number) => 10 + 5 * Math.sin((i * Math.PI) / 12);
const HOURS = 14 * 24;
function series(of: (i: number) => number, shiftMs = 0): Columns {
  const rows = Array.from({length: HOURS}, (_, i) => i);
  return {
    timeMs: rows.map((i) => i * HOUR_MS + shiftMs),
    value: rows.map(of),
    qc: rows.map((i) => (Number.isNaN(of(i)) ? FLAG.missing : FLAG.pass)),
  };
}
const LATE = {fromMs: 7 * DAY_MS, toMs: 14 * DAY_MS};
const flagsOf = (target: Columns, neighbours: Columns[], change: Partial<NeighbourParameters> = {}) =>
  checkNeighbours(target, neighbours, {...P, ...change}, LATE).flag;
const suspects = (flags: Uint8Array) => [...flags.keys()].filter((i) => flags[i] === FLAG.suspect);

/** The target follows a = 2 x + 1 exactly; each neighbour is another straight line of the wave. */
const STEADY = [series((i) => wave(i)), series((i) => 20 - wave(i)), series((i) => 3 * wave(i))];
const target = (fault: (i: number) => number = () => 0) => series((i) => 2 * wave(i) + 1 + fault(i));

describe('checkNeighbours', () => {
  it('passes what follows its neighbours, and says what they lead to expect', () => {
    const found = checkNeighbours(target(), STEADY, P, LATE);
    expect([...found.flag.slice(0, 7 * 24)]).toEqual(Array(7 * 24).fill(FLAG.notEvaluated));
    expect([...found.flag.slice(7 * 24)]).toEqual(Array(7 * 24).fill(FLAG.pass));
    expect(found.expected[200]).toBeCloseTo(2 * wave(200) + 1, 9);
    expect([...found.asked.slice(7 * 24)]).toEqual(Array(7 * 24).fill(3));
  });

  // The lines are exact, so that the standard deviation is the least one, 0.05: six of them are 0.3.
  it.each([
    {what: 'a spike', fault: (i: number) => (i === 250 ? 0.31 : 0), found: [250]},
    {what: 'a spike downwards', fault: (i: number) => (i === 250 ? -0.31 : 0), found: [250]},
    {what: 'less than six sd', fault: (i: number) => (i === 250 ? 0.29 : 0), found: []},
    {
      what: 'a step of a day',
      fault: (i: number) => (i >= 250 && i < 274 ? 1 : 0),
      found: Array.from({length: 24}, (_, i) => 250 + i),
    },
  ])('finds $what', ({fault, found}) => {
    expect(suspects(flagsOf(target(fault), STEADY))).toEqual(found);
    expect(checkNeighbours(target(fault), STEADY, P, LATE).sds[250]).toBeCloseTo(fault(250) / 0.05, 6);
  });

  it('blames a neighbour that is alone against the others, and not the target', () => {
    const wrong = series((i) => wave(i) + (i === 250 ? 4 : 0));
    expect(suspects(flagsOf(target(), [wrong, STEADY[1]!, STEADY[2]!]))).toEqual([]);
    expect(suspects(flagsOf(target(), [wrong, STEADY[1]!]))).toEqual([]);
    expect(suspects(flagsOf(wrong, STEADY.slice(1)))).toEqual([250]);
    // Of two, nobody knows which is wrong: asked for all the same, the target is.
    expect(suspects(flagsOf(target(), [wrong], {leastNeighbours: 1}))).toEqual([250]);
    expect(suspects(flagsOf(target(), [wrong]))).toEqual([]);
  });

  it('is not evaluated without enough neighbours, pairs or values, and missing without a value', () => {
    const all = (flags: Uint8Array) => new Set(flags.slice(7 * 24));
    expect(all(flagsOf(target(), []))).toEqual(new Set([FLAG.notEvaluated]));
    expect(all(flagsOf(target(), [STEADY[0]!]))).toEqual(new Set([FLAG.notEvaluated]));
    expect(all(flagsOf(target(), STEADY, {leastPairs: 169}))).toEqual(new Set([FLAG.notEvaluated]));
    const still = [series(() => 4), series(() => 5)];
    expect(all(flagsOf(target(), still))).toEqual(new Set([FLAG.notEvaluated]));
    const holes = series((i) => (i === 260 ? Number.NaN : 2 * wave(i) + 1));
    expect(flagsOf(holes, STEADY)[260]).toBe(FLAG.missing);
    const gap = (one: Columns) => ({...one, value: one.value.map((v, i) => (i === 260 ? Number.NaN : v))});
    expect(flagsOf(target(), STEADY.map(gap))[260]).toBe(FLAG.notEvaluated);
  });

  it('does not trust a relation far beyond what it was learnt from: an event is no contradiction', () => {
    const flood = (i: number) => (i === 250 ? 40 : 0);
    const rising = STEADY.slice(0, 2).map((one) => ({
      ...one,
      value: one.value.map((v, i) => v + flood(i)),
    }));
    expect(flagsOf(target(), rising)[250]).toBe(FLAG.notEvaluated);
  });

  it('pairs the nearest within half an interval', () => {
    const near = STEADY.map((_, n) => series((i) => [wave(i), 20 - wave(i), 3 * wave(i)][n]!, 1_700_000));
    expect(
      suspects(
        flagsOf(
          target((i) => (i === 250 ? 1 : 0)),
          near,
        ),
      ),
    ).toEqual([250]);
    const far = flagsOf(target(), near, {pairWithinMs: 1_699_999});
    expect(new Set(far.slice(7 * 24))).toEqual(new Set([FLAG.notEvaluated]));
  });

  it.each([
    {what: 'failed', qc: FLAG.fail | QC_TEST.grossRange},
    {what: 'with an impossible time', qc: FLAG.pass | QC_TEST.time},
    {what: 'known only as a limit', qc: FLAG.pass | QC_CENSORED_BELOW},
  ])('leaves out what is $what', ({qc}) => {
    const bad = target((i) => (i === 250 ? 9 : 0));
    bad.qc[250] = qc;
    expect(flagsOf(bad, STEADY)[250]).toBe(FLAG.notEvaluated);
    const wrong = series((i) => wave(i) + (i === 250 ? 4 : 0));
    wrong.qc[250] = qc;
    expect(suspects(flagsOf(target(), [wrong, wrong, STEADY[1]!]))).toEqual([]);
  });

  it('holds a shift against a series for half a window, and then takes it for a new relation', () => {
    const flags = flagsOf(
      target((i) => (i >= 7 * 24 ? 1 : 0)),
      STEADY,
    );
    const found = suspects(flags);
    expect(found.slice(0, 80)).toEqual(Array.from({length: 80}, (_, i) => 7 * 24 + i));
    expect(flags.slice(12 * 24)).toEqual(new Uint8Array(2 * 24).fill(FLAG.pass));
  });

  it('gives the same wherever a run begins, and in steps', () => {
    const noisy = target((i) => Math.sin(i * i) * 0.4);
    const whole = checkNeighbours(noisy, STEADY, P, LATE).sds;
    const part = checkNeighbours(noisy, STEADY, P, {fromMs: 10 * DAY_MS, toMs: 11 * DAY_MS}).sds;
    expect(part.slice(240, 264)).toEqual(whole.slice(240, 264));
    const steps = neighbourSteps(noisy, STEADY, P, LATE);
    let count = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) count += 1;
    expect(count).toBe(28);
    expect(step.value.sds).toEqual(whole);
  });
});

/** Columns of a fixture by name; NaN where a field is empty. */
function fixture(path: string): {
  timeMs: number[];
  text: (column: string) => string[];
  series: (column: string) => Columns;
} {
  const rows = referenceText(path);
  const timeMs = rows.map((row) => Date.parse(row['time']!));
  const text = (column: string) => rows.map((row) => row[column]!);
  return {
    timeMs,
    text,
    series: (column) => {
      const value = text(column).map((field) =>
        field === '' || field === '-9999' ? Number.NaN : Number(field),
      );
      return {timeMs, value, qc: value.map((one) => (Number.isNaN(one) ? FLAG.missing : FLAG.pass))};
    },
  };
}

describe('on measured series', () => {
  it('finds what the technicians of the Logan River rejected, and little else', () => {
    const river = fixture('reference/neighbours/logan-river.csv');
    const flags = checkNeighbours(
      river.series('temp_mendon'),
      [river.series('temp_water_lab')],
      {...P, leastNeighbours: 1, leastSd: 0.01, pairWithinMs: 450_000},
      {fromMs: river.timeMs[0]! + 7 * DAY_MS, toMs: river.timeMs.at(-1)! + 1},
    ).flag;
    const codes = river.text('temp_code_mendon');
    const share = (wanted: (code: string) => boolean) => {
      const rows = [...flags.keys()].filter(
        (i) => (flags[i] === FLAG.pass || flags[i] === FLAG.suspect) && wanted(codes[i]!),
      );
      return {rows: rows.length, found: rows.filter((i) => flags[i] === FLAG.suspect).length / rows.length};
    };
    const rejected = share((code) => code !== '');
    expect(rejected.rows).toBeGreaterThan(0);
    expect(rejected.found).toBeGreaterThan(0.9);
    const kept = share((code) => code === '');
    expect(kept.rows).toBeGreaterThan(600);
    expect(kept.found).toBeLessThan(0.02);
  });

  // Faults put in: a step that is large to a person who looks at the chart. Honest bounds: half of a step, few false alarms.
  it.each([
    {
      file: 'beijing-air.csv',
      target: 'pm25_dingling',
      others: ['pm25_changping', 'pm25_wanshouxigong'],
      step: 300,
    },
    {
      file: 'beijing-air.csv',
      target: 'no2_changping',
      others: ['no2_dingling', 'no2_wanshouxigong'],
      step: 150,
    },
  ])('finds most of a step of $step put into $target, and flags few of the measured values', (of) => {
    const air = fixture(`reference/neighbours/${of.file}`);
    const measured = air.series(of.target);
    const others = of.others.map((name) => air.series(name));
    const judged = {fromMs: air.timeMs[0]! + 7 * DAY_MS, toMs: air.timeMs.at(-1)! + 1};
    const p = {...P, leastSd: 0.1};
    const clean = checkNeighbours(measured, others, p, judged).flag;
    const evaluated = [...clean].filter((flag) => flag === FLAG.pass || flag === FLAG.suspect).length;
    expect(evaluated).toBeGreaterThan(600);
    expect(suspects(clean).length / evaluated).toBeLessThan(0.05);
    const stepped = {
      ...measured,
      value: measured.value.map((v, i) => (i >= 400 && i < 412 ? v + of.step : v)),
    };
    const found = checkNeighbours(stepped, others, p, judged).flag.slice(400, 412);
    const asked = [...found].filter((flag) => flag === FLAG.pass || flag === FLAG.suspect).length;
    expect(asked).toBeGreaterThan(0);
    expect(suspects(found).length / asked).toBeGreaterThan(0.5);
  });

  it('finds an hour 6 °C too warm in a creek by the station above it, from one day of both', () => {
    const below = fixture('real/pringle-creek/downstream.csv');
    const above = fixture('real/pringle-creek/upstream.csv').series('temp_c');
    const measured = below.series('temp_c');
    const judged = {fromMs: below.timeMs[0]! + DAY_MS, toMs: below.timeMs.at(-1)! + 1};
    const p = {...P, windowMs: DAY_MS, leastNeighbours: 1, leastSd: 0.01, pairWithinMs: 150_000};
    const clean = checkNeighbours(measured, [above], p, judged).flag;
    expect(suspects(clean).length).toBeLessThan(0.05 * 288);
    const stepped = {...measured, value: measured.value.map((v, i) => (i >= 400 && i < 412 ? v + 6 : v))};
    const found = checkNeighbours(stepped, [above], p, judged).flag;
    expect(suspects(found.slice(400, 412)).length).toBeGreaterThan(9);
  });
});
