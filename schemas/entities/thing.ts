import {type Static, Type} from 'typebox';
import {ElementId, Id, LocalName, Origin, Period, StatisticSchema} from './datastream.ts';

const Range = Type.Tuple([Type.Number(), Type.Number()]);

/** Limits that replace the catalogue's, for a device, a model or a map. In the catalogue's unit. */
export const LimitOverrides = Type.Object(
  {
    hardRange: Type.Optional(Range),
    suspectRange: Type.Optional(Range),
    intervalS: Type.Optional(Type.Number({exclusiveMinimum: 0, maximum: 31_622_400})),
    step: Type.Optional(Type.Union([Type.Number({exclusiveMinimum: 0}), Type.Null()])),
    spike: Type.Optional(
      Type.Union([
        Type.Object({suspect: Type.Number(), fail: Type.Number()}, {additionalProperties: false}),
        Type.Null(),
      ]),
    ),
    flatLine: Type.Optional(
      Type.Union([
        Type.Object(
          {tolerance: Type.Number(), suspectH: Type.Number(), failH: Type.Number()},
          {additionalProperties: false},
        ),
        Type.Null(),
      ]),
    ),
    reason: Type.Optional(Type.String({maxLength: 300})),
  },
  {additionalProperties: false},
);
export type LimitOverrides = Static<typeof LimitOverrides>;

/** One quantity that a device model measures: its place, statistic and pace where they differ from the catalogue's. */
export const SensorSpec = Type.Object(
  {
    element: ElementId,
    depthM: Type.Optional(Type.Number({minimum: 0, maximum: 12_000})),
    heightM: Type.Optional(Type.Number({minimum: -500, maximum: 12_000})),
    instance: Type.Optional(Id),
    statistic: Type.Optional(StatisticSchema),
    period: Type.Optional(Type.Union([Period, Type.Null()])),
    intervalS: Type.Optional(Type.Number({exclusiveMinimum: 0, maximum: 31_622_400})),
    /** How the value is found, above all in a laboratory: a standard's number, an instrument (SensorThings: procedure). */
    method: Type.Optional(Type.String({minLength: 1, maxLength: 200})),
    limits: Type.Optional(LimitOverrides),
  },
  {additionalProperties: false},
);
export type SensorSpec = Static<typeof SensorSpec>;

/** A make and model of device (SensorThings: Sensor), as data. */
export const DeviceModel = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    id: Id,
    name: LocalName,
    /** The model says nothing of what it measures (`sensors` is empty). A known element that a model does not list is taken all the same. */
    anyElement: Type.Optional(Type.Boolean()),
    sensors: Type.Array(SensorSpec, {maxItems: 64}),
    /** Nominal seconds between messages; absent: learned (median of the last 10 gaps). */
    intervalS: Type.Optional(Type.Number({exclusiveMinimum: 0})),
    protocol: Type.Union([
      Type.Literal('mqtt'),
      Type.Literal('lorawan'),
      Type.Literal('nb-iot'),
      Type.Literal('hj212'),
      Type.Literal('cellular'),
    ]),
    power: Type.Union([Type.Literal('mains'), Type.Literal('solar'), Type.Literal('battery')]),
    source: Type.Optional(Type.String({maxLength: 500})),
  },
  {additionalProperties: false},
);
export type DeviceModel = Static<typeof DeviceModel>;

/** A device of a site: what it is, where it stands, what is particular about it. */
export const Device = Type.Object(
  {
    id: Id,
    model: Id,
    /** The maker's number of this very instrument. */
    serial: Type.Optional(Type.String({minLength: 1, maxLength: 64})),
    name: Type.Optional(LocalName),
    site: Type.Optional(Id),
    zone: Type.Optional(Type.Union([Id, Type.Null()])),
    /** The lake or stream it stands in. */
    feature: Type.Optional(Id),
    /** The place it stands at; the device's own id unless several devices share one. */
    station: Type.Optional(Id),
    longitudeDeg: Type.Number({minimum: -180, maximum: 180}),
    latitudeDeg: Type.Number({minimum: -90, maximum: 90}),
    /** Height of the ground there, in the site's vertical datum. */
    groundM: Type.Optional(Type.Number({minimum: -500, maximum: 9000})),
    heightM: Type.Optional(Type.Number({minimum: -500, maximum: 12_000})),
    role: Type.Optional(Id),
    gateway: Type.Optional(Id),
    origin: Origin,
    sensors: Type.Optional(Type.Array(SensorSpec, {maxItems: 64})),
    limits: Type.Optional(Type.Record(ElementId, LimitOverrides)),
    levels: Type.Optional(
      Type.Object(
        {
          normalLevelM: Type.Optional(Type.Number()),
          bankfullM: Type.Optional(Type.Number()),
          verticalDatum: Type.String({maxLength: 64}),
        },
        {additionalProperties: true},
      ),
    ),
    designDepthCm: Type.Optional(Type.Number()),
    countsDirection: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
    hydraulics: Type.Optional(
      Type.Object({catchmentHa: Type.Optional(Type.Number({minimum: 0}))}, {additionalProperties: true}),
    ),
    intervalS: Type.Optional(Type.Number({exclusiveMinimum: 0})),
  },
  {additionalProperties: false},
);
export type Device = Static<typeof Device>;

/**
 * Where a device stands from a time on, until the next of its placements (SensorThings: HistoricalLocation). A list of them
 * only grows: a move adds one. Its series are those of the station.
 */
export type Placement = {
  /** null: since ever. */
  fromMs: number | null;
  /** null: it was taken away and stands nowhere. */
  station: string | null;
  longitudeDeg: number;
  latitudeDeg: number;
  groundM: number | null;
  heightM: number | null;
  reason: string | null;
  /** When it was said; null: with the device itself. */
  saidMs: number | null;
};

/** A visit at which a device was calibrated or checked. */
export type Calibration = {
  atMs: number;
  /** null: the whole device. */
  element: string | null;
  note: string;
  who: string;
  saidMs: number;
};

/** A person's word that a device stays out. */
export type Refusal = {
  atMs: number;
  who: string;
  reason: string | null;
};

/** A place that carries sensors (SensorThings: Thing). `{site}` and `{site}-{zone}` carry what no device measures. */
export type Station = {
  id: string;
  site: string;
  zone: string | null;
  name: LocalName;
  longitudeDeg: number;
  latitudeDeg: number;
  groundM: number | null;
  origin: Origin;
};

export type DeviceState = 'online' | 'late' | 'offline';
