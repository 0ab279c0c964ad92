import {Readable} from 'node:stream';
import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Archive, ArchiveBook} from '#ingest';
import {
  EcoError,
  NO_ZONE,
  type Registry,
  RULED,
  TREE_ORIGINS,
  TreeCollectionBody,
  type TreeFeatureBody,
} from '#schemas';
import {choiceOf, ThingFilter} from './filters.ts';
import {nextPath, PAGE_ITEMS, Paging} from './paging.ts';
import {wantsCsv} from './series-csv.ts';

const ROWS_AT_ONCE = 2000;
const CSV_COLUMNS =
  'id,tag,species,longitude_deg,latitude_deg,dbh_cm,height_m,age_yr,zone,origin,measured,by_rule,synthetic,site';

type Box = {west: number; south: number; east: number; north: number};

function boxOf(text: string | undefined): Box | null {
  if (text === undefined) return null;
  const cells = text.split(',');
  const [west, south, east, north] = cells.map(Number) as [number, number, number, number];
  const fits =
    cells.length === 4 &&
    cells.every((cell) => cell.trim() !== '' && Number.isFinite(Number(cell))) &&
    west <= east &&
    south <= north;
  if (!fits) {
    throw new EcoError(
      'bbox_invalid',
      `bbox: west,south,east,north in degrees was expected, got ${text.slice(0, 100)}`,
    );
  }
  return {west, south, east, north};
}

/** Archives and the rows of them that a query asks for, in the order of sites and ids. */
type Chosen = {archive: Archive; rows: number[]}[];

function ruledOf(bits: number): ('height' | 'age')[] {
  return (['height', 'age'] as const).filter((what) => (bits & RULED[what]) !== 0);
}

function feature(archive: Archive, i: number): TreeFeatureBody {
  const {trees} = archive;
  const history = archive.history.get(trees.id[i]!);
  const zone = trees.zone[i]!;
  return {
    type: 'Feature',
    id: `${archive.site}/${trees.id[i]}`,
    properties: {
      id: trees.id[i]!,
      site: archive.site,
      tag: trees.tag[i]!,
      species: archive.species[trees.species[i]!]!.id,
      dbhCm: trees.dbhCm[i]!,
      heightM: trees.heightM[i]!,
      ageYr: trees.ageYr[i]!,
      zone: zone === NO_ZONE ? null : archive.zones[zone]!,
      origin: TREE_ORIGINS[trees.origin[i]!]!,
      byRule: ruledOf(trees.ruled[i]!),
      measured: trees.measured[i]!,
      synthetic: trees.synthetic[i] === 1,
      ...(history && history.length > 1
        ? {
            history: history.map(({measured, dbhCm, heightM, ageYr}) => ({measured, dbhCm, heightM, ageYr})),
          }
        : {}),
    },
    geometry: {type: 'Point', coordinates: [trees.longitudeDeg[i]!, trees.latitudeDeg[i]!]},
  };
}

/** A tag is what people wrote: quoted where it would end its cell, and never the start of a formula. */
function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvRow(archive: Archive, i: number): string {
  const {trees} = archive;
  const zone = trees.zone[i]!;
  return [
    ...[trees.id[i], csvText(trees.tag[i]!), archive.species[trees.species[i]!]!.id],
    ...[trees.longitudeDeg[i], trees.latitudeDeg[i], trees.dbhCm[i], trees.heightM[i], trees.ageYr[i]],
    ...[zone === NO_ZONE ? '' : archive.zones[zone], TREE_ORIGINS[trees.origin[i]!], trees.measured[i] ?? ''],
    ...[ruledOf(trees.ruled[i]!).join(' '), trees.synthetic[i] === 1, archive.site],
  ].join(',');
}

function* csvPieces(chosen: Chosen): Generator<string> {
  yield `${CSV_COLUMNS}\r\n`;
  for (const {archive, rows} of chosen) {
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const piece = rows.slice(from, from + ROWS_AT_ONCE).map((i) => csvRow(archive, i));
      yield `${piece.join('\r\n')}\r\n`;
    }
  }
}

const TreeQuery = Type.Object(
  {
    ...ThingFilter,
    bbox: Type.Optional(Type.String({maxLength: 200, description: 'west,south,east,north in degrees'})),
    species: Type.Optional(
      Type.String({minLength: 1, maxLength: 20_000, description: 'Id of the species; several with commas'}),
    ),
    ...Paging,
  },
  {additionalProperties: false},
);

export const treeRoutes: FastifyPluginAsyncTypebox<{registry: Registry; archives: ArchiveBook}> = async (
  app,
  {registry, archives},
) => {
  app.get(
    '/trees',
    {
      schema: {
        action: 'observe',
        tags: ['archive'],
        summary:
          'Single trees as GeoJSON (WGS 84), in pages; Accept: text/csv streams all of them instead (limit and after do not apply)',
        querystring: TreeQuery,
        response: {200: TreeCollectionBody},
      },
    },
    async (request, reply) => {
      const {query} = request;
      const choice = choiceOf(registry, query);
      const box = boxOf(query.bbox);
      const sites = archives
        .sites()
        .map(({site}) => site.id)
        .filter((id) => choice.site(id))
        .sort();
      const read = await Promise.all(sites.map((id) => archives.of(id)));
      const wanted = query.species === undefined ? null : query.species.split(',').filter((id) => id !== '');
      for (const id of wanted ?? []) {
        if (!read.some(({speciesAt}) => speciesAt.has(id)))
          throw new EcoError(
            'species_unknown',
            `no species ${id.slice(0, 100)}; there are those of /api/v1/species`,
            404,
          );
      }
      const chosen: Chosen = read.map((archive) => {
        const {trees, zones, site} = archive;
        const inZone = zones.map((zone) => choice.place({site, zone}));
        const outside = choice.place({site, zone: null});
        const species =
          wanted && new Set(wanted.map((id) => archive.speciesAt.get(id)).filter((at) => at !== undefined));
        const rows: number[] = [];
        for (let i = 0; i < trees.count; i++) {
          const zone = trees.zone[i]!;
          if (!(zone === NO_ZONE ? outside : inZone[zone])) continue;
          if (species && !species.has(trees.species[i]!)) continue;
          if (box) {
            const longitude = trees.longitudeDeg[i]!;
            const latitude = trees.latitudeDeg[i]!;
            if (longitude < box.west || longitude > box.east || latitude < box.south || latitude > box.north)
              continue;
          }
          rows.push(i);
        }
        return {archive, rows};
      });
      if (wantsCsv(request.headers.accept)) {
        return reply
          .type('text/csv; charset=utf-8; header=present')
          .header('content-disposition', 'attachment; filename="trees.csv"')
          .send(Readable.from(csvPieces(chosen)) as never);
      }
      reply.type('application/geo+json');
      const [afterSite, afterId] = cursorOf(query.after);
      const features: TreeFeatureBody[] = [];
      const limit = query.limit ?? PAGE_ITEMS;
      for (const {archive, rows} of chosen) {
        if (archive.site < afterSite) continue;
        for (const i of rows) {
          if (archive.site === afterSite && archive.trees.id[i]! <= afterId) continue;
          if (features.length === limit) {
            return {
              type: 'FeatureCollection' as const,
              features,
              next: nextPath(request.url, features.at(-1)!.id),
            };
          }
          features.push(feature(archive, i));
        }
      }
      return {type: 'FeatureCollection' as const, features};
    },
  );
};

function cursorOf(after: string | undefined): [site: string, id: number] {
  if (after === undefined) return ['', -1];
  const found = /^([^/]+)\/(\d{1,10})$/.exec(after);
  if (found) return [found[1]!, Number(found[2])];
  throw new EcoError(
    'cursor_invalid',
    `after: the \`next\` of a page was expected, got ${after.slice(0, 100)}`,
  );
}
