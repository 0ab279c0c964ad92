import {Worker} from 'node:worker_threads';
import type {MemberWorker, RunPlan} from '#simulation';
import type {FromThread, MemberResult, MemberTask, ThreadTask} from './member-protocol.ts';

/** What one thread may hold, MB: a run of several ten thousand trees takes a tenth of it. */
const HEAP_MB = 2048;

/** How threads run: `kernel` is another module with `runMember`; `background`: they give way to all else on the machine. */
export type ThreadOptions = {kernel?: string | null; background?: boolean};

/** A thread for members of a plan. `taskOf` says what is wanted of a member. */
export function startThread(
  plan: RunPlan,
  taskOf: (member: number) => MemberTask,
  {kernel = null, background = false}: ThreadOptions = {},
): MemberWorker<MemberResult> {
  const task: ThreadTask = {plan, kernel, background};
  const worker = new Worker(new URL('./member-thread.ts', import.meta.url), {
    workerData: task,
    resourceLimits: {maxOldGenerationSizeMb: HEAP_MB},
  });
  let waiting: {resolve(result: MemberResult): void; reject(error: Error): void} | null = null;
  let onYear: (done: number) => void = () => {};
  let fault: Error | null = null;
  const fail = (error: Error) => {
    fault ??= error;
    waiting?.reject(fault);
    waiting = null;
  };
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'year') onYear(message.done);
    else if (message.kind === 'done') {
      waiting?.resolve(message.result);
      waiting = null;
    } else {
      waiting?.reject(Object.assign(new Error(message.message), {stack: message.stack}));
      waiting = null;
    }
  });
  worker.on('error', (error) => fail(error as Error));
  worker.on('messageerror', (error) => fail(error as Error));
  worker.on('exit', (code) => fail(new Error(`the thread ended with code ${code}`)));
  return {
    run: (member, told) =>
      new Promise((resolve, reject) => {
        if (fault) return reject(fault);
        waiting = {resolve, reject};
        onYear = told;
        worker.postMessage(taskOf(member));
      }),
    stop: async () => {
      await worker.terminate();
    },
  };
}
