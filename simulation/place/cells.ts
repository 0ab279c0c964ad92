import type {PlanCells, PlanUnit} from '../plan.ts';
import {CELL_M, type Ground, SAMPLES_PER_CELL} from './ground.ts';

/**
 * The cells of 20 m in which trees come up by themselves: most of the cell lies in one unit that regenerates. Columns and rows are
 * those of the whole raster, so that neighbours can be found.
 */
export function regenerationCells(ground: Ground, units: readonly PlanUnit[], unitOf: Int16Array): PlanCells {
  const {raster} = ground;
  const columns = raster.columns / SAMPLES_PER_CELL;
  const rows = raster.rows / SAMPLES_PER_CELL;
  const found = {
    x: [] as number[],
    y: [] as number[],
    unit: [] as number[],
    column: [] as number[],
    row: [] as number[],
  };
  const counts = new Map<number, number>();
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      counts.clear();
      for (let dy = 0; dy < SAMPLES_PER_CELL; dy += 1) {
        for (let dx = 0; dx < SAMPLES_PER_CELL; dx += 1) {
          const unit =
            unitOf[(row * SAMPLES_PER_CELL + dy) * raster.columns + column * SAMPLES_PER_CELL + dx]!;
          counts.set(unit, (counts.get(unit) ?? 0) + 1);
        }
      }
      let [unit, most] = [-1, 0];
      let natural = 0;
      for (const [each, count] of counts) {
        if (each < 0 || !units[each]!.regenerates) continue;
        natural += count;
        if (count > most) [unit, most] = [each, count];
      }
      if (natural * 2 <= SAMPLES_PER_CELL ** 2) continue;
      found.x.push(raster.westM + (column + 0.5) * CELL_M);
      found.y.push(raster.southM + (row + 0.5) * CELL_M);
      found.unit.push(unit);
      found.column.push(column);
      found.row.push(row);
    }
  }
  return {
    xM: Float64Array.from(found.x),
    yM: Float64Array.from(found.y),
    unit: Uint16Array.from(found.unit),
    columns: Int32Array.from(found.column),
    rows: Int32Array.from(found.row),
  };
}
