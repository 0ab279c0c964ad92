export type Log = (line: {event: string; level?: string; message?: string} & Record<string, unknown>) => void;

/**
 * A log that nobody can flood: at most `lines` of one event in `windowMs`; the next window begins with how many were
 * left out. Nothing that a client names is used as an event.
 */
export function budgetLog(
  sink: Log,
  options: {lines?: number; windowMs?: number; now?: () => number} = {},
): Log {
  const {lines = 20, windowMs = 60_000, now = Date.now} = options;
  const windows = new Map<string, {fromMs: number; count: number}>();
  const log: Log = (line) => sink({level: 'warn', message: line.event.replaceAll('_', ' '), ...line});
  return (line) => {
    const nowMs = now();
    let window = windows.get(line.event);
    if (!window || nowMs - window.fromMs >= windowMs) {
      const left = window ? window.count - lines : 0;
      if (left > 0) log({event: `${line.event}_left_out`, lines: left});
      window = {fromMs: nowMs, count: 0};
      windows.set(line.event, window);
    }
    window.count++;
    if (window.count <= lines) log(line);
  };
}
