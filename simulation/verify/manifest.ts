import {type Static, Type} from 'typebox';
import {createValidator, EcoError} from '#schemas';

const Name = Type.String({minLength: 1, maxLength: 200});
const Path = Type.String({minLength: 1, maxLength: 500});
const Scalar = Type.Union([Type.Number(), Type.String()]);
const closed = {additionalProperties: false};

/** How close is close enough. */
export const Tolerance = Type.Union([
  Type.Object(
    {
      /** Largest difference in the quantity's unit. */
      absolute: Type.Number({exclusiveMinimum: 0}),
      /** Another one for expected values from this one on, where the source prints fewer digits. */
      from: Type.Optional(
        Type.Object({value: Type.Number(), absolute: Type.Number({exclusiveMinimum: 0})}, closed),
      ),
    },
    closed,
  ),
  Type.Object(
    {
      /** Largest difference over the expected value. */
      relative: Type.Number({exclusiveMinimum: 0}),
      /** Differences up to this are the source's rounding and count as none, in the quantity's unit. */
      rounding: Type.Optional(Type.Number({exclusiveMinimum: 0})),
    },
    closed,
  ),
  /** Agreement to so many significant digits: half a unit of the last. */
  Type.Object({significantDigits: Type.Integer({minimum: 1, maximum: 15})}, closed),
  /** So many units of the last digit that the source prints. */
  Type.Object({printedUnits: Type.Number({exclusiveMinimum: 0})}, closed),
  /** No row to compare with: the value must lie within bounds. */
  Type.Object({within: Type.Tuple([Type.Number(), Type.Number()])}, closed),
]);
export type Tolerance = Static<typeof Tolerance>;

export const Expectation = Type.Object(
  {
    /** What is compared, for people. */
    what: Name,
    unit: Type.String({maxLength: 40}),
    /** Column of the expected table by quantity of the process; for bounds, any column that names the row. */
    columns: Type.Record(Name, Name, {minProperties: 1}),
    tolerance: Tolerance,
    /** Only rows whose column has one of these values. */
    rows: Type.Optional(Type.Object({column: Name, is: Type.Array(Scalar, {minItems: 1})}, closed)),
    /** A difference that chance alone explains is none. */
    chance: Type.Optional(Type.Boolean()),
    /** Rows that are known to miss: they are counted and listed, and a row that misses no longer is a miss of this list. */
    knownMisses: Type.Optional(
      Type.Array(Type.Object({row: Name, quantity: Name, why: Name}, closed), {maxItems: 1000}),
    ),
  },
  closed,
);
export type Expectation = Static<typeof Expectation>;

const Case = Type.Object(
  {
    id: Type.String({pattern: '^[a-z0-9][a-z0-9-]{0,63}$'}),
    /** Id of the process. */
    process: Name,
    source: Name,
    licence: Name,
    /** File by role, in the manifest's folder; `expected` holds the rows to compare with. */
    files: Type.Record(Name, Path, {minProperties: 1}),
    /** Our name of a column by role, to the file's. */
    columns: Type.Optional(Type.Record(Name, Type.Record(Name, Name))),
    inputs: Type.Optional(Type.Record(Name, Scalar)),
    /** Columns that name an expected row, for people. */
    label: Type.Array(Name, {minItems: 1, maxItems: 4}),
    expect: Type.Array(Expectation, {minItems: 1, maxItems: 50}),
    /** What the report draws: quantities, along a column or against the expected value. */
    plot: Type.Optional(
      Type.Object(
        {along: Type.Optional(Name), quantities: Type.Array(Name, {minItems: 1, maxItems: 4})},
        closed,
      ),
    ),
  },
  closed,
);
export type ReferenceCase = Static<typeof Case>;

const Manifest = Type.Object(
  {
    cases: Type.Array(Case, {minItems: 1, maxItems: 1000}),
    /** Cases whose order by a quantity must be the reference's, in the given rows. */
    orders: Type.Optional(
      Type.Array(
        Type.Object(
          {
            what: Name,
            source: Name,
            cases: Type.Array(Name, {minItems: 2, maxItems: 20}),
            quantity: Name,
            column: Name,
            rows: Type.Object({column: Name, is: Type.Array(Scalar, {minItems: 1})}, closed),
          },
          closed,
        ),
        {maxItems: 100},
      ),
    ),
  },
  closed,
);
export type Manifest = Static<typeof Manifest>;

const valid = createValidator<Manifest>(Manifest);

/** @throws {EcoError} `reference_invalid` with the place and what was expected. */
export function checkManifest(value: unknown, where: string): Manifest {
  if (!valid(value)) throw new EcoError('reference_invalid', `${where}: ${valid.problem()}`);
  return value;
}
