import {setImmediate} from 'node:timers/promises';
import type {Reviser} from '#ingest';
import {
  type CheckedColumns,
  NEIGHBOUR_VERSION,
  type NeighbourFindings,
  type NeighbourParameters,
  neighbourSteps,
} from '#model';
import {
  type Datastream,
  EcoError,
  FLAG,
  type NeighbourCheckBody,
  type NeighbourRunBody,
  type ObservationReader,
  type Registry,
} from '#schemas';
import {instant} from '../bodies/instant.ts';
import {queryInstant} from '../routes/instants.ts';
import {type NearDatastream, neighboursOf} from './neighbours-of.ts';

type Needs = {
  registry: Registry;
  observations: Pick<ObservationReader, 'rowBlocks'>;
  reviser: Pick<Reviser, 'find'>;
};

const HOUR_MS = 3_600_000;
/** Rows of one series in one run, window included. */
const MOST_ROWS = 200_000;
const BLOCK_ROWS = 20_000;
/** Spans of an answer; more are counted only. */
const MOST_SPANS = 200;
const DEFAULTS = {windowH: 168, leastPairs: 48, neighbours: 5, leastNeighbours: 2, sds: 6};

async function rowsOf(
  {observations}: Needs,
  {id, series}: Datastream,
  range: {fromMs: number; toMs: number},
): Promise<CheckedColumns> {
  const rows = {timeMs: [] as number[], value: [] as number[], qc: [] as number[]};
  for await (const block of observations.rowBlocks({series, ...range}, BLOCK_ROWS)) {
    if (rows.timeMs.length + block.timeMs.length > MOST_ROWS) {
      throw new EcoError(
        'range_too_long',
        `${id} has more than ${MOST_ROWS} observations in this range and the window before it: ask for less of it`,
      );
    }
    for (const column of ['timeMs', 'value', 'qc'] as const) {
      for (const number of block[column]) rows[column].push(number);
    }
  }
  return {
    timeMs: Float64Array.from(rows.timeMs),
    value: Float64Array.from(rows.value),
    qc: Int32Array.from(rows.qc),
  };
}

/** The series that is meant; refused where its values are nothing that a straight line through neighbours could tell. */
function streamOf(registry: Registry, id: string): Datastream {
  const stream = registry.datastream(id);
  if (!stream) throw new EcoError('datastream_unknown', `no datastream ${id}`, 404);
  const rollUp = registry.element(stream.element)?.rollUp;
  if (stream.statistic === 'sum' || stream.statistic === 'sd' || rollUp === 'circularMean') {
    const what = rollUp === 'circularMean' ? 'directions' : `a ${stream.statistic}`;
    throw new EcoError(
      'test_unfit',
      `${id}: values that lie on a line were expected; the neighbour test is not made for ${what}`,
    );
  }
  return stream;
}

/** Consecutive suspect rows, with how far out the farthest of them lies. */
function spansOf(rows: CheckedColumns, {flag, expected, sds}: NeighbourFindings): NeighbourRunBody['spans'] {
  const spans: NeighbourRunBody['spans'] = [];
  for (let row = 0; row < flag.length; row++) {
    if (flag[row] !== FLAG.suspect) continue;
    const time = instant(rows.timeMs[row]!);
    const found = {value: rows.value[row]!, expected: expected[row]!, sds: sds[row]!};
    const last = spans.at(-1);
    if (row > 0 && flag[row - 1] === FLAG.suspect && last !== undefined) {
      last.last = time;
      last.rows += 1;
      if (Math.abs(found.sds) > Math.abs(last.sds)) Object.assign(last, found);
    } else spans.push({first: time, last: time, rows: 1, ...found});
  }
  return spans;
}

/**
 * Compares a range of one series with its nearest neighbours and, unless it is a dry run, writes what it finds as one later
 * verdict with the test's name, parameters and version; resolves when that is durable. Raw values and what a person judged
 * stay as they are.
 * @throws {EcoError} `datastream_unknown` (404), `time_invalid`, `test_unfit`, `neighbours_none`, `range_too_long`.
 */
export async function runNeighbourCheck(
  needs: Needs,
  id: string,
  body: NeighbourCheckBody,
): Promise<NeighbourRunBody> {
  const {registry, reviser} = needs;
  const stream = streamOf(registry, id);
  const fromMs = queryInstant('from', body.from);
  const toMs = queryInstant('to', body.to);
  if (fromMs >= toMs) throw new EcoError('time_invalid', 'from must be before to; to is exclusive');
  const asked = {...DEFAULTS, ...body};
  const near: NearDatastream[] = neighboursOf(registry, stream, asked.neighbours);
  if (near.length < asked.leastNeighbours) {
    const name = `${stream.element} (${[stream.statistic, stream.period].filter(Boolean).join(' ')})`;
    throw new EcoError(
      'neighbours_none',
      `at least ${asked.leastNeighbours} neighbours with ${name} at such a depth or height were expected at ${stream.site}, there are ${near.length}`,
    );
  }
  const limits = registry.limits(stream.series);
  const intervalS = Math.max(
    limits.intervalS ?? 0,
    ...near.map((one) => registry.limits(one.stream.series).intervalS ?? 0),
  );
  if (intervalS === 0) {
    throw new EcoError('test_unfit', `${id}: values at an interval were expected, these come from campaigns`);
  }
  const parameters: NeighbourParameters = {
    windowMs: asked.windowH * HOUR_MS,
    leastPairs: asked.leastPairs,
    leastNeighbours: asked.leastNeighbours,
    sds: asked.sds,
    // A range below this tolerance is no change to the flat line test: such a distance is no contradiction either.
    leastSd: limits.flatLine?.tolerance ?? 0,
    pairWithinMs: (intervalS * 1000) / 2,
  };
  const range = {fromMs: fromMs - parameters.windowMs * 1.1, toMs};
  const rows = await rowsOf(needs, stream, range);
  const others: CheckedColumns[] = [];
  for (const one of near) others.push(await rowsOf(needs, one.stream, range));

  const steps = neighbourSteps(rows, others, parameters, {fromMs, toMs});
  let step = steps.next();
  // A long range takes seconds: readings that come meanwhile have their turn.
  for (; step.done !== true; step = steps.next()) await setImmediate();
  const findings = step.value;

  const timesMs: number[] = [];
  let judged = 0;
  let evaluated = 0;
  for (let row = 0; row < rows.timeMs.length; row++) {
    if (rows.timeMs[row]! < fromMs) continue;
    judged++;
    const flag = findings.flag[row];
    if (flag === FLAG.pass || flag === FLAG.suspect) evaluated++;
    if (flag === FLAG.suspect) timesMs.push(rows.timeMs[row]!);
  }
  const said =
    `neighbour ${NEIGHBOUR_VERSION}: beyond ${asked.sds} robust sd of a Theil–Sen line of ${asked.windowH} h on ` +
    `${near.map((one) => one.stream.station).join(', ')}`;
  const made = await reviser.find(
    stream,
    {
      test: 'neighbour',
      flag: FLAG.suspect,
      timesMs,
      reason: said.length > 500 ? `${said.slice(0, 499)}…` : said,
      who: asked.who,
    },
    {dryRun: asked.dryRun === true},
  );
  const spans = spansOf(rows, findings);
  return {
    datastream: id,
    from: instant(fromMs),
    to: instant(toMs),
    test: 'neighbour',
    testVersion: NEIGHBOUR_VERSION,
    parameters: {
      windowH: asked.windowH,
      leastPairs: asked.leastPairs,
      leastNeighbours: asked.leastNeighbours,
      sds: asked.sds,
      leastSd: parameters.leastSd,
      pairWithinS: parameters.pairWithinMs / 1000,
    },
    neighbours: near.map((one) => ({datastream: one.stream.id, distanceM: Math.round(one.distanceM)})),
    dryRun: asked.dryRun === true,
    rows: judged,
    evaluated,
    suspect: timesMs.length,
    flagged: made.flagged,
    already: made.already,
    left: made.left,
    version: made.version,
    spans: spans.slice(0, MOST_SPANS),
    moreSpans: Math.max(0, spans.length - MOST_SPANS),
  };
}
