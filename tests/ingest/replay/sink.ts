import {resolve} from 'node:path';
import {canonicalPeriod, normaliseReading} from '#model';
import {
  type DatastreamKey,
  ELEMENTS,
  type ElementType,
  type Envelope,
  type ReadingBody,
  type ReadingMap,
} from '#schemas';
import {readMapFile} from '../../../ingest/map/index.ts';
import {loadSites, type OpenRegistry, openRegistry} from '../../../ingest/registry/index.ts';
import {planReplay, type ReplayPlan, type ReplayReport, replayFile} from '../../../ingest/replay/index.ts';
import {createMemoryDocuments} from '../registry/memory-documents.ts';
import {MODELS, siteFolder} from '../registry/site-folder.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
export const readMapOf = (id: string): Promise<ReadingMap> =>
  readMapFile(resolve(ROOT, 'sites/maps', `${id}.json`));

/** Rows of one series as they would be stored: unit converted, in the order of arrival. */
export type Replayed = {key: DatastreamKey; device: string; series: number; rows: Map<number, number | null>};

/** A value as sent, in the order in which it came. */
export function readingsOf(payload: string): {timeMs: number; element: string; body: ReadingBody}[] {
  const envelopes = [JSON.parse(payload)].flat() as Envelope[];
  return envelopes.flatMap(({time, readings}) =>
    Object.entries(readings as Record<string, ReadingBody | ReadingBody[]>).flatMap(([element, bodies]) =>
      [bodies].flat().map((body) => ({timeMs: Date.parse(time!), element, body})),
    ),
  );
}

/** Replays a file into a registry and normalises what was sent, with neither broker nor store. */
export async function replayIntoMemory(
  file: string,
  mapId: string,
): Promise<{
  plan: ReplayPlan;
  report: ReplayReport;
  registry: OpenRegistry;
  series: Map<string, Replayed>;
}> {
  const map = await readMapOf(mapId);
  const sites = await loadSites(await siteFolder('here'), ['here']);
  const documents = createMemoryDocuments();
  const registry = await openRegistry({
    documents,
    sites,
    models: MODELS,
    includeVirtual: false,
    now: () => 0,
  });
  const plan = await planReplay({file, map, fallback: {longitudeDeg: 10.5, latitudeDeg: 50.5}});
  for (const device of plan.devices) await registry.addDevice(device, {site: 'here'});

  const series = new Map<string, Replayed>();
  const report = await replayFile({
    file,
    map,
    publish: async (device, payload) => {
      for (const {timeMs, element, body} of readingsOf(payload)) {
        const type: ElementType = ELEMENTS[element as keyof typeof ELEMENTS];
        const defaults = registry.defaults(device, element, body.stat);
        const {value, depthM, heightM, instance, statistic, period} = normaliseReading(
          {element, ...body} as Parameters<typeof normaliseReading>[0],
          {id: element, type, defaults},
        );
        const station = registry.device(device)!.station;
        const key: DatastreamKey = {
          station,
          element,
          depthM,
          heightM,
          instance,
          statistic,
          period: period === null ? null : canonicalPeriod(period),
        };
        const stream = registry.ensureDatastream(key, {
          device,
          site: 'here',
          origin: 'measured',
          atMs: timeMs,
        });
        let replayed = series.get(stream.id);
        if (!replayed) {
          replayed = {key, device, series: stream.series, rows: new Map()};
          series.set(stream.id, replayed);
        }
        // The same key again: the first value stays.
        if (!replayed.rows.has(timeMs)) replayed.rows.set(timeMs, value);
      }
    },
  });
  return {plan, report, registry, series};
}
