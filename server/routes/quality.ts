import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {zonedBoundaries} from '#model';
import {ApiError, EcoError, type ObservationReader, QualityBody, type Registry} from '#schemas';
import {instant} from '../bodies/instant.ts';
import {qualityItems} from '../bodies/quality.ts';
import {choiceOf, DatastreamFilter} from './filters.ts';
import {queryInstant} from './instants.ts';
import {Paging, page} from './paging.ts';

const WEEK_MS = 7 * 86_400_000;
const DEFAULT_WEEKS = 13;
/** Two years and what is begun of a week. */
const MOST_WEEKS = 105;

type Options = {
  registry: Registry;
  observations: Pick<ObservationReader, 'verdicts'>;
  now: () => number;
};

/** How good the data are: counted from the verdicts that the tests left with each row, by series and week. */
export const qualityRoutes: FastifyPluginAsyncTypebox<Options> = async (
  app,
  {registry, observations, now},
) => {
  app.get(
    '/quality',
    {
      schema: {
        action: 'observe',
        tags: ['observations'],
        summary: 'Rows of each series by flag and by test, in local weeks; of one site',
        description: `\`from\` and \`to\` are widened to whole weeks, at most ${MOST_WEEKS}. A test that could not run marks nothing.`,
        querystring: Type.Object(
          {
            ...DatastreamFilter,
            ...Paging,
            from: Type.Optional(
              Type.String({maxLength: 40, description: `Default: ${DEFAULT_WEEKS} weeks ago`}),
            ),
            to: Type.Optional(Type.String({maxLength: 40, description: 'Exclusive; default: now'})),
          },
          {additionalProperties: false},
        ),
        response: {200: QualityBody, 400: ApiError, 404: ApiError},
      },
    },
    async (request) => {
      const {query} = request;
      const choice = choiceOf(registry, query);
      const nowMs = now();
      const toMs = query.to === undefined ? nowMs : queryInstant('to', query.to);
      const fromMs =
        query.from === undefined ? toMs - (DEFAULT_WEEKS - 1) * WEEK_MS : queryInstant('from', query.from);
      const {id, timeZone} = oneSite(registry, choice.site);
      const edgesMs = weeksOf({fromMs, toMs, timeZone});
      const chosen = page(
        registry.datastreams({site: id}).filter(choice.datastream),
        (datastream) => datastream.id,
        query,
        request.url,
        (datastream) => datastream,
      );
      const counts = await observations.verdicts({
        edgesMs,
        series: chosen.items.map(({series}) => series),
      });
      return {
        site: id,
        timeZone,
        weeks: edgesMs.slice(0, -1).map((from, i) => ({from: instant(from), to: instant(edgesMs[i + 1]!)})),
        items: qualityItems(registry, chosen.items, counts, {edgesMs, nowMs}),
        ...(chosen.next === undefined ? {} : {next: chosen.next}),
      };
    },
  );
};

/** The site whose weeks count: two sites may have other ones. */
function oneSite(registry: Registry, chosen: (id: string) => boolean): {id: string; timeZone: string} {
  const sites = registry.sites().filter(({site}) => chosen(site.id));
  const [first] = sites;
  if (first && sites.length === 1) return first.site;
  const known = registry.sites().map(({site}) => site.id);
  throw new EcoError('site_required', `weeks are those of one site: site=${known.join(' or site=')}`);
}

function weeksOf(range: {fromMs: number; toMs: number; timeZone: string}): number[] {
  const {fromMs, toMs, timeZone} = range;
  if (fromMs >= toMs) throw new EcoError('time_invalid', 'from must be before to');
  if ((toMs - fromMs) / WEEK_MS > MOST_WEEKS) {
    throw new EcoError(
      'range_too_long',
      `${Math.ceil((toMs - fromMs) / WEEK_MS)} weeks are asked for; at most ${MOST_WEEKS} at once`,
    );
  }
  return [...zonedBoundaries(fromMs, toMs, timeZone, 'P1W')];
}
