import {describe, expect, it} from 'vitest';
import {
  DAYS_OF_MONTHS,
  dailyFromMonthly,
  dayLengthH,
  growingDegreeDays,
  leafFractionsByCalendar,
  leafFractionsByThermalTime,
} from '#model';

describe('leaves by calendar', () => {
  it.each([
    {months: {leafOut: 3, leafFall: 11}, fractions: [0, 0, 0.5, 1, 1, 1, 1, 1, 1, 1, 0.5, 0]},
    // over the end of the year
    {months: {leafOut: 3, leafFall: 1}, fractions: [0.5, 0, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1]},
    {months: {leafOut: 10, leafFall: 4}, fractions: [1, 1, 1, 0.5, 0, 0, 0, 0, 0, 0.5, 1, 1]},
    {months: null, fractions: Array(12).fill(1)},
  ])('$months', ({months, fractions}) => {
    expect(leafFractionsByCalendar(months)).toEqual(fractions);
  });
});

describe('day length', () => {
  it('is 11.7 h on 3 September at 20 °S', () => {
    // FAO-56 (Allen et al. 1998), example 9
    expect(dayLengthH(-20, 246)).toBeCloseTo(11.7, 1);
  });
  it('is 12 h at the equator on any day, and mirrored between the hemispheres', () => {
    for (const day of [1, 100, 200, 300]) {
      expect(dayLengthH(0, day)).toBeCloseTo(12, 12);
      expect(dayLengthH(40, day) + dayLengthH(-40, day)).toBeCloseTo(24, 9);
    }
  });
  it('is 0 and 24 h at the pole', () => {
    expect(dayLengthH(89, 355)).toBe(0);
    expect(dayLengthH(89, 172)).toBeCloseTo(24, 12);
  });
});

describe('daily temperatures of monthly means', () => {
  const MONTHLY = [8.1, 10.5, 14.8, 19.4, 22.8, 25.6, 29.2, 29.2, 24.8, 19.2, 14.5, 9.5];
  it('are the monthly mean in the middle of the month and lie between its neighbours’ elsewhere', () => {
    const daily = dailyFromMonthly(MONTHLY);
    expect(daily).toHaveLength(365);
    // middle of January: day 15.5, index 15
    expect(daily[15]).toBeCloseTo(8.1, 9);
    expect(Math.min(...daily)).toBeGreaterThan(8.1 - 1e-9);
    expect(Math.max(...daily)).toBeLessThan(29.2 + 1e-9);
    // between 15 December (index 349) and 15 January the line joins 9.5 and 8.1
    expect(daily[0]).toBeCloseTo(9.5 + (8.1 - 9.5) * (15.5 / 31), 1);
  });
});

describe('leaves by thermal time', () => {
  const warm = dailyFromMonthly(Array(12).fill(15));
  it('counts degree days above 5 °C from midwinter', () => {
    expect(growingDegreeDays(warm, 9, 45)).toBeCloseTo(100, 9);
    // south: midwinter is 1 July
    expect(growingDegreeDays(warm, 181 + 9, -45)).toBeCloseTo(100, 9);
  });

  it('opens at the sum and falls with the day length, in both hemispheres', () => {
    const north = leafFractionsByThermalTime({dailyC: warm, latitudeDeg: 45, budburstDegreeDays: 600});
    // 600/10 = 60 days: open on 1 March
    expect(north[1]).toBeCloseTo(0, 9);
    expect(north[2]).toBe(1);
    expect(north[8]).toBe(1);
    expect(north[11]).toBe(0);
    const south = leafFractionsByThermalTime({dailyC: warm, latitudeDeg: -45, budburstDegreeDays: 600});
    expect(south[5]).toBe(0);
    expect(south[0]).toBe(1);
  });

  it('comes earlier when it is warmer', () => {
    const MONTHLY = [-2, 0, 5, 9, 14, 17, 19, 18, 14, 9, 4, 0];
    const inLeaf = (offset: number) =>
      leafFractionsByThermalTime({
        dailyC: dailyFromMonthly(MONTHLY.map((t) => t + offset)),
        latitudeDeg: 48,
        budburstDegreeDays: 150,
      });
    const days = (fractions: number[]) => fractions.reduce((sum, f, i) => sum + f * DAYS_OF_MONTHS[i]!, 0);
    expect(days(inLeaf(2))).toBeGreaterThan(days(inLeaf(0)));
    expect(inLeaf(0)[3]).toBeLessThan(inLeaf(2)[3]!);
  });

  it('stays bare where the sum is never reached', () => {
    const cold = dailyFromMonthly(Array(12).fill(2));
    expect(leafFractionsByThermalTime({dailyC: cold, latitudeDeg: 60, budburstDegreeDays: 50})).toEqual(
      Array(12).fill(0),
    );
  });
});
