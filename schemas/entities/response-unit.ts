import {type Static, Type} from 'typebox';
import {Id} from './datastream.ts';
import {Basis} from './site.ts';

const closed = {additionalProperties: false} as const;

/** How the ground of a zone, or of all zones of a kind, is in a simulation; a zone's own entry wins over that of its kind. */
export const ResponseUnitRow = Type.Object(
  {
    zone: Type.Optional(Id),
    kind: Type.Optional(Id),
    /** Trees come up by themselves here. */
    regenerates: Type.Boolean(),
    /** Saplings stand there at the start, of seeds of so many years; absent: none. */
    saplingYears: Type.Optional(Type.Integer({minimum: 1, maximum: 100})),
    /** Of grass, herbs and shrubs where no tree stands above them, m² m⁻²; under trees a run has less. */
    groundLai: Type.Number({minimum: 0, maximum: 10}),
    groundRootDepthM: Type.Number({minimum: 0, maximum: 3}),
    /** Of the same, above and below the ground. */
    groundCarbonKgPerM2: Type.Number({minimum: 0, maximum: 10}),
    /** Instead of the soil's: paved or ponded ground. */
    curveNumber: Type.Optional(Type.Number({minimum: 1, maximum: 100})),
    basis: Basis,
    source: Type.String({minLength: 1, maxLength: 500}),
  },
  closed,
);
export type ResponseUnitRow = Static<typeof ResponseUnitRow>;

/** `response-units.json`. */
export const ResponseUnitFile = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    note: Type.Optional(Type.String({minLength: 1, maxLength: 500})),
    rows: Type.Array(ResponseUnitRow, {minItems: 1, maxItems: 1000}),
  },
  closed,
);
export type ResponseUnitFile = Static<typeof ResponseUnitFile>;
