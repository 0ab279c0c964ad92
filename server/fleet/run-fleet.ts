import {Worker} from 'node:worker_threads';
import type {FleetStats} from '#devices';
import type {ComponentState} from '../components.ts';
import type {FleetWorkerData, FleetWorkerMessage} from './worker.ts';

/** Longest that the fleet may take to say goodbye before its thread is ended, ms. */
const STOP_MS = 2500;

export type FleetRun = {
  stats(): FleetStats | null;
  state(): ComponentState;
  /** Resolves when the thread has ended, with the error that ended it, if one did. */
  ended: Promise<Error | null>;
  stop(): Promise<void>;
};

/** Runs the virtual fleet of one site in a thread of its own: its arithmetic must not delay acknowledgements. */
export function runFleet(data: FleetWorkerData, log: (line: object) => void): FleetRun {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    name: `fleet-${data.site}`,
  });
  let stats: FleetStats | null = null;
  let failure: Error | null = null;
  let stopping = false;
  worker.on('message', (message: FleetWorkerMessage) => {
    if (message.kind === 'stats') stats = message.stats;
    else log(message.line);
  });
  worker.on('error', (error: Error) => {
    failure = error;
    log({level: 'error', part: 'fleet', message: 'the virtual fleet has failed', error});
  });
  const ended = new Promise<Error | null>((resolve) => worker.once('exit', () => resolve(failure)));
  ended.then(() => {
    if (!stopping) failure ??= new Error('its thread ended');
  });
  return {
    stats: () => stats,
    ended,
    state: () => {
      if (failure) return {status: 'failed', message: failure.message};
      if (stats === null) return {status: 'ok', message: 'the island is being computed'};
      const {connected, connections, dropped} = stats;
      const message = `${connected} of ${connections} connections${dropped > 0 ? `, ${dropped} messages given up` : ''}`;
      return {status: dropped > 0 ? 'degraded' : 'ok', message};
    },
    stop: async () => {
      if (stopping) return;
      stopping = true;
      worker.postMessage('stop');
      const timer = setTimeout(() => void worker.terminate(), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
