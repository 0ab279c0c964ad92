import {checkAlone} from '#model';
import {
  type Datastream,
  FLAG,
  type LiveBus,
  type Observation,
  type ObservationStore,
  QC_LATE,
  type Registry,
  type Revision,
  type Row,
} from '#schemas';

/** A value worked out for a time (the start of its period, if it has one). */
export type DerivedValue = {timeMs: number; value: number};
export type Written = {added: number; revised: number};

/** Writes what was worked out; resolves when it is durable. */
export type DerivedWriter = (stream: Datastream, values: readonly DerivedValue[]) => Promise<Written>;

const ROWS_PER_BATCH = 2000;
/** As the pipeline's: of two verdicts that no person made, the later counts. */
const AUTOMATIC_VERSION = 1;
const WHO = 'derivation';
/** Values are the same up to the order in which sums were made. */
const RELATIVE_TOLERANCE = 1e-9;

function same(a: number, b: number): boolean {
  return Math.abs(a - b) <= RELATIVE_TOLERANCE * Math.max(Math.abs(a), Math.abs(b), 1e-6);
}

/**
 * A writer of derived values: a new time becomes a row, an equal value nothing, another value a revision of the row that
 * stands there, never a conflict. Ranges are checked as for any observation.
 */
export function createDerivedWriter(options: {
  registry: Pick<Registry, 'limits'>;
  store: ObservationStore;
  live: LiveBus;
  now: () => number;
}): DerivedWriter {
  const {registry, store, live, now} = options;

  return async (stream, values) => {
    if (values.length === 0) return {added: 0, revised: 0};
    const {series} = stream;
    const limits = registry.limits(series);
    const neighbours = limits.spike !== null || limits.ratePerS !== null || limits.flatLine !== null;
    const ordered = values.toSorted((a, b) => a.timeMs - b.timeMs);
    const known = await store.rows({series, fromMs: ordered[0]!.timeMs, toMs: ordered.at(-1)!.timeMs + 1});
    const placeOf = new Map(Array.from(known.timeMs, (timeMs, place) => [timeMs, place]));
    const newestMs = store.latest([series])[0]?.timeMs ?? Number.NEGATIVE_INFINITY;
    const atMs = now();

    const rows: Row[] = [];
    const revisions: Revision[] = [];
    const shown: Observation[] = [];
    for (const {timeMs, value} of ordered) {
      const place = placeOf.get(timeMs);
      if (place === undefined) {
        const late = timeMs < newestMs ? QC_LATE : 0;
        const row: Row = {
          timeMs,
          series,
          value,
          receivedMs: atMs,
          qc: checkAlone(value, FLAG.notEvaluated | late, limits),
        };
        rows.push(row);
        shown.push({...row, datastream: stream.id});
        continue;
      }
      const before = known.value[place]!;
      if (same(value, before)) continue;
      const qc = checkAlone(value, known.qc[place]!, limits);
      revisions.push({
        series,
        fromMs: timeMs,
        toMs: timeMs,
        version: AUTOMATIC_VERSION,
        value,
        qc,
        reason: 'worked out again after late data',
        who: WHO,
        atMs,
      });
      shown.push({timeMs, series, value, receivedMs: known.receivedMs[place]!, qc, datastream: stream.id});
    }

    for (let at = 0; at < Math.max(rows.length, revisions.length); at += ROWS_PER_BATCH) {
      const some = rows.slice(at, at + ROWS_PER_BATCH);
      const rechecks =
        neighbours && some.length > 0 ? [{series, fromMs: some[0]!.timeMs, toMs: some.at(-1)!.timeMs}] : [];
      const batch = {
        rows: some,
        revisions: revisions.slice(at, at + ROWS_PER_BATCH),
        deadLetters: [],
        rechecks,
      };
      await new Promise<void>((resolve) => store.add(batch, () => resolve()));
    }
    if (shown.length > 0) live.publish({kind: 'observation', observations: shown});
    return {added: rows.length, revised: revisions.length};
  };
}
