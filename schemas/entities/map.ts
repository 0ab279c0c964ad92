import {type Static, Type} from 'typebox';
import {ElementId, Id, Period, StatisticSchema} from './datastream.ts';
import {LimitOverrides} from './thing.ts';

/**
 * A map turns foreign payloads into readings: topics, routes or CSV columns → device, time with zone, element, unit,
 * depth, statistic. One format for MQTT, HTTP and files. Paths are dotted names into a JSON payload
 * (`object.data.temp`, `uplink_message.decoded_payload.*` has no wildcards: one path, one value); in a file they are
 * column names. Nothing in a map is evaluated as code.
 */
const Path = Type.String({minLength: 1, maxLength: 200});
const Constant = Type.Object(
  {value: Type.String({minLength: 1, maxLength: 200})},
  {additionalProperties: false},
);
/** From a path of the payload (or column), from a level of the topic (0-based), or the same for all. */
const Source = Type.Union([
  Type.Object({path: Path}, {additionalProperties: false}),
  Type.Object({topicLevel: Type.Integer({minimum: 0, maximum: 9})}, {additionalProperties: false}),
  Constant,
]);

export const TimeRule = Type.Object(
  {
    path: Path,
    /** `iso` (with Z or an offset; without one, `zone` holds), `unix`, `unixMs`, or a pattern of yyyy MM dd HH mm ss. */
    format: Type.Optional(Type.String({maxLength: 40})),
    /** IANA zone or fixed offset (`+08:00`, `-05:00`) of local times. */
    zone: Type.Optional(Type.String({maxLength: 64})),
    /** Loggers that stamp the end of a period: seconds to take off. */
    stampsEndOfS: Type.Optional(Type.Number({minimum: 0, maximum: 31_622_400})),
    /** Whose clock it is: the device's own (default), or that of the network that took its message in. */
    source: Type.Optional(Type.Union([Type.Literal('device'), Type.Literal('network')])),
  },
  {additionalProperties: false},
);

export const ColumnRule = Type.Object(
  {
    /** Path in the payload or name of the column. */
    path: Path,
    element: ElementId,
    unit: Type.Optional(Type.String({minLength: 1, maxLength: 32})),
    /** Where the payload itself names the unit; `unit` holds where it does not. */
    unitFrom: Type.Optional(Path),
    /** Multiplied before the unit counts (radius → diameter: 2). */
    factor: Type.Optional(Type.Number()),
    offset: Type.Optional(Type.Number()),
    depthM: Type.Optional(Type.Number({minimum: 0})),
    heightM: Type.Optional(Type.Number()),
    /** Depth from a column (height above ground, negative = depth, if `negate`), multiplied to metres (cm: 0.01). */
    depthFrom: Type.Optional(
      Type.Object(
        {
          path: Path,
          negate: Type.Optional(Type.Boolean()),
          factor: Type.Optional(Type.Number({exclusiveMinimum: 0, maximum: 1000})),
          /** Without a depth in the payload the value belongs to the series without depth; else it is refused. */
          optional: Type.Optional(Type.Boolean()),
        },
        {additionalProperties: false},
      ),
    ),
    instance: Type.Optional(Id),
    instanceFrom: Type.Optional(Path),
    statistic: Type.Optional(StatisticSchema),
    period: Type.Optional(Type.Union([Period, Type.Null()])),
    /** A rate per hour that stands for a sum over the row's period: mm/h → mm. */
    ratePerHourOverS: Type.Optional(Type.Number({exclusiveMinimum: 0})),
    /** Compass points (N, NNE …) to degrees. */
    compassPoints: Type.Optional(Type.Boolean()),
    /** Values that mean «not measured», beside empty, NA and NaN. */
    missing: Type.Optional(
      Type.Array(Type.Union([Type.String({maxLength: 32}), Type.Number()]), {maxItems: 16}),
    ),
    /** Column that names the censoring (`<`, `>`), or a prefix in the value itself (`<0.01`) when true. */
    censoredPrefix: Type.Optional(Type.Boolean()),
    /** Only rows where another column has one of these values. */
    where: Type.Optional(
      Type.Object(
        {path: Path, in: Type.Array(Type.String({maxLength: 64}), {maxItems: 64})},
        {additionalProperties: false},
      ),
    ),
    /** How the value is found: a standard's number, an instrument. Kept with the series' deployment. */
    method: Type.Optional(Type.String({minLength: 1, maxLength: 200})),
    /** Only where no column before it gave this series a value: another name for the same quantity. */
    fallback: Type.Optional(Type.Boolean()),
    limits: Type.Optional(LimitOverrides),
    /** Vertical datum of a level: `local` where nobody says. */
    verticalDatum: Type.Optional(Id),
    note: Type.Optional(Type.String({maxLength: 300})),
  },
  {additionalProperties: false},
);

export const ReadingMap = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    id: Id,
    name: Type.Optional(Type.String({maxLength: 200})),
    /** MQTT topic filter that the map answers for (`zigbee2mqtt/+`). */
    topic: Type.Optional(Type.String({maxLength: 256})),
    /** Bridge (principal) whose payloads the map answers for. */
    bridge: Type.Optional(Id),
    device: Source,
    /** Where the payload names the device for people; shown, and no part of its id. */
    deviceName: Type.Optional(Path),
    /** Prefix before the device's own name, so that foreign names cannot meet ours. */
    devicePrefix: Type.Optional(Type.String({maxLength: 32, pattern: '^[A-Za-z0-9_-]*$'})),
    /** Model given to devices on first sight; `generic-json` if absent. They wait for approval unless `autoApprove`. */
    deviceModel: Type.Optional(Id),
    autoApprove: Type.Optional(Type.Boolean()),
    /** Where replayed devices stand, by device name or `*`. */
    positions: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {longitudeDeg: Type.Number(), latitudeDeg: Type.Number(), groundM: Type.Optional(Type.Number())},
          {additionalProperties: false},
        ),
      ),
    ),
    time: TimeRule,
    intervalS: Type.Optional(Type.Number({exclusiveMinimum: 0})),
    columns: Type.Array(ColumnRule, {minItems: 1, maxItems: 200}),
    battery: Type.Optional(
      Type.Object(
        {voltsPath: Type.Optional(Path), percentPath: Type.Optional(Path)},
        {additionalProperties: false},
      ),
    ),
    link: Type.Optional(
      Type.Object(
        {rssiPath: Type.Optional(Path), snrPath: Type.Optional(Path)},
        {additionalProperties: false},
      ),
    ),
    /** Columns known to have no element: listed and left out. Others are listed too, as unknown. */
    ignore: Type.Optional(Type.Array(Path, {maxItems: 200})),
    /** Files: `utf-8` (default), `gbk`, `gb18030`. */
    encoding: Type.Optional(Type.String({maxLength: 16})),
    delimiter: Type.Optional(Type.String({minLength: 1, maxLength: 1})),
    credit: Type.Optional(Type.String({maxLength: 500})),
    licence: Type.Optional(Type.String({maxLength: 64})),
  },
  {additionalProperties: false},
);
export type ReadingMap = Static<typeof ReadingMap>;
export type ColumnRule = Static<typeof ColumnRule>;
export type TimeRule = Static<typeof TimeRule>;
