import {INDICATORS, PARTS, SHARED_INDICATORS} from '#schemas';
import type {RunPlan} from '../plan.ts';
import type {RunEvent, RunSink, RunYear} from '../run/sink.ts';
import {drawnPlan, drawOf} from './draws.ts';

/** Years of one member: a pure function of plan and member, but for what it hands to the sink. */
export type RunMember = (plan: RunPlan, member: number, sink: RunSink) => void;

/**
 * What stays of a member: its yearly figures, from the state before the first year on. Indicator i of zone z in row t is at
 * [(t · indicators + i) · (zones + 1) + z]; parts likewise. Flows of the first row are NaN: nothing flowed yet.
 */
export type MemberSummary = {member: number; indicators: Float64Array; parts: Float64Array};

/** Numbers in a year of a summary. */
export function summaryShape(plan: Pick<RunPlan, 'years' | 'zones'>) {
  const zones = plan.zones.length + 1;
  return {
    rows: plan.years + 1,
    indicators: INDICATORS.length * zones,
    parts: SHARED_INDICATORS.length * PARTS.length * zones,
    zones,
  };
}

/** Runs a member and keeps its yearly figures; `sinks` also see every year and event. */
export function runSummary(
  runMember: RunMember,
  plan: RunPlan,
  member: number,
  sinks: readonly Partial<RunSink>[] = [],
): MemberSummary {
  const shape = summaryShape(plan);
  const indicators = new Float64Array(shape.rows * shape.indicators).fill(Number.NaN);
  const parts = new Float64Array(shape.rows * shape.parts).fill(Number.NaN);
  runMember(drawnPlan(plan, member), drawOf(member).chance, {
    year: (year: RunYear) => {
      const row = year.year - plan.firstYear + 1;
      indicators.set(year.indicators, row * shape.indicators);
      parts.set(year.parts, row * shape.parts);
      if (row === 0) {
        for (const [i, {kind}] of INDICATORS.entries()) {
          if (kind === 'flow') indicators.fill(Number.NaN, i * shape.zones, (i + 1) * shape.zones);
        }
      }
      for (const sink of sinks) sink.year?.(year);
    },
    event: (event: RunEvent) => {
      for (const sink of sinks) sink.event?.(event);
    },
  });
  return {member, indicators, parts};
}
