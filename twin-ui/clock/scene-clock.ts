/** `live`: the wall clock. `still`: one instant. `playing`: runs from an instant at a speed. */
export type ClockMode = 'live' | 'still' | 'playing';

/** A gap between two steps counts for no more than this, so that a tab that was hidden goes on where it stood. */
const LONGEST_STEP_MS = 100;

/**
 * The one place where the scene's time lives: sun, season and playback read it. It owns no timer: whoever draws calls
 * `advance`. Times are UTC milliseconds.
 */
export type SceneClock = {
  timeMs: () => number;
  mode: () => ClockMode;
  /** Follows the wall clock. */
  goLive: () => void;
  /** Stands at an instant. */
  hold: (timeMs: number) => void;
  /** Runs from where it stands; 3600 is an hour a second. */
  play: (speed: number) => void;
  /** Moves on by what has passed. Returns whether it wants to be called again. */
  advance: (nowMs: number) => boolean;
  subscribe: (listener: (timeMs: number) => void) => () => void;
};

/** `wallMs` gives UTC milliseconds; `nowMs` of `advance` is any steady count of milliseconds. */
export function makeSceneClock(wallMs: () => number): SceneClock {
  const listeners = new Set<(timeMs: number) => void>();
  let mode: ClockMode = 'live';
  let heldMs = wallMs();
  let speed = 1;
  let lastMs: number | null = null;
  const timeMs = () => (mode === 'live' ? wallMs() : heldMs);
  const tell = () => {
    const now = timeMs();
    for (const listener of listeners) listener(now);
  };
  return {
    timeMs,
    mode: () => mode,
    goLive: () => {
      mode = 'live';
      tell();
    },
    hold: (at) => {
      mode = 'still';
      heldMs = at;
      tell();
    },
    play: (by) => {
      heldMs = timeMs();
      mode = 'playing';
      speed = by;
      lastMs = null;
      tell();
    },
    advance: (nowMs) => {
      if (mode !== 'playing') return false;
      if (lastMs !== null) {
        heldMs += Math.min(LONGEST_STEP_MS, Math.max(0, nowMs - lastMs)) * speed;
        tell();
      }
      lastMs = nowMs;
      return true;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
