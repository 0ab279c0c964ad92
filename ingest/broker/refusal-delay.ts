const WINDOW_MS = 60_000;
/** Keys remembered: more than that many addresses and users failing in one minute share the longest wait. */
const MOST_KEYS = 10_000;

/**
 * How long a wrong password waits for its answer. The first of a minute are answered at once, then the wait doubles from
 * 100 ms. It counts by address and by user, delays refusals only, and so never keeps out a device with the right token.
 */
export function createRefusalDelay(options: {prompt: number; longestMs: number; now?: () => number}) {
  const {prompt, longestMs, now = Date.now} = options;
  const failures = new Map<string, {fromMs: number; count: number}>();

  function countOf(key: string, nowMs: number): number {
    let entry = failures.get(key);
    if (!entry || nowMs - entry.fromMs >= WINDOW_MS) {
      if (!entry && failures.size >= MOST_KEYS) {
        for (const [old, {fromMs}] of failures) if (nowMs - fromMs >= WINDOW_MS) failures.delete(old);
        if (failures.size >= MOST_KEYS) return Number.POSITIVE_INFINITY;
      }
      entry = {fromMs: nowMs, count: 0};
      failures.set(key, entry);
    }
    entry.count++;
    return entry.count;
  }

  return {
    /** Notes a failure; the wait in ms. */
    failed(address: string, username: string): number {
      const nowMs = now();
      const count = Math.max(countOf(`address ${address}`, nowMs), countOf(`user ${username}`, nowMs));
      if (count <= prompt) return 0;
      return Math.min(longestMs, 100 * 2 ** Math.min(20, count - prompt - 1));
    },
  };
}
