import {EcoError} from '#schemas';
import {numberAt, numberOrNullAt, placeOf, type Table, textAt} from '../table.ts';
import type {PlotMap} from './plot-map.ts';

export type Measured = {
  state: 'alive' | 'dead' | 'absent' | 'unknown';
  /** Null where it was not measured. */
  dbhCm: number | null;
  timeMs: number | null;
};

export type Stem = {
  id: string;
  /** Code of the species in the stem table. */
  species: string;
  xM: number;
  yM: number;
  /** Far enough from the edge to be compared. */
  inside: boolean;
  censuses: Measured[];
};

/** @throws {EcoError} `table_invalid` for a date that is none. */
function timeAt(table: Table, index: number, column: string): number | null {
  const text = textAt(table, index, column);
  if (text === '') return null;
  const timeMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isFinite(timeMs)) return timeMs;
  throw new EcoError(
    'table_invalid',
    `${placeOf(table, index)}: ${column} is "${text}", YYYY-MM-DD was expected`,
  );
}

/**
 * Stems of a table by its map.
 * @throws {EcoError} `table_invalid` for a cell that cannot be read, a diameter that cannot be, or a stem outside the plot.
 */
export function stemsOf(table: Table, map: PlotMap): Stem[] {
  const {columns, statuses, plot} = map;
  const cmPerUnit = map.dbhUnit === 'mm' ? 0.1 : 1;
  const states = new Map<string, Measured['state']>([
    ...statuses.alive.map((word) => [word, 'alive'] as const),
    ...statuses.dead.map((word) => [word, 'dead'] as const),
    ...statuses.absent.map((word) => [word, 'absent'] as const),
  ]);
  return table.rows.map((_, i) => {
    const xM = numberAt(table, i, columns.x);
    const yM = numberAt(table, i, columns.y);
    const depth = Math.min(xM - plot.xM[0], plot.xM[1] - xM, yM - plot.yM[0], plot.yM[1] - yM);
    if (depth < -1) {
      throw new EcoError(
        'table_invalid',
        `${placeOf(table, i)}: a stem at ${xM}, ${yM} lies outside the plot of the map (x ${plot.xM.join(' to ')}, y ${plot.yM.join(' to ')})`,
      );
    }
    return {
      id: textAt(table, i, columns.id),
      species: textAt(table, i, columns.species),
      xM,
      yM,
      inside: depth >= plot.edgeM,
      censuses: map.censuses.map((census) => {
        const dbh = numberOrNullAt(table, i, census.dbh);
        if (dbh !== null && (dbh < 0 || dbh * cmPerUnit > 1500)) {
          throw new EcoError(
            'table_invalid',
            `${placeOf(table, i)}: ${census.dbh} is ${dbh} ${map.dbhUnit}, 0 to 1500 cm was expected`,
          );
        }
        return {
          state: states.get(textAt(table, i, census.status)) ?? 'unknown',
          dbhCm: dbh === null || dbh === 0 ? null : dbh * cmPerUnit,
          timeMs: timeAt(table, i, census.date),
        };
      }),
    };
  });
}
