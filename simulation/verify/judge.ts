import {EcoError} from '#schemas';
import type {Expectation, ReferenceCase, Tolerance} from './manifest.ts';
import type {Computed} from './process.ts';
import {numberOrNullAt, placeOf, type Table, textAt} from './table.ts';

/** A row whose value lies further from the expected one than allowed. */
export type Miss = {
  /** File, line and name of the row. */
  row: string;
  quantity: string;
  expected: number | null;
  computed: number | null;
};

/** One line of the proof. */
export type ProofLine = {
  case: string;
  process: string;
  what: string;
  source: string;
  /** Values compared. */
  n: number;
  tolerance: string;
  /** Largest error as the tolerance measures it, at the value that comes nearest to its tolerance; null when nothing was compared. */
  worst: number | null;
  /** That error over what is allowed there: above 1 is a miss. */
  worstOverAllowed: number | null;
  /** Unit of `worst`: the quantity's, `of the value` or `last digits`. */
  worstUnit: string;
  worstAt: string;
  pass: boolean;
  /** The first misses, worst first. */
  misses: Miss[];
  missCount: number;
  known: {row: string; quantity: string; computed: number | null; why: string}[];
};

/** Misses that a line names. */
const NAMED_MISSES = 10;
/** Printed infinities: the source says that there is no value. */
const NO_VALUE = /^(-?inf(inity)?|na|nan)$/i;

function lastPrintedUnit(text: string): number {
  const [mantissa, exponent] = text.toLowerCase().split('e');
  const decimals = mantissa!.split('.')[1]?.length ?? 0;
  return 10 ** (Number(exponent ?? 0) - decimals);
}

type Judged = {error: number; allowed: number};

/** Error and what is allowed, both as the tolerance measures them. */
export function judged(
  computed: number,
  expected: number,
  printed: string,
  tolerance: Tolerance,
  chance = 0,
): Judged {
  const difference = Math.abs(computed - expected);
  if ('absolute' in tolerance) {
    const {from} = tolerance;
    const allowed =
      from && expected >= from.value ? Math.max(from.absolute, tolerance.absolute) : tolerance.absolute;
    return {error: difference, allowed: Math.max(allowed, chance)};
  }
  if ('relative' in tolerance) {
    if (difference <= (tolerance.rounding ?? 0)) return {error: 0, allowed: tolerance.relative};
    const size = Math.abs(expected);
    if (size === 0) return {error: Number.POSITIVE_INFINITY, allowed: tolerance.relative};
    return {error: difference / size, allowed: Math.max(tolerance.relative, chance / size)};
  }
  if ('significantDigits' in tolerance) {
    const unit =
      expected === 0
        ? 10 ** -tolerance.significantDigits
        : 10 ** (Math.floor(Math.log10(Math.abs(expected))) + 1 - tolerance.significantDigits);
    return {error: difference / unit, allowed: 0.5};
  }
  if ('printedUnits' in tolerance) {
    return {error: difference / lastPrintedUnit(printed), allowed: tolerance.printedUnits};
  }
  const [low, high] = tolerance.within;
  return {error: Math.max(0, low - computed, computed - high), allowed: 0};
}

export function toleranceText({tolerance, unit, chance}: Expectation): string {
  const plain = unit === '' ? '' : ` ${unit}`;
  const orChance = chance ? ', or what chance explains' : '';
  if ('absolute' in tolerance) {
    const {from} = tolerance;
    return `${tolerance.absolute}${plain}${from ? `, ${from.absolute} from ${from.value}${plain} on` : ''}${orChance}`;
  }
  if ('relative' in tolerance) return `${Number((tolerance.relative * 100).toPrecision(6))} %${orChance}`;
  if ('significantDigits' in tolerance) return `${tolerance.significantDigits} significant digits`;
  if ('printedUnits' in tolerance) {
    return `${tolerance.printedUnits} of the last printed digit`;
  }
  return `${tolerance.within[0]} to ${tolerance.within[1]}${plain}`;
}

function worstUnitOf({tolerance, unit}: Expectation): string {
  if ('relative' in tolerance) return '%';
  return 'significantDigits' in tolerance || 'printedUnits' in tolerance ? 'last digits' : unit;
}

/** The names of an expected row, as the manifest's label has them. */
export function labelOf(expected: Table, index: number, label: readonly string[]): string {
  return label.map((column) => textAt(expected, index, column)).join(' ');
}

/**
 * What a process computed against the expected rows, by one expectation of a case. A row without an expected value is left out; a
 * row that has one and no computed value misses.
 * @throws {EcoError} when the expected cell is no number, or the process has no such quantity.
 */
export function judge(
  one: ReferenceCase,
  expectation: Expectation,
  expected: Table,
  computed: Computed,
): ProofLine {
  const {rows: filter, tolerance} = expectation;
  const wanted = filter && new Set(filter.is.map(String));
  const known = new Map(
    (expectation.knownMisses ?? []).map((miss) => [`${miss.quantity} ${miss.row}`, miss]),
  );
  const line: ProofLine = {
    case: one.id,
    process: one.process,
    what: expectation.what,
    source: one.source,
    n: 0,
    tolerance: toleranceText(expectation),
    worst: null,
    worstOverAllowed: null,
    worstUnit: worstUnitOf(expectation),
    worstAt: '',
    pass: false,
    misses: [],
    missCount: 0,
    known: [],
  };
  const missing: {miss: Miss; over: number}[] = [];
  let worst = -1;
  for (const [quantity, column] of Object.entries(expectation.columns)) {
    const values = computed.values[quantity];
    if (!values) {
      throw new EcoError(
        'reference_invalid',
        `${one.id}: process ${one.process} has no quantity ${quantity}; it has ${Object.keys(computed.values).join(', ')}`,
      );
    }
    for (const i of expected.rows.keys()) {
      if (filter && !wanted!.has(textAt(expected, i, filter.column))) continue;
      const text = textAt(expected, i, column);
      const bounds = 'within' in tolerance;
      if (!bounds && (text === '' || NO_VALUE.test(text))) continue;
      const value = bounds ? 0 : numberOrNullAt(expected, i, column)!;
      const ours = values[i] ?? null;
      // bounds need no reference row: what the model says nothing of is not there to be compared
      if (bounds && ours === null) continue;
      const {error, allowed} =
        ours === null || !Number.isFinite(ours)
          ? {error: Number.POSITIVE_INFINITY, allowed: 1}
          : judged(
              ours,
              value,
              text,
              tolerance,
              expectation.chance ? (computed.chance?.[quantity]?.[i] ?? 0) : 0,
            );
      const label = labelOf(expected, i, one.label);
      const row = `${placeOf(expected, i)} (${label})`;
      const over = allowed === 0 ? (error === 0 ? 0 : Number.POSITIVE_INFINITY) : error / allowed;
      line.n += 1;
      const expectedMiss = known.get(`${quantity} ${label}`);
      if (expectedMiss && over > 1) {
        known.delete(`${quantity} ${label}`);
        line.known.push({row: label, quantity, computed: ours, why: expectedMiss.why});
        continue;
      }
      if (over > worst) {
        worst = over;
        line.worst = 'relative' in tolerance ? error * 100 : error;
        line.worstOverAllowed = over;
        line.worstAt = `${quantity}, ${row}`;
      }
      if (!(over <= 1))
        missing.push({miss: {row, quantity, expected: bounds ? null : value, computed: ours}, over});
    }
  }
  for (const {row, quantity} of known.values()) {
    missing.push({
      miss: {
        row: `known miss ${row} misses no longer or is not there`,
        quantity,
        expected: null,
        computed: null,
      },
      over: 1,
    });
  }
  line.missCount = missing.length;
  line.misses = missing
    .toSorted((a, b) => b.over - a.over)
    .slice(0, NAMED_MISSES)
    .map(({miss}) => miss);
  line.pass = line.n > 0 && line.missCount === 0;
  return line;
}
