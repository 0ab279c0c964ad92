import {uniformAt} from '../../random/counter.ts';

/** Distance to the nearest stem below which no recruit stands, m. */
export const RECRUIT_DISTANCE_M = 1;
/** Places that are tried; the one with most room is taken. */
const TRIES = 12;

/**
 * Place of a recruit in a square cell: of some at random the first with room enough, or that with most. `key` and `counter` name its
 * random numbers (`counter` to `counter + 23` are used); `stems`: of the cell and its neighbours.
 */
export function recruitPlace(
  cell: {xM: number; yM: number; sizeM: number},
  stems: readonly {xM: number; yM: number}[],
  key: number,
  counter: number,
): {xM: number; yM: number} {
  let best = {xM: cell.xM, yM: cell.yM};
  let room = -1;
  for (let i = 0; i < TRIES; i += 1) {
    const xM = cell.xM + (uniformAt(key, counter + 2 * i) - 0.5) * cell.sizeM;
    const yM = cell.yM + (uniformAt(key, counter + 2 * i + 1) - 0.5) * cell.sizeM;
    const nearest = stems.reduce((least, s) => Math.min(least, Math.hypot(s.xM - xM, s.yM - yM)), Infinity);
    if (nearest > room) {
      best = {xM, yM};
      room = nearest;
    }
    if (nearest >= RECRUIT_DISTANCE_M) break;
  }
  return best;
}
