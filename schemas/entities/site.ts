import {type Static, Type} from 'typebox';
import {Id, LocalName} from './datastream.ts';
import {Device} from './thing.ts';

const Text = Type.String({minLength: 1, maxLength: 2000});
const FileName = Type.String({pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'});

/** How a figure is known: measured for the site, from literature, a design value of ours, or a guess. */
export const Basis = Type.Union([
  Type.Literal('calibrated'),
  Type.Literal('literature'),
  Type.Literal('design'),
  Type.Literal('guess'),
]);
export type Basis = Static<typeof Basis>;

export const VerticalDatum = Type.Object(
  {
    id: Id,
    name: LocalName,
    /** Height in `to` = height in this datum + offsetM. */
    conversions: Type.Array(
      Type.Object({to: Id, offsetM: Type.Number(), source: Text}, {additionalProperties: false}),
    ),
    /** Ellipsoidal (WGS 84) height = height in this datum + this. */
    ellipsoidOffsetM: Type.Number(),
    ellipsoidOffsetBasis: Type.Optional(Basis),
    source: Text,
  },
  {additionalProperties: true},
);

/** A day that people count in: starts at a local hour (`local` 0, `rain` 8 in China). */
export const NamedDay = Type.Object(
  {id: Id, startHour: Type.Integer({minimum: 0, maximum: 23}), name: LocalName},
  {additionalProperties: false},
);

/** `site.json`: what a place is. Everything else of the site is a file that it names. */
export const Site = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    id: Id,
    name: LocalName,
    timeZone: Type.String({maxLength: 64}),
    origin: Type.Object(
      {
        longitudeDeg: Type.Number({minimum: -180, maximum: 180}),
        latitudeDeg: Type.Number({minimum: -90, maximum: 90}),
        heightM: Type.Number(),
      },
      {additionalProperties: false},
    ),
    verticalDatum: VerticalDatum,
    days: Type.Array(NamedDay, {minItems: 1, maxItems: 8}),
    fleetEpoch: Type.Optional(Type.String({format: 'date-time'})),
    floodSeason: Type.Optional(
      Type.Object(
        {from: Type.String({pattern: '^\\d\\d-\\d\\d$'}), to: Type.String({pattern: '^\\d\\d-\\d\\d$'})},
        {additionalProperties: false},
      ),
    ),
    terrain: FileName,
    landCover: Type.Optional(FileName),
    zones: FileName,
    shoreLines: Type.Optional(FileName),
    streams: Type.Optional(FileName),
    paths: Type.Optional(FileName),
    buildings: Type.Optional(FileName),
    devices: FileName,
    surveys: Type.Optional(FileName),
    climate: Type.Optional(FileName),
    /** The archive: species and birds, single trees, what else stands in wooded zones, soil classes, prices. */
    species: Type.Optional(FileName),
    birds: Type.Optional(FileName),
    trees: Type.Optional(FileName),
    cohorts: Type.Optional(FileName),
    soils: Type.Optional(FileName),
    /** How the ground of zones is in simulations. */
    responseUnits: Type.Optional(FileName),
    prices: Type.Optional(FileName),
    /** The water body around or beside the site and the role of the gauges that tell its level. */
    waterBody: Type.Optional(
      Type.Object({zone: Id, levelElement: Id, role: Id}, {additionalProperties: false}),
    ),
    licence: Type.Object({spdx: Text, credit: Text, source: Text}, {additionalProperties: false}),
    /** Files, or parts of them, that nobody surveyed: said on screen wherever they show. */
    synthetic: Type.Array(Type.Object({file: Text, reason: Text}, {additionalProperties: false})),
    views: Type.Optional(
      Type.Array(
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
          {additionalProperties: false},
        ),
      ),
    ),
  },
  {additionalProperties: false},
);
export type Site = Static<typeof Site>;

/** Header of a height grid: row 0 is the north edge, column 0 the west edge; height = baseM + resolutionM × uint16. */
export const TerrainHeader = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    kind: Type.Literal('height-grid'),
    file: FileName,
    columns: Type.Integer({minimum: 2, maximum: 20_000}),
    rows: Type.Integer({minimum: 2, maximum: 20_000}),
    stepM: Type.Number({exclusiveMinimum: 0}),
    /** East and north of the first sample (north-west corner), metres from the site's origin (ENU plane). */
    originEastM: Type.Number(),
    originNorthM: Type.Number(),
    baseM: Type.Number(),
    resolutionM: Type.Number({exclusiveMinimum: 0}),
    encoding: Type.Literal('uint16-le'),
    verticalDatum: Id,
    origin: Type.Union([Type.Literal('virtual'), Type.Literal('surveyed')]),
    synthetic: Type.Boolean(),
    source: Text,
    licence: Text,
  },
  {additionalProperties: false},
);
export type TerrainHeader = Static<typeof TerrainHeader>;

/** Header of a class grid on the terrain's grid: one byte a sample, an index into `classes`. */
export const LandCoverHeader = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    kind: Type.Literal('class-grid'),
    file: FileName,
    columns: Type.Integer({minimum: 2, maximum: 20_000}),
    rows: Type.Integer({minimum: 2, maximum: 20_000}),
    stepM: Type.Number({exclusiveMinimum: 0}),
    originEastM: Type.Number(),
    originNorthM: Type.Number(),
    encoding: Type.Literal('uint8'),
    classes: Type.Array(
      Type.Object(
        {
          index: Type.Integer({minimum: 0, maximum: 255}),
          zone: Id,
          name: LocalName,
          colour: Type.String({pattern: '^#[0-9a-f]{6}$'}),
        },
        {additionalProperties: false},
      ),
    ),
    synthetic: Type.Boolean(),
    source: Text,
    licence: Text,
  },
  {additionalProperties: false},
);
export type LandCoverHeader = Static<typeof LandCoverHeader>;

export const ZoneProperties = Type.Object(
  {
    id: Id,
    name: LocalName,
    kind: Id,
    parent: Type.Optional(Type.Union([Id, Type.Null()])),
    areaHa: Type.Number({minimum: 0}),
    elevationBandM: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
    soil: Type.Optional(Id),
    vegetation: Type.Optional(Text),
    normalLevelM: Type.Optional(Type.Number()),
    verticalDatum: Type.Optional(Id),
    synthetic: Type.Optional(Type.Boolean()),
    note: Type.Optional(Text),
  },
  {additionalProperties: true},
);
export type ZoneProperties = Static<typeof ZoneProperties>;

const Position = Type.Array(Type.Number(), {minItems: 2, maxItems: 3});
const Ring = Type.Array(Position, {minItems: 4});
export const ZoneFeature = Type.Object(
  {
    type: Type.Literal('Feature'),
    properties: ZoneProperties,
    geometry: Type.Union([
      Type.Object(
        {type: Type.Literal('Polygon'), coordinates: Type.Array(Ring, {minItems: 1})},
        {additionalProperties: false},
      ),
      Type.Object(
        {
          type: Type.Literal('MultiPolygon'),
          coordinates: Type.Array(Type.Array(Ring, {minItems: 1}), {minItems: 1}),
        },
        {additionalProperties: false},
      ),
    ]),
  },
  {additionalProperties: true},
);
export type ZoneFeature = Static<typeof ZoneFeature>;
export const ZoneCollection = Type.Object(
  {type: Type.Literal('FeatureCollection'), features: Type.Array(ZoneFeature)},
  {additionalProperties: true},
);
export type ZoneCollection = Static<typeof ZoneCollection>;

/** `devices.json`: the devices of a site and the LoRaWAN gateways that carry some of them. */
export const DeviceFile = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    devices: Type.Array(Device, {maxItems: 100_000}),
    gateways: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Id,
            name: LocalName,
            longitudeDeg: Type.Number(),
            latitudeDeg: Type.Number(),
            groundM: Type.Optional(Type.Number()),
            heightM: Type.Optional(Type.Number()),
          },
          {additionalProperties: false},
        ),
      ),
    ),
  },
  {additionalProperties: false},
);
export type DeviceFile = Static<typeof DeviceFile>;
