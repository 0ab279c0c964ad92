import {type Static, Type} from 'typebox';
import {type ExportPlan, longColumns, wideColumns} from '#ingest';
import {
  DatastreamBody,
  FLAG,
  type Flag,
  Instant,
  LocalName,
  QC_TESTS,
  type QcTest,
  type Registry,
} from '#schemas';
import {datastreamBody} from '../bodies/datastream.ts';
import {instant} from '../bodies/instant.ts';
import type {MapLibrary} from '../things/map-library.ts';
import {PROGRAM_VERSION} from '../version.ts';
import {ExportQuery} from './export-query.ts';

const closed = {additionalProperties: false} as const;

/** Size and content of a whole export: rows without head, SHA-256 of all bytes (hex). */
export const ExportSum = Type.Object(
  {rows: Type.Integer(), bytes: Type.Integer(), sha256: Type.String({pattern: '^[0-9a-f]{64}$'})},
  closed,
);
export type ExportSum = Static<typeof ExportSum>;

/** What lies beside an exported file: what a reader must know who has nothing but the two. */
export const ExportSidecar = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    kind: Type.Literal('eco-export'),
    program: Type.String(),
    /** As it was asked; `asOf` stands in it always, so that the same query gives the same file. */
    query: ExportQuery,
    range: Type.Object({from: Instant, to: Instant}, closed),
    asOf: Instant,
    file: Type.Union([ExportSum, Type.Null()], {
      description: 'null: this server has not sent the whole of it yet',
    }),
    columns: Type.Array(Type.Object({name: Type.String(), meaning: Type.String()}, closed)),
    notes: Type.Array(Type.String()),
    flags: Type.Array(
      Type.Object({flag: Type.Integer(), name: Type.String(), meaning: Type.String()}, closed),
    ),
    tests: Type.Array(Type.Object({name: Type.String(), meaning: Type.String()}, closed)),
    elements: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          name: LocalName,
          unit: Type.String({description: 'UCUM'}),
          standardName: Type.Union([Type.String(), Type.Null()]),
          support: Type.String(),
        },
        closed,
      ),
    ),
    datastreams: Type.Array(DatastreamBody),
    sites: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          name: LocalName,
          timeZone: Type.String(),
          verticalDatum: Type.Object({id: Type.String(), name: LocalName, source: Type.String()}, closed),
        },
        closed,
      ),
    ),
    sources: Type.Array(
      Type.Object(
        {
          of: Type.String({description: 'Site, or map by which foreign data came in'}),
          licence: Type.Union([Type.String(), Type.Null()]),
          credit: Type.Union([Type.String(), Type.Null()]),
          source: Type.Union([Type.String(), Type.Null()]),
        },
        closed,
      ),
      {description: 'Licence and credit of what the observations came from'},
    ),
  },
  closed,
);
export type ExportSidecar = Static<typeof ExportSidecar>;

const FLAG_MEANING: Readonly<Record<Flag, string>> = {
  1: 'passed every test that could be made',
  2: 'no test could be made',
  3: 'suspect: of interest, or not as expected',
  4: 'fail: not to be used',
  9: 'missing: the device said that it had no value',
};
const TEST_MEANING: Readonly<Record<QcTest, string>> = {
  syntax: 'the message could be read only in part',
  time: 'the time is impossible: later than the arrival allows',
  grossRange: 'outside what the element can be, or the sensor measure',
  suspectRange: 'outside what is usual in this climate',
  spike: 'far from both neighbours',
  rateOfChange: 'changed faster than is usual',
  flatLine: 'did not change for too long',
  crossCheck: 'does not fit another element of the same place',
  neighbour: 'does not fit the same element at neighbouring places',
  deviceStatus: 'the device marked it',
  drift: 'the sensor had drifted',
  manual: 'a person said so',
};

const NOTES = [
  'Text is UTF-8; CSV is RFC 4180 with a comma and CRLF. Numbers are written to the last digit, with a point.',
  'A text cell that a spreadsheet would take for a formula has an apostrophe in front of it.',
  'Rows are of one datastream after the other in the order of their ids, oldest first; wide: oldest first.',
  'A row is known by its datastream and phenomenonTime; the first value that came for them stays, others are conflicts.',
];

/** The sidecar of a plan. */
export function sidecarOf(
  {registry, maps}: {registry: Registry; maps: Pick<MapLibrary, 'all'>},
  plan: ExportPlan,
  query: ExportQuery,
  file: ExportSum | null,
): ExportSidecar {
  const {after: _, ...asked} = query;
  const streams = plan.streams.flatMap(({id}) => registry.datastream(id) ?? []);
  const sites = registry.sites().filter(({site}) => streams.some((stream) => stream.site === site.id));
  const elements = [...new Set(streams.map(({element}) => element))].sort();
  const devices = new Set(streams.map(({device}) => device).filter((device) => device !== null));
  const foreign = maps
    .all()
    .filter(
      ({devicePrefix, credit, licence}) =>
        (credit !== undefined || licence !== undefined) &&
        devicePrefix !== undefined &&
        [...devices].some((device) => device.startsWith(devicePrefix)),
    );
  return {
    schemaVersion: 1,
    kind: 'eco-export',
    program: `eco-brain ${PROGRAM_VERSION}`,
    query: {...asked, asOf: instant(plan.asOfMs)},
    range: {from: instant(plan.fromMs), to: instant(plan.toMs)},
    asOf: instant(plan.asOfMs),
    file,
    columns: plan.layout === 'wide' ? wideColumns(plan) : longColumns(plan),
    notes: [
      ...NOTES,
      ...(streams.some(({origin}) => origin === 'virtual')
        ? ['Datastreams of origin `virtual` were computed: no instrument measured them.']
        : []),
    ],
    flags: Object.entries(FLAG).map(([name, flag]) => ({flag, name, meaning: FLAG_MEANING[flag]})),
    tests: QC_TESTS.map((name) => ({name, meaning: TEST_MEANING[name]})),
    elements: elements.flatMap((id) => {
      const element = registry.element(id);
      if (!element) return [];
      const {name, unit, support, terms} = element;
      return [{id, name, unit, standardName: terms.standardName ?? null, support}];
    }),
    datastreams: streams.map((stream) => datastreamBody(registry, stream)),
    sites: sites.map(({site: {id, name, timeZone, verticalDatum}}) => ({
      id,
      name,
      timeZone,
      verticalDatum: {id: verticalDatum.id, name: verticalDatum.name, source: verticalDatum.source},
    })),
    sources: [
      ...sites.map(({site: {id, licence}}) => ({
        of: `site ${id}`,
        licence: licence.spdx,
        credit: licence.credit,
        source: licence.source,
      })),
      ...foreign.map(({id, licence, credit}) => ({
        of: `map ${id}`,
        licence: licence ?? null,
        credit: credit ?? null,
        source: null,
      })),
    ],
  };
}
