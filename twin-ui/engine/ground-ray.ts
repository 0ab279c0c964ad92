import {type HeightGrid, heightAt} from './height-grid.ts';

/** A point or direction in the scene: east, up, north in metres. */
export type Vector = {eastM: number; upM: number; northM: number};

/** Length of a step: a part of the clearance over ground, so that flat views over far ground stay cheap. */
function stepLength(clearanceM: number, travelledM: number, stepM: number): number {
  return Math.max(stepM * 0.8, clearanceM * 0.45, travelledM * 0.004);
}

/**
 * The ray clipped to the box of the grid, as distances along it; null when it misses.
 * `slack` is how far above the highest sample the box reaches.
 */
function clip(grid: HeightGrid, from: Vector, direction: Vector, farM: number): [number, number] | null {
  let enter = 0;
  let leave = farM;
  const slabs: [number, number, number, number][] = [
    [from.eastM, direction.eastM, grid.westM, grid.eastM],
    [from.northM, direction.northM, grid.southM, grid.northM],
    [from.upM, direction.upM, grid.lowestM - 1000, grid.highestM + 1],
  ];
  for (const [start, slope, low, high] of slabs) {
    if (Math.abs(slope) < 1e-12) {
      if (start < low || start > high) return null;
      continue;
    }
    const a = (low - start) / slope;
    const b = (high - start) / slope;
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  return leave > enter ? [enter, leave] : null;
}

/**
 * Distance along a ray (unit direction) to the ground inside the grid, null when it meets none before `farM`.
 * Marches in steps that grow with the clearance, then halves the last step 16 times.
 */
export function distanceToGround(
  grid: HeightGrid,
  from: Vector,
  direction: Vector,
  farM: number,
): number | null {
  const range = clip(grid, from, direction, farM);
  if (!range) return null;
  const clearance = (t: number) =>
    from.upM +
    direction.upM * t -
    heightAt(grid, from.eastM + direction.eastM * t, from.northM + direction.northM * t);
  let [t, end] = range;
  let above = clearance(t);
  if (above < 0) return t > 0 ? null : 0;
  while (t < end) {
    const next = Math.min(end, t + stepLength(above, t, grid.stepM));
    const then = clearance(next);
    if (then <= 0) {
      let low = t;
      let high = next;
      for (let round = 0; round < 16; round++) {
        const middle = (low + high) / 2;
        if (clearance(middle) > 0) low = middle;
        else high = middle;
      }
      return high;
    }
    if (next === end) return null;
    t = next;
    above = then;
  }
  return null;
}

/** Whether ground lies between two points; the last `toleranceM` before the target do not count. */
export function groundHides(grid: HeightGrid, from: Vector, to: Vector, toleranceM = 3): boolean {
  const d = {eastM: to.eastM - from.eastM, upM: to.upM - from.upM, northM: to.northM - from.northM};
  const length = Math.hypot(d.eastM, d.upM, d.northM);
  if (length <= toleranceM) return false;
  const direction = {eastM: d.eastM / length, upM: d.upM / length, northM: d.northM / length};
  return distanceToGround(grid, from, direction, length - toleranceM) !== null;
}
