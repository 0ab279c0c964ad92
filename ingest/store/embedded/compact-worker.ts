/** Makes column files on demand; ends when the compaction ends. */
import {parentPort, workerData} from 'node:worker_threads';
import type {CompactMode, CompactQuestion, RangeAnswer} from './compact-protocol.ts';
import {CompactionSnapshot, rangeToMove, revisionsIn} from './compaction-snapshot.ts';
import {openForReading} from './database.ts';
import {openDuck} from './duck.ts';
import {buffersIn} from './row-arrays.ts';
import {SegmentBuilder} from './segment-builder.ts';

const port = parentPort!;
const {database, cold, threads, memoryMb} = workerData as {
  database: string;
  cold: string;
  threads: number;
  memoryMb: number;
};
const db = openForReading(database);
const duck = await openDuck({folder: cold, threads, memoryMb});
const connections = [await duck.connect(), await duck.connect()] as const;
const builder = new SegmentBuilder(cold, ...connections);
let pass: {of: {mode: CompactMode; cutoffMs: number}; range: RangeAnswer} | null = null;
let snapshot: CompactionSnapshot | null = null;
/** A month that is put in. */
let loading: {month: string; rows: number} | null = null;

async function answer(question: CompactQuestion): Promise<unknown> {
  if (question.kind === 'range') {
    pass = {of: question, range: rangeToMove(db, question)};
    return pass.range;
  }
  if (question.kind === 'snapshot') snapshot = new CompactionSnapshot(db, pass!.of, pass!.range);
  if (question.kind === 'build') {
    const plans = snapshot!.plans(question.kinds);
    const add = [];
    try {
      for (const plan of plans) add.push(await builder.build(plan));
      builder.keep();
    } catch (error) {
      builder.discard();
      throw error;
    }
    return {add, remove: snapshot!.replaced, latest: snapshot!.latest};
  }
  if (question.kind === 'load') {
    loading = {month: question.month, rows: 0};
    await builder.expect();
  }
  if (question.kind === 'put') {
    await builder.put(question.series, question.rows);
    loading!.rows += question.rows.timeMs.length;
  }
  if (question.kind === 'finish') {
    const {month, rows} = loading!;
    if (rows === 0) return null;
    const kindOf = (series: number) => question.kinds.get(series) ?? null;
    const plan = {month, incoming: 'put', sources: [], expected: rows, kindOf} as const;
    try {
      const record = await builder.build({...plan, ...revisionsIn(db, month)});
      builder.keep();
      return record;
    } catch (error) {
      builder.discard();
      throw error;
    }
  }
  if (question.kind === 'abort') builder.abort();
  return null;
}

port.on('message', async ({id, question}: {id: number; question: CompactQuestion}) => {
  try {
    const value = await answer(question);
    port.postMessage({id, value}, buffersIn(value));
  } catch (error) {
    port.postMessage({id, error: (error as Error).message});
  }
  if (question.kind === 'close') {
    // What was put and never finished.
    builder.discard();
    for (const connection of connections) connection.closeSync();
    duck.closeSync();
    db.close();
    port.close();
  }
});
