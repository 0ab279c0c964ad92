import {setTimeout as wait} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {type MemberWorker, runEnsemble} from '#simulation';

/** Workers whose members take as long as said; `faults` are thrown at a member's first attempts. */
function workers(options: {tookMs?: (member: number) => number; faults?: Map<number, number>} = {}) {
  const seen = {started: 0, stopped: 0, open: 0, most: 0};
  const start = (): MemberWorker<number> => {
    seen.started += 1;
    seen.open += 1;
    seen.most = Math.max(seen.most, seen.open);
    let fail: ((error: Error) => void) | null = null;
    let stopped = false;
    return {
      run: async (member, onYear) => {
        const left = options.faults?.get(member) ?? 0;
        if (left > 0) {
          options.faults!.set(member, left - 1);
          throw new Error(`broke at ${member}`);
        }
        onYear(1);
        await Promise.race([
          wait(options.tookMs?.(member) ?? 1),
          new Promise((_, reject) => {
            fail = reject;
          }),
        ]);
        return member;
      },
      stop: async () => {
        if (stopped) return;
        stopped = true;
        seen.open -= 1;
        seen.stopped += 1;
        fail?.(new Error('stopped'));
      },
    };
  };
  return {start, seen};
}

const MEMBERS = [...Array(9).keys()];

describe('an ensemble', () => {
  it.each([1, 3, 20])('of 9 members over %i workers gives every member once', async (count) => {
    const {start, seen} = workers({tookMs: (member) => (member % 3) * 4});
    const got: number[] = [];
    let told = 0;
    await runEnsemble({
      ...{members: MEMBERS, years: 5, workers: count, start},
      onMember: (member) => void got.push(member),
      onProgress: ({memberYears}) => {
        told = memberYears;
      },
    });
    expect(got.toSorted()).toEqual(MEMBERS);
    expect(told).toBe(45);
    expect(seen.most).toBe(Math.min(count, 9));
    expect(seen.open).toBe(0);
  });

  it('runs a member whose worker broke once more in a new one, and says so', async () => {
    const {start, seen} = workers({faults: new Map([[4, 1]])});
    const got: number[] = [];
    const again: string[] = [];
    await runEnsemble({
      ...{members: MEMBERS, years: 5, workers: 2, start},
      onMember: (member) => void got.push(member),
      onRetry: (member, error) => again.push(`${member}: ${error.message}`),
    });
    expect(got.toSorted()).toEqual(MEMBERS);
    expect(again).toEqual(['4: broke at 4']);
    expect(seen.started).toBe(3);
  });

  it('gives up when a member fails twice, and leaves no worker', async () => {
    const {start, seen} = workers({faults: new Map([[4, 2]])});
    const run = runEnsemble({members: MEMBERS, years: 5, workers: 2, start, onMember: () => {}});
    await expect(run).rejects.toThrow('member 4 failed twice: broke at 4');
    expect(seen.open).toBe(0);
  });

  it('stops at once when it is told to', async () => {
    const {start, seen} = workers({tookMs: () => 60_000});
    const stop = new AbortController();
    const run = runEnsemble({
      ...{members: MEMBERS, years: 5, workers: 3, start, signal: stop.signal},
      onMember: () => {},
    });
    setTimeout(() => stop.abort(new Error('enough')), 20);
    const from = Date.now();
    await expect(run).rejects.toThrow('enough');
    expect(Date.now() - from).toBeLessThan(1000);
    expect(seen.open).toBe(0);
  });

  it('stops when a result cannot be kept: that is not the member’s fault', async () => {
    const {start, seen} = workers();
    const again: number[] = [];
    const run = runEnsemble({
      ...{
        members: MEMBERS,
        years: 5,
        workers: 2,
        start,
        onRetry: (member: number) => void again.push(member),
      },
      onMember: () => Promise.reject(new Error('disk full')),
    });
    await expect(run).rejects.toThrow('disk full');
    expect(again).toEqual([]);
    expect(seen.open).toBe(0);
  });
});
