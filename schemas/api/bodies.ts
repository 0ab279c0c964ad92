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
    alsoIn: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Other units that readings of a site’s own element may come in',
      }),
    ),
    retired: Type.Optional(
      Type.Literal(true, {
        description: 'No file defines it any more: series stay readable, readings are refused',
      }),
    ),
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

/** Who keeps a device out, since when and why. */
export const RefusalBody = Type.Object({at: Instant, who: Type.String(), reason: NullableString}, closed);

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
    status: Type.Union([
      Type.Literal('active'),
      Type.Literal('waiting'),
      Type.Literal('refused'),
      Type.Literal('retired'),
    ]),
    refusal: Type.Optional(RefusalBody),
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
        {
          tolerance: Type.Number(),
          suspectH: Type.Number(),
          failH: Type.Number(),
          unless: Type.Unknown(),
          circular: Type.Optional(
            Type.Boolean({description: 'Directions: the range is the smallest arc that holds them'}),
          ),
        },
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

export const PlacementBody = Type.Object(
  {
    from: NullableString,
    to: NullableString,
    station: Type.Union([Id, Type.Null()], {description: 'null: it stood nowhere'}),
    longitudeDeg: Type.Number(),
    latitudeDeg: Type.Number(),
    groundM: NullableNumber,
    heightM: NullableNumber,
    reason: NullableString,
    said: NullableString,
  },
  closed,
);
export const CalibrationBody = Type.Object(
  {at: Instant, element: NullableString, note: Type.String(), who: Type.String(), said: Instant},
  closed,
);

/** `/devices/{id}`: the device with each of its series, where it stood and when it was calibrated. */
export const DeviceDetailBody = Type.Object(
  {
    ...DeviceBody.properties,
    serial: NullableString,
    at: Type.Optional(Type.String({description: 'What is told held then'})),
    deployed: Type.Boolean({description: 'It stands (stood then) at its station'}),
    placements: Type.Array(PlacementBody),
    calibrations: Type.Array(CalibrationBody),
    datastreams: Type.Array(DatastreamBody),
  },
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
    corrected: Type.Optional(
      Type.Literal(true, {
        description: 'The result is not what was stored: a revision replaced or corrected it',
      }),
    ),
    received: Instant,
    late: Type.Boolean(),
    timeSource: Type.String(),
    origin: Origin,
    verticalDatum: Type.Optional(Type.String()),
  },
  closed,
);
export type ObservationBody = Static<typeof ObservationBody>;

/** Values known only as a limit; with any, `mean` is by Kaplan-Meier and null where that cannot tell. */
export const CensoredBody = Type.Object(
  {
    below: Type.Integer(),
    above: Type.Integer(),
    belowLimit: Type.Union([Type.Number(), Type.Null()], {
      description: 'The largest limit that a value was said to be below',
    }),
    aboveLimit: NullableNumber,
    restFraction: Type.Number({
      description:
        'Share of the distribution known only as beyond the last limit: above 0, the mean is a bound',
    }),
  },
  closed,
);

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
          censored: Type.Optional(CensoredBody),
        },
        closed,
      ),
    ),
    censoredMethod: Type.Optional(
      Type.Literal('kaplan-meier', {
        description: 'How the mean of a point of several rows was made where some are censored (`<`, `>`)',
      }),
    ),
    gaps: Type.Array(Type.Object({from: Instant, to: Instant, missing: Type.Integer()}, closed)),
  },
  closed,
);
export type SeriesBody = Static<typeof SeriesBody>;

/** Event `revision` of the stream: a range of a series that was judged or corrected later; `to` is exclusive. */
export const RevisionEventBody = Type.Object({datastream: Type.String(), from: Instant, to: Instant}, closed);
export type RevisionEventBody = Static<typeof RevisionEventBody>;

const Pair = Type.Tuple([Type.Number(), Type.Number()]);
export const CorrectionBody = Type.Object(
  {
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    offset: Type.Tuple([Type.Number(), Type.Number()], {
      description: 'Added at from and at to, in the unit of the series; linear in time between',
    }),
    gain: Type.Optional(Pair),
  },
  closed,
);
export type CorrectionBody = Static<typeof CorrectionBody>;

const Standards = Type.Array(Type.Object({reading: Type.Number(), reference: Type.Number()}, closed), {
  minItems: 1,
  maxItems: 2,
  description:
    'What the instrument read of one or two standards (or a reference instrument), and their true values',
});
/** A later verdict or correction of a range, as a person or a program asks for it; `to` is exclusive. */
export const NewRevisionBody = Type.Object(
  {
    from: Type.String({maxLength: 40}),
    to: Type.String({maxLength: 40}),
    flag: Type.Optional(
      Type.Union([Type.Literal(1), Type.Literal(3), Type.Literal(4)], {
        description: '1 pass, 3 suspect, 4 fail; absent: the verdicts stay',
      }),
    ),
    test: Type.Optional(
      Type.Union([Type.Literal('crossCheck'), Type.Literal('neighbour'), Type.Literal('drift')], {
        description:
          'The test of a procedure that found it; absent: a person judged, and no test changes that',
      }),
    ),
    value: Type.Optional(Type.Number({description: 'In place of every value of the range; needs a flag'})),
    qualifier: Type.Optional(Type.Union([Type.Literal('<'), Type.Literal('>')])),
    correction: Type.Optional(CorrectionBody),
    drift: Type.Optional(
      Type.Object(
        {start: Type.Optional(Standards), end: Standards},
        {
          ...closed,
          description:
            'Linear drift from `from` to `to`, by what the calibrations at both ends found; no start: true then',
        },
      ),
    ),
    reason: Type.String({minLength: 1, maxLength: 500}),
    who: Type.String({minLength: 1, maxLength: 100}),
  },
  closed,
);
export type NewRevisionBody = Static<typeof NewRevisionBody>;
export const RevokeBody = Type.Object(
  {reason: Type.String({minLength: 1, maxLength: 500}), who: Type.String({minLength: 1, maxLength: 100})},
  closed,
);
export type RevokeBody = Static<typeof RevokeBody>;

/** A run of the neighbour test over a range of one series; `to` is exclusive. */
export const NeighbourCheckBody = Type.Object(
  {
    from: Type.String({maxLength: 40}),
    to: Type.String({maxLength: 40}),
    dryRun: Type.Optional(Type.Boolean({default: false, description: 'Only tell what it would find'})),
    windowH: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 8784,
        default: 168,
        description: 'Hours before a value from which its relation to a neighbour is learnt',
      }),
    ),
    leastPairs: Type.Optional(
      Type.Integer({minimum: 10, maximum: 100_000, default: 48, description: 'Values of both in the window'}),
    ),
    neighbours: Type.Optional(
      Type.Integer({minimum: 1, maximum: 10, default: 5, description: 'The nearest so many are asked'}),
    ),
    leastNeighbours: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10,
        default: 2,
        description: 'That must be there to be asked; with 1 nobody knows which of the two is wrong',
      }),
    ),
    sds: Type.Optional(
      Type.Number({minimum: 3, maximum: 100, default: 6, description: 'Robust standard deviations'}),
    ),
    who: Type.String({minLength: 1, maxLength: 100}),
  },
  closed,
);
export type NeighbourCheckBody = Static<typeof NeighbourCheckBody>;

export const NeighbourRunBody = Type.Object(
  {
    datastream: Type.String(),
    from: Instant,
    to: Instant,
    test: Type.Literal('neighbour'),
    testVersion: Type.Integer(),
    parameters: Type.Object(
      {
        windowH: Type.Number(),
        leastPairs: Type.Integer(),
        leastNeighbours: Type.Integer(),
        sds: Type.Number(),
        leastSd: Type.Number({description: 'In the unit of the series'}),
        pairWithinS: Type.Number(),
      },
      closed,
    ),
    neighbours: Type.Array(Type.Object({datastream: Type.String(), distanceM: Type.Number()}, closed)),
    dryRun: Type.Boolean(),
    rows: Type.Integer({description: 'Observations of the range'}),
    evaluated: Type.Integer(),
    suspect: Type.Integer({description: 'Found suspect'}),
    flagged: Type.Integer({description: 'Of these, flagged now (or would be)'}),
    already: Type.Integer({description: 'Of these, flagged by an earlier run'}),
    left: Type.Integer({description: 'Of these, left alone: a person judged them'}),
    version: Type.Union([Type.Integer(), Type.Null()], {
      description: 'The number that takes it back; null: nothing was written',
    }),
    spans: Type.Array(
      Type.Object(
        {
          first: Instant,
          last: Instant,
          rows: Type.Integer(),
          value: Type.Number({description: 'The farthest of them'}),
          expected: Type.Number(),
          sds: Type.Number(),
        },
        closed,
      ),
    ),
    moreSpans: Type.Integer(),
  },
  closed,
);
export type NeighbourRunBody = Static<typeof NeighbourRunBody>;

export const RevisionBody = Type.Object(
  {
    version: Type.Integer({
      description: '1: made by the tests themselves; else the number that takes it back',
    }),
    from: Instant,
    to: Type.String({description: 'Exclusive'}),
    flag: Type.Union([FlagSchema, Type.Null()], {description: 'null: says nothing of the verdict'}),
    failed: Type.Array(Type.String()),
    value: NullableNumber,
    censored: Type.Optional(Type.Union([Type.Literal('<'), Type.Literal('>')])),
    correction: Type.Optional(Type.Object({from: Instant, to: Instant, offset: Pair, gain: Pair}, closed)),
    revokes: Type.Optional(Type.Integer()),
    revoked: Type.Boolean({description: 'A later revision took it back'}),
    reason: Type.String(),
    who: Type.String(),
    at: Instant,
    byPerson: Type.Boolean(),
  },
  closed,
);
export type RevisionBody = Static<typeof RevisionBody>;

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
    rejected: Type.Record(Type.String(), Type.Integer(), {description: 'Dead letters by code'}),
    byCode: Type.Record(Type.String(), Type.Integer(), {
      description: 'Readings and messages rejected or marked, by code; also those of which no letter is kept',
    }),
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
        forwarding: Type.Optional(
          Type.Object(
            {
              state: Type.String(),
              waitingRows: Type.Integer(),
              mostRows: Type.Integer(),
              sentRows: Type.Integer(),
              refusedRows: Type.Integer(),
              faults: Type.Record(Type.String(), Type.Integer()),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
  },
  closed,
);
export type StatsBody = Static<typeof StatsBody>;

const Counts = Type.Array(Type.Integer({minimum: 0}));

/** `/quality`: what the tests said of each series, week by week; every list has one number for each week. */
export const QualityBody = Type.Object(
  {
    site: Id,
    timeZone: Type.String(),
    weeks: Type.Array(Type.Object({from: Instant, to: Instant}, closed), {
      description: 'Local weeks from Monday; `to` is exclusive',
    }),
    items: Type.Array(
      Type.Object(
        {
          datastream: Type.String(),
          rows: Counts,
          expected: Type.Array(Type.Union([Type.Integer({minimum: 0}), Type.Null()]), {
            description:
              'Rows that its interval and deployments ask for until now, rounded down; null: nobody can tell',
          }),
          flags: Type.Record(Type.String({pattern: '^[1-9]$'}), Counts, {
            description: 'Rows by QARTOD flag; a flag that no row has is left out',
          }),
          failed: Type.Record(Type.String(), Counts, {
            description:
              'Rows that a test marked suspect or fail; a test that marked none is left out. A row may stand in several',
          }),
        },
        closed,
      ),
    ),
    next: Type.Optional(Type.String({description: 'Path of the following page'})),
  },
  closed,
);
export type QualityBody = Static<typeof QualityBody>;

/** `/storage`: what the data take up, and how much room is left. */
export const StorageBody = Type.Object(
  {
    rows: Type.Object({recent: Type.Integer(), closed: Type.Integer()}, closed),
    bytes: Type.Object(
      {
        recent: Type.Integer({description: 'Rows of the last days, registry, letters'}),
        closed: Type.Integer({description: 'Column files'}),
        frames: Type.Integer({description: 'What bridges sent, as it came'}),
      },
      closed,
    ),
    oldest: NullableString,
    newest: NullableString,
    months: Type.Array(
      Type.Object(
        {month: Type.String(), rows: Type.Integer(), bytes: Type.Integer(), files: Type.Integer()},
        closed,
      ),
      {description: 'Column files by UTC month of what was measured, oldest first'},
    ),
    disk: Type.Object(
      {freeBytes: Type.Integer(), totalBytes: Type.Integer()},
      {...closed, description: 'Of the disk that the data folder lies on'},
    ),
  },
  closed,
);
export type StorageBody = Static<typeof StorageBody>;

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
    serial: Type.Optional(Type.String({minLength: 1, maxLength: 64})),
  },
  closed,
);
export type NewDeviceBody = Static<typeof NewDeviceBody>;
/** What a person may say of a device on approving it; what is left out stays as its map told. */
export const ApprovedDeviceBody = Type.Partial(Type.Omit(NewDeviceBody, ['id', 'site']), closed);
export type ApprovedDeviceBody = Static<typeof ApprovedDeviceBody>;

export const RefuseDeviceBody = Type.Object(
  {
    reason: Type.Optional(Type.String({minLength: 1, maxLength: 500})),
    who: Type.String({minLength: 1, maxLength: 100}),
  },
  closed,
);
export type RefuseDeviceBody = Static<typeof RefuseDeviceBody>;
export const NewDeviceResult = Type.Object(
  {id: Id, username: Type.String(), password: Type.String(), topic: Type.String()},
  closed,
);
export type NewDeviceResult = Static<typeof NewDeviceResult>;

const Reason = Type.Optional(Type.String({minLength: 1, maxLength: 500}));
const Moment = Type.Optional(Type.String({maxLength: 40, description: 'ISO 8601 with a zone; absent: now'}));
/** Another device stands where this one stood; it is added if it is not known. */
export const ReplaceDeviceBody = Type.Object(
  {
    by: Id,
    at: Moment,
    model: Type.Optional(Type.Union([Id], {description: 'Of a new device; absent: that of the old one'})),
    serial: Type.Optional(Type.String({minLength: 1, maxLength: 64})),
    reason: Reason,
  },
  closed,
);
export type ReplaceDeviceBody = Static<typeof ReplaceDeviceBody>;
export const ReplaceDeviceResult = Type.Object(
  {
    old: Id,
    by: Id,
    station: Id,
    at: Instant,
    datastreams: Type.Array(Type.String(), {description: 'Series that go on'}),
    credentials: Type.Optional(NewDeviceResult),
  },
  closed,
);
export type ReplaceDeviceResult = Static<typeof ReplaceDeviceResult>;
export const MoveDeviceBody = Type.Object(
  {
    longitudeDeg: Type.Number({minimum: -180, maximum: 180}),
    latitudeDeg: Type.Number({minimum: -90, maximum: 90}),
    groundM: Type.Optional(Type.Number({minimum: -500, maximum: 9000})),
    heightM: Type.Optional(Type.Number({minimum: -500, maximum: 12_000})),
    at: Moment,
    reason: Reason,
  },
  closed,
);
export type MoveDeviceBody = Static<typeof MoveDeviceBody>;
export const NewCalibrationBody = Type.Object(
  {
    at: Moment,
    element: Type.Optional(ElementId),
    note: Type.String({minLength: 1, maxLength: 500}),
    who: Type.String({minLength: 1, maxLength: 100}),
  },
  closed,
);
export type NewCalibrationBody = Static<typeof NewCalibrationBody>;

const Verdict = {
  result: NullableNumber,
  flag: FlagSchema,
  failed: Type.Array(Type.String()),
  censored: Type.Optional(Type.Union([Type.Literal('<'), Type.Literal('>')])),
};
/** The whole story of one observation, from what arrived to the flag that is shown. */
export const ExplanationBody = Type.Object(
  {
    datastream: Type.String(),
    element: ElementId,
    unit: Type.String(),
    time: Instant,
    origin: Origin,
    provenance: Type.String(),
    stored: Type.Object(
      {
        ...Verdict,
        received: Instant,
        late: Type.Boolean(),
        timeSource: Type.String(),
        deviceStatus: NullableString,
      },
      {...closed, description: 'As it was stored: value and first verdict'},
    ),
    shown: Type.Object(
      {...Verdict, corrected: Type.Boolean()},
      {...closed, description: 'As it is read now'},
    ),
    device: Type.Union([
      Type.Object(
        {id: Id, model: Type.String(), serial: NullableString, origin: Type.Union([Origin, Type.Null()])},
        closed,
      ),
      Type.Null(),
    ]),
    deployment: Type.Union([
      Type.Object(
        {
          longitudeDeg: Type.Number(),
          latitudeDeg: Type.Number(),
          depthM: NullableNumber,
          heightM: NullableNumber,
          from: Instant,
          to: NullableString,
          sensor: NullableString,
        },
        closed,
      ),
      Type.Null(),
    ]),
    calibrated: Type.Object(
      {
        before: Type.Union([CalibrationBody, Type.Null()]),
        after: Type.Union([CalibrationBody, Type.Null()]),
      },
      {...closed, description: 'The calibrations of the device around it'},
    ),
    limits: LimitsBody,
    tests: Type.Array(
      Type.Object(
        {
          test: Type.String(),
          flag: FlagSchema,
          named: Type.Boolean({description: 'The verdict that is shown names this test'}),
          numbers: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String(), Type.Null()])),
        },
        closed,
      ),
      {description: 'Made anew with the limits in force and the neighbours as they are shown'},
    ),
    revisions: Type.Array(
      Type.Object(
        {
          ...RevisionBody.properties,
          inForce: Type.Array(Type.Union([Type.Literal('verdict'), Type.Literal('value')])),
        },
        closed,
      ),
    ),
    conflicts: Type.Array(
      Type.Object({kept: NullableNumber, offered: NullableNumber, seen: Instant}, closed),
      {description: 'Other values that came for the same key'},
    ),
    derivedFrom: Type.Array(Type.String(), {description: 'Series that a derived value is worked out from'}),
    unknown: Type.Array(Type.String(), {description: 'What of its story is not kept'}),
  },
  closed,
);
export type ExplanationBody = Static<typeof ExplanationBody>;

/** What is said of a range of one series, as it is shown now. */
export const VerdictsBody = Type.Object(
  {
    datastream: Type.String(),
    from: Instant,
    to: Instant,
    count: Type.Integer({description: 'All observations, whatever their flag'}),
    flags: Type.Array(Type.Object({flag: FlagSchema, count: Type.Integer()}, closed)),
    failed: Type.Array(Type.Object({test: Type.String(), count: Type.Integer()}, closed), {
      description: 'By test that did not pass; an observation may have several',
    }),
    byPerson: Type.Integer({description: 'Judged by a person: no test changes that'}),
    corrected: Type.Integer({description: 'Their value was corrected or replaced'}),
  },
  closed,
);
export type VerdictsBody = Static<typeof VerdictsBody>;

/** What the caller may do, by the actions that routes name. */
export const AccessBody = Type.Object({actions: Type.Array(Type.String())}, closed);
export type AccessBody = Static<typeof AccessBody>;

/** Statistics of a range of one series; values flagged fail or missing are counted and enter none. */
export const StatisticsBody = Type.Object(
  {
    datastream: Type.String(),
    unit: Type.String(),
    from: Instant,
    to: Instant,
    count: Type.Integer({description: 'All rows, whatever their flag'}),
    used: Type.Integer(),
    detected: Type.Integer({description: 'Of these, values that are no limits'}),
    min: Type.Union([Type.Number(), Type.Null()], {description: 'Of the detected values'}),
    max: NullableNumber,
    mean: NullableNumber,
    standardError: Type.Union([Type.Number(), Type.Null()], {description: 'Of the mean'}),
    median: NullableNumber,
    method: Type.Union([Type.Literal('plain'), Type.Literal('kaplan-meier'), Type.Literal('none')], {
      description: 'kaplan-meier: some values are censored; none: some lie below and others above a limit',
    }),
    censored: Type.Optional(CensoredBody),
  },
  closed,
);
export type StatisticsBody = Static<typeof StatisticsBody>;
