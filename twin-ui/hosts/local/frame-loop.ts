/** Draws when someone asked, never on its own. */
export type FrameLoop = {
  request: () => void;
  stop: () => void;
};

/**
 * `draw` is called at most once per picture of the screen; it gets the milliseconds since the drawn frame before (at
 * most 100) and returns whether it wants to be called again.
 */
export function makeFrameLoop(draw: (elapsedMs: number, nowMs: number) => boolean): FrameLoop {
  let waiting = 0;
  let last = 0;
  let stopped = false;
  const run = (now: number) => {
    waiting = 0;
    const elapsed = Math.min(100, Math.max(1, now - last));
    last = now;
    if (draw(elapsed, now)) request();
  };
  const request = () => {
    if (stopped || waiting !== 0) return;
    waiting = requestAnimationFrame(run);
  };
  return {
    request: () => {
      if (waiting === 0 && performance.now() - last > 150) last = performance.now() - 16;
      request();
    },
    stop: () => {
      stopped = true;
      cancelAnimationFrame(waiting);
    },
  };
}
