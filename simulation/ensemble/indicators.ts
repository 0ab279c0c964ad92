import {
  INDICATORS,
  type IndicatorValues,
  PARTS,
  type RunIndicators,
  SHARED_INDICATORS,
  WHOLE_SITE,
} from '#schemas';
import type {RunPlan} from '../plan.ts';
import {drawsAny} from './draws.ts';
import {type MemberSummary, summaryShape} from './member.ts';
import {type Band, band} from './quantile.ts';
import {spreadOf} from './spread.ts';

type Told = Pick<RunIndicators, 'members' | 'years' | 'indicators' | 'zones' | 'values'>;
type Summaries = readonly MemberSummary[];

const number = (value: number) => (Number.isNaN(value) ? null : value);

function columns(bands: readonly Band[]) {
  return {
    median: bands.map(({median}) => number(median)),
    p05: bands.map(({p05}) => number(p05)),
    p95: bands.map(({p95}) => number(p95)),
  };
}

/** Members of both runs, by number, ascending: what a difference is made of. */
function pairs(members: Summaries, against: Summaries): [MemberSummary, MemberSummary][] {
  const others = new Map(against.map((summary) => [summary.member, summary]));
  return members.flatMap((summary) => {
    const other = others.get(summary.member);
    return other ? [[summary, other] as [MemberSummary, MemberSummary]] : [];
  });
}

/**
 * Yearly indicators by zone over members: median and 5–95 %, parts of totals, the share of the last year's spread that rests on
 * guesses; with `against`, the difference of each member to its twin, which had the same weather, parameters and luck. `zones`:
 * only these. The order in which members came makes no difference.
 */
export function indicatorsOf(
  plan: RunPlan,
  summaries: Summaries,
  options: {zones?: readonly string[]; against?: Summaries} = {},
): Told {
  const members = summaries.toSorted((a, b) => a.member - b.member);
  const shape = summaryShape(plan);
  const places = [...plan.zones.map(({id, name, areaM2}) => ({id, name, areaM2})), wholeSite(plan)];
  const chosen = [...places.entries()].filter(([, {id}]) => options.zones?.includes(id) ?? true);
  const rows = [...Array(shape.rows).keys()];
  const drawn = {guess: drawsAny(plan, 'guess'), known: drawsAny(plan, 'known')};
  const twins = options.against ? pairs(members, options.against) : null;

  const valuesOf = (i: number, z: number): IndicatorValues => {
    const at = (t: number) => (t * INDICATORS.length + i) * shape.zones + z;
    const values: IndicatorValues = columns(rows.map((t) => band(members.map((m) => m.indicators[at(t)]!))));
    const last = at(shape.rows - 1);
    const byMember: number[] = [];
    for (const {member, indicators} of members) byMember[member] = indicators[last]!;
    const spread = spreadOf(
      Array.from(byMember, (value) => value ?? Number.NaN),
      drawn,
    );
    if (spread) {
      values.guessShare = spread.guess;
      values.spread = spread;
    }
    const shared = SHARED_INDICATORS.indexOf(INDICATORS[i]!.id as never);
    if (shared >= 0) values.parts = partsOf(members, shape, shared, z);
    if (twins) {
      values.difference = columns(
        rows.map((t) => band(twins.map(([one, other]) => one.indicators[at(t)]! - other.indicators[at(t)]!))),
      );
    }
    return values;
  };

  return {
    members: twins?.length ?? members.length,
    years: rows.map((t) => plan.firstYear - 1 + t),
    indicators: INDICATORS.map(({id, unit, kind, name}) => ({id, unit, kind, name})),
    zones: chosen.map(([, place]) => place),
    values: Object.fromEntries(
      chosen.map(([z, {id}]) => [
        id,
        Object.fromEntries(INDICATORS.map((one, i) => [one.id, valuesOf(i, z)])),
      ]),
    ),
  };
}

function wholeSite(plan: RunPlan) {
  const areaM2 = plan.units.reduce((sum, unit) => sum + unit.areaM2, 0);
  return {id: WHOLE_SITE, name: {en: 'Whole site', zh: '全域'}, areaM2};
}

/** Shares of a total: mean over members of each part over the mean of all; null where there is nothing. */
function partsOf(
  members: Summaries,
  shape: ReturnType<typeof summaryShape>,
  shared: number,
  z: number,
): NonNullable<IndicatorValues['parts']> {
  const shares = PARTS.map((): (number | null)[] => []);
  for (let t = 0; t < shape.rows; t += 1) {
    const sums = PARTS.map((_, p) => {
      const at = t * shape.parts + (shared * PARTS.length + p) * shape.zones + z;
      return members.reduce((sum, {parts}) => sum + parts[at]!, 0);
    });
    const total = sums.reduce((sum, value) => sum + value, 0);
    for (const [p, sum] of sums.entries()) shares[p]!.push(total > 0 ? sum / total : null);
  }
  return Object.fromEntries(PARTS.map((part, p) => [part, shares[p]!])) as never;
}
