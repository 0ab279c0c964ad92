import {type Static, Type} from 'typebox';
import {TreeOrigin} from './archive.ts';
import {Id} from './datastream.ts';

const closed = {additionalProperties: false} as const;
const Column = Type.String({minLength: 1, maxLength: 200});

/**
 * How a tree inventory is to be understood: which column is what, in which unit and reference system. What a map leaves out is
 * guessed from the header and the figures, and told.
 */
export const TreeMap = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    id: Type.Optional(Id),
    description: Type.Optional(Type.String({maxLength: 2000})),
    encoding: Type.Optional(
      Type.Union([
        Type.Literal('utf-8'),
        Type.Literal('gbk'),
        Type.Literal('gb2312'),
        Type.Literal('gb18030'),
        Type.Literal('utf-16le'),
      ]),
    ),
    delimiter: Type.Optional(Type.Union([Type.Literal(','), Type.Literal(';'), Type.Literal('\t')])),
    columns: Type.Optional(
      Type.Object(
        {
          tag: Type.Optional(Column),
          /** Latin or Chinese names, or codes of `species`; the first that is understood holds. */
          names: Type.Optional(Type.Array(Column, {minItems: 1, maxItems: 5})),
          family: Type.Optional(Column),
          x: Type.Optional(Column),
          y: Type.Optional(Column),
          dbh: Type.Optional(Column),
          girth: Type.Optional(Column),
          height: Type.Optional(Column),
          age: Type.Optional(Column),
          measured: Type.Optional(Column),
          origin: Type.Optional(Column),
          status: Type.Optional(Column),
        },
        closed,
      ),
    ),
    units: Type.Optional(
      Type.Object(
        {
          /** Of diameter or girth. */
          stem: Type.Optional(Type.Union([Type.Literal('mm'), Type.Literal('cm'), Type.Literal('m')])),
          height: Type.Optional(Type.Union([Type.Literal('cm'), Type.Literal('m')])),
        },
        closed,
      ),
    ),
    /** `EPSG:4545`; `local`: metres east and north of `corner`, or of the site's origin. */
    crs: Type.Optional(Type.String({pattern: '^(EPSG:\\d{4,5}|local)$'})),
    corner: Type.Optional(
      Type.Object(
        {
          longitudeDeg: Type.Number({minimum: -180, maximum: 180}),
          latitudeDeg: Type.Number({minimum: -90, maximum: 90}),
        },
        closed,
      ),
    ),
    /** Day of measurement where the row tells none. */
    measured: Type.Optional(Type.String({pattern: '^\\d{4}-\\d\\d-\\d\\d$'})),
    origin: Type.Optional(TreeOrigin),
    /** What the file calls a species, and what that is. */
    species: Type.Optional(
      Type.Record(
        Type.String({maxLength: 100}),
        Type.Object(
          {
            scientificName: Type.String({minLength: 1, maxLength: 200}),
            family: Type.Optional(Type.String({maxLength: 100})),
          },
          closed,
        ),
      ),
    ),
  },
  closed,
);
export type TreeMap = Static<typeof TreeMap>;
