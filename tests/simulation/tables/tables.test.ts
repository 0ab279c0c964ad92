import {describe, expect, it} from 'vitest';
import {RUN_TABLES, type RunTable} from '#schemas';
import {type Column, csvHead, csvRows, runSummary, tableSource} from '#simulation';
import {smallMember, smallPlan} from '../small-plan.ts';

function csv(table: RunTable): {head: string[]; rows: string[][]} {
  const plan = smallPlan();
  const source = tableSource(plan, table);
  let text = csvHead(source.columns);
  runSummary(smallMember, plan, 0, [
    {year: (year) => (text += [...csvRows(source.block(year), source.columns)].join(''))},
  ]);
  const [head, ...rows] = text.trimEnd().split('\r\n');
  return {head: head!.split(','), rows: rows.map((row) => row.split(','))};
}
const cells = ({head, rows}: ReturnType<typeof csv>, name: string) =>
  rows.map((row) => row[head.indexOf(name)]!);

describe.each(RUN_TABLES)('table %s', (table) => {
  it('has as many cells in each row as it names, each column with its meaning', () => {
    const {head, rows} = csv(table);
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([head.length]));
    const {columns} = tableSource(smallPlan(), table);
    expect(columns.map(({name}) => name)).toEqual(head);
    expect(columns.filter(({meaning}) => meaning === '')).toEqual([]);
    expect(columns.filter(({kind, unit}) => kind === 'number' && unit === null)).toEqual([]);
  });
});

it('trees are told from the start on, one row a tree and year', () => {
  const table = csv('tree');
  expect(table.rows).toHaveLength(7 * 12 + (1 + 2 + 3 + 4 + 5 + 6));
  expect(table.rows[0]!.slice(0, 8)).toEqual([
    '2025',
    '100',
    'acer-buergerianum',
    'north',
    'north/loam/dry',
    'archive',
    '-40',
    '0',
  ]);
  expect(cells(table, 'dbhCm')[0]).toBe('8');
  const origins = cells(table, 'origin');
  expect(origins.filter((origin) => origin === 'new')).toHaveLength(21);
});

it('a dead tree keeps the cause of its death as long as it stands', () => {
  const table = csv('tree');
  const [status, cause, id] = [cells(table, 'status'), cells(table, 'cause'), cells(table, 'id')];
  const dead = status.flatMap((one, i) => (one === 'dead' ? [i] : []));
  expect(dead.length).toBeGreaterThan(new Set(dead.map((i) => id[i])).size);
  expect(new Set(dead.map((i) => cause[i]))).toEqual(new Set(['stress']));
  expect(new Set(cause.filter((_, i) => status[i] === 'alive'))).toEqual(new Set(['']));
});

it('removals begin with the first year and name no operation where there was none', () => {
  const table = csv('removal');
  expect(Math.min(...cells(table, 'year').map(Number))).toBeGreaterThanOrEqual(2026);
  expect(new Set(cells(table, 'operation'))).toEqual(new Set(['']));
});

it('water is told by month and unit', () => {
  expect(csv('water').rows).toHaveLength(6 * 12 * 2);
  expect(cells(csv('water'), 'month').slice(0, 13).map(Number)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1,
  ]);
});

it('carbon is told by zone, the whole site last', () => {
  expect(cells(csv('carbon'), 'zone').slice(0, 3)).toEqual(['north', 'south', 'island']);
});

const column = (kind: Column['kind'], decimals?: number): Column => ({
  ...{name: 'a', unit: null, meaning: '', kind},
  ...(decimals === undefined ? {} : {decimals}),
});

// RFC 4180, section 2; formulas: OWASP, "CSV injection".
it('quotes what must be quoted and disarms formulas; no digit is lost unless a column says so', () => {
  const numbers = Float64Array.of(0.1 + 0.2, Number.NaN);
  const block = {rows: 2, cells: [['a,"b"', '=1+1'], numbers, Float64Array.of(-1e-12, 3), numbers]};
  const columns = [column('text'), column('number'), column('integer'), column('number', 4)];
  expect([...csvRows(block, columns)].join('')).toBe(
    '"a,""b""",0.30000000000000004,-1e-12,0.3\r\n\'=1+1,,3,\r\n',
  );
});

it('a long block comes in pieces', () => {
  const rows = 100_000;
  const pieces = [...csvRows({rows, cells: [new Float64Array(rows).fill(1.5)]}, [column('number')])];
  expect(pieces.length).toBeGreaterThan(1);
  expect(Math.max(...pieces.map(({length}) => length))).toBeLessThan(300_000);
  expect(pieces.join('')).toHaveLength(5 * rows);
});
