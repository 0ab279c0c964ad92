import {createValidator, type DocumentStore, type Registry, Task} from '#schemas';
import type {DerivedWriter, Written} from './derived-writer.ts';

const RESULT = 'work_order_backlog';
const COLLECTION = 'task';
const valid = createValidator<Task>(Task);

/** How often open work orders are counted, ms: the element's interval. */
export const BACKLOG_INTERVAL_MS = 300_000;

function isOpenAt(task: Task, atMs: number): boolean {
  return Date.parse(task.opened) <= atMs && (task.closed === null || Date.parse(task.closed) > atMs);
}

/**
 * Number of work orders that are open at a time, for the site and for each of its zones with what lies within: an exact
 * count of the product's own table, so `measured`. Documents that are no tasks are passed over.
 */
export async function countBacklog(
  parts: {registry: Registry; documents: DocumentStore; write: DerivedWriter},
  of: {site: string; atMs: number},
): Promise<Written> {
  const {registry, documents, write} = parts;
  const {site, atMs} = of;
  const zones = registry.sites().find((one) => one.site.id === site)?.zones ?? [];
  const parentOf = new Map(zones.map(({properties}) => [properties.id, properties.parent ?? null]));
  const counts = new Map<string | null, number>([
    [null, 0],
    ...[...parentOf.keys()].map((id) => [id, 0] as const),
  ]);
  for (const task of documents.all<unknown>(COLLECTION)) {
    if (!valid(task) || task.site !== site || !isOpenAt(task, atMs)) continue;
    counts.set(null, counts.get(null)! + 1);
    const seen = new Set<string>();
    for (
      let zone = task.zone;
      zone !== null && counts.has(zone) && !seen.has(zone);
      zone = parentOf.get(zone) ?? null
    ) {
      seen.add(zone);
      counts.set(zone, counts.get(zone)! + 1);
    }
  }
  const written = await Promise.all(
    [...counts].map(([zone, value]) => {
      const stream = registry.ensureDatastream(
        {
          station: zone === null ? site : `${site}-${zone}`,
          element: RESULT,
          depthM: null,
          heightM: null,
          instance: null,
          statistic: 'point',
          period: null,
        },
        {device: null, site, origin: 'measured'},
      );
      return write(stream, [{timeMs: atMs, value}]);
    }),
  );
  return {
    added: written.reduce((sum, {added}) => sum + added, 0),
    revised: written.reduce((sum, {revised}) => sum + revised, 0),
  };
}
