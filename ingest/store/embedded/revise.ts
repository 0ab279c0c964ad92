import {
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  QC_REVISED_BY_PERSON,
  QC_VERDICT_MASK,
  type Revision,
} from '#schemas';
import {type Columns, lowerBound} from './row-arrays.ts';

/** What a revision says; all other bits tell how the row came, and no later verdict changes them. */
const VERDICT = QC_VERDICT_MASK | QC_REVISED_BY_PERSON;
const CENSORED = QC_CENSORED_BELOW | QC_CENSORED_ABOVE;

/** Whether `later`, made after `earlier`, counts before it: the higher version does, and among equals the later one. */
export function outranks(later: Revision, earlier: Revision): boolean {
  return later.version >= earlier.version;
}

/** The bit field of a row under a revision: its verdict; censoring stays with the value it belongs to. */
export function revisedQc(qc: number, revision: Pick<Revision, 'qc' | 'value'>): number {
  const said = revision.value === null ? VERDICT : VERDICT | CENSORED;
  return (qc & ~said) | (revision.qc & said);
}

/**
 * Puts the revisions of one series, in the order in which they were made, over its rows; in place. Gives for each row the
 * index of the revision in force, −1 without one; null if there is none at all.
 */
export function revise(rows: Columns, revisions: readonly Revision[]): Int32Array | null {
  if (revisions.length === 0 || rows.timeMs.length === 0) return null;
  const winner = new Int32Array(rows.timeMs.length).fill(-1);
  for (let r = 0; r < revisions.length; r++) {
    const revision = revisions[r]!;
    for (
      let i = lowerBound(rows.timeMs, revision.fromMs);
      i < rows.timeMs.length && rows.timeMs[i]! <= revision.toMs;
      i++
    ) {
      const held = winner[i]!;
      if (held < 0 || outranks(revision, revisions[held]!)) winner[i] = r;
    }
  }
  for (let i = 0; i < winner.length; i++) {
    if (winner[i]! < 0) continue;
    const revision = revisions[winner[i]!]!;
    if (revision.value !== null) rows.value[i] = revision.value;
    rows.qc[i] = revisedQc(rows.qc[i]!, revision);
  }
  return winner;
}
