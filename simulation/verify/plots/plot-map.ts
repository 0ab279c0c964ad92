import {type Static, Type} from 'typebox';
import {createValidator, EcoError} from '#schemas';

const Name = Type.String({minLength: 1, maxLength: 200});
const Path = Type.String({minLength: 1, maxLength: 500});
/** A status as it stands in a cell; an empty cell is one too. */
const Word = Type.String({maxLength: 200});
const closed = {additionalProperties: false};
const Side = Type.Tuple([Type.Number(), Type.Number()]);

const Census = Type.Object(
  {
    /** What people call it, its year for example. */
    name: Name,
    status: Name,
    dbh: Name,
    /** Date of the measurement, YYYY-MM-DD. */
    date: Name,
  },
  closed,
);

/** How a table of remeasured stems is to be read, and what is assumed of the place. Paths are from the map's folder. */
const PlotMap = Type.Object(
  {
    id: Name,
    source: Name,
    licence: Name,
    columns: Type.Object({id: Name, species: Name, x: Name, y: Name}, closed),
    dbhUnit: Type.Union([Type.Literal('mm'), Type.Literal('cm')]),
    /** In the order of time. */
    censuses: Type.Array(Census, {minItems: 2, maxItems: 20}),
    statuses: Type.Object(
      {
        alive: Type.Array(Word, {minItems: 1}),
        dead: Type.Array(Word, {minItems: 1}),
        absent: Type.Array(Word),
      },
      closed,
    ),
    species: Type.Object({file: Path, code: Name, name: Name, family: Name}, closed),
    /** Tables of traits (columns of the species table): of the plot's species, and of relatives that gaps are filled from. */
    traits: Type.Object({own: Type.Optional(Path), relatives: Type.Array(Path, {minItems: 1})}, closed),
    /** Means of twelve months: month, min_c, max_c, rain_mm, radiation_mj_m2_d, frost_days. */
    climate: Path,
    plot: Type.Object(
      {
        xM: Side,
        yM: Side,
        /** Stems nearer to the plot's edge than this lack neighbours: they shade others but are not compared. */
        edgeM: Type.Number({minimum: 0, maximum: 100}),
      },
      closed,
    ),
    place: Type.Object(
      {
        latitudeDeg: Type.Number({minimum: -90, maximum: 90}),
        soil: Type.Union([
          Type.Literal('sand'),
          Type.Literal('sandyLoam'),
          Type.Literal('clayLoam'),
          Type.Literal('clay'),
        ]),
        availableWaterMm: Type.Number({exclusiveMinimum: 0, maximum: 2000}),
        fertility: Type.Number({minimum: 0, maximum: 1}),
        co2Ppm: Type.Number({minimum: 150, maximum: 2000}),
      },
      closed,
    ),
    /** What else was assumed, in sentences for the report. */
    assumptions: Type.Optional(Type.Array(Type.String({minLength: 1, maxLength: 500}), {maxItems: 20})),
  },
  closed,
);
export type PlotMap = Static<typeof PlotMap>;

const valid = createValidator<PlotMap>(PlotMap);

/** @throws {EcoError} `map_invalid` with the place and what was expected. */
export function checkPlotMap(value: unknown, where: string): PlotMap {
  if (!valid(value)) throw new EcoError('map_invalid', `${where}: ${valid.problem()}`);
  for (const [side, [from, to]] of Object.entries({xM: value.plot.xM, yM: value.plot.yM})) {
    if (!(to - from > 2 * value.plot.edgeM)) {
      throw new EcoError(
        'map_invalid',
        `${where}: plot.${side} from ${from} to ${to} leaves nothing inside an edge of ${value.plot.edgeM} m`,
      );
    }
  }
  return value;
}
