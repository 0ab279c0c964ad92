import {type HeightGrid, readHeightGrid} from '../../../twin-ui/engine/height-grid.ts';

/** A height grid around the origin whose heights are given by a function of metres east and north. */
export function gridOf(
  heightM: (eastM: number, northM: number) => number,
  {
    columns = 81,
    rows = 61,
    stepM = 10,
    baseM = -100,
  }: {columns?: number; rows?: number; stepM?: number; baseM?: number} = {},
): HeightGrid {
  const westM = (-(columns - 1) / 2) * stepM;
  const northM = ((rows - 1) / 2) * stepM;
  const samples = new Uint16Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      samples[j * columns + i] = Math.round((heightM(westM + i * stepM, northM - j * stepM) - baseM) / 0.01);
    }
  }
  return readHeightGrid(
    {
      schemaVersion: 1,
      kind: 'height-grid',
      file: 'terrain.bin',
      columns,
      rows,
      stepM,
      originEastM: westM,
      originNorthM: northM,
      baseM,
      resolutionM: 0.01,
      encoding: 'uint16-le',
      verticalDatum: 'local',
      origin: 'virtual',
      synthetic: true,
      source: 'a formula',
      licence: 'Apache-2.0',
    },
    samples.buffer,
  );
}
