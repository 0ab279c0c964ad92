import {describe, expect, it} from 'vitest';
import {INDICATORS} from '#schemas';
import {indicatorsOf, type MemberSummary, runSummary} from '#simulation';
import {smallMember, smallPlan} from '../small-plan.ts';

const PLAN = smallPlan();
const summaries = (plan = PLAN, members = 20) =>
  Array.from({length: members}, (_, member) => runSummary(smallMember, plan, member));
const bits = (summary: MemberSummary) => Buffer.from(summary.indicators.buffer).toString('hex');

describe('a member', () => {
  it('is the same bits whenever it is run, and another than the next', () => {
    const [a, b] = [runSummary(smallMember, PLAN, 3), runSummary(smallMember, PLAN, 3)];
    expect(bits(a)).toBe(bits(b));
    expect(bits(runSummary(smallMember, PLAN, 4))).not.toBe(bits(a));
  });

  it('has no flows before its first year', () => {
    const {indicators} = runSummary(smallMember, PLAN, 0);
    const zones = 3;
    const recruits = INDICATORS.findIndex(({id}) => id === 'recruits_per_ha');
    expect(indicators[recruits * zones]).toBeNaN();
    expect(indicators[(INDICATORS.length + recruits) * zones]).toBe(2);
    expect(indicators[0]).toBe(8);
  });
});

describe('indicators of a run', () => {
  it('are told by year and zone, the whole site last', () => {
    const {years, zones, values, members} = indicatorsOf(PLAN, summaries());
    expect(members).toBe(20);
    expect(years).toEqual([2025, 2026, 2027, 2028, 2029, 2030, 2031]);
    expect(zones.map(({id}) => id)).toEqual(['north', 'south', 'island']);
    // Eight trees on 1.5 ha.
    expect(values['south']!['stems_per_ha']!.median[0]).toBeCloseTo(8 / 1.5, 12);
    const {median, p05, p95} = values['island']!['mean_dbh_cm']!;
    for (const [t, value] of median.entries()) {
      expect(p05[t]!).toBeLessThanOrEqual(value!);
      expect(p95[t]!).toBeGreaterThanOrEqual(value!);
    }
    expect(p95.at(-1)! - p05.at(-1)!).toBeGreaterThan(0.1);
    expect(values['island']!['recruits_per_ha']!.median[0]).toBeNull();
  });

  it('are the same whatever the order in which members came', () => {
    const all = summaries();
    expect(indicatorsOf(PLAN, all.toReversed())).toEqual(indicatorsOf(PLAN, all));
  });

  it('tell the parts of a total, which add up to 1', () => {
    const {values} = indicatorsOf(PLAN, summaries());
    const parts = values['north']!['stems_per_ha']!.parts!;
    expect(parts.archive[0]).toBe(1);
    for (let t = 0; t < 7; t += 1) {
      expect(parts.archive[t]! + parts['new-trees'][t]! + parts.cohorts[t]! + parts.ground[t]!).toBeCloseTo(
        1,
        12,
      );
    }
    expect(values['south']!['lai']!.parts!.archive[0]).toBeNull();
    expect(values['south']!['shannon']!.parts).toBeUndefined();
  });

  it('tell how much of the spread rests on guesses: growth hangs on them, the number of stems does not', () => {
    const {values} = indicatorsOf(PLAN, summaries(PLAN, 257));
    const growth = values['island']!['npp_t_per_ha']!.spread!;
    expect(growth.guess).toBeGreaterThan(0.4);
    expect(values['island']!['stems_per_ha']!.spread!.guess).toBeLessThan(
      0.1 + 2 * values['island']!['stems_per_ha']!.spread!.error,
    );
    const without = smallPlan({parameterCv: {}});
    expect(indicatorsOf(without, summaries(without, 33)).values['island']!['mean_dbh_cm']!.guessShare).toBe(
      0,
    );
    expect(
      indicatorsOf(PLAN, summaries(PLAN, 5)).values['island']!['mean_dbh_cm']!.guessShare,
    ).toBeUndefined();
  });

  it('against a run of the same differ by nothing at all', () => {
    const {values} = indicatorsOf(PLAN, summaries(), {against: summaries(smallPlan({scenario: 'twin'}))});
    const {median, p05, p95} = values['island']!['mean_dbh_cm']!.difference!;
    expect([...median, ...p05, ...p95].every((value) => value === 0)).toBe(true);
  });

  it('against another are compared member by member, far closer than by their intervals', () => {
    const thinner = smallPlan({trees: {...PLAN.trees, dbhCm: PLAN.trees.dbhCm.map((cm) => cm - 1)}});
    const {values, members} = indicatorsOf(PLAN, summaries(), {
      against: summaries(thinner, 12),
      zones: ['island'],
    });
    expect(members).toBe(12);
    expect(Object.keys(values)).toEqual(['island']);
    const {difference, p05, p95} = values['island']!['mean_dbh_cm']!;
    expect(difference!.median[0]).toBeCloseTo(1, 12);
    expect(difference!.p95.at(-1)! - difference!.p05.at(-1)!).toBeLessThan((p95.at(-1)! - p05.at(-1)!) / 5);
  });
});
