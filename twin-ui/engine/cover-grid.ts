import type {LandCoverHeader} from '#schemas';

/** Class of each sample: an index into `classes`, row 0 at the north edge. */
export type CoverGrid = {
  columns: number;
  rows: number;
  stepM: number;
  westM: number;
  northM: number;
  samples: Uint8Array<ArrayBuffer>;
  classes: LandCoverHeader['classes'];
};

/** @throws {Error} when the file does not hold what its header says. */
export function readCoverGrid(header: LandCoverHeader, bytes: ArrayBuffer): CoverGrid {
  const {columns, rows, stepM, originEastM: westM, originNorthM: northM, classes} = header;
  if (bytes.byteLength !== columns * rows) {
    throw new Error(
      `class grid of ${columns} x ${rows} wants ${columns * rows} bytes, got ${bytes.byteLength}`,
    );
  }
  return {columns, rows, stepM, westM, northM, samples: new Uint8Array(bytes), classes};
}

/** Class of the sample nearest to a point, that of the nearest edge outside. */
export function coverAt(grid: CoverGrid, eastM: number, northM: number): number {
  const i = Math.min(grid.columns - 1, Math.max(0, Math.round((eastM - grid.westM) / grid.stepM)));
  const j = Math.min(grid.rows - 1, Math.max(0, Math.round((grid.northM - northM) / grid.stepM)));
  return grid.samples[j * grid.columns + i]!;
}
