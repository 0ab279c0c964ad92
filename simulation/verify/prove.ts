import {EcoError} from '#schemas';
import {judge, labelOf, type ProofLine} from './judge.ts';
import type {Manifest, ReferenceCase} from './manifest.ts';
import type {Computed} from './process.ts';
import {PROCESSES} from './processes/index.ts';
import {numberOrNullAt, type Table, textAt} from './table.ts';

/** What the report draws of one quantity: expected and computed by row, `along` where the rows have an order. */
export type ProofPlot = {
  quantity: string;
  unit: string;
  along: {name: string; values: string[]} | null;
  expected: number[];
  computed: number[];
};

export type Proof = {
  case: ReferenceCase;
  title: string;
  lines: ProofLine[];
  plots: ProofPlot[];
  computed: Computed;
  expected: Table;
};

function plotsOf(one: ReferenceCase, expected: Table, computed: Computed): ProofPlot[] {
  return (one.plot?.quantities ?? []).map((quantity) => {
    const expectation = one.expect.find(({columns}) => columns[quantity] !== undefined);
    if (!expectation)
      throw new EcoError('reference_invalid', `${one.id}: plot.quantities: ${quantity} is not expected`);
    const column = expectation.columns[quantity]!;
    const rows = [...expected.rows.keys()].filter(
      (i) =>
        Number.isFinite(Number(textAt(expected, i, column))) &&
        numberOrNullAt(expected, i, column) !== null &&
        computed.values[quantity]![i] !== null,
    );
    const along = one.plot!.along;
    return {
      quantity: Object.keys(expectation.columns).length === 1 ? expectation.what : quantity,
      unit: expectation.unit,
      along:
        along === undefined ? null : {name: along, values: rows.map((i) => labelOf(expected, i, one.label))},
      expected: rows.map((i) => numberOrNullAt(expected, i, column)!),
      computed: rows.map((i) => computed.values[quantity]![i]!),
    };
  });
}

/**
 * Runs the process of a case on its tables and holds it against the expected rows.
 * @throws {EcoError} `reference_invalid` for an unknown process, or a table or input that is missing.
 */
export function prove(one: ReferenceCase, tables: Readonly<Record<string, Table>>): Proof {
  const found = PROCESSES.find(({id}) => id === one.process);
  if (!found) {
    throw new EcoError(
      'reference_invalid',
      `${one.id}: no process ${one.process}; there are ${PROCESSES.map(({id}) => id).join(', ')}`,
    );
  }
  const expected = tables['expected'];
  if (!expected) throw new EcoError('reference_invalid', `${one.id}: files.expected is missing`);
  let computed: Computed;
  try {
    computed = found.run({tables, inputs: one.inputs ?? {}});
  } catch (error) {
    if (error instanceof EcoError) throw new EcoError(error.code, `${one.id}: ${error.message}`);
    // what the model refuses is a fault of the rows, and it says which
    if (error instanceof RangeError) throw new EcoError('reference_invalid', `${one.id}: ${error.message}`);
    throw error;
  }
  return {
    case: one,
    title: found.title,
    lines: one.expect.map((expectation) => judge(one, expectation, expected, computed)),
    plots: plotsOf(one, expected, computed),
    computed,
    expected,
  };
}

/**
 * Whether cases stand in the reference's order by a quantity, in each of the rows: pairs of cases compared, and those the wrong way
 * round.
 * @throws {EcoError} `reference_invalid` when a case is not there.
 */
export function proveOrder(
  order: NonNullable<Manifest['orders']>[number],
  proofs: readonly Proof[],
): ProofLine {
  const cases = order.cases.map((id) => {
    const proof = proofs.find((one) => one.case.id === id);
    if (!proof) throw new EcoError('reference_invalid', `orders: no case ${id}`);
    return proof;
  });
  const line: ProofLine = {
    case: order.cases.join(', '),
    process: cases[0]!.case.process,
    what: order.what,
    source: order.source,
    n: 0,
    tolerance: 'every pair in order',
    worst: 0,
    worstOverAllowed: 0,
    worstUnit: 'pairs in the wrong order',
    worstAt: '',
    pass: false,
    misses: [],
    missCount: 0,
    known: [],
  };
  for (const value of order.rows.is.map(String)) {
    const at = cases.map(({expected, computed, case: one}) => {
      const i = expected.rows.findIndex((_, row) => textAt(expected, row, order.rows.column) === value);
      if (i < 0)
        throw new EcoError('reference_invalid', `orders: ${one.id} has no row ${order.rows.column} ${value}`);
      return {
        id: one.id,
        expected: numberOrNullAt(expected, i, order.column) ?? Number.NaN,
        computed: computed.values[order.quantity]?.[i] ?? Number.NaN,
      };
    });
    for (const [k, a] of at.entries()) {
      for (const b of at.slice(k + 1)) {
        line.n += 1;
        if (Math.sign(a.expected - b.expected) === Math.sign(a.computed - b.computed)) continue;
        line.missCount += 1;
        line.misses.push({
          row: `${order.rows.column} ${value}, ${a.id} and ${b.id}`,
          quantity: order.quantity,
          expected: a.expected - b.expected,
          computed: a.computed - b.computed,
        });
      }
    }
  }
  line.worst = line.missCount;
  line.worstOverAllowed = line.missCount === 0 ? 0 : Number.POSITIVE_INFINITY;
  line.pass = line.n > 0 && line.missCount === 0;
  return line;
}
