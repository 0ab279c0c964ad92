import {describe, expect, it} from 'vitest';
import {buildPatchTree, PATCH_CELLS, selectPatches} from '../../../twin-ui/engine/terrain-patches.ts';
import {gridOf} from './grids.ts';

const grid = gridOf((e) => 50 + 0.02 * e, {columns: 301, rows: 141, stepM: 5});
const tree = buildPatchTree(grid);
const everything = () => true;

/** How often each cell of the grid is covered. */
function coverage(patches: ReturnType<typeof selectPatches>): Uint8Array {
  const seen = new Uint8Array((grid.columns - 1) * (grid.rows - 1));
  for (const {column, row, stride} of patches) {
    const span = PATCH_CELLS * stride;
    for (let j = row; j < Math.min(row + span, grid.rows - 1); j++) {
      for (let i = column; i < Math.min(column + span, grid.columns - 1); i++)
        seen[j * (grid.columns - 1) + i]! += 1;
    }
  }
  return seen;
}

describe('patches of ground', () => {
  it.each([
    {name: 'low over a corner', eye: {eastM: -700, upM: 60, northM: 330}},
    {name: 'over the middle', eye: {eastM: 0, upM: 300, northM: 0}},
    {name: 'far away', eye: {eastM: 0, upM: 20_000, northM: 0}},
  ])('cover every cell once from $name', ({eye}) => {
    const patches = selectPatches(tree, {eye, leafReachM: 200, sees: everything});
    expect(coverage(patches).every((count) => count === 1)).toBe(true);
  });

  it('are fine near by and coarse far away', () => {
    const eye = {eastM: -700, upM: 60, northM: 330};
    const patches = selectPatches(tree, {eye, leafReachM: 200, sees: everything});
    expect(Math.min(...patches.map((p) => p.stride))).toBe(1);
    expect(Math.max(...patches.map((p) => p.stride))).toBeGreaterThan(2);
    expect(selectPatches(tree, {eye: {...eye, upM: 20_000}, leafReachM: 200, sees: everything})).toHaveLength(
      1,
    );
  });

  it('slide onto the coarser level before it begins', () => {
    for (const {stride, morphFromM, morphToM} of selectPatches(tree, {
      eye: {eastM: 0, upM: 60, northM: 0},
      leafReachM: 200,
      sees: everything,
    })) {
      expect(morphFromM).toBeLessThan(morphToM);
      expect(morphToM).toBeLessThanOrEqual(200 * stride);
    }
  });

  it('leave out what is not seen', () => {
    const patches = selectPatches(tree, {
      eye: {eastM: 0, upM: 60, northM: 0},
      leafReachM: 200,
      sees: (box) => box.westM < 0,
    });
    expect(patches.length).toBeGreaterThan(0);
    expect(patches.every((p) => grid.westM + p.column * grid.stepM < 0)).toBe(true);
  });
});
