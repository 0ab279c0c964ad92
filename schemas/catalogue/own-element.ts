import {type Static, Type} from 'typebox';
import {LocalName, Period, StatisticSchema} from '../entities/datastream.ts';
import {CATEGORIES, type CategoryId} from './categories.ts';

/** Ids of what a site adds to the catalogue: an element or a device model of the core never begins so. */
export const OWN_ID = /^x_[A-Za-z0-9_-]{1,62}$/;
export const OwnElementId = Type.String({minLength: 3, maxLength: 64, pattern: '^x_[a-z0-9_]{1,62}$'});

const Size = Type.Number({minimum: -1e15, maximum: 1e15});
const Range = Type.Tuple([Size, Size]);
const Positive = Type.Number({exclusiveMinimum: 0, maximum: 1e15});
const Text = Type.String({maxLength: 500});
/** A UCUM code as a file writes it; whether it is one, the UCUM library says. */
const Ucum = Type.String({minLength: 1, maxLength: 32, pattern: '^[!-~]{1,32}$'});
const Exemption = Type.Union([
  Type.Object({atLeast: Size}, {additionalProperties: false}),
  Type.Object({equals: Size}, {additionalProperties: false}),
  Type.Literal('calm'),
  Type.Literal('night'),
]);

/**
 * One entry of an `elements.json`: a site's own element type, with the catalogue's field names. What is left out is
 * what most quantities have: a point value without a period, rolled up to its mean, sensed, no test beyond the ranges,
 * `usualRange` as `suspectRange`.
 */
export const OwnElement = Type.Object(
  {
    category: Type.Unsafe<CategoryId>(
      Type.Union((Object.keys(CATEGORIES) as CategoryId[]).map((id) => Type.Literal(id))),
    ),
    name: LocalName,
    unit: Ucum,
    /** Other UCUM units of the same dimension that readings may come in; nothing else converts. */
    alsoIn: Type.Optional(Type.Array(Ucum, {maxItems: 16})),
    hardRange: Range,
    suspectRange: Range,
    usualRange: Type.Optional(Range),
    intervalS: Type.Optional(
      Type.Union([Type.Number({exclusiveMinimum: 0, maximum: 31_622_400}), Type.Null()]),
    ),
    statistic: Type.Optional(StatisticSchema),
    period: Type.Optional(Type.Union([Period, Type.Null()])),
    rollUp: Type.Optional(
      Type.Union([
        Type.Literal('mean'),
        Type.Literal('circularMean'),
        Type.Literal('sum'),
        Type.Literal('energyMean'),
      ]),
    ),
    provenance: Type.Optional(
      Type.Union([
        Type.Literal('sensed'),
        Type.Literal('surveyed'),
        Type.Literal('derived'),
        Type.Literal('platform'),
      ]),
    ),
    quality: Type.Optional(
      Type.Object(
        {
          step: Type.Optional(Positive),
          spike: Type.Optional(
            Type.Object({suspect: Positive, fail: Positive}, {additionalProperties: false}),
          ),
          flatLine: Type.Optional(
            Type.Object(
              {
                tolerance: Type.Number({minimum: 0, maximum: 1e15}),
                suspectH: Type.Number({exclusiveMinimum: 0, maximum: 8784}),
                failH: Type.Number({exclusiveMinimum: 0, maximum: 8784}),
                unless: Type.Optional(Exemption),
              },
              {additionalProperties: false},
            ),
          ),
        },
        {additionalProperties: false},
      ),
    ),
    terms: Type.Optional(
      Type.Object(
        {
          standardName: Type.Optional(Text),
          relatedName: Type.Optional(Text),
          quantityKind: Type.Optional(Text),
          ttn: Type.Optional(Text),
          hj212: Type.Optional(Text),
          hj212Outside: Type.Optional(Type.Boolean()),
        },
        {additionalProperties: false},
      ),
    ),
    support: Type.Optional(Text),
    sensor: Type.Optional(Text),
  },
  {additionalProperties: false},
);
export type OwnElement = Static<typeof OwnElement>;

/** An entry of a site's own catalogue that was refused: where it stands, and what was expected. */
export const CatalogueProblem = Type.Object(
  {
    file: Type.String(),
    line: Type.Integer({minimum: 1}),
    /** Element or model; null where the file itself cannot be read. */
    entry: Type.Union([Type.String(), Type.Null()]),
    message: Type.String(),
  },
  {additionalProperties: false},
);
export type CatalogueProblem = Static<typeof CatalogueProblem>;
