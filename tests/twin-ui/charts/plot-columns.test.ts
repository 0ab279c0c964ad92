import {expect, it, vi} from 'vitest';
import type {SeriesBody} from '#schemas';

// uPlot looks for a screen when it is loaded.
vi.stubGlobal('matchMedia', () => ({addEventListener: () => undefined}));
const {plotColumns} = await import('../../../twin-ui/charts/plot-columns.ts');

const at = (minute: number) => `2026-11-29T08:${String(minute).padStart(2, '0')}:00Z`;
const seconds = (minute: number) => Date.parse(at(minute)) / 1000;
function body(points: [minute: number, mean: number | null, flag: 1 | 4][]): SeriesBody {
  return {
    points: points.map(([minute, mean, flag]) => ({
      time: at(minute),
      min: mean,
      max: mean,
      mean,
      count: 1,
      flag,
    })),
    gaps: [],
  } as unknown as SeriesBody;
}

it('draws the series alone where nothing was revised', () => {
  const {columns, points} = plotColumns(
    body([
      [0, 1, 1],
      [1, 9, 4],
    ]),
    null,
  );
  expect(columns[0]).toEqual([seconds(0), seconds(1)]);
  expect(columns[3]).toEqual([null, null]);
  expect(columns[4]).toEqual([1, 9]);
  expect(points.map((point) => point?.time)).toEqual([at(0), at(1)]);
});

it('leaves out what failed where the measured line goes on beside it', () => {
  const revised = body([
    [0, 1, 1],
    [1, 9, 4],
    [2, 1.5, 1],
  ]);
  const {columns} = plotColumns(
    revised,
    body([
      [0, 1, 1],
      [1, 9, 1],
      [2, 2, 1],
    ]),
  );
  expect(columns[4]).toEqual([1, null, 1.5]);
  expect(columns[3]).toEqual([1, 9, 2]);
});

it('keeps each at its own times where they differ', () => {
  const {columns, points} = plotColumns(
    body([
      [0, 1, 1],
      [2, 3, 1],
    ]),
    body([
      [0, 5, 1],
      [1, 6, 1],
    ]),
  );
  expect(columns[0]).toEqual([seconds(0), seconds(1), seconds(2)]);
  expect(columns[4]).toEqual([1, undefined, 3]);
  expect(columns[3]).toEqual([5, 6, undefined]);
  expect(points.map((point) => point?.mean)).toEqual([1, undefined, 3]);
});
