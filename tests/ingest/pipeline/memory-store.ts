import type {
  Batch,
  Conflict,
  DocumentStore,
  ObservationStore,
  Revision,
  Row,
  RowColumns,
  StoredDeadLetter,
} from '#schemas';
import {QC_TEST} from '#schemas';
import {addCounts} from '../../../ingest/store/embedded/committer.ts';

export type MemoryStore = ObservationStore & {
  batches: Batch[];
  /** All rows, series by series, oldest first, with their newest verdicts. */
  all(): Row[];
  letters: StoredDeadLetter[];
  /** `false`: batches wait until `flush`. */
  prompt: boolean;
  flush(): void;
};

/** The store port in memory, for tests of what stands before it: first value kept, duplicates and conflicts counted. */
export function createMemoryStore(): MemoryStore {
  const rows = new Map<number, Map<number, Row>>();
  const revisions: Revision[] = [];
  const conflicts: Conflict[] = [];
  const letters: StoredDeadLetter[] = [];
  const batches: Batch[] = [];
  const held: (() => void)[] = [];
  const collections = new Map<string, Map<string, unknown>>();
  const counts = {received: 0, stored: 0, duplicate: 0, conflict: 0};
  const byCode: Record<string, number> = {};
  let pending = 0;

  const documents: DocumentStore = {
    all: <T>(collection: string) => [...(collections.get(collection)?.values() ?? [])] as T[],
    put: async (entries) => {
      for (const {collection, id, value} of entries) {
        const known = collections.get(collection) ?? new Map();
        known.set(id, structuredClone(value));
        collections.set(collection, known);
      }
    },
    remove: async (entries) => {
      for (const {collection, id} of entries) collections.get(collection)?.delete(id);
    },
  };

  function judged(row: Row): Row {
    let found: Revision | undefined;
    for (const revision of revisions) {
      if (revision.series !== row.series || row.timeMs < revision.fromMs || row.timeMs > revision.toMs)
        continue;
      if (!found || revision.version >= found.version) found = revision;
    }
    return found ? {...row, qc: found.qc, value: found.value ?? row.value} : row;
  }
  function seriesRows(series: number): Row[] {
    return [...(rows.get(series)?.values() ?? [])].toSorted((a, b) => a.timeMs - b.timeMs).map(judged);
  }
  function columns(list: Row[]): RowColumns {
    return {
      timeMs: Float64Array.from(list, (row) => row.timeMs),
      value: Float64Array.from(list, (row) => row.value ?? Number.NaN),
      qc: Int32Array.from(list, (row) => row.qc),
      receivedMs: Float64Array.from(list, (row) => row.receivedMs),
    };
  }

  function write(batch: Batch): {stored: number; duplicate: number; conflict: number} {
    const outcome = {stored: 0, duplicate: 0, conflict: 0};
    for (const row of batch.rows) {
      const series = rows.get(row.series) ?? new Map<number, Row>();
      rows.set(row.series, series);
      const known = series.get(row.timeMs);
      if (!known) {
        series.set(row.timeMs, {...row});
        outcome.stored++;
      } else if (known.value === row.value) outcome.duplicate++;
      else {
        conflicts.push({
          series: row.series,
          timeMs: row.timeMs,
          kept: known.value,
          offered: row.value,
          seenMs: row.receivedMs,
        });
        outcome.conflict++;
      }
    }
    revisions.push(...batch.revisions);
    for (const letter of batch.deadLetters)
      letters.push({...letter, id: letters.length + 1, replayedMs: null});
    for (const id of batch.replayed ?? []) letters[id - 1]!.replayedMs = 1;
    addCounts(byCode, batch.counted ?? {});
    counts.received += batch.rows.length;
    counts.stored += outcome.stored;
    counts.duplicate += outcome.duplicate;
    counts.conflict += outcome.conflict;
    return outcome;
  }

  const store: MemoryStore = {
    batches,
    letters,
    prompt: true,
    all: () => [...rows.keys()].flatMap(seriesRows),
    flush() {
      for (const go of held.splice(0)) go();
    },
    add(batch, done) {
      batches.push(batch);
      const size = batch.rows.length + batch.deadLetters.length;
      pending += size;
      const go = () => {
        const outcome = write(batch);
        pending -= size;
        done(outcome);
      };
      if (store.prompt) queueMicrotask(go);
      else held.push(go);
    },
    pending: () => pending,
    rows: async ({series, fromMs, toMs}) =>
      columns(seriesRows(series).filter((row) => row.timeMs >= fromMs && row.timeMs < toMs)),
    rowBlocks: async function* (query) {
      yield await store.rows(query);
    },
    series: () => Promise.reject(new Error('not in this test')),
    verdicts: () => Promise.reject(new Error('not in this test')),
    rollUp: () => Promise.reject(new Error('not in this test')),
    latest: (series) =>
      (series ?? [...rows.keys()])
        .map((one) => seriesRows(one).findLast((row) => (row.qc & QC_TEST.time) === 0))
        .filter((row) => row !== undefined),
    deadLetters: async ({limit, beforeId, code}) =>
      letters
        .filter(
          (letter) => letter.id < (beforeId ?? Number.POSITIVE_INFINITY) && (!code || letter.code === code),
        )
        .toReversed()
        .slice(0, limit),
    conflicts: async ({limit}) => conflicts.slice(0, limit),
    revisions: async ({series}) => revisions.filter((revision) => revision.series === series),
    counts: () => ({
      ...counts,
      byCode: {...byCode},
      deadLetters: Object.fromEntries(
        Object.entries(Object.groupBy(letters, (letter) => letter.code)).map(([code, list]) => [
          code,
          list!.length,
        ]),
      ),
    }),
    documents,
    stats: () => Promise.reject(new Error('not in this test')),
    compact: async () => {},
    purge: async (series) => {
      let gone = 0;
      for (const one of series) {
        gone += rows.get(one)?.size ?? 0;
        rows.delete(one);
      }
      return {rows: gone};
    },
    settled: async () => {},
    written: async () => {},
    endWriting: async () => {},
    close: async () => {},
  };
  return store;
}
