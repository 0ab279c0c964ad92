import {describe, expect, it} from 'vitest';
import {adjustment, correctedValue, driftCorrection} from '#model';
import {referenceText} from '../reference-rows.ts';

type Sample = {timeMs: number; raw: number; published: number};

/**
 * Raw and published values of three river sondes between two visits each, as their technicians corrected them by hand
 * (Jones, Jones and Horsburgh 2022): `tests/fixtures/real/logan-river`.
 */
const WINDOWS = new Map<string, Sample[]>();
for (const row of referenceText('real/logan-river/drift.csv')) {
  const name = `${row['station']} ${row['variable']}, window ${row['window']}`;
  const samples = WINDOWS.get(name) ?? [];
  samples.push({
    timeMs: Date.parse(row['time']!),
    raw: Number(row['raw']),
    published: Number(row['published']),
  });
  WINDOWS.set(name, samples);
}
/** Values are published to three decimals, and so is the offset that is read off them at each end. */
const PRECISION = 0.001 + 1e-9;

describe('linear drift between two calibrations', () => {
  it('has thirteen windows to reproduce', () => {
    expect(WINDOWS.size).toBe(13);
  });

  it.each([...WINDOWS.keys()])('reproduces %s', (name) => {
    const samples = WINDOWS.get(name)!;
    const [first, last] = [samples[0]!, samples.at(-1)!];
    expect(samples.length).toBeGreaterThan(60);
    // All that is told of the window: what was found at its two ends.
    const correction = driftCorrection({
      startMs: first.timeMs,
      endMs: last.timeMs,
      start: [{reading: first.raw, reference: first.published}],
      end: [{reading: last.raw, reference: last.published}],
    });
    expect(Math.abs(correction.offset[1] - correction.offset[0])).toBeGreaterThan(0.04);
    for (const {timeMs, raw, published} of samples) {
      expect(Math.abs(correctedValue(correction, timeMs, raw) - published)).toBeLessThanOrEqual(PRECISION);
    }
  });
});

describe('correctedValue', () => {
  const rule = {startMs: 1000, endMs: 2000, offset: [1, 3], gain: [1, 2]} as const;
  it.each([
    {at: 'the start', timeMs: 1000, value: 10, corrected: 11},
    {at: 'the middle', timeMs: 1500, value: 10, corrected: 17},
    {at: 'the end', timeMs: 2000, value: 10, corrected: 23},
    {at: 'a time before, as at the start', timeMs: 0, value: 10, corrected: 11},
    {at: 'a time after, as at the end', timeMs: 9000, value: 10, corrected: 23},
    {at: 'no value', timeMs: 1500, value: Number.NaN, corrected: Number.NaN},
  ])('at $at', ({timeMs, value, corrected}) => {
    expect(correctedValue(rule, timeMs, value)).toBe(corrected);
  });

  it('of one instant is that of its end', () => {
    expect(correctedValue({...rule, endMs: 1000}, 1000, 10)).toBe(23);
  });
});

describe('what a calibration found', () => {
  it.each([
    // A pH electrode that reads 7.05 in buffer 7.00 and 9.85 in buffer 10.01: slope 3.01/2.80.
    {points: [{reading: 7.05, reference: 7}], gain: 1, offset: -0.05},
    {
      points: [
        {reading: 7.05, reference: 7},
        {reading: 9.85, reference: 10.01},
      ],
      gain: 3.01 / 2.8,
      offset: 7 - (3.01 / 2.8) * 7.05,
    },
  ])('by $points.length standards', ({points, gain, offset}) => {
    const found = adjustment(points);
    expect(found.gain).toBeCloseTo(gain, 12);
    expect(found.offset).toBeCloseTo(offset, 12);
  });

  it.each([
    {why: 'no standard', points: [], message: /one or two calibration standards were expected, got 0/},
    {
      why: 'two standards that read alike',
      points: [
        {reading: 7, reference: 7},
        {reading: 7, reference: 10},
      ],
      message: /tells apart/,
    },
    {
      why: 'standards the wrong way round',
      points: [
        {reading: 7, reference: 10},
        {reading: 10, reference: 7},
      ],
      message: /tells apart/,
    },
  ])('refuses $why', ({points, message}) => {
    expect(() => adjustment(points)).toThrow(message);
  });

  it('refuses a drift that ends before it starts', () => {
    expect(() => driftCorrection({startMs: 2, endMs: 1, end: [{reading: 1, reference: 1}]})).toThrow(
      /before/,
    );
  });
});
