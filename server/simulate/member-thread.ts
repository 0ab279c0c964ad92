/** A thread that runs members of one plan, one at a time. */
import {constants, platform, setPriority} from 'node:os';
import {parentPort, workerData} from 'node:worker_threads';
import {playbackSink, type RunEvent, type RunMember, type RunSink, runSummary, writeEtw} from '#simulation';
import type {FromThread, MemberTask, ThreadTask} from './member-protocol.ts';
import {tableFilesSink} from './table-files.ts';

const port = parentPort!;
const {plan, kernel, background} = workerData as ThreadTask;
const say = (message: FromThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

// On Linux this concerns the calling thread alone; elsewhere it would be the whole server.
if (background && platform() === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const {runMember} = (await import(kernel ?? '#simulation')) as {runMember: RunMember};

port.on('message', ({member, playback, tables}: MemberTask) => {
  try {
    const events: RunEvent[] = [];
    const film = playback === null ? null : playbackSink(plan, playback);
    const files = tables === null ? null : tableFilesSink(plan, tables);
    const sinks: Partial<RunSink>[] = [
      {year: ({year}) => year >= plan.firstYear && say({kind: 'year', done: year - plan.firstYear + 1})},
      {event: (event) => playback !== null && events.push(event)},
      ...(film ? [film] : []),
      ...(files ? [files] : []),
    ];
    try {
      const summary = runSummary(runMember, plan, member, sinks);
      const bytes = film ? writeEtw(film.finish()) : null;
      say({kind: 'done', result: {summary, events, playback: bytes}}, [
        summary.indicators.buffer as ArrayBuffer,
        summary.parts.buffer as ArrayBuffer,
        ...(bytes ? [bytes.buffer] : []),
      ]);
    } finally {
      files?.close();
    }
  } catch (error) {
    const {message, stack = ''} = error instanceof Error ? error : new Error(String(error));
    say({kind: 'failed', message, stack});
  }
});
