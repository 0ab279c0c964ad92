import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {
  ApiError,
  CreatedBody,
  Id,
  type Registry,
  RunBody,
  RunRequest,
  Scenario,
  ScenarioList,
  type ScenarioSummary,
} from '#schemas';
import type {Planner} from '../simulate/planner.ts';
import type {Runs} from '../simulate/runs.ts';
import type {KnownScenario, Scenarios} from '../simulate/scenarios.ts';
import {choiceOf, SiteFilter} from './filters.ts';
import {Paging, page} from './paging.ts';

/** A scenario may name many trees and draw polygons. */
const LARGEST_SCENARIO_BYTES = 2_000_000;

type Options = {
  registry: Registry;
  scenarios(): Promise<Scenarios>;
  planner: Pick<Planner, 'plan'>;
  runs: Runs;
};

const closed = {additionalProperties: false} as const;
const ScenarioPath = Type.Object({id: Id}, closed);

export const scenarioRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  const {registry, scenarios, planner, runs} = options;

  const summary = ({scenario, origin}: KnownScenario): ScenarioSummary => ({
    id: scenario.id,
    site: scenario.site,
    name: scenario.name,
    description: scenario.description ?? scenario.name,
    origin,
    years: scenario.years,
    members: scenario.members ?? 1,
    runs: runs.list().filter(({record}) => record.scenario === scenario.id).length,
  });

  app.get(
    '/scenarios',
    {
      schema: {
        action: 'observe',
        tags: ['simulation'],
        summary: 'Scenarios: those that come with the sites and those that were sent here',
        querystring: Type.Object({...SiteFilter, ...Paging}, closed),
        response: {200: ScenarioList, 404: ApiError},
      },
    },
    async (request) => {
      const choice = choiceOf(registry, request.query);
      const chosen = (await scenarios()).list().filter(({scenario}) => choice.site(scenario.site));
      return page(chosen, ({scenario}) => scenario.id, request.query, request.url, summary);
    },
  );

  app.get(
    '/scenarios/:id',
    {
      schema: {
        action: 'observe',
        tags: ['simulation'],
        summary: 'A scenario file',
        params: ScenarioPath,
        response: {
          200: Type.Unsafe<Scenario>({description: 'As POST /scenarios takes it'}),
          404: ApiError,
        },
      },
    },
    async (request) => (await scenarios()).get(request.params.id).scenario,
  );

  app.post(
    '/scenarios',
    {
      bodyLimit: LARGEST_SCENARIO_BYTES,
      // The scenario's own check tells all that is wrong, not the first of it.
      attachValidation: true,
      schema: {
        action: 'simulate',
        tags: ['simulation'],
        summary: 'Keeps a scenario',
        description:
          'One whose id is another’s gets a number behind it; the same one again is not kept twice (200). What is wrong stands in ' +
          '`details`: [{path, value, allowed, message}].',
        body: Scenario,
        response: {200: CreatedBody, 201: CreatedBody, 400: ApiError, 409: ApiError},
      },
    },
    async (request, reply) => {
      const {id, isNew} = (await scenarios()).add(request.body);
      return reply.code(isNew ? 201 : 200).send({id});
    },
  );

  app.delete(
    '/scenarios/:id',
    {
      schema: {
        action: 'simulate',
        tags: ['simulation'],
        summary: 'Removes a scenario that was sent here; its runs stay',
        params: ScenarioPath,
        response: {204: Type.Null(), 404: ApiError, 409: ApiError},
      },
    },
    async (request, reply) => {
      (await scenarios()).remove(request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/scenarios/:id/runs',
    {
      schema: {
        action: 'simulate',
        tags: ['simulation'],
        summary: 'Begins a run; it waits until those before it are over',
        params: ScenarioPath,
        body: RunRequest,
        response: {202: RunBody, 400: ApiError, 404: ApiError, 503: ApiError},
      },
    },
    async (request, reply) => {
      const found = (await scenarios()).get(request.params.id);
      runs.requireRoom();
      const run = runs.start(await planner.plan(found, request.body));
      return reply.code(202).send(runs.body(run));
    },
  );
};
