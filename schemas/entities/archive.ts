import {type Static, Type} from 'typebox';
import {Id, LocalName} from './datastream.ts';
import {Basis} from './site.ts';

const closed = {additionalProperties: false} as const;
const Source = Type.String({minLength: 1, maxLength: 500});
const NullableNumber = Type.Union([Type.Number(), Type.Null()]);

/** A figure with where it comes from. */
const figure = (minimum: number, maximum: number) =>
  Type.Object({value: Type.Number({minimum, maximum}), basis: Basis, source: Source}, closed);

/** Id of a species: genus and epithet, lower case, as `ficus_virens`. */
export const SpeciesId = Type.String({pattern: '^[a-z0-9][a-z0-9_-]{0,99}$'});

/** What a row of `species.csv` says beside the traits that growth follows from. */
export type ArchiveSpecies = {
  id: string;
  scientificName: string;
  authority: string;
  chineseName: string;
  family: string;
  origin: 'native' | 'introduced' | 'unknown';
  flowersFromMonth: number | null;
  flowersToMonth: number | null;
  /** Nectar or fruit for birds. */
  feedsBirds: boolean;
  relativeAbundance: number;
  note: string;
  /** Not in the site's table: it came with an import, and its parameters follow from relatives. */
  fromInventory: boolean;
};

/** A row of `birds.csv`. */
export const ArchiveBird = Type.Object(
  {
    id: SpeciesId,
    scientificName: Type.String(),
    name: LocalName,
    order: Type.String(),
    family: Type.String(),
    residency: Type.Union([
      Type.Literal('resident'),
      Type.Literal('summer'),
      Type.Literal('winter'),
      Type.Literal('passage'),
    ]),
    /** Class of China's list of 2021. */
    protection: Type.Union([Type.Literal('I'), Type.Literal('II'), Type.Literal('none')]),
    iucn: Type.String(),
    feedingGuild: Type.String(),
    habitats: Type.Array(Type.String()),
    bodyMassG: NullableNumber,
    /** Relative; adds up to 1 over the list. */
    detectionRate: NullableNumber,
    dawnChorus: Type.Boolean(),
    note: Type.String(),
  },
  closed,
);
export type ArchiveBird = Static<typeof ArchiveBird>;

/** How a tree came up. */
export const TREE_ORIGINS = ['planted', 'natural', 'unknown'] as const;
export type TreeOrigin = (typeof TREE_ORIGINS)[number];
export const TreeOrigin = Type.Unsafe<TreeOrigin>(Type.Union(TREE_ORIGINS.map((one) => Type.Literal(one))));

/** What of a tree was not measured but follows from rules: bits of `ArchiveTrees.ruled`. */
export const RULED = {height: 1, age: 2} as const;

/** Trees as columns, one entry each in every list, in the order of their ids. */
export type ArchiveTrees = {
  count: number;
  /** Numbers of this site's archive: never used again for another tree. */
  id: Uint32Array;
  /** What stands on the tree's plate; the id where the file gives no other. */
  tag: string[];
  /** Index into the archive's species. */
  species: Uint16Array;
  longitudeDeg: Float64Array;
  latitudeDeg: Float64Array;
  /** From the site's origin. */
  eastM: Float64Array;
  northM: Float64Array;
  dbhCm: Float64Array;
  heightM: Float64Array;
  ageYr: Float64Array;
  /** Index into the archive's zones; `NO_ZONE` outside all of them. */
  zone: Uint16Array;
  /** Index into `TREE_ORIGINS`. */
  origin: Uint8Array;
  ruled: Uint8Array;
  /** 1 for a tree that is made up, 0 for one that somebody saw. */
  synthetic: Uint8Array;
  /** Day of the last measurement, YYYY-MM-DD; null: not told. */
  measured: (string | null)[];
};
export const NO_ZONE = 0xffff;

/** What a tree measured on a day. */
export type TreeMeasurement = {
  /** YYYY-MM-DD; null: not told. */
  measured: string | null;
  dbhCm: number;
  heightM: number;
  ageYr: number;
  ruled: number;
};

/** Which made-up trees of the site's own file give way to an import: none, those in the zones it reaches, all. */
export const REPLACES = ['nothing', 'zones', 'everything'] as const;
export type Replaces = (typeof REPLACES)[number];
export const Replaces = Type.Unsafe<Replaces>(Type.Union(REPLACES.map((one) => Type.Literal(one))));

const Day = Type.String({pattern: '^\\d{4}-\\d\\d-\\d\\d$'});

/** A kept import of an inventory: the trees as they were understood. */
export const TreeImport = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    kind: Type.Literal('tree-import'),
    site: Id,
    imported: Type.String({maxLength: 40}),
    file: Type.String({maxLength: 300}),
    sha256: Type.String({pattern: '^[0-9a-f]{64}$'}),
    replaces: Replaces,
    /** Species that the site's table does not have. */
    species: Type.Array(
      Type.Object(
        {
          id: SpeciesId,
          scientificName: Type.String({maxLength: 200}),
          chineseName: Type.String({maxLength: 100}),
          family: Type.String({maxLength: 100}),
        },
        closed,
      ),
      {maxItems: 20_000},
    ),
    trees: Type.Array(
      Type.Object(
        {
          id: Type.Integer({minimum: 0, maximum: 0xfffffffe}),
          tag: Type.String({minLength: 1, maxLength: 100}),
          species: SpeciesId,
          longitudeDeg: Type.Number({minimum: -180, maximum: 180}),
          latitudeDeg: Type.Number({minimum: -90, maximum: 90}),
          dbhCm: Type.Number({exclusiveMinimum: 0}),
          heightM: NullableNumber,
          ageYr: NullableNumber,
          zone: Type.Union([Id, Type.Null()]),
          origin: TreeOrigin,
          measured: Type.Union([Day, Type.Null()]),
        },
        closed,
      ),
      {maxItems: 5_000_000},
    ),
  },
  closed,
);
export type TreeImport = Static<typeof TreeImport>;

/** What else stands in a wooded zone: a species and diameter class with so many stems on a hectare. */
export type Cohort = {
  zone: string;
  /** Index into the archive's species. */
  species: number;
  dbhFromCm: number;
  dbhToCm: number;
  /** Quadratic mean of the class. */
  dbhCm: number;
  heightM: number;
  ageYr: number;
  stemsPerHa: number;
  basis: Basis;
  source: string;
};

export const SoilClass = Type.Object(
  {
    id: Id,
    name: LocalName,
    /** One of 3-PG's four, for the answer of growth to soil water. */
    texture: Type.Union([
      Type.Literal('sand'),
      Type.Literal('sandyLoam'),
      Type.Literal('clayLoam'),
      Type.Literal('clay'),
    ]),
    /** SCS curve number of a mean antecedent condition. */
    curveNumber: figure(1, 100),
    /** 0 poor to 1 ideal. */
    fertility: figure(0, 1),
    rootDepthM: figure(0.05, 10),
    evaporableDepthM: figure(0.01, 0.5),
    readilyEvaporableMm: figure(0, 50),
    /** What the ground below the last layer lets through. */
    bottomConductivityMmPerH: figure(0, 10_000),
    /** Rise of water from a water table below the roots: min(maximum, at table · exp(−way/length)). */
    capillary: Type.Object(
      {maximumMmPerDay: figure(0, 50), atTableMmPerDay: figure(0, 100), lengthM: figure(0.01, 10)},
      closed,
    ),
    startCarbon: Type.Object({youngKgPerM2: figure(0, 50), oldKgPerM2: figure(0, 200)}, closed),
    /** From the ground down, each beginning where the last one ends. */
    layers: Type.Array(
      Type.Object(
        {
          fromM: Type.Number({minimum: 0, maximum: 20}),
          toM: Type.Number({exclusiveMinimum: 0, maximum: 20}),
          saturationFraction: figure(0.05, 0.95),
          fieldCapacityFraction: figure(0.02, 0.9),
          wiltingPointFraction: figure(0.001, 0.8),
          saturatedConductivityMmPerH: figure(0, 10_000),
          /** Campbell's b. */
          campbellExponent: figure(0.5, 30),
          bulkDensityTPerM3: figure(0.05, 2.6),
        },
        closed,
      ),
      {minItems: 1, maxItems: 20},
    ),
  },
  closed,
);
export type SoilClass = Static<typeof SoilClass>;

/** `soils.json`: zones name a class by its id. */
export const SoilFile = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    note: Type.Optional(Source),
    soils: Type.Array(SoilClass, {minItems: 1, maxItems: 100}),
  },
  closed,
);
export type SoilFile = Static<typeof SoilFile>;

/** What a unit of work costs; planting has a price for each size, the first that holds the tree. */
export const Price = Type.Object(
  {
    id: Id,
    name: LocalName,
    unit: Type.Union([Type.Literal('tree'), Type.Literal('m3'), Type.Literal('ha')]),
    priceCny: Type.Number({minimum: 0, maximum: 1e9}),
    upTo: Type.Optional(
      Type.Object(
        {
          maxHeightM: Type.Optional(Type.Number({exclusiveMinimum: 0})),
          maxDbhCm: Type.Optional(Type.Number({exclusiveMinimum: 0})),
        },
        closed,
      ),
    ),
    basis: Basis,
    source: Source,
  },
  closed,
);
export type Price = Static<typeof Price>;

/** `prices.json`: a price list of one date. */
export const PriceFile = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    date: Type.String({pattern: '^\\d{4}-\\d\\d-\\d\\d$'}),
    currency: Type.Literal('CNY'),
    note: Type.Optional(Source),
    prices: Type.Array(Price, {maxItems: 1000}),
  },
  closed,
);
export type PriceFile = Static<typeof PriceFile>;
