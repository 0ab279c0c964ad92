import type {CategoryId} from './categories.ts';
import type {UnitCode} from './units.ts';

/** How the values of an interval become one: what a roll-up's `mean` is. */
export type RollUp = 'mean' | 'circularMean' | 'sum' | 'energyMean';

/** Statistics an observation can be of. `p10`, `p50` … are percentiles over the period. */
export const STATISTICS = [
  'point',
  'mean',
  'min',
  'max',
  'sum',
  'sd',
  'p10',
  'p50',
  'p90',
  'p95',
  'p99',
] as const;
export type Statistic = (typeof STATISTICS)[number];

/**
 * When a flat line is no fault: at or above a value, at one value, while the wind is calm (wind_speed of the same
 * station below 0.5 m/s), or at night (sun below the horizon). Such a row takes no part in the test.
 */
export type FlatLineExemption = {atLeast: number} | {equals: number} | 'calm' | 'night';

/** Limits of the quality tests at the nominal interval, in the element's unit. An absent one means: test not made. */
export type QualityLimits = {
  /** Largest usual change from one sample to the next. */
  step?: number;
  /** Largest usual distance from the mean of both neighbours. */
  spike?: {suspect: number; fail: number};
  /** A range smaller than `tolerance` over that many hours. */
  flatLine?: {tolerance: number; suspectH: number; failH: number; unless?: FlatLineExemption};
};

/** Standard vocabularies' words for an element. */
export type Terms = {
  standardName?: string;
  relatedName?: string;
  quantityKind?: string;
  ttn?: string;
  hj212?: string;
  hj212Outside?: boolean;
};

/** An observed property (SensorThings: ObservedProperty). Field meanings: see ELEMENTS. */
export type ElementType = {
  category: CategoryId;
  name: {en: string; zh: string};
  /** UCUM: of the core one of the closed table, of a site's own any. */
  unit: string;
  /**
   * Of a site's own element: the other units its readings may come in, with `value_unit = value * factor + offset`. No
   * other conversion holds for it, not even one of the closed table. Absent: a core element, for which the table holds.
   */
  conversions?: readonly (readonly [code: string, factor: number, offset: number])[];
  hardRange: readonly [number, number];
  suspectRange: readonly [number, number];
  usualRange: readonly [number, number];
  /** Nominal seconds between values; null where values come from campaigns. */
  intervalS: number | null;
  /** Statistic and ISO 8601 period of a bare number. */
  statistic: Statistic;
  period: string | null;
  rollUp: RollUp;
  provenance: 'sensed' | 'surveyed' | 'derived' | 'platform';
  quality: QualityLimits;
  terms: Terms;
  support: string;
  sensor: string;
  /** A site's own element that its files no longer define: its series stay readable, new readings are refused. */
  retired?: true;
};
export type CoreElementType = ElementType & {unit: UnitCode};
