import {type Static, type TSchema, Type} from 'typebox';
import {LocalName} from './datastream.ts';

/** One of several kinds of object, told apart by one property: what is wrong can then be said of the kind that was meant. */
function oneOf<const Members extends readonly TSchema[]>(propertyName: string, members: Members) {
  return Type.Unsafe<Static<Members[number]>>({
    type: 'object',
    discriminator: {propertyName},
    oneOf: members,
  });
}

const closed = {additionalProperties: false} as const;
const Text = Type.String({minLength: 1, maxLength: 500});
const Id = Type.String({
  maxLength: 64,
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: 'a name of 1 to 64 letters, figures, - and _',
});
const FileName = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
  description: 'the name of a file without its folder, of letters, figures, dots, - and _',
});
const Share = Type.Number({minimum: 0, maximum: 1});
const CalendarDate = Type.String({
  pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
  description: 'a day such as 2027-03-12',
});
const Year = Type.Integer({minimum: 1000, maximum: 9999});
const SpeciesIds = Type.Array(Id, {minItems: 1, maxItems: 500});

/** A number for every month, or twelve from January. */
const ByMonth = (bounds: {minimum: number; maximum: number}) =>
  Type.Unsafe<number | number[]>({
    type: ['number', 'array'],
    ...bounds,
    items: {type: 'number', ...bounds},
    minItems: 12,
    maxItems: 12,
  });

// ── start ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The trees and soils that a run begins with. The first simulated year is the one that begins on or after `date`. */
export const ScenarioStart = oneOf('from', [
  Type.Object(
    {
      from: Type.Literal('archive'),
      /** Absent: the archive's own date. */
      date: Type.Optional(CalendarDate),
      /** Soil water as a share of what roots can take; absent: 0.8. */
      soilWaterFraction: Type.Optional(Share),
    },
    closed,
  ),
  Type.Object(
    {
      from: Type.Literal('store'),
      /** Absent: today. */
      date: Type.Optional(CalendarDate),
      /** Soil moisture series that tell the water at the start, each for a zone or, without one, for all that no other serves. */
      soilWater: Type.Array(
        Type.Object(
          {zone: Type.Optional(Id), datastream: Type.String({minLength: 1, maxLength: 200})},
          closed,
        ),
        {maxItems: 200},
      ),
    },
    closed,
  ),
]);
export type ScenarioStart = Static<typeof ScenarioStart>;

// ── climate ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a day or month of weather is made of, with the unit that it is kept in (UCUM). */
export const WEATHER_QUANTITIES = {
  airTemperatureMaxC: 'Cel',
  airTemperatureMinC: 'Cel',
  airTemperatureMeanC: 'Cel',
  /** Of a month: its total. */
  rainMm: 'mm',
  /** Of a day; of a month: the mean day's. */
  radiationMjPerM2: 'MJ/m2',
  /** Of a day; of a month: its total. */
  sunshineH: 'h',
  relativeHumidityPercent: '%',
  windSpeedMPerS: 'm/s',
  vpdKPa: 'kPa',
} as const;
export type WeatherQuantity = keyof typeof WEATHER_QUANTITIES;

const WeatherQuantityName = Type.Unsafe<WeatherQuantity>(
  Type.Union(Object.keys(WEATHER_QUANTITIES).map((id) => Type.Literal(id))),
);

/** Named paths of CO₂ in the air, ppm. */
export const CO2_PATHS = ['history', 'ssp126', 'ssp245', 'ssp370', 'ssp585'] as const;
export type Co2Path = (typeof CO2_PATHS)[number];

/** A constant in ppm, a named path, or years with their ppm, between which it is linear. */
export const Co2 = Type.Object(
  {
    ppm: Type.Optional(Type.Number({minimum: 150, maximum: 2000})),
    path: Type.Optional(Type.Unsafe<Co2Path>(Type.Union(CO2_PATHS.map((id) => Type.Literal(id))))),
    years: Type.Optional(
      Type.Array(Type.Object({year: Year, ppm: Type.Number({minimum: 150, maximum: 2000})}, closed), {
        minItems: 1,
        maxItems: 1000,
      }),
    ),
  },
  {...closed, minProperties: 1, maxProperties: 1},
);
export type Co2 = Static<typeof Co2>;

/** What a warmer or drier climate adds to every year. */
export const ClimateDelta = Type.Object(
  {
    /** Added to all temperatures, K. */
    temperatureC: Type.Optional(ByMonth({minimum: -20, maximum: 20})),
    /** Rain is multiplied by it. */
    rainFactor: Type.Optional(ByMonth({minimum: 0, maximum: 10})),
    /** Relative humidity keeps its value as the air warms unless this is added, percentage points. */
    relativeHumidityPercent: Type.Optional(ByMonth({minimum: -60, maximum: 60})),
    radiationFactor: Type.Optional(ByMonth({minimum: 0.2, maximum: 2})),
  },
  {...closed, minProperties: 1},
);
export type ClimateDelta = Static<typeof ClimateDelta>;

const climateCommon = {
  delta: Type.Optional(ClimateDelta),
  co2: Type.Optional(Co2),
  /** Weather drawn anew for each member from the statistics of the source. Absent: normals are drawn, records run as they are. */
  generator: Type.Optional(Type.Boolean()),
};

/** How the years of a record serve simulated years: by their own dates, over and over, or drawn for each member and year. */
const RecordYears = Type.Union([Type.Literal('as-dated'), Type.Literal('repeat'), Type.Literal('draw')]);

export const ScenarioClimate = oneOf('from', [
  Type.Object({from: Type.Literal('normals'), ...climateCommon}, closed),
  Type.Object(
    {
      from: Type.Literal('file'),
      /** A CSV file beside the scenario. */
      file: FileName,
      /** Column of the day (`2024-07-31`) or month (`2024-07`). */
      dateColumn: Type.String({minLength: 1, maxLength: 100}),
      columns: Type.Array(
        Type.Object(
          {
            column: Type.String({minLength: 1, maxLength: 100}),
            quantity: WeatherQuantityName,
            /** UCUM code or a known spelling of it. */
            unit: Type.String({minLength: 1, maxLength: 32}),
          },
          closed,
        ),
        {minItems: 1, maxItems: 16},
      ),
      /** Texts that stand for no value, besides an empty cell. */
      missing: Type.Optional(Type.Array(Type.String({maxLength: 32}), {maxItems: 16})),
      years: Type.Optional(RecordYears),
      /** Of the anemometer above the ground; absent: 2 m. */
      windHeightM: Type.Optional(Type.Number({minimum: 0.5, maximum: 100})),
      ...climateCommon,
    },
    closed,
  ),
  Type.Object(
    {
      from: Type.Literal('station'),
      station: Id,
      /** First and last day of the record. */
      fromDate: CalendarDate,
      toDate: CalendarDate,
      years: Type.Optional(RecordYears),
      ...climateCommon,
    },
    closed,
  ),
]);
export type ScenarioClimate = Static<typeof ScenarioClimate>;

/** A spell in given years, over what the climate gives, such as the heat and drought of a summer. */
export const ScenarioEvent = Type.Object(
  {
    name: Type.Optional(LocalName),
    years: Type.Array(Year, {minItems: 1, maxItems: 500}),
    /** 1–12. */
    months: Type.Array(Type.Integer({minimum: 1, maximum: 12}), {minItems: 1, maxItems: 12}),
    temperatureC: Type.Optional(Type.Number({minimum: -15, maximum: 15})),
    rainFactor: Type.Optional(Type.Number({minimum: 0, maximum: 10})),
    relativeHumidityPercent: Type.Optional(Type.Number({minimum: -60, maximum: 60})),
    radiationFactor: Type.Optional(Type.Number({minimum: 0.2, maximum: 2})),
    source: Type.Optional(Text),
  },
  closed,
);
export type ScenarioEvent = Static<typeof ScenarioEvent>;

// ── parameters ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Values of one species, or of all species of a functional type, with where they come from. A species wins over its type. */
export const ScenarioParameters = Type.Object(
  {
    species: Type.Optional(Id),
    type: Type.Optional(Id),
    values: Type.Record(Type.String({pattern: '^[a-zA-Z][a-zA-Z0-9]{0,39}$'}), Type.Number(), {
      ...closed,
      minProperties: 1,
      maxProperties: 60,
    }),
    label: Type.Union([Type.Literal('calibrated'), Type.Literal('literature'), Type.Literal('guess')]),
    source: Text,
  },
  closed,
);
export type ScenarioParameters = Static<typeof ScenarioParameters>;

// ── operations ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A zone with all zones in it, a ring of longitude and latitude, or trees by their numbers. */
export const OperationPlace = Type.Object(
  {
    zone: Type.Optional(Id),
    polygon: Type.Optional(
      Type.Array(
        Type.Tuple([Type.Number({minimum: -180, maximum: 180}), Type.Number({minimum: -90, maximum: 90})]),
        {minItems: 3, maxItems: 2000},
      ),
    ),
    trees: Type.Optional(
      Type.Array(Type.Integer({minimum: 1, maximum: 4_294_967_295}), {minItems: 1, maxItems: 100_000}),
    ),
  },
  {...closed, minProperties: 1, maxProperties: 1},
);
export type OperationPlace = Static<typeof OperationPlace>;

const operationCommon = {
  date: CalendarDate,
  place: OperationPlace,
  /** The same again every so many years, as long as the run goes on or to a last year. */
  repeat: Type.Optional(
    Type.Object(
      {everyYears: Type.Integer({minimum: 1, maximum: 100}), untilYear: Type.Optional(Year)},
      closed,
    ),
  ),
  /** Instead of the site's price list. */
  unitCostCny: Type.Optional(Type.Number({minimum: 0, maximum: 1_000_000})),
  note: Type.Optional(Text),
};

export const ScenarioOperation = oneOf('kind', [
  Type.Object(
    {
      kind: Type.Literal('plant'),
      ...operationCommon,
      species: Id,
      /** How many, or how far apart; exactly one of the two. */
      count: Type.Optional(Type.Integer({minimum: 1, maximum: 200_000})),
      spacingM: Type.Optional(Type.Number({minimum: 0.5, maximum: 50})),
      dbhCm: Type.Optional(Type.Number({minimum: 0.5, maximum: 60})),
      heightM: Type.Optional(Type.Number({minimum: 0.3, maximum: 40})),
      ageYr: Type.Optional(Type.Number({minimum: 1, maximum: 300})),
      /** Share that survives each of the first three years. */
      survivalFraction: Type.Optional(Type.Array(Share, {minItems: 3, maxItems: 3})),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('thin'),
      ...operationCommon,
      rule: Type.Union([
        Type.Literal('from-below'),
        Type.Literal('from-above'),
        Type.Literal('proportional'),
        Type.Literal('by-vigour'),
      ]),
      /** What is left, of living stems of the chosen species in the place; or the share that is taken. */
      target: Type.Object(
        {
          stemsPerHa: Type.Optional(Type.Number({minimum: 0, maximum: 100_000})),
          basalAreaM2PerHa: Type.Optional(Type.Number({minimum: 0, maximum: 200})),
          removedFraction: Type.Optional(Type.Number({exclusiveMinimum: 0, maximum: 1})),
        },
        {...closed, minProperties: 1, maxProperties: 1},
      ),
      species: Type.Optional(SpeciesIds),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('prune'),
      ...operationCommon,
      /** Share of the crown that goes. */
      crownFraction: Type.Number({exclusiveMinimum: 0, maximum: 0.7}),
      species: Type.Optional(SpeciesIds),
    },
    closed,
  ),
  Type.Object(
    {kind: Type.Literal('coppice'), ...operationCommon, species: Type.Optional(SpeciesIds)},
    closed,
  ),
  Type.Object({kind: Type.Literal('remove-species'), ...operationCommon, species: SpeciesIds}, closed),
  Type.Object(
    {
      kind: Type.Literal('irrigate'),
      ...operationCommon,
      /** Last year; absent: to the end. */
      untilYear: Type.Optional(Year),
      /** Water is given once this share of what roots can take is used up. */
      depletionFraction: Type.Number({exclusiveMinimum: 0, maximum: 1}),
      /** And fills up to this share of it. */
      refillFraction: Type.Number({exclusiveMinimum: 0, maximum: 1}),
      mostMmPerDay: Type.Number({exclusiveMinimum: 0, maximum: 100}),
      /** Share of the ground that gets wet. */
      wettedFraction: Type.Optional(Type.Number({minimum: 0.01, maximum: 1})),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('fertilise'),
      ...operationCommon,
      /** Added to the soil's fertility, which is 0 to 1. */
      fertilityGain: Type.Number({exclusiveMinimum: 0, maximum: 1}),
      lastsYears: Type.Integer({minimum: 1, maximum: 50}),
    },
    closed,
  ),
]);
export type ScenarioOperation = Static<typeof ScenarioOperation>;

// ── the file ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A scenario file: all that makes a run different from another of the same site. */
export const Scenario = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    id: Id,
    site: Id,
    name: LocalName,
    description: Type.Optional(
      Type.Object(
        {en: Type.String({minLength: 1, maxLength: 2000}), zh: Type.String({minLength: 1, maxLength: 2000})},
        closed,
      ),
    ),
    start: ScenarioStart,
    years: Type.Integer({minimum: 1, maximum: 500}),
    climate: ScenarioClimate,
    events: Type.Optional(Type.Array(ScenarioEvent, {maxItems: 100})),
    /** Tables of the site (CSV) instead of its own. */
    soils: Type.Optional(FileName),
    responseUnits: Type.Optional(FileName),
    parameters: Type.Optional(Type.Array(ScenarioParameters, {maxItems: 500})),
    operations: Type.Optional(Type.Array(ScenarioOperation, {maxItems: 500})),
    /** Trees come up by themselves where the site says so; absent: yes. */
    regenerate: Type.Optional(Type.Boolean()),
    /** How limits on growth act together; absent: `min`, the strongest alone. */
    physiology: Type.Optional(Type.Union([Type.Literal('min'), Type.Literal('product')])),
    /** Diameter at which a recruit stands as a tree of its own, cm; absent: 10. */
    recruitDbhCm: Type.Optional(Type.Number({minimum: 1, maximum: 30})),
    /** Runs of the ensemble; absent: 1. */
    members: Type.Optional(Type.Integer({minimum: 1, maximum: 256})),
    /** Members differ in parameters too, not in weather and chance alone; absent: yes where there are several. */
    parameterSpread: Type.Optional(Type.Boolean()),
    seed: Type.Integer({minimum: 0, maximum: 4_294_967_295}),
  },
  closed,
);
export type Scenario = Static<typeof Scenario>;
