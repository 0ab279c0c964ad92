import type {DatastreamBody, QcTest, QualityBody} from '#schemas';
import {get} from '../../api/client.ts';

export type QualityItem = QualityBody['items'][number];
export type Quality = Pick<QualityBody, 'weeks' | 'items' | 'timeZone'>;

const WEEK_MS = 7 * 86_400_000;

/** Counts of all series of a site in the last so many weeks. */
export async function readQuality(
  of: {site: string; weeks: number; datastream?: string},
  stop: AbortSignal,
): Promise<Quality> {
  const from = new Date(Date.now() - (of.weeks - 1) * WEEK_MS).toISOString();
  const items: QualityItem[] = [];
  for (let after: string | undefined; ; ) {
    const page = await get('/quality', {site: of.site, from, datastream: of.datastream, after}, stop);
    items.push(...page.items);
    if (page.next === undefined) return {...page, items};
    after = items.at(-1)!.datastream;
  }
}

/** Rows of some weeks by what they came to, and the rows that should be there. */
export type Tally = {
  rows: number;
  pass: number;
  notEvaluated: number;
  suspect: number;
  fail: number;
  missing: number;
  /** null: nobody can tell. */
  expected: number | null;
  failed: Partial<Record<QcTest, number>>;
};

const EMPTY: Tally = {
  rows: 0,
  pass: 0,
  notEvaluated: 0,
  suspect: 0,
  fail: 0,
  missing: 0,
  expected: null,
  failed: {},
};

/** One week of a series. */
export function weekOf(item: QualityItem, week: number): Tally {
  const flag = (digit: string) => item.flags[digit]?.[week] ?? 0;
  return {
    rows: item.rows[week]!,
    pass: flag('1'),
    notEvaluated: flag('2'),
    suspect: flag('3'),
    fail: flag('4'),
    missing: flag('9'),
    expected: item.expected[week] ?? null,
    failed: Object.fromEntries(Object.entries(item.failed).map(([test, counts]) => [test, counts[week]!])),
  };
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum: Tally = {...EMPTY, failed: {}};
  for (const tally of tallies) {
    for (const key of ['rows', 'pass', 'notEvaluated', 'suspect', 'fail', 'missing'] as const)
      sum[key] += tally[key];
    if (tally.expected !== null) sum.expected = (sum.expected ?? 0) + tally.expected;
    for (const [test, n] of Object.entries(tally.failed) as [QcTest, number][])
      sum.failed[test] = (sum.failed[test] ?? 0) + n;
  }
  return sum;
}

export function wholeOf(item: QualityItem): Tally {
  return sumOf(item.rows.map((_, week) => weekOf(item, week)));
}

/** Share of rows that a test marked, or that hold no value; null without rows. */
export function markedFraction({rows, suspect, fail, missing}: Tally): number | null {
  return rows === 0 ? null : (suspect + fail + missing) / rows;
}

/** Share of the rows that should be there that are; null where nobody can tell, or nothing is due. */
export function thereFraction({rows, expected}: Tally): number | null {
  return expected === null || expected === 0 ? null : Math.min(1, rows / expected);
}

export type TestColumn = {test: QcTest; applies: (stream: DatastreamBody) => boolean};

const always = () => true;
/** Tests of every series; others are shown where they marked something. */
export const TESTS: readonly TestColumn[] = [
  {test: 'time', applies: always},
  {test: 'grossRange', applies: always},
  {test: 'suspectRange', applies: ({limits}) => limits.suspectRange !== null},
  {test: 'spike', applies: ({limits}) => limits.spike !== null},
  {test: 'rateOfChange', applies: ({limits}) => limits.ratePerS !== null},
  {test: 'flatLine', applies: ({limits}) => limits.flatLine !== null},
];
const OTHERS: readonly QcTest[] = ['syntax', 'crossCheck', 'neighbour', 'deviceStatus', 'drift', 'manual'];

/** The tests to show of some rows: the usual ones, and those others that marked any. */
export function testsOf({failed}: Tally): readonly TestColumn[] {
  return [
    ...TESTS,
    ...OTHERS.filter((test) => (failed[test] ?? 0) > 0).map((test) => ({test, applies: always})),
  ];
}

/** Steps of the picture, best first: a share of marked rows up to `upTo` has this step. */
export const STEPS = [
  {id: 'clean', upTo: 0.001},
  {id: 'good', upTo: 0.01},
  {id: 'some', upTo: 0.05},
  {id: 'many', upTo: 0.2},
  {id: 'bad', upTo: 1},
] as const;
export type StepId = (typeof STEPS)[number]['id'] | 'none';

export function stepOf(fraction: number | null): StepId {
  return fraction === null ? 'none' : STEPS.find(({upTo}) => fraction <= upTo)!.id;
}
