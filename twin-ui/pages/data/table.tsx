import type {ComponentChildren} from 'preact';
import {addressed} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {numberText} from '../../text/format.ts';
import {language} from '../../text/index.ts';

export type Column<T> = {
  id: string;
  head: string;
  cell(row: T): ComponentChildren;
  /** What the rows are put in order by; null goes last. Without it the column cannot be sorted by. */
  sortBy?(row: T): string | number | null;
  /** Set to the right, digits under digits. */
  number?: boolean;
};

type Props<T> = {
  /** What the table lists: its name for those who do not see it. */
  caption: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  keyOf(row: T): string;
  /** Words of a row that a search finds. */
  wordsOf(row: T): string;
  /** More to choose by, beside the search. */
  children?: ComponentChildren;
  pageRows?: number;
};

/** Text to search for, order (`name`, `-name`) and page (from 1) of the table that is shown. */
export const searched = addressed('q');
const sorted = addressed('sort');
const paged = addressed('page');

/** Rows with every word of the search in them. */
export function found<T>(rows: readonly T[], wordsOf: (row: T) => string): T[] {
  const wanted = (searched.value ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...rows];
  return rows.filter((row) => {
    const words = wordsOf(row).toLowerCase();
    return wanted.every((word) => words.includes(word));
  });
}

function ordered<T>(rows: T[], columns: readonly Column<T>[]): T[] {
  const falling = sorted.value?.startsWith('-') === true;
  const id = falling ? sorted.value!.slice(1) : sorted.value;
  const by = columns.find((column) => column.id === id)?.sortBy;
  if (!by) return rows;
  const collator = new Intl.Collator(language.value === 'zh' ? 'zh-CN' : 'en', {numeric: true});
  return rows.sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(`${a}`, `${b}`);
    return falling ? -order : order;
  });
}

export function Search() {
  return (
    <input
      type="search"
      class="search"
      value={searched.value ?? ''}
      placeholder={d('table.search')}
      aria-label={d('table.search')}
      onInput={(event) => {
        searched.value = event.currentTarget.value === '' ? null : event.currentTarget.value;
        paged.value = null;
      }}
    />
  );
}

/** Place of the first row shown of a long list: the page that is asked for, or the last one there is. */
function firstShown(rows: number, pageRows: number): number {
  const pages = Math.max(1, Math.ceil(rows / pageRows));
  const page = Math.min(pages, Math.max(1, Number.parseInt(paged.value ?? '1', 10) || 1));
  return (page - 1) * pageRows;
}

/** Which rows of a long list are shown: `pageRows` at a time. */
export function pageOf<T>(rows: readonly T[], pageRows: number): readonly T[] {
  const from = firstShown(rows.length, pageRows);
  return rows.slice(from, from + pageRows);
}

/** Steps through a long list. */
export function Pages({rows, pageRows}: {rows: number; pageRows: number}) {
  if (rows <= pageRows) return null;
  const from = firstShown(rows, pageRows);
  const page = from / pageRows + 1;
  const go = (to: number) => {
    paged.value = to === 1 ? null : String(to);
  };
  return (
    <nav class="pages" aria-label={d('table.pages')}>
      <button type="button" class="quiet" disabled={page === 1} onClick={() => go(page - 1)}>
        {d('table.previous')}
      </button>
      <span>
        {d('table.page', {
          from: numberText(from + 1, 0),
          to: numberText(Math.min(rows, from + pageRows), 0),
          all: numberText(rows, 0),
        })}
      </span>
      <button type="button" class="quiet" disabled={from + pageRows >= rows} onClick={() => go(page + 1)}>
        {d('table.next')}
      </button>
    </nav>
  );
}

/** A table to search, sort and page through; on a phone each row is a card. What is chosen stands in the address. */
export function Table<T>({caption, rows, columns, keyOf, wordsOf, children, pageRows = 50}: Props<T>) {
  const matching = ordered(found(rows, wordsOf), columns);
  const shown = pageOf(matching, pageRows);
  return (
    <>
      <div class="choose">
        <Search />
        {children}
        <span class="fine count" role="status">
          {d('table.found', {shown: numberText(matching.length, 0), all: numberText(rows.length, 0)})}
        </span>
      </div>
      {matching.length === 0 ? (
        <NothingFound />
      ) : (
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.id} column={column} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map((column) => (
                  <td key={column.id} class={column.number ? 'number' : undefined} data-head={column.head}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Pages rows={matching.length} pageRows={pageRows} />
    </>
  );
}

/** Nothing fits: and how to see something again. */
export function NothingFound() {
  return (
    <p class="empty">
      {d('table.none')}{' '}
      {searched.value !== null && (
        <button type="button" class="quiet" onClick={() => (searched.value = null)}>
          {d('table.clear')}
        </button>
      )}
    </p>
  );
}

function Head<T>({column}: {column: Column<T>}) {
  const now =
    sorted.value === column.id ? 'ascending' : sorted.value === `-${column.id}` ? 'descending' : undefined;
  return (
    <th scope="col" aria-sort={now} class={column.number ? 'number' : undefined}>
      {column.sortBy ? (
        <button
          type="button"
          title={d('table.sort', {column: column.head})}
          onClick={() => {
            sorted.value = now === 'ascending' ? `-${column.id}` : column.id;
            paged.value = null;
          }}
        >
          {column.head}
          <span class="arrow" aria-hidden="true">
            {now === 'ascending' ? '▲' : now === 'descending' ? '▼' : '↕'}
          </span>
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}
