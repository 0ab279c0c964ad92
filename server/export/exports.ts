import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {createExporter, type EmbeddedStore, type ExportPiece, type ExportPlan} from '#ingest';
import type {Registry} from '#schemas';
import {instant} from '../bodies/instant.ts';
import type {MapLibrary} from '../things/map-library.ts';
import {type ExportQuery, planExport} from './export-query.ts';
import {type ExportSidecar, type ExportSum, sidecarOf} from './sidecar.ts';

const MOST_REMEMBERED = 100;

/** An export that can be told or made; with the plan's `asOfMs` it is the same whenever that is. */
export type PlannedExport = {
  plan: ExportPlan;
  sidecar(): ExportSidecar;
  pieces(signal?: AbortSignal): AsyncGenerator<ExportPiece<Uint8Array>>;
};
export type Exports = {
  /** @throws {EcoError} those of `planExport`. */
  plan(query: ExportQuery): Promise<PlannedExport>;
  close(): Promise<void>;
};

type Parts = {
  registry: Registry;
  maps: Pick<MapLibrary, 'all'>;
  store: Pick<EmbeddedStore, 'rowBlocks' | 'stats' | 'written'>;
  dataDir: string;
  now: () => number;
};

/** The query that names an export, whatever the order in which it was put. */
function keyOf(query: ExportQuery, asOfMs: number): string {
  const {after: _, ...rest} = query;
  return JSON.stringify(
    Object.entries({...rest, asOf: instant(asOfMs)}).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function createExports({registry, maps, store, dataDir, now}: Parts): Exports {
  const exporter = createExporter({observations: store, scratch: join(dataDir, 'scratch')});
  /** Sums of whole exports that were made, the last ones. */
  const sums = new Map<string, ExportSum>();

  async function* counted(
    key: string,
    pieces: AsyncGenerator<ExportPiece<Uint8Array>>,
  ): AsyncGenerator<ExportPiece<Uint8Array>> {
    const hash = createHash('sha256');
    let rows = 0;
    let bytes = 0;
    for await (const piece of pieces) {
      hash.update(piece.data);
      rows += piece.rows;
      bytes += piece.data.length;
      yield piece;
    }
    sums.delete(key);
    sums.set(key, {rows, bytes, sha256: hash.digest('hex')});
    for (const oldest of sums.keys()) {
      if (sums.size <= MOST_REMEMBERED) break;
      sums.delete(oldest);
    }
  }

  return {
    plan: async (query) => {
      const nowMs = now();
      // What arrived before now is in the store before the first row is read: else a second reading could find more.
      await store.written();
      const {oldestMs} = await store.stats();
      const plan = planExport({registry, nowMs, oldestMs}, query);
      const key = keyOf(query, plan.asOfMs);
      return {
        plan,
        sidecar: () => sidecarOf({registry, maps}, plan, query, sums.get(key) ?? null),
        pieces: (signal) => {
          const pieces = exporter.run(plan, signal);
          return plan.after ? pieces : counted(key, pieces);
        },
      };
    },
    close: exporter.close,
  };
}
