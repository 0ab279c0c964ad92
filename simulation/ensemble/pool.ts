/** Something that runs one member at a time: a thread, a browser's worker. */
export type MemberWorker<Result> = {
  /** Rejects when the member failed or the worker died. `onYear` is told the years that are done, from 1 on. */
  run(member: number, onYear: (done: number) => void): Promise<Result>;
  /** Ends it at once, whatever it is doing. */
  stop(): Promise<void>;
};

export type EnsembleOptions<Result> = {
  /** Members to run, in this order. */
  members: readonly number[];
  years: number;
  /** Workers at once. */
  workers: number;
  start(): MemberWorker<Result>;
  /** Told one at a time; what it returns is awaited before the worker goes on. */
  onMember(result: Result): void | Promise<void>;
  onProgress?(done: {memberYears: number}): void;
  /** A member failed and is run again in a new worker. */
  onRetry?(member: number, error: Error): void;
  signal?: AbortSignal;
};

/** A member that failed twice. */
export class MemberError extends Error {
  override readonly name = 'MemberError';
  readonly member: number;
  constructor(member: number, cause: Error) {
    super(`member ${member} failed twice: ${cause.message}`, {cause});
    this.member = member;
  }
}

/**
 * Runs members over workers. Which worker runs which member, and when, makes no difference to any result: a member depends on plan
 * and number alone. A member whose worker fails is run once more in a new one. When `signal` is aborted all workers are stopped at
 * once and its reason is thrown.
 * @throws {MemberError} when a member fails twice; the others are stopped.
 */
export async function runEnsemble<Result>(options: EnsembleOptions<Result>): Promise<void> {
  const {members, signal} = options;
  const waiting = [...members];
  const yearsDone = new Map<number, number>();
  const open = new Set<MemberWorker<Result>>();
  let failure: unknown;
  const failed = () => failure !== undefined;
  let tell: Promise<void> = Promise.resolve();

  const stopAll = async () => {
    await Promise.all([...open].map((worker) => worker.stop()));
  };
  const fail = (error: unknown) => {
    failure ??= error;
    void stopAll();
  };
  const onAbort = () => fail(signal!.reason);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', onAbort, {once: true});

  const progress = (member: number, years: number) => {
    yearsDone.set(member, years);
    let memberYears = 0;
    for (const done of yearsDone.values()) memberYears += done;
    options.onProgress?.({memberYears});
  };

  async function work(): Promise<void> {
    let worker: MemberWorker<Result> | null = null;
    const fresh = () => {
      const started = options.start();
      open.add(started);
      return started;
    };
    const drop = async () => {
      if (!worker) return;
      open.delete(worker);
      await worker.stop();
      worker = null;
    };
    try {
      for (let member = waiting.shift(); member !== undefined && !failed(); member = waiting.shift()) {
        const number = member;
        for (let attempt = 1; ; attempt += 1) {
          worker ??= fresh();
          let result: Result;
          try {
            result = await worker.run(number, (years) => progress(number, years));
          } catch (error) {
            if (failed()) return;
            await drop();
            if (attempt === 2) throw new MemberError(number, error as Error);
            progress(number, 0);
            options.onRetry?.(number, error as Error);
            continue;
          }
          if (failed()) return;
          progress(number, options.years);
          tell = tell.then(() => options.onMember(result));
          await tell;
          break;
        }
      }
    } catch (error) {
      fail(error);
    } finally {
      await drop();
    }
  }

  try {
    const lanes = Math.max(1, Math.min(options.workers, members.length));
    await Promise.all(Array.from({length: lanes}, work));
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await stopAll();
  }
  if (failed()) throw failure;
}
