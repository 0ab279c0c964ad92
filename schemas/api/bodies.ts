import {type Static, Type} from 'typebox';
import {CATEGORIES, type CategoryId} from '../catalogue/categories.ts';
import {ElementId, Id, LocalName, Origin} from '../entities/datastream.ts';
import {FLAGS, type Flag, QC_TESTS, type QcTest} from '../quality.ts';

/** Bodies of `/api/v1`. Times are ISO 8601 UTC with `Z`. One definition gives type, validation and OpenAPI. */
const closed = {additionalProperties: false} as const;
const NullableNumber = Type.Union([Type.Number(), Type.Null()]);
const NullableString = Type.Union([Type.String(), Type.Null()]);
export const Instant = Type.String({description: 'ISO 8601 UTC, ends in Z'});
export const FlagSchema = Type.Unsafe<Flag>(
  Type.Union(
    FLAGS.map((flag) => Type.Literal(flag)),
    {description: 'QARTOD: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing'},
  ),
);
const Range = Type.Union([Type.Tuple([Type.Number(), Type.Number()]), Type.Null()]);

export const ApiError = Type.Object(
  {code: Type.String(), message: Type.String(), details: Type.Optional(Type.Unknown())},
  closed,
);
export type ApiError = Static<typeof ApiError>;

export const listOf = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object(
    {items: Type.Array(item), next: Type.Optional(Type.String({description: 'Path of the following page'}))},
    closed,
  );

export const CategoryBody = Type.Object(
  {
    id: Type.Unsafe<CategoryId>(Type.Union(Object.keys(CATEGORIES).map((id) => Type.Literal(id)))),
    name: LocalName,
    colour: Type.String(),
    elements: Type.Array(ElementId),
  },
  closed,
);
export type CategoryBody = Static<typeof CategoryBody>;

export const ElementBody = Type.Object(
  {
    id: ElementId,
    category: Type.String(),
    name: LocalName,
    unit: Type.String({description: 'UCUM'}),
    hardRange: Range,
    suspectRange: Range,
    usualRange: Range,
    intervalS: NullableNumber,
    statistic: Type.String(),
    period: NullableString,
    rollUp: Type.String(),
    provenance: Type.String(),
    terms: Type.Object(
      {
        standardName: Type.Optional(Type.String()),
        relatedName: Type.Optional(Type.String()),
        quantityKind: Type.Optional(Type.String()),
        ttn: Type.Optional(Type.String()),
        hj212: Type.Optional(Type.String()),
        hj212Outside: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    quality: Type.Unknown(),
    support: Type.String(),
    sensor: Type.String(),
    core: Type.Boolean(),
  },
  closed,
);
export type ElementBody = Static<typeof ElementBody>;

export const BatteryBody = Type.Union([
  Type.Object({volts: Type.Optional(Type.Number()), percent: Type.Optional(Type.Number())}, closed),
  Type.Null(),
]);
export const LinkBody = Type.Union([
  Type.Object(
    {
      rssiDbm: Type.Optional(Type.Number()),
      snrDb: Type.Optional(Type.Number()),
      gateway: Type.Optional(Type.String()),
    },
    closed,
  ),
  Type.Null(),
]);
export const DeviceStateBody = Type.Union([
  Type.Literal('online'),
  Type.Literal('late'),
  Type.Literal('offline'),
]);

export const DeviceBody = Type.Object(
  {
    id: Id,
    site: Id,
    model: Id,
    modelName: LocalName,
    name: LocalName,
    station: Id,
    zone: NullableString,
    feature: NullableString,
    longitudeDeg: Type.Number(),
    latitudeDeg: Type.Number(),
    groundM: NullableNumber,
    heightM: NullableNumber,
    verticalDatum: NullableString,
    origin: Origin,
    status: Type.Union([Type.Literal('active'), Type.Literal('waiting')]),
    elements: Type.Array(ElementId),
    role: NullableString,
    gateway: NullableString,
    state: DeviceStateBody,
    connected: Type.Boolean(),
    lastSeen: NullableString,
    battery: BatteryBody,
    link: LinkBody,
  },
  closed,
);
export type DeviceBody = Static<typeof DeviceBody>;

/** Event `device` of the stream: a device whose state or connection changed. */
export const DeviceEventBody = Type.Object(
  {
    id: Id,
    site: Id,
    state: DeviceStateBody,
    connected: Type.Boolean(),
    lastSeen: NullableString,
    battery: BatteryBody,
    link: LinkBody,
  },
  closed,
);
export type DeviceEventBody = Static<typeof DeviceEventBody>;

export const LimitsBody = Type.Object(
  {
    hardRange: Range,
    suspectRange: Range,
    intervalS: NullableNumber,
    ratePerS: NullableNumber,
    spike: Type.Union([Type.Object({suspect: Type.Number(), fail: Type.Number()}, closed), Type.Null()]),
    flatLine: Type.Union([
      Type.Object(
        {tolerance: Type.Number(), suspectH: Type.Number(), failH: Type.Number(), unless: Type.Unknown()},
        closed,
      ),
      Type.Null(),
    ]),
  },
  closed,
);

export const DatastreamBody = Type.Object(
  {
    id: Type.String(),
    site: Id,
    station: Id,
    zone: NullableString,
    device: NullableString,
    element: ElementId,
    depthM: NullableNumber,
    heightM: NullableNumber,
    instance: NullableString,
    statistic: Type.String(),
    period: NullableString,
    unit: Type.String(),
    origin: Origin,
    verticalDatum: NullableString,
    limits: LimitsBody,
    deployments: Type.Array(
      Type.Object(
        {
          device: Id,
          sensor: NullableString,
          longitudeDeg: Type.Number(),
          latitudeDeg: Type.Number(),
          depthM: NullableNumber,
          heightM: NullableNumber,
          from: Instant,
          to: NullableString,
        },
        closed,
      ),
    ),
  },
  closed,
);
export type DatastreamBody = Static<typeof DatastreamBody>;

/** `/devices/{id}`: the device with each of its series. */
export const DeviceDetailBody = Type.Object(
  {...DeviceBody.properties, datastreams: Type.Array(DatastreamBody)},
  closed,
);
export type DeviceDetailBody = Static<typeof DeviceDetailBody>;

export const StationBody = Type.Object(
  {
    id: Id,
    site: Id,
    zone: NullableString,
    name: LocalName,
    longitudeDeg: Type.Number(),
    latitudeDeg: Type.Number(),
    groundM: NullableNumber,
    verticalDatum: NullableString,
    origin: Origin,
    devices: Type.Array(Id),
  },
  closed,
);
export type StationBody = Static<typeof StationBody>;

export const ObservationBody = Type.Object(
  {
    datastream: Type.String(),
    station: Id,
    device: Type.Optional(Id),
    element: ElementId,
    depthM: Type.Optional(Type.Number()),
    heightM: Type.Optional(Type.Number()),
    instance: NullableString,
    statistic: Type.String(),
    period: NullableString,
    phenomenonTime: Instant,
    result: NullableNumber,
    unit: Type.String(),
    flag: FlagSchema,
    failed: Type.Array(Type.Unsafe<QcTest>(Type.Union(QC_TESTS.map((test) => Type.Literal(test))))),
    censored: Type.Optional(Type.Union([Type.Literal('<'), Type.Literal('>')])),
    received: Instant,
    late: Type.Boolean(),
    timeSource: Type.String(),
    origin: Origin,
    verticalDatum: Type.Optional(Type.String()),
  },
  closed,
);
export type ObservationBody = Static<typeof ObservationBody>;

export const SeriesBody = Type.Object(
  {
    datastream: Type.String(),
    device: NullableString,
    element: ElementId,
    depthM: NullableNumber,
    heightM: NullableNumber,
    statistic: Type.String(),
    period: NullableString,
    unit: Type.String(),
    origin: Origin,
    verticalDatum: NullableString,
    from: Instant,
    to: Instant,
    bucket: Type.String(),
    rows: Type.Integer(),
    points: Type.Array(
      Type.Object(
        {
          time: Instant,
          min: NullableNumber,
          max: NullableNumber,
          mean: NullableNumber,
          count: Type.Integer(),
          flag: FlagSchema,
        },
        closed,
      ),
    ),
    gaps: Type.Array(Type.Object({from: Instant, to: Instant, missing: Type.Integer()}, closed)),
  },
  closed,
);
export type SeriesBody = Static<typeof SeriesBody>;

export const DeadLetterBody = Type.Object(
  {
    id: Type.Integer(),
    received: Instant,
    source: Type.String(),
    topic: Type.String(),
    principal: NullableString,
    device: NullableString,
    code: Type.String(),
    message: Type.String(),
    payload: Type.String({description: 'Text if it is UTF-8, else base64'}),
    encoding: Type.Union([Type.Literal('utf-8'), Type.Literal('base64')]),
    replayed: NullableString,
  },
  closed,
);
export type DeadLetterBody = Static<typeof DeadLetterBody>;

export const StatsBody = Type.Object(
  {
    received: Type.Integer(),
    stored: Type.Integer(),
    duplicate: Type.Integer(),
    conflict: Type.Integer(),
    rejected: Type.Record(Type.String(), Type.Integer()),
    store: Type.Object(
      {
        hotRows: Type.Integer(),
        coldRows: Type.Integer(),
        coldFiles: Type.Integer(),
        bytes: Type.Object({hot: Type.Integer(), cold: Type.Integer()}, closed),
        oldest: NullableString,
        newest: NullableString,
        pending: Type.Integer(),
        lastCommit: NullableString,
        commitP50Ms: Type.Number(),
        commitP99Ms: Type.Number(),
      },
      closed,
    ),
  },
  closed,
);
export type StatsBody = Static<typeof StatsBody>;

export const HealthBody = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('degraded'), Type.Literal('failed')]),
    version: Type.String(),
    started: Instant,
    time: Instant,
    components: Type.Record(
      Type.String(),
      Type.Object(
        {
          status: Type.Union([
            Type.Literal('ok'),
            Type.Literal('degraded'),
            Type.Literal('failed'),
            Type.Literal('off'),
          ]),
          message: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type HealthBody = Static<typeof HealthBody>;

/** `/sites`: what the page needs to draw a place, with the addresses of its files. */
export const SiteBody = Type.Object(
  {
    id: Id,
    name: LocalName,
    timeZone: Type.String(),
    origin: Type.Object(
      {longitudeDeg: Type.Number(), latitudeDeg: Type.Number(), heightM: Type.Number()},
      closed,
    ),
    verticalDatum: Type.Object(
      {
        id: Type.String(),
        name: LocalName,
        conversions: Type.Array(
          Type.Object({to: Type.String(), offsetM: Type.Number(), source: Type.String()}, closed),
        ),
      },
      closed,
    ),
    days: Type.Array(Type.Object({id: Id, startHour: Type.Integer(), name: LocalName}, closed)),
    files: Type.Record(Type.String(), Type.String(), {
      description:
        'terrain, terrainData, landCover, landCoverData, zones, shoreLines, streams, paths, buildings → path',
    }),
    waterBody: Type.Union([Type.Object({zone: Id, levelElement: Id, role: Id}, closed), Type.Null()]),
    licence: Type.Object({spdx: Type.String(), credit: Type.String(), source: Type.String()}, closed),
    synthetic: Type.Array(Type.Object({file: Type.String(), reason: Type.String()}, closed)),
    views: Type.Array(
      Type.Object(
        {
          id: Id,
          name: LocalName,
          longitudeDeg: Type.Number(),
          latitudeDeg: Type.Number(),
          heightM: Type.Number(),
          headingDeg: Type.Number(),
          pitchDeg: Type.Number(),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type SiteBody = Static<typeof SiteBody>;

export const NewDeviceBody = Type.Object(
  {
    id: Id,
    model: Type.Optional(Id),
    site: Type.Optional(Id),
    name: Type.Optional(LocalName),
    longitudeDeg: Type.Number({minimum: -180, maximum: 180}),
    latitudeDeg: Type.Number({minimum: -90, maximum: 90}),
    intervalS: Type.Optional(Type.Number({exclusiveMinimum: 0})),
    zone: Type.Optional(Id),
  },
  closed,
);
export type NewDeviceBody = Static<typeof NewDeviceBody>;
export const NewDeviceResult = Type.Object(
  {id: Id, username: Type.String(), password: Type.String(), topic: Type.String()},
  closed,
);
export type NewDeviceResult = Static<typeof NewDeviceResult>;
