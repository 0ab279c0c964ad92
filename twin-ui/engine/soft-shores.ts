import type {HeightGrid} from './height-grid.ts';
import {subdivide} from './polygons.ts';
import type {SceneZone} from './site-files.ts';

/**
 * The heights as they are drawn: along the shores of standing water the steps from one sample to the next are rounded
 * over two samples, so that a shore is a curve. What is said about heights comes from the samples themselves.
 */
export function softShores(grid: HeightGrid, zones: readonly SceneZone[]): Uint16Array<ArrayBuffer> {
  const drawn = new Uint16Array(grid.samples);
  const {columns, rows, stepM} = grid;
  const near = new Set<number>();
  for (const {normalLevelM, polygons} of zones) {
    if (normalLevelM === null) continue;
    for (const ring of polygons.flat()) {
      for (const p of subdivide([...ring, ring[0]!], stepM)) {
        const i = Math.round((p.eastM - grid.westM) / stepM);
        const j = Math.round((grid.northM - p.northM) / stepM);
        for (let dj = -2; dj <= 2; dj++) {
          for (let di = -2; di <= 2; di++) {
            if (i + di < 2 || j + dj < 2 || i + di > columns - 3 || j + dj > rows - 3) continue;
            near.add((j + dj) * columns + i + di);
          }
        }
      }
    }
  }
  const weights = [1, 4, 6, 4, 1];
  for (const cell of near) {
    let sum = 0;
    for (let dj = -2; dj <= 2; dj++) {
      for (let di = -2; di <= 2; di++) {
        sum += grid.samples[cell + dj * columns + di]! * weights[dj + 2]! * weights[di + 2]!;
      }
    }
    drawn[cell] = Math.round(sum / 256);
  }
  return drawn;
}
