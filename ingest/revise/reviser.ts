import {isFixedByPerson, revokedVersions} from '#model';
import {
  type Correction,
  type Datastream,
  EcoError,
  FLAG,
  type Flag,
  type LiveBus,
  type ObservationStore,
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  QC_REVISED_BY_PERSON,
  QC_TEST,
  QC_VERDICT_MASK,
  type QcTest,
  type Revision,
  type RowColumns,
  withVerdict,
} from '#schemas';

/** What a person or a procedure says of the rows of one series in [fromMs, toMs]; at least one of verdict and value. */
export type Ruling = {
  fromMs: number;
  toMs: number;
  flag?: Flag;
  /** The test that found it, for a procedure; absent: a person judged, and no test changes that. */
  test?: QcTest;
  /** One value for all rows of the range; needs a flag. */
  value?: number;
  qualifier?: '<' | '>';
  correction?: Correction;
  reason: string;
  who: string;
};

/** What a test that looks back found of single rows of a series. */
export type Finding = {
  test: QcTest;
  flag: Flag;
  /** Times of the rows that it found, oldest first. */
  timesMs: readonly number[];
  reason: string;
  who: string;
};

/** What became of a finding: the number that takes it back (null: nothing was left to say), and the rows by what was done. */
export type FindingMade = {
  version: number | null;
  flagged: number;
  /** They bore the test already. */
  already: number;
  /** A person judged them. */
  left: number;
};

export type Reviser = {
  /** Resolves when it is durable, with the number that takes it back. */
  rule(stream: Datastream, ruling: Ruling): Promise<Revision>;
  /**
   * Adds a test's finding to the verdicts of rows: what other tests say of them stays, and the flag is the worst of all.
   * Rows that a person judged are left alone. All of it is one act with one number. `dryRun` only tells what it would do.
   */
  find(stream: Datastream, finding: Finding, options?: {dryRun?: boolean}): Promise<FindingMade>;
  /** Takes a ruling back, or the taking back of one; what it said before counts again. */
  revoke(stream: Datastream, of: {version: number; reason: string; who: string}): Promise<Revision>;
};

/** Verdicts of the stream and of its own rechecks are version 1; what is ruled later stands above them. */
const AUTOMATIC_VERSION = 1;
const RULED_VERSION = AUTOMATIC_VERSION + 1;
const EARLIEST_MS = -8.64e15;
const LATEST_MS = 8.64e15;

/** The quality bits of a ruling; 0: it says nothing of the verdict. */
function qcOf({flag, test, qualifier}: Ruling): number {
  if (flag === undefined) return 0;
  const bit = flag === FLAG.pass ? 0 : QC_TEST[test ?? 'manual'];
  const by = test === undefined ? QC_REVISED_BY_PERSON : 0;
  const censored = qualifier === '<' ? QC_CENSORED_BELOW : qualifier === '>' ? QC_CENSORED_ABOVE : 0;
  return flag | bit | by | censored;
}

type Span = Pick<Revision, 'fromMs' | 'toMs' | 'qc'>;

/** A finding as spans of rows that get the same verdict by it, none of which holds a row that is not meant. */
function spansOf(rows: RowColumns, {test, flag, timesMs}: Finding): {spans: Span[]} & FindingMade {
  const made = {spans: [] as Span[], version: null, flagged: 0, already: 0, left: 0};
  const meant = new Set(timesMs);
  /** Whether the row before is in the last span. */
  let goesOn = false;
  for (let row = 0; row < rows.timeMs.length; row++) {
    const timeMs = rows.timeMs[row]!;
    const old = rows.qc[row]!;
    const judged: boolean = isFixedByPerson(old);
    const bears = (old & QC_TEST[test]) !== 0;
    if (!meant.has(timeMs) || judged || bears) {
      if (meant.has(timeMs)) made[judged ? 'left' : 'already']++;
      goesOn = false;
      continue;
    }
    made.flagged++;
    const qc = withVerdict(old, test, flag) & QC_VERDICT_MASK;
    const last = made.spans.at(-1);
    if (goesOn && last?.qc === qc) last.toMs = timeMs;
    else made.spans.push({fromMs: timeMs, toMs: timeMs, qc});
    goesOn = true;
  }
  return made;
}

/**
 * Makes later verdicts and corrections. Rows never change: a ruling is one revision over a range, durable in one
 * transaction or not at all, and taking it back is another. Where values change, the tests are made again on what is
 * shown then, and everything worked out from the range is told of it.
 */
export function createReviser(options: {store: ObservationStore; live: LiveBus; now: () => number}): Reviser {
  const {store, live, now} = options;
  /** Rulings are made one after the other, so that each stands above those before. */
  let turn: Promise<unknown> = Promise.resolve();
  let lastVersion = AUTOMATIC_VERSION;

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  }

  /** Makes one act of one or more revisions. */
  async function make(
    stream: Datastream,
    known: readonly Revision[],
    revisions: readonly Omit<Revision, 'series' | 'version' | 'atMs'>[],
    retest: boolean,
  ): Promise<Revision> {
    const {series} = stream;
    const atMs = now();
    // The time of the act makes versions that no other act of the series has, also across restarts.
    const version = known.reduce(
      (next, one) => Math.max(next, one.version + 1),
      Math.max(atMs, lastVersion + 1),
    );
    lastVersion = version;
    const made = revisions.map((revision): Revision => ({...revision, series, version, atMs}));
    const {fromMs, toMs} = {fromMs: made[0]!.fromMs, toMs: made.at(-1)!.toMs};
    const rechecks = retest ? [{series, fromMs, toMs}] : [];
    await new Promise<void>((resolve) =>
      store.add({rows: [], revisions: made, deadLetters: [], rechecks}, () => resolve()),
    );
    tell(stream, {series, fromMs, toMs});
    // Again once the tests were made again: who read at once saw the new values under the old verdicts.
    if (retest) void store.settled().then(() => tell(stream, {series, fromMs, toMs}));
    return made[0]!;
  }

  function tell(
    stream: Datastream,
    {series, fromMs, toMs}: Pick<Revision, 'series' | 'fromMs' | 'toMs'>,
  ): void {
    live.publish({kind: 'revision', datastream: stream.id, series, fromMs, toMs});
    const newest = store.latest([series]).filter(({timeMs}) => timeMs >= fromMs && timeMs <= toMs);
    if (newest.length === 0) return;
    live.publish({
      kind: 'observation',
      observations: newest.map((row) => ({...row, datastream: stream.id})),
    });
  }

  return {
    rule: (stream, ruling) =>
      inTurn(async () => {
        const {fromMs, toMs, flag, value, correction, reason, who} = ruling;
        if (!(fromMs <= toMs)) throw new EcoError('time_invalid', 'from must be before to');
        if (flag === undefined && value === undefined && correction === undefined) {
          throw new EcoError(
            'revision_empty',
            'a flag, a value or a correction was expected, got none of them',
          );
        }
        if (value !== undefined && correction !== undefined) {
          throw new EcoError('revision_invalid', 'one of value and correction was expected, got both');
        }
        if (value !== undefined && flag === undefined) {
          throw new EcoError('revision_invalid', 'a value that replaces others needs a flag');
        }
        const range = {series: stream.series, fromMs, toMs: toMs + 1};
        let any = false;
        for await (const block of store.rowBlocks(range, 1)) {
          any = block.timeMs.length > 0;
          break;
        }
        if (!any) {
          throw new EcoError('rows_none', `${stream.id} has no observation in this range`, 404);
        }
        const known = await store.revisions({...range, leastVersion: RULED_VERSION});
        return make(
          stream,
          known,
          [
            {
              fromMs,
              toMs,
              value: value ?? null,
              qc: qcOf(ruling),
              reason,
              who,
              ...(correction === undefined ? {} : {correction}),
            },
          ],
          correction !== undefined,
        );
      }),

    find: (stream, finding, {dryRun = false} = {}) =>
      inTurn(async () => {
        const {timesMs, reason, who} = finding;
        if (timesMs.length === 0) return {version: null, flagged: 0, already: 0, left: 0};
        const range = {series: stream.series, fromMs: timesMs[0]!, toMs: timesMs.at(-1)! + 1};
        const {spans, ...made} = spansOf(await store.rows(range), finding);
        if (dryRun || spans.length === 0) return made;
        const known = await store.revisions({...range, leastVersion: RULED_VERSION});
        const {version} = await make(
          stream,
          known,
          spans.map((span) => ({...span, value: null, reason, who})),
          false,
        );
        return {...made, version};
      }),

    revoke: (stream, {version, reason, who}) =>
      inTurn(async () => {
        const all = {
          series: stream.series,
          fromMs: EARLIEST_MS,
          toMs: LATEST_MS,
          leastVersion: RULED_VERSION,
        };
        const known = await store.revisions(all);
        const meant = known.filter((revision) => revision.version === version);
        if (version <= AUTOMATIC_VERSION || meant.length === 0) {
          throw new EcoError('revision_unknown', `${stream.id} has no revision ${version} to take back`, 404);
        }
        if (revokedVersions(known).has(version)) {
          throw new EcoError('revision_revoked', `revision ${version} was taken back already`, 409);
        }
        const fromMs = meant.reduce((least, revision) => Math.min(least, revision.fromMs), LATEST_MS);
        const toMs = meant.reduce((most, revision) => Math.max(most, revision.toMs), EARLIEST_MS);
        return make(stream, meant, [{fromMs, toMs, value: null, qc: 0, reason, who, revokes: version}], true);
      }),
  };
}
