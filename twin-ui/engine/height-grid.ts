import type {TerrainHeader} from '#schemas';
import type {LocalPoint} from './local-frame.ts';

/** The site's heights: row 0 is the north edge, column 0 the west edge; height = baseM + resolutionM × sample. */
export type HeightGrid = {
  columns: number;
  rows: number;
  stepM: number;
  westM: number;
  northM: number;
  eastM: number;
  southM: number;
  baseM: number;
  resolutionM: number;
  samples: Uint16Array<ArrayBuffer>;
  lowestM: number;
  highestM: number;
};

/** @throws {Error} when the file does not hold what its header says. */
export function readHeightGrid(header: TerrainHeader, bytes: ArrayBuffer): HeightGrid {
  const {columns, rows, stepM, baseM, resolutionM, originEastM: westM, originNorthM: northM} = header;
  if (bytes.byteLength !== columns * rows * 2) {
    throw new Error(
      `height grid of ${columns} x ${rows} wants ${columns * rows * 2} bytes, got ${bytes.byteLength}`,
    );
  }
  const samples = littleEndian16(bytes);
  let lowest = 65535;
  let highest = 0;
  for (const sample of samples) {
    if (sample < lowest) lowest = sample;
    if (sample > highest) highest = sample;
  }
  return {
    columns,
    rows,
    stepM,
    westM,
    northM,
    eastM: westM + (columns - 1) * stepM,
    southM: northM - (rows - 1) * stepM,
    baseM,
    resolutionM,
    samples,
    lowestM: baseM + resolutionM * lowest,
    highestM: baseM + resolutionM * highest,
  };
}

function littleEndian16(bytes: ArrayBuffer): Uint16Array<ArrayBuffer> {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) return new Uint16Array(bytes);
  const view = new DataView(bytes);
  return Uint16Array.from({length: bytes.byteLength / 2}, (_, i) => view.getUint16(i * 2, true));
}

export function insideGrid(grid: HeightGrid, {eastM, northM}: LocalPoint): boolean {
  return eastM >= grid.westM && eastM <= grid.eastM && northM >= grid.southM && northM <= grid.northM;
}

/** Bilinear height, that of the nearest edge outside. */
export function heightAt(grid: HeightGrid, eastM: number, northM: number): number {
  const x = Math.min(grid.columns - 1.000001, Math.max(0, (eastM - grid.westM) / grid.stepM));
  const y = Math.min(grid.rows - 1.000001, Math.max(0, (grid.northM - northM) / grid.stepM));
  const i = Math.floor(x);
  const j = Math.floor(y);
  const fx = x - i;
  const fy = y - j;
  const k = j * grid.columns + i;
  const s = grid.samples;
  const north = s[k]! * (1 - fx) + s[k + 1]! * fx;
  const south = s[k + grid.columns]! * (1 - fx) + s[k + grid.columns + 1]! * fx;
  return grid.baseM + grid.resolutionM * (north * (1 - fy) + south * fy);
}

/** Slope as rise over run, over the two cells around a point. */
export function slopeAt(grid: HeightGrid, eastM: number, northM: number): number {
  const d = grid.stepM;
  const dx = heightAt(grid, eastM + d, northM) - heightAt(grid, eastM - d, northM);
  const dy = heightAt(grid, eastM, northM + d) - heightAt(grid, eastM, northM - d);
  return Math.hypot(dx, dy) / (2 * d);
}
