import {CAUSES, type Cause, type Removals} from './sink.ts';

/** Stems that died or were taken in a year, as columns that are used again in the next. */
export class RemovalLog {
  readonly rows: Removals = {
    count: 0,
    id: new Uint32Array(0),
    species: new Int32Array(0),
    unit: new Int32Array(0),
    stems: new Float64Array(0),
    dbhCm: new Float64Array(0),
    heightM: new Float64Array(0),
    carbonKg: new Float64Array(0),
    cause: new Uint8Array(0),
    operation: new Int32Array(0),
  };

  clear(): void {
    this.rows.count = 0;
  }

  add(
    of: {id: number; species: number; unit: number; stems: number; dbhCm: number; heightM: number},
    carbonKg: number,
    cause: Cause,
    operation = -1,
  ): void {
    const {rows} = this;
    const at = rows.count;
    if (at === rows.id.length) this.#widen(Math.max(256, 2 * at));
    rows.id[at] = of.id;
    rows.species[at] = of.species;
    rows.unit[at] = of.unit;
    rows.stems[at] = of.stems;
    rows.dbhCm[at] = of.dbhCm;
    rows.heightM[at] = of.heightM;
    rows.carbonKg[at] = carbonKg;
    rows.cause[at] = CAUSES.indexOf(cause);
    rows.operation[at] = operation;
    rows.count = at + 1;
  }

  #widen(room: number): void {
    const wider = <A extends {set(from: A): void}>(column: A, to: A): A => {
      to.set(column);
      return to;
    };
    const {rows} = this;
    rows.id = wider(rows.id, new Uint32Array(room));
    rows.species = wider(rows.species, new Int32Array(room));
    rows.unit = wider(rows.unit, new Int32Array(room));
    rows.stems = wider(rows.stems, new Float64Array(room));
    rows.dbhCm = wider(rows.dbhCm, new Float64Array(room));
    rows.heightM = wider(rows.heightM, new Float64Array(room));
    rows.carbonKg = wider(rows.carbonKg, new Float64Array(room));
    rows.cause = wider(rows.cause, new Uint8Array(room));
    rows.operation = wider(rows.operation, new Int32Array(room));
  }
}
