import {type Static, Type} from 'typebox';
import {Id, LocalName} from '../entities/datastream.ts';
import {
  INDICATORS,
  type IndicatorId,
  PARTS,
  type Part,
  RUN_STATES,
  RUN_TABLES,
  type RunState,
  type RunTable,
} from '../entities/run.ts';
import {Instant, listOf} from './bodies.ts';

/** Bodies of scenarios and runs under `/api/v1`. */
const closed = {additionalProperties: false} as const;
const NullableInstant = Type.Union([Instant, Type.Null()]);
const oneOf = <T extends string>(names: readonly T[], description: string) =>
  Type.Unsafe<T>(
    Type.Union(
      names.map((name) => Type.Literal(name)),
      {description},
    ),
  );

export const ScenarioSummary = Type.Object(
  {
    id: Id,
    site: Id,
    name: LocalName,
    description: LocalName,
    origin: oneOf(['example', 'own'], 'example: comes with the site; own: was sent here'),
    years: Type.Integer(),
    members: Type.Integer(),
    runs: Type.Integer({description: 'Runs of it that are kept'}),
  },
  closed,
);
export type ScenarioSummary = Static<typeof ScenarioSummary>;
export const ScenarioList = listOf(ScenarioSummary);

/** What is wrong with a scenario, at which place in the file, and what may stand there. */
export const ScenarioProblem = Type.Object(
  {
    path: Type.String({description: 'JSON pointer'}),
    value: Type.Optional(Type.Unknown()),
    allowed: Type.Optional(Type.Unknown()),
    message: Type.String(),
  },
  closed,
);
export type ScenarioProblem = Static<typeof ScenarioProblem>;

export const CreatedBody = Type.Object({id: Id}, closed);

/** An operation of the scenario that did not happen, and why. */
export const SkippedOperation = Type.Object(
  {
    operation: Type.Integer({description: 'Its place in the scenario’s list, from 0'}),
    date: Type.String(),
    reason: Type.String(),
  },
  closed,
);
export type SkippedOperation = Static<typeof SkippedOperation>;

export const RunBody = Type.Object(
  {
    id: Id,
    scenario: Id,
    site: Id,
    state: oneOf<RunState>(RUN_STATES, 'A run that was under way when the server stopped is queued again'),
    progress: Type.Object(
      {done: Type.Integer(), total: Type.Integer(), unit: Type.Literal('member-years')},
      closed,
    ),
    created: Instant,
    started: NullableInstant,
    ended: NullableInstant,
    members: Type.Integer(),
    years: Type.Tuple([Type.Integer(), Type.Integer()], {description: 'First and last year'}),
    seed: Type.Integer(),
    fingerprint: Type.String({description: 'SHA-256 of all that the run was made from'}),
    skipped: Type.Array(SkippedOperation),
    message: Type.Optional(Type.String({description: 'Why it failed, or what was done again'})),
  },
  closed,
);
export type RunBody = Static<typeof RunBody>;
export const RunList = listOf(RunBody);

const Series = Type.Array(Type.Union([Type.Number(), Type.Null()]), {
  description: 'One value a year; null: there is none (no tree has a mean diameter where none stands)',
});
const Band = {median: Series, p05: Series, p95: Series} as const;

/** Where the spread between members comes from, as shares of its variance in the last year; together 1. */
export const SpreadShares = Type.Object(
  {
    guess: Type.Number({description: 'Parameters that are guesses, 0–1'}),
    known: Type.Number({description: 'Parameters with a source (literature, calibrated), 0–1'}),
    chance: Type.Number({description: 'Weather and luck (who dies, who comes up), 0–1'}),
    error: Type.Number({description: 'Standard error of `guess`'}),
  },
  closed,
);
export type SpreadShares = Static<typeof SpreadShares>;

export const IndicatorValues = Type.Object(
  {
    ...Band,
    guessShare: Type.Optional(
      Type.Number({
        description:
          'Share of the spread in the last year that rests on guessed parameters, 0–1; absent: too few members to tell, or no spread',
      }),
    ),
    spread: Type.Optional(SpreadShares),
    parts: Type.Optional(
      Type.Unsafe<Record<Part, (number | null)[]>>(
        Type.Object(Object.fromEntries(PARTS.map((part) => [part, Series])), {
          additionalProperties: false,
          description: 'Shares of the total, 0–1, mean over members; they add up to 1',
        }),
      ),
    ),
    difference: Type.Optional(
      Type.Object(Band, {
        additionalProperties: false,
        description: 'With `against`: this run less the other, member by member',
      }),
    ),
  },
  closed,
);
export type IndicatorValues = Static<typeof IndicatorValues>;

export const RunIndicators = Type.Object(
  {
    run: Id,
    against: Type.Optional(Id),
    members: Type.Integer({description: 'Members that the values are of: those that are done'}),
    years: Type.Array(Type.Integer()),
    indicators: Type.Array(
      Type.Object(
        {
          id: oneOf<IndicatorId>(
            INDICATORS.map(({id}) => id),
            'Indicator',
          ),
          unit: Type.String({description: 'UCUM'}),
          kind: oneOf(['stock', 'flow', 'state'], 'stock and state: at the year’s end; flow: of the year'),
          name: LocalName,
        },
        closed,
      ),
    ),
    zones: Type.Array(Type.Object({id: Type.String(), name: LocalName, areaM2: Type.Number()}, closed), {
      description: 'Zone `island` is the whole site',
    }),
    values: Type.Record(Type.String(), Type.Record(Type.String(), IndicatorValues), {
      description: 'By zone, then by indicator',
    }),
  },
  closed,
);
export type RunIndicators = Static<typeof RunIndicators>;

/** What happened in member 0, in the order of time. */
export const RunEventBody = Type.Object(
  {
    kind: oneOf(['done', 'skipped'], 'skipped: it could not be done as asked'),
    year: Type.Integer(),
    month: Type.Integer({minimum: 1, maximum: 12}),
    operation: Type.Integer({description: 'Its place in the scenario’s list, from 0'}),
    what: Type.String({description: 'plant, thin, prune, coppice, irrigate …'}),
    amount: Type.Optional(
      Type.Number({description: 'Stems; for irrigation and fertilising the hectares they act on'}),
    ),
    costCny: Type.Optional(Type.Number()),
    reason: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
  },
  closed,
);
export type RunEventBody = Static<typeof RunEventBody>;
export const RunEventList = listOf(RunEventBody);

export const TableColumn = Type.Object(
  {
    name: Type.String(),
    unit: Type.Union([Type.String(), Type.Null()], {description: 'UCUM; null: it has none'}),
    meaning: Type.String(),
  },
  closed,
);
export type TableColumn = Static<typeof TableColumn>;

/** What lies beside a run's results: what a reader must know who has nothing but these. */
export const RunManifest = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    kind: Type.Literal('eco-run'),
    program: Type.String(),
    run: Type.Union([Id, Type.Null()]),
    site: Id,
    scenario: Type.Unknown({description: 'The scenario as it was run'}),
    fingerprint: Type.String({description: 'SHA-256 of all that the run was made from'}),
    seed: Type.Integer(),
    members: Type.Integer(),
    years: Type.Tuple([Type.Integer(), Type.Integer()]),
    started: NullableInstant,
    ended: NullableInstant,
    computedS: Type.Union([Type.Number(), Type.Null()], {
      description: 'Seconds from start to end, those of earlier attempts among them',
    }),
    climate: Type.Unknown({description: 'Where the weather comes from'}),
    parameters: Type.Array(
      Type.Object(
        {
          species: Type.String(),
          scientificName: Type.String(),
          parameter: Type.String(),
          value: Type.Number(),
          cv: Type.Union([Type.Number(), Type.Null()], {
            description: 'Spread between members; null: not drawn',
          }),
          label: Type.String({description: 'calibrated, literature or guess'}),
          source: Type.String(),
        },
        closed,
      ),
    ),
    tables: Type.Record(Type.String(), Type.Array(TableColumn)),
    indicators: Type.Array(TableColumn),
    notes: Type.Array(Type.String()),
    sources: Type.Array(
      Type.Object(
        {
          of: Type.String(),
          licence: Type.Union([Type.String(), Type.Null()]),
          credit: Type.Union([Type.String(), Type.Null()]),
          source: Type.Union([Type.String(), Type.Null()]),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type RunManifest = Static<typeof RunManifest>;

export const RunTableName = oneOf<RunTable>(RUN_TABLES, 'Table');
