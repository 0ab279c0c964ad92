import type {CoverGrid} from '../engine/cover-grid.ts';
import {hash01} from '../engine/hash.ts';
import type {HeightGrid} from '../engine/height-grid.ts';

/** Difference of height under which two neighbouring samples belong to one levelled field. */
const LEVEL_M = 0.015;
/** A field of fewer samples was not levelled by anyone. */
const SMALLEST = 6;

/**
 * A number for each sample of the classes that are fields, 0 elsewhere, 1 to 255 at random but alike over one plot.
 * Levelled terraces are found in the heights: neighbours of one height are one plot. Where the ground was never
 * levelled, bands of `bandM` in height are taken for terraces and cut every `lengthM`.
 */
export function fieldPlots(
  cover: CoverGrid,
  height: HeightGrid,
  isField: (classIndex: number) => boolean,
): Uint8Array<ArrayBuffer> {
  const plots = new Uint8Array(cover.samples.length);
  const same = cover.columns === height.columns && cover.rows === height.rows && cover.stepM === height.stepM;
  const heightOf = (cell: number) => {
    if (same) return height.baseM + height.resolutionM * height.samples[cell]!;
    const i = Math.round((cover.westM + (cell % cover.columns) * cover.stepM - height.westM) / height.stepM);
    const j = Math.round(
      (height.northM - cover.northM + Math.floor(cell / cover.columns) * cover.stepM) / height.stepM,
    );
    const at =
      Math.min(height.rows - 1, Math.max(0, j)) * height.columns +
      Math.min(height.columns - 1, Math.max(0, i));
    return height.baseM + height.resolutionM * height.samples[at]!;
  };
  const visited = new Uint8Array(plots.length);
  const stack: number[] = [];
  const bandM = 0.9;
  const lengthM = 60;
  let number = 0;
  for (let start = 0; start < plots.length; start++) {
    if (visited[start] || !isField(cover.samples[start]!)) continue;
    number += 1;
    const members: number[] = [];
    visited[start] = 1;
    stack.push(start);
    while (stack.length > 0) {
      const cell = stack.pop()!;
      members.push(cell);
      const column = cell % cover.columns;
      for (const [next, ok] of [
        [cell - 1, column > 0],
        [cell + 1, column < cover.columns - 1],
        [cell - cover.columns, cell >= cover.columns],
        [cell + cover.columns, cell < plots.length - cover.columns],
      ] as const) {
        if (!ok || visited[next] || cover.samples[next] !== cover.samples[cell]) continue;
        if (Math.abs(heightOf(next) - heightOf(cell)) > LEVEL_M) continue;
        visited[next] = 1;
        stack.push(next);
      }
    }
    const mark = 1 + Math.floor(hash01(number, members.length, 61) * 254.99);
    for (const cell of members) {
      if (members.length >= SMALLEST) plots[cell] = mark;
      else {
        const band = Math.floor(heightOf(cell) / bandM);
        const along = Math.floor(
          ((cell % cover.columns) * cover.stepM + hash01(band, 3) * lengthM) / lengthM,
        );
        const across = Math.floor((Math.floor(cell / cover.columns) * cover.stepM) / (lengthM * 1.5));
        plots[cell] = 1 + Math.floor(hash01(band * 131 + along, across, 67) * 254.99);
      }
    }
  }
  return plots;
}
