import type {HeightGrid} from './height-grid.ts';

/** Samples along the side of a patch's mesh, less one. */
export const PATCH_CELLS = 32;

/** A square of ground to draw: its first sample, samples between two of its vertices, and where it turns into its parent. */
export type TerrainPatch = {
  column: number;
  row: number;
  stride: number;
  morphFromM: number;
  morphToM: number;
};

type Node = {column: number; row: number; level: number; lowM: number; highM: number; children: Node[]};

/** The tree of patches over a height grid; leaves have every sample, each level above half of them. */
export type PatchTree = {grid: HeightGrid; root: Node; levels: number};

export function buildPatchTree(grid: HeightGrid): PatchTree {
  const longest = Math.max(grid.columns, grid.rows) - 1;
  let levels = 1;
  while (PATCH_CELLS << (levels - 1) < longest) levels += 1;
  const build = (column: number, row: number, level: number): Node | null => {
    if (column >= grid.columns - 1 || row >= grid.rows - 1) return null;
    const span = PATCH_CELLS << level;
    if (level === 0) return {column, row, level, ...range(grid, column, row, span), children: []};
    const half = span >> 1;
    const children = [
      build(column, row, level - 1),
      build(column + half, row, level - 1),
      build(column, row + half, level - 1),
      build(column + half, row + half, level - 1),
    ].filter((child) => child !== null);
    return {
      column,
      row,
      level,
      lowM: Math.min(...children.map((c) => c.lowM)),
      highM: Math.max(...children.map((c) => c.highM)),
      children,
    };
  };
  const root = build(0, 0, levels - 1);
  if (!root) throw new Error(`a height grid of ${grid.columns} x ${grid.rows} has no ground`);
  return {grid, root, levels};
}

function range(grid: HeightGrid, column: number, row: number, span: number): {lowM: number; highM: number} {
  let low = 65535;
  let high = 0;
  for (let j = row; j <= Math.min(grid.rows - 1, row + span); j++) {
    for (let i = column; i <= Math.min(grid.columns - 1, column + span); i++) {
      const sample = grid.samples[j * grid.columns + i]!;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
  }
  return {lowM: grid.baseM + grid.resolutionM * low, highM: grid.baseM + grid.resolutionM * high};
}

export type PatchView = {
  eye: {eastM: number; upM: number; northM: number};
  /** Distance at which a leaf turns into its parent; each level reaches twice as far. */
  leafReachM: number;
  /** Whether a box can be seen. */
  sees: (box: {
    westM: number;
    eastM: number;
    southM: number;
    northM: number;
    lowM: number;
    highM: number;
  }) => boolean;
};

/**
 * The patches to draw for an eye, far ones coarse. Each patch tells over which distances its vertices slide onto
 * those of the coarser level, so that no step shows.
 */
export function selectPatches({grid, root}: PatchTree, view: PatchView): TerrainPatch[] {
  const patches: TerrainPatch[] = [];
  const boxOf = ({column, row, level, lowM, highM}: Node) => {
    const span = (PATCH_CELLS << level) * grid.stepM;
    const westM = grid.westM + column * grid.stepM;
    const northM = grid.northM - row * grid.stepM;
    return {
      westM,
      eastM: Math.min(grid.eastM, westM + span),
      northM,
      southM: Math.max(grid.southM, northM - span),
      lowM,
      highM,
    };
  };
  const nearest = (box: ReturnType<typeof boxOf>) => {
    const {eye} = view;
    const dx = Math.max(box.westM - eye.eastM, 0, eye.eastM - box.eastM);
    const dy = Math.max(box.southM - eye.northM, 0, eye.northM - box.northM);
    const dz = Math.max(box.lowM - eye.upM, 0, eye.upM - box.highM);
    return Math.hypot(dx, dy, dz);
  };
  const visit = (node: Node) => {
    const box = boxOf(node);
    if (!view.sees(box)) return;
    const splitM = node.level === 0 ? 0 : view.leafReachM * 2 ** (node.level - 1);
    if (nearest(box) < splitM) {
      for (const child of node.children) visit(child);
      return;
    }
    const reach = view.leafReachM * 2 ** node.level;
    patches.push({
      column: node.column,
      row: node.row,
      stride: 1 << node.level,
      morphFromM: reach * 0.62,
      morphToM: reach * 0.92,
    });
  };
  visit(root);
  return patches;
}
