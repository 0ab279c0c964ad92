import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {
  CATEGORIES,
  CategoryBody,
  type CategoryId,
  ELEMENTS,
  ElementBody,
  type ElementType,
  listOf,
  type Registry,
} from '#schemas';

function elementBody(id: string, element: ElementType): ElementBody {
  return {
    id,
    category: element.category,
    name: element.name,
    unit: element.unit,
    hardRange: [element.hardRange[0], element.hardRange[1]],
    suspectRange: [element.suspectRange[0], element.suspectRange[1]],
    usualRange: [element.usualRange[0], element.usualRange[1]],
    intervalS: element.intervalS,
    statistic: element.statistic,
    period: element.period,
    rollUp: element.rollUp,
    provenance: element.provenance,
    terms: element.terms,
    quality: element.quality,
    support: element.support,
    sensor: element.sensor,
    core: Object.hasOwn(ELEMENTS, id),
    ...(element.conversions ? {alsoIn: element.conversions.map(([code]) => code)} : {}),
    ...(element.retired ? {retired: true as const} : {}),
  };
}

/** The ecological information model: categories and element types, the core's in catalogue order, then a site's own. */
export const catalogueRoutes: FastifyPluginAsyncTypebox<{registry: Registry}> = async (app, {registry}) => {
  app.get(
    '/categories',
    {
      schema: {
        action: 'observe',
        tags: ['catalogue'],
        summary: 'The 10 categories of the ecological information model, with the elements of each',
        response: {200: listOf(CategoryBody)},
      },
    },
    async () => ({
      items: (Object.keys(CATEGORIES) as CategoryId[]).map((id) => ({
        id,
        ...CATEGORIES[id],
        elements: [...registry.elements()]
          .filter(([, element]) => element.category === id && !element.retired)
          .map(([element]) => element),
      })),
    }),
  );
  app.get(
    '/elements',
    {
      schema: {
        action: 'observe',
        tags: ['catalogue'],
        summary: 'Element types: the 54 of the core, and the sites’ own (`x_…`); ranges are in `unit` (UCUM)',
        response: {200: listOf(ElementBody)},
      },
    },
    async () => ({items: [...registry.elements()].map(([id, element]) => elementBody(id, element))}),
  );
};
