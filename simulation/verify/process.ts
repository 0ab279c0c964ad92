import {EcoError} from '#schemas';
import {type Table, textAt} from './table.ts';

/** What a process is given: tables by role, and what holds for all rows. */
export type ProcessInput = {
  tables: Readonly<Record<string, Table>>;
  inputs: Readonly<Record<string, number | string>>;
};

/** What the model says, one entry for each row of the expected table; null where it says nothing. */
export type Computed = {
  values: Readonly<Record<string, readonly (number | null)[]>>;
  /** Difference that chance alone explains, by quantity and row, in the quantity's unit. */
  chance?: Readonly<Record<string, readonly number[]>>;
};

/** A process of the model that reference rows can be held against. Pure: rows in, values out, by the model's public face. */
export type Process = {
  id: string;
  title: string;
  /**
   * Columns that it reads of each table; `expected` has besides them what is compared. A name in angle brackets stands for columns
   * that the rows or inputs name.
   */
  reads: Readonly<Record<string, readonly string[]>>;
  /** What holds for all rows, and what it may be. */
  inputs: Readonly<Record<string, string>>;
  /** Quantities that it gives; {n} is the number of a species. */
  gives: readonly string[];
  run(input: ProcessInput): Computed;
};

/** @throws {EcoError} `reference_invalid` when the manifest gives no such table. */
export function tableOf(input: ProcessInput, role: string): Table {
  const table = input.tables[role];
  if (table) return table;
  throw new EcoError('reference_invalid', `files.${role} is missing`);
}

/** @throws {EcoError} `reference_invalid` when the manifest gives no such number, or one outside the range. */
export function numberInput(
  input: ProcessInput,
  name: string,
  range?: {least: number; most: number},
): number {
  const value = input.inputs[name];
  if (typeof value === 'number' && Number.isFinite(value)) {
    if (!range || (value >= range.least && value <= range.most)) return value;
    throw new EcoError(
      'reference_invalid',
      `inputs.${name} is ${value}, ${range.least} to ${range.most} was expected`,
    );
  }
  throw new EcoError(
    'reference_invalid',
    `inputs.${name} is ${String(value ?? 'missing')}, a number was expected`,
  );
}

/** @throws {EcoError} `reference_invalid` when the manifest gives none of the words. */
export function wordInput<Word extends string>(
  input: ProcessInput,
  name: string,
  words: readonly Word[],
): Word {
  const value = input.inputs[name];
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new EcoError(
    'reference_invalid',
    `inputs.${name} is ${String(value ?? 'missing')}, expected one of ${words.join(', ')}`,
  );
}

/** @throws {EcoError} `reference_invalid` when the manifest gives no such text. */
export function textInput(input: ProcessInput, name: string): string {
  const value = input.inputs[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new EcoError(
    'reference_invalid',
    `inputs.${name} is ${String(value ?? 'missing')}, a text was expected`,
  );
}

/**
 * The one row of a table whose column has this text.
 * @throws {EcoError} `reference_invalid` when there is none.
 */
export function rowWhere(table: Table, column: string, text: string): number {
  const index = table.rows.findIndex((_, i) => textAt(table, i, column) === text);
  if (index >= 0) return index;
  throw new EcoError('reference_invalid', `${table.name}: no row has ${column} ${text}`);
}
