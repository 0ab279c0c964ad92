import {mkdirSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {RUN_TABLES, type RunEventBody} from '#schemas';
import {type RunEvent, type RunPlan, runEnsemble} from '#simulation';
import {csvToParquet} from './csv-to-parquet.ts';
import type {MemberTask} from './member-protocol.ts';
import type {RunFolder} from './run-folder.ts';
import {startThread, type ThreadOptions} from './threads.ts';

export type ExecuteOptions = ThreadOptions & {
  signal: AbortSignal;
  /** Threads at once; absent: as many as the machine has cores. */
  workers?: number;
  /** Also the tables of member 0, into the folder `tables` as CSV and Parquet. */
  tables?: boolean;
  onProgress?(done: number, total: number): void;
  onRetry?(member: number, error: Error): void;
};

/** An event as the API tells it: the operation's kind beside its place. */
export function eventBody(plan: RunPlan, event: RunEvent): RunEventBody {
  const {kind, year, month, operation} = event;
  const what = plan.operations.find(({index}) => index === operation)?.kind ?? 'operation';
  if (kind === 'done')
    return {kind, year, month, operation, what, amount: event.amount, costCny: event.costCny};
  return {kind, year, month, operation, what, reason: event.reason, message: event.message};
}

export const TABLES_FOLDER = 'tables';

/**
 * Runs those members of a run that are not done yet and keeps each as it comes. Whatever ends it, a later call goes on.
 * @throws the signal's reason; {MemberError} when a member fails twice.
 */
export async function executeRun(folder: RunFolder, plan: RunPlan, options: ExecuteOptions): Promise<void> {
  const {origin} = folder.origin();
  const done = new Set(folder.members(plan).map(({member}) => member));
  const tables = options.tables === true ? folder.file(TABLES_FOLDER) : null;
  // Its other results come before its own file: without them it is not done.
  if (!folder.hasPlayback()) done.delete(0);
  if (tables !== null) mkdirSync(tables, {recursive: true});
  const members = [...Array(plan.members).keys()].filter((member) => !done.has(member));
  const before = done.size * plan.years;
  const total = plan.members * plan.years;
  const taskOf = (member: number): MemberTask => ({
    member,
    playback: member === 0 ? {origin} : null,
    tables: member === 0 && tables !== null ? {folder: tables, names: RUN_TABLES} : null,
  });
  options.onProgress?.(before, total);
  await runEnsemble({
    members,
    years: plan.years,
    workers: options.workers ?? availableParallelism(),
    start: () => startThread(plan, taskOf, options),
    signal: options.signal,
    onProgress: ({memberYears}) => options.onProgress?.(before + memberYears, total),
    ...(options.onRetry ? {onRetry: options.onRetry} : {}),
    onMember: async ({summary, events, playback}) => {
      if (playback !== null) {
        folder.saveEvents(events.map((event) => eventBody(plan, event)));
        if (tables !== null) for (const table of RUN_TABLES) await csvToParquet(tables, table);
        folder.savePlayback(playback);
      }
      folder.saveMember(summary);
    },
  });
}

/** Path of a table of member 0 that a run wrote on its way. */
export const tablePath = (folder: RunFolder, name: string) => join(folder.file(TABLES_FOLDER), name);
