import {QC_TEST, type Revision, type Row} from '#schemas';
import {revisedRow} from './revise.ts';
import {getRow, type RowArrays} from './row-arrays.ts';

/** The newest durable row of each series and the verdict on it; a row with an impossible time is never one. */
export class LatestRows {
  readonly #newest = new Map<number, Row>();
  /** Revisions that speak of the newest row or of times after it; few. */
  readonly #revisions = new Map<number, Revision[]>();

  constructor(rows: readonly Row[], revisions: readonly Revision[]) {
    for (const row of rows) this.#newest.set(row.series, row);
    for (const revision of revisions) this.revise(revision);
  }

  /** Takes the rows of a commit in; `unlike` (ascending) are those which the store holds otherwise. */
  take(rows: RowArrays, count: number, unlike: readonly number[]): void {
    let skip = 0;
    for (let i = 0; i < count; i++) {
      if (skip < unlike.length && unlike[skip] === i) {
        skip++;
        continue;
      }
      if ((rows.qc[i]! & QC_TEST.time) !== 0) continue;
      const known = this.#newest.get(rows.series[i]!);
      if (known && known.timeMs >= rows.timeMs[i]!) continue;
      const row = getRow(rows, i);
      this.#newest.set(row.series, row);
      const revisions = this.#revisions.get(row.series);
      if (revisions) this.#keep(row.series, revisions);
    }
  }

  revise(revision: Revision): void {
    const newest = this.#newest.get(revision.series);
    if (newest && revision.toMs < newest.timeMs) return;
    const list = this.#revisions.get(revision.series) ?? [];
    list.push(revision);
    this.#keep(revision.series, list);
  }

  series(): Iterable<number> {
    return this.#newest.keys();
  }

  forget(series: Iterable<number>): void {
    for (const one of series) {
      this.#newest.delete(one);
      this.#revisions.delete(one);
    }
  }

  /** Rows with the newest verdict, of all series or of those asked for; without those that have none. */
  get(series?: readonly number[]): Row[] {
    const found: Row[] = [];
    if (series === undefined) {
      for (const row of this.#newest.values()) found.push(this.#revised(row));
    } else {
      for (const one of series) {
        const row = this.#newest.get(one);
        if (row) found.push(this.#revised(row));
      }
    }
    return found;
  }

  #revised(row: Row): Row {
    const revisions = this.#revisions.get(row.series);
    return revisions === undefined ? {...row} : revisedRow(row, revisions);
  }

  #keep(series: number, revisions: Revision[]): void {
    const newest = this.#newest.get(series)?.timeMs ?? Number.NEGATIVE_INFINITY;
    const kept = revisions.filter((revision) => revision.toMs >= newest);
    if (kept.length > 0) this.#revisions.set(series, kept);
    else this.#revisions.delete(series);
  }
}
