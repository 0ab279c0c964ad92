import {type Static, Type} from 'typebox';
import {STATISTICS, type Statistic} from '../catalogue/element-type.ts';

export const Id = Type.String({minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]{1,64}$'});
/** `water_level` or a site's own `x_…`. */
export const ElementId = Type.String({minLength: 2, maxLength: 64, pattern: '^[a-z][a-z0-9_]{1,63}$'});
export type ElementId = Static<typeof ElementId>;
export const StatisticSchema = Type.Unsafe<Statistic>(Type.Union(STATISTICS.map((s) => Type.Literal(s))));
/** ISO 8601 durations of whole units that we compute with: PT1M, PT1H, P1D, P1M, P1Y. */
export const Period = Type.String({
  maxLength: 16,
  pattern: '^P(?:[1-9][0-9]{0,3}[DMY]|T[1-9][0-9]{0,4}[HMS])$',
});
export const Origin = Type.Union([Type.Literal('measured'), Type.Literal('virtual')]);
/** `virtual` marks everything that no instrument measured. */
export type Origin = Static<typeof Origin>;
export const LocalName = Type.Object(
  {en: Type.String({minLength: 1, maxLength: 200}), zh: Type.String({minLength: 1, maxLength: 200})},
  {additionalProperties: false},
);
export type LocalName = Static<typeof LocalName>;

/**
 * What makes two values belong to one series: station, element, depth or height, instance, statistic and period.
 * `depthM` is metres below ground or water surface, `heightM` metres above ground; at most one of them.
 */
export type DatastreamKey = {
  station: string;
  element: string;
  depthM: number | null;
  heightM: number | null;
  instance: string | null;
  statistic: string;
  period: string | null;
};

/** A series: its key, its integer inside (`series`), its string outside (`id`). */
export type Datastream = DatastreamKey & {
  /** Stable integer, used in rows and files. */
  series: number;
  /** Stable string, used in URLs and messages: `datastreamId(key)`. */
  id: string;
  site: string;
  zone: string | null;
  /** The device that feeds it now; null for what no device measures. */
  device: string | null;
  unit: string;
  origin: Origin;
};

/** A device and sensor (or method, of a laboratory) that fed a datastream, where, from when to when (exclusive; null: still). */
export type Deployment = {
  datastream: string;
  device: string;
  sensor: string | null;
  longitudeDeg: number;
  latitudeDeg: number;
  depthM: number | null;
  heightM: number | null;
  fromMs: number;
  toMs: number | null;
};

/**
 * The id of a datastream, e.g. `d06-01:soil_moisture:d0.3:point`, `d08-01:wind_speed:mean:PT1M`,
 * `a1:air_temperature:h2:ib:point`. Parts in the key's order; absent ones left out.
 */
export function datastreamId(key: DatastreamKey): string {
  let id = `${key.station}:${key.element}`;
  if (key.depthM !== null) id += `:d${key.depthM}`;
  if (key.heightM !== null) id += `:h${key.heightM}`;
  if (key.instance !== null) id += `:i${key.instance}`;
  id += `:${key.statistic}`;
  if (key.period !== null) id += `:${key.period}`;
  return id;
}
