import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Archive, ArchiveBook} from '#ingest';
import {FUNCTIONAL_TYPES, type ParameterId} from '#model';
import {listOf, type Registry, type SiteData, SpeciesBody} from '#schemas';
import {choiceOf, SiteFilter} from './filters.ts';
import {Paging, page} from './paging.ts';

/** Whether the site says that a file of it is made up. */
export function isSynthetic({site}: SiteData, file: string | undefined): boolean {
  return site.synthetic.some((one) => one.file === file);
}

function bodiesOf(data: SiteData, archive: Archive): SpeciesBody[] {
  const counts = new Uint32Array(archive.species.length);
  for (const species of archive.trees.species) counts[species]! += 1;
  return archive.species.map((species, i) => {
    const {type, evergreen, leafMonths, values, basis, notes} = archive.parameters[i]!;
    const {flowersFromMonth: from, flowersToMonth: to} = species;
    return {
      id: species.id,
      site: archive.site,
      scientificName: species.scientificName,
      authority: species.authority,
      chineseName: species.chineseName,
      family: species.family,
      origin: species.origin,
      type: {id: type, name: FUNCTIONAL_TYPES[type].name},
      evergreen,
      leafMonths,
      floweringMonths: from === null || to === null ? null : [from, to],
      feedsBirds: species.feedsBirds,
      synthetic: !species.fromInventory && isSynthetic(data, data.site.species),
      trees: counts[i]!,
      crownForm: archive.completeTraits[i]!.crownForm,
      parameters: Object.fromEntries(
        (Object.keys(values) as ParameterId[]).map((id) => [id, {value: values[id], ...basis[id]}]),
      ),
      notes,
      sourceNote: species.note,
    };
  });
}

export const speciesRoutes: FastifyPluginAsyncTypebox<{registry: Registry; archives: ArchiveBook}> = async (
  app,
  {registry, archives},
) => {
  app.get(
    '/species',
    {
      schema: {
        action: 'observe',
        tags: ['archive'],
        summary:
          'Tree species of the archive: functional type, and each parameter of growth with label and source',
        querystring: Type.Object({...SiteFilter, ...Paging}, {additionalProperties: false}),
        response: {200: listOf(SpeciesBody)},
      },
    },
    async (request) => {
      const choice = choiceOf(registry, request.query);
      const chosen = archives.sites().filter(({site}) => choice.site(site.id));
      const bodies = await Promise.all(
        chosen.map(async (data) => bodiesOf(data, await archives.of(data.site.id))),
      );
      return page(
        bodies.flat(),
        ({site, id}) => `${site}/${id}`,
        request.query,
        request.url,
        (body) => body,
      );
    },
  );
};
