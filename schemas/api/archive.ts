import {type Static, Type} from 'typebox';
import {ArchiveBird, SpeciesId, TreeOrigin} from '../entities/archive.ts';
import {Id, LocalName} from '../entities/datastream.ts';

/** Bodies of `/species`, `/trees` and `/birds`. */
const closed = {additionalProperties: false} as const;
const NullableNumber = Type.Union([Type.Number(), Type.Null()]);
const NullableString = Type.Union([Type.String(), Type.Null()]);

export const SpeciesBody = Type.Object(
  {
    id: SpeciesId,
    site: Id,
    scientificName: Type.String(),
    authority: Type.String(),
    chineseName: Type.String(),
    family: Type.String(),
    origin: Type.String(),
    type: Type.Object({id: Type.String(), name: LocalName}, {...closed, description: 'Functional type'}),
    evergreen: Type.Boolean(),
    leafMonths: Type.Union([
      Type.Object({leafOut: Type.Number(), leafFall: Type.Number()}, closed),
      Type.Null(),
    ]),
    floweringMonths: Type.Union([Type.Tuple([Type.Number(), Type.Number()]), Type.Null()]),
    feedsBirds: Type.Boolean(),
    synthetic: Type.Boolean({description: 'That it is here, and how common, is assumed'}),
    trees: Type.Integer({description: 'Trees of it in the archive'}),
    crownForm: Type.String(),
    parameters: Type.Record(
      Type.String(),
      Type.Object({value: Type.Number(), label: Type.String(), source: Type.String()}, closed),
      {description: 'What growth follows from, each with how it is known: calibrated, literature or guess'},
    ),
    notes: Type.Array(Type.String()),
    sourceNote: Type.String(),
  },
  closed,
);
export type SpeciesBody = Static<typeof SpeciesBody>;

export const BirdBody = Type.Object({...ArchiveBird.properties, site: Id, synthetic: Type.Boolean()}, closed);
export type BirdBody = Static<typeof BirdBody>;

export const TreeFeatureBody = Type.Object(
  {
    type: Type.Literal('Feature'),
    id: Type.String(),
    properties: Type.Object(
      {
        id: Type.Integer(),
        site: Id,
        tag: Type.String(),
        species: SpeciesId,
        dbhCm: Type.Number(),
        heightM: Type.Number(),
        ageYr: Type.Number(),
        zone: NullableString,
        origin: TreeOrigin,
        byRule: Type.Array(Type.Union([Type.Literal('height'), Type.Literal('age')]), {
          description: 'What was not measured but follows from the species',
        }),
        measured: NullableString,
        synthetic: Type.Boolean({description: 'Made up: nobody saw this tree'}),
        history: Type.Optional(
          Type.Array(
            Type.Object(
              {measured: NullableString, dbhCm: Type.Number(), heightM: Type.Number(), ageYr: NullableNumber},
              closed,
            ),
            {description: 'All its measurements, where there are several'},
          ),
        ),
      },
      closed,
    ),
    geometry: Type.Object(
      {type: Type.Literal('Point'), coordinates: Type.Tuple([Type.Number(), Type.Number()])},
      closed,
    ),
  },
  closed,
);
export type TreeFeatureBody = Static<typeof TreeFeatureBody>;

export const TreeCollectionBody = Type.Object(
  {
    type: Type.Literal('FeatureCollection'),
    features: Type.Array(TreeFeatureBody),
    next: Type.Optional(Type.String({description: 'Path of the following page'})),
  },
  closed,
);
export type TreeCollectionBody = Static<typeof TreeCollectionBody>;
