import {describe, expect, it} from 'vitest';
import {ContextRows} from '../../../ingest/pipeline/context-rows.ts';
import {seeded} from './hostile-messages.ts';

const times = (rows: ContextRows) => [...rows.timeMs];

describe('newest rows of a series', () => {
  it.each([1, 20, 33, 100])('keeps at least %i, the newest ones, and at most twice that or 64', (keep) => {
    const rows = new ContextRows(keep, false);
    for (let i = 0; i < 1000; i++) {
      rows.push(i, i / 2, 1, Number.NaN);
      expect(rows.length).toBeGreaterThanOrEqual(Math.min(i + 1, keep));
      expect(rows.length).toBeLessThanOrEqual(Math.max(64, 2 * keep));
      expect(rows.timeMs.at(-1)).toBe(i);
    }
    expect(times(rows)).toEqual(Array.from({length: rows.length}, (_, k) => 1000 - rows.length + k));
    expect(rows.reaches(rows.timeMs[0]!)).toBe(true);
    expect(rows.reaches(rows.timeMs[0]! - 1)).toBe(false);
  });

  it('takes late rows in their place, as a sorted list would', () => {
    const random = seeded(5);
    const rows = new ContextRows(500, true);
    const expected: number[] = [];
    for (let i = 0; i < 400; i++) {
      const time = Math.floor(random() * 10_000);
      const place = rows.find(time);
      expect(place >= 0).toBe(expected.includes(time));
      if (place >= 0) continue;
      rows.insert(~place, time, time * 2, time % 7, -time);
      expected.push(time);
      expected.sort((a, b) => a - b);
    }
    expect(times(rows)).toEqual(expected);
    expect([...rows.value]).toEqual(expected.map((time) => time * 2));
    expect([...rows.qc]).toEqual(expected.map((time) => time % 7));
    expect([...rows.companion!]).toEqual(expected.map((time) => -time));
    expect(rows.reaches(-5)).toBe(true);
  });

  it('late rows into a full list', () => {
    const rows = new ContextRows(20, false);
    for (let i = 0; i < 400; i++) rows.push(i * 10, i, 1, Number.NaN);
    for (let i = 399; i > 360; i--) {
      const time = i * 10 - 5;
      if (!rows.reaches(time)) continue;
      rows.insert(~rows.find(time), time, 0, 1, Number.NaN);
      expect(times(rows)).toEqual(times(rows).toSorted((a, b) => a - b));
      expect(rows.length).toBeGreaterThanOrEqual(20);
    }
  });

  it('says when older rows may exist', () => {
    const rows = new ContextRows(20, false);
    rows.markCut();
    expect(rows.reaches(5)).toBe(false);
    rows.push(10, 1, 1, Number.NaN);
    expect([rows.reaches(9), rows.reaches(10), rows.reaches(11)]).toEqual([false, true, true]);
  });
});
