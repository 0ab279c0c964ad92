import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {CatalogueProblem, DeviceModel, listOf, type Registry} from '#schemas';
import type {LiveCatalogue} from '../things/own-catalogue.ts';

export const CatalogueReportBody = Type.Object(
  {
    elements: Type.Array(Type.String(), {description: 'Own elements in force'}),
    models: Type.Array(Type.String(), {description: 'Own device models in force'}),
    retired: Type.Array(Type.String(), {
      description: 'Elements that no file defines any more and that have series',
    }),
    changed: Type.Array(Type.String(), {
      description: 'What the last reading of the files made, changed or took away',
    }),
    problems: Type.Array(CatalogueProblem),
  },
  {additionalProperties: false},
);

type Options = {registry: Registry; catalogue: Pick<LiveCatalogue, 'report' | 'reload'>};

/** Own elements and device models: what the files of the sites and of the data folder add to the core. */
export const catalogueFileRoutes: FastifyPluginAsyncTypebox<Options> = async (app, {registry, catalogue}) => {
  app.get(
    '/models',
    {
      schema: {
        action: 'observe',
        tags: ['catalogue'],
        summary: 'Device models: the core’s and the sites’ own (`x_…`), with what each measures',
        response: {200: listOf(DeviceModel)},
      },
    },
    async () => ({items: [...registry.models().values()]}),
  );
  app.get(
    '/catalogue',
    {
      schema: {
        action: 'observe',
        tags: ['catalogue'],
        summary: 'Own elements and models, and what was refused: file, line, reason',
        response: {200: CatalogueReportBody},
      },
    },
    async () => catalogue.report(),
  );
  app.post(
    '/catalogue/reload',
    {
      schema: {
        action: 'configure',
        tags: ['catalogue'],
        summary: 'Reads the files again at once (they are looked at every two seconds anyway)',
        response: {200: CatalogueReportBody},
      },
    },
    async () => await catalogue.reload(),
  );
};
