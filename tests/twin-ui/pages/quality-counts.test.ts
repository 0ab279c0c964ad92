import {describe, expect, it} from 'vitest';
import {
  markedFraction,
  type QualityItem,
  stepOf,
  sumOf,
  testsOf,
  thereFraction,
  weekOf,
  wholeOf,
} from '../../../twin-ui/pages/data/quality-counts.ts';

/** Three weeks: a good one, one with everything wrong, one in which nothing came. */
const ITEM: QualityItem = {
  datastream: 'a:soil_moisture:point',
  rows: [672, 100, 0],
  expected: [672, 200, null],
  flags: {'1': [670, 40, 0], '3': [2, 20, 0], '4': [0, 30, 0], '9': [0, 10, 0]},
  failed: {spike: [2, 25, 0], drift: [0, 30, 0]},
};

describe('quality of a series', () => {
  it('is counted by week, with what was due', () => {
    expect(weekOf(ITEM, 1)).toEqual({
      rows: 100,
      pass: 40,
      notEvaluated: 0,
      suspect: 20,
      fail: 30,
      missing: 10,
      expected: 200,
      failed: {spike: 25, drift: 30},
    });
    expect(markedFraction(weekOf(ITEM, 1))).toBe(0.6);
    expect(thereFraction(weekOf(ITEM, 1))).toBe(0.5);
  });

  it('has no share where nothing came or nobody can tell', () => {
    expect(markedFraction(weekOf(ITEM, 2))).toBeNull();
    expect(thereFraction(weekOf(ITEM, 2))).toBeNull();
  });

  it('adds up over weeks and series', () => {
    const whole = wholeOf(ITEM);
    expect(whole).toMatchObject({rows: 772, pass: 710, expected: 872, failed: {spike: 27, drift: 30}});
    expect(sumOf([whole, whole]).rows).toBe(1544);
    expect(sumOf([]).expected).toBeNull();
  });

  it('never has more than all that was due', () => {
    expect(thereFraction({...wholeOf(ITEM), rows: 900})).toBe(1);
  });

  it('shows the usual tests, and another where it marked something', () => {
    const names = testsOf(wholeOf(ITEM)).map(({test}) => test);
    expect(names).toContain('grossRange');
    expect(names).toContain('drift');
    expect(names).not.toContain('neighbour');
  });

  it.each([
    [null, 'none'],
    [0, 'clean'],
    [0.001, 'clean'],
    [0.0011, 'good'],
    [0.01, 'good'],
    [0.05, 'some'],
    [0.2, 'many'],
    [0.21, 'bad'],
    [1, 'bad'],
  ])('a share of %s marked has the step %s', (fraction, step) => {
    expect(stepOf(fraction)).toBe(step);
  });
});
