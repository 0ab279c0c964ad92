import {correctedValue, outranks, revisionsInForce, saysOf, standingRevisions} from '#model';
import {
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  QC_CORRECTED,
  QC_REVISED_BY_PERSON,
  QC_VERDICT_MASK,
  type Revision,
  type Row,
} from '#schemas';
import {type Columns, lowerBound} from './row-arrays.ts';

/** What a revision says; all other bits tell how the row came, and no later verdict changes them. */
const VERDICT = QC_VERDICT_MASK | QC_REVISED_BY_PERSON;
const CENSORED = QC_CENSORED_BELOW | QC_CENSORED_ABOVE;

/** The revisions in force on a row; null: none says anything of it. */
type InForce = {verdict: Revision | null; value: Revision | null};

/** The value and the bit field of a row under the revisions in force; censoring stays with the value it belongs to. */
function revised(
  row: {timeMs: number; value: number; qc: number},
  {verdict, value}: InForce,
): {value: number; qc: number} {
  let {qc} = row;
  let number = row.value;
  if (verdict !== null) qc = (qc & ~VERDICT) | (verdict.qc & VERDICT);
  if (value?.correction !== undefined) {
    number = correctedValue(value.correction, row.timeMs, row.value);
    if (!Number.isNaN(number)) qc |= QC_CORRECTED;
  } else if (value !== null) {
    number = value.value!;
    qc = (qc & ~CENSORED) | (value.qc & CENSORED) | QC_CORRECTED;
  }
  return {value: number, qc};
}

/** Which of the revisions is in force on each row, by its index; −1: none. */
export type Winners = {verdict: Int32Array; value: Int32Array};

/**
 * Puts the revisions of one series, in the order in which they were made, over its rows; in place. Gives for each row the
 * indexes of the revisions in force; null if there is none at all.
 */
export function revise(rows: Columns, revisions: readonly Revision[]): Winners | null {
  const n = rows.timeMs.length;
  if (revisions.length === 0 || n === 0) return null;
  const stand = new Set(standingRevisions(revisions));
  const winners = {verdict: new Int32Array(n).fill(-1), value: new Int32Array(n).fill(-1)};
  for (let r = 0; r < revisions.length; r++) {
    const revision = revisions[r]!;
    if (!stand.has(revision)) continue;
    const layers = [];
    const says = saysOf(revision);
    if (says.verdict) layers.push(winners.verdict);
    if (says.value) layers.push(winners.value);
    for (let i = lowerBound(rows.timeMs, revision.fromMs); i < n && rows.timeMs[i]! <= revision.toMs; i++) {
      for (const winner of layers) {
        const held = winner[i]!;
        if (held < 0 || outranks(revision, revisions[held]!)) winner[i] = r;
      }
    }
  }
  for (let i = 0; i < n; i++) {
    const inForce = {
      verdict: winners.verdict[i]! < 0 ? null : revisions[winners.verdict[i]!]!,
      value: winners.value[i]! < 0 ? null : revisions[winners.value[i]!]!,
    };
    if (inForce.verdict === null && inForce.value === null) continue;
    const {value, qc} = revised({timeMs: rows.timeMs[i]!, value: rows.value[i]!, qc: rows.qc[i]!}, inForce);
    rows.value[i] = value;
    rows.qc[i] = qc;
  }
  return winners;
}

/** One row under the revisions of its series, in the order in which they were made. */
export function revisedRow(row: Row, revisions: readonly Revision[]): Row {
  const inForce = revisionsInForce(revisions, row.timeMs);
  if (inForce.verdict === null && inForce.value === null) return {...row};
  const {value, qc} = revised({timeMs: row.timeMs, value: row.value ?? Number.NaN, qc: row.qc}, inForce);
  return {...row, value: Number.isNaN(value) ? null : value, qc};
}
