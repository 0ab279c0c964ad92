import {fractalNoise} from './hash.ts';
import {type HeightGrid, heightAt} from './height-grid.ts';

/**
 * The made-up land around a site's height grid, so that the site does not end in nothing. It continues the grid's
 * edges. Where they lie under water, the water goes on along the site's longer axis and a far shore rises on both
 * sides; elsewhere the edges run out into low hills. Always to be called synthetic.
 */
export type Valley = {
  /** `valley`: a water body all around and hills beyond it. `plain`: the rim goes on outwards. */
  kind: 'valley' | 'plain';
  /** Half the side of the square that is drawn, from the grid's centre. */
  reachM: number;
  centre: {eastM: number; northM: number};
  heightM: (eastM: number, northM: number) => number;
  /** Level that is taken as open water all around, null for none. */
  waterM: number | null;
};

const smooth = (from: number, to: number, value: number): number => {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
};

/**
 * Middle, main direction (radians from east) and standard deviations along and across it of the land above a level,
 * from the moments of its samples.
 */
export function landAxis(
  grid: HeightGrid,
  levelM: number,
): {angle: number; alongM: number; acrossM: number; eastM: number; northM: number} {
  let n = 0;
  let mx = 0;
  let my = 0;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  const every = Math.max(1, Math.floor(Math.sqrt((grid.columns * grid.rows) / 20_000)));
  for (let j = 0; j < grid.rows; j += every) {
    for (let i = 0; i < grid.columns; i += every) {
      if (grid.baseM + grid.resolutionM * grid.samples[j * grid.columns + i]! < levelM) continue;
      const x = i * grid.stepM;
      const y = -j * grid.stepM;
      n += 1;
      mx += x;
      my += y;
      xx += x * x;
      yy += y * y;
      xy += x * y;
    }
  }
  if (n < 3) {
    const [eastM, northM] = [(grid.westM + grid.eastM) / 2, (grid.southM + grid.northM) / 2];
    return {angle: 0, alongM: 0, acrossM: 0, eastM, northM};
  }
  const cxx = xx / n - (mx / n) ** 2;
  const cyy = yy / n - (my / n) ** 2;
  const cxy = xy / n - (mx / n) * (my / n);
  const mean = (cxx + cyy) / 2;
  const apart = Math.hypot((cxx - cyy) / 2, cxy);
  return {
    angle: 0.5 * Math.atan2(2 * cxy, cxx - cyy),
    alongM: Math.sqrt(mean + apart),
    acrossM: Math.sqrt(Math.max(0, mean - apart)),
    eastM: grid.westM + mx / n,
    northM: grid.northM + my / n,
  };
}

/** Where a bridge comes down on the far shore. */
export type Landing = {eastM: number; northM: number; deckM: number};

/** Usual level of the water around a site, and the level up to which its banks are flooded. */
export type WaterLevels = {usualM: number; floodM: number};

/** Share of the rim under water from which a site is an island. */
const ISLAND_SHARE = 0.85;

/** `landings` are bridge ends: the far shore of their side is set so that they stand on land. */
export function makeValley(
  grid: HeightGrid,
  water: WaterLevels | null,
  landings: readonly Landing[] = [],
): Valley {
  const centre = {eastM: (grid.westM + grid.eastM) / 2, northM: (grid.southM + grid.northM) / 2};
  const halfX = (grid.eastM - grid.westM) / 2;
  const halfY = (grid.northM - grid.southM) / 2;
  const size = Math.max(halfX, halfY);
  const reachM = Math.max(6000, size * 5.2);
  const island = water !== null && shareUnder(grid, water.usualM) > ISLAND_SHARE;
  const relief = grid.highestM - (island ? water.floodM : grid.lowestM);
  const hillsM = Math.min(520, Math.max(14, relief * 4.2));
  const outside = (e: number, n: number) => {
    const dx = Math.max(0, Math.abs(e - centre.eastM) - halfX);
    const dy = Math.max(0, Math.abs(n - centre.northM) - halfY);
    return Math.hypot(dx, dy);
  };
  /** Long folds along the valley's axis with gullies across them. */
  const hills = (e: number, n: number, angle: number) => {
    const u = e * Math.cos(angle) + n * Math.sin(angle);
    const v = -e * Math.sin(angle) + n * Math.cos(angle);
    const bend = 900 * (fractalNoise(u / 5200, v / 5200, 3, 11) - 0.5);
    const fold = 1 - Math.abs(2 * fractalNoise(u / 6400 + 3, (v + bend) / 2300 + 8, 5, 21) - 1);
    const spur = 1 - Math.abs(2 * fractalNoise(u / 1300, v / 1500, 4, 31) - 1);
    const rough = fractalNoise(u / 420, v / 420, 4, 41);
    return Math.max(0, fold ** 2.2 * 0.78 + fold * spur * 0.34 + (rough - 0.5) * 0.13);
  };
  if (!island) {
    const waterM = water?.usualM ?? null;
    const landM = edgeMean(grid, waterM ?? -Infinity) ?? grid.highestM;
    const farBedM = waterM === null ? landM : Math.min(waterM - 2, grid.lowestM);
    return {
      kind: 'plain',
      reachM,
      centre,
      waterM,
      heightM: (e, n) => {
        const away = outside(e, n);
        // the rim goes on outwards, in bends rather than straight
        const bend = away * 0.9;
        const edge = heightAt(
          grid,
          e + bend * (fractalNoise(e / (size * 0.7), n / (size * 0.7), 3, 51) - 0.5),
          n + bend * (fractalNoise(e / (size * 0.7), n / (size * 0.7), 3, 53) - 0.5),
        );
        const dry = waterM === null ? 1 : smooth(waterM - 0.6, waterM + 0.6, edge);
        const ground = farBedM + (landM - farBedM) * dry;
        const near = edge + (ground - edge) * smooth(0, size * 0.8, away);
        const far = smooth(
          size * 2.2,
          size * 3.6,
          away + size * 0.8 * (fractalNoise(e / size, n / size, 3, 57) - 0.5),
        );
        const hill = hillsM * hills(e, n, 0.4) * smooth(size * 0.3, size * 4, away) * Math.max(dry, far);
        return near + (landM - near) * far + hill - 0.25 * (1 - smooth(0, 12, away));
      },
    };
  }
  const waterM = water.floodM;
  const {angle} = landAxis(grid, waterM);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const halfAcross = Math.abs(halfX * sin) + Math.abs(halfY * cos);
  const halfAlong = Math.abs(halfX * cos) + Math.abs(halfY * sin);
  const across = ({eastM, northM}: {eastM: number; northM: number}) =>
    -(eastM - centre.eastM) * sin + (northM - centre.northM) * cos;
  const shoreOf = (side: number) => {
    const ends = landings.map(across).filter((v) => v * side > halfAcross * 0.6);
    return ends.length > 0 ? Math.min(...ends.map(Math.abs)) - 60 : halfAcross;
  };
  const shores = {left: shoreOf(1), right: shoreOf(-1)};
  const channelM = halfAcross * 0.62;
  const bedM = edgeMean(grid, -Infinity) ?? grid.lowestM;
  const bankTopM = waterM + Math.max(4, (waterM - bedM) * 0.55);
  const heightM = (e: number, n: number) => {
    const x = e - centre.eastM;
    const y = n - centre.northM;
    const u = x * cos + y * sin;
    const v = -x * sin + y * cos;
    const beyond = smooth(halfAlong * 0.85, halfAlong * 2.6, Math.abs(u));
    const meander =
      beyond *
      (halfAcross * 1.5 * Math.sin(u / (halfAlong * 1.35) + 0.7) +
        500 * (fractalNoise(u / 3800, 2, 2, 5) - 0.5));
    const site = v - meander > 0 ? shores.left : shores.right;
    const half = site + (channelM - site) * beyond + 90 * (fractalNoise(u / 700, v > 0 ? 3 : 9, 3, 7) - 0.5);
    const away = outside(e, n);
    // the site's own grid is water at its rim: no bank before it ends
    const shore = Math.min(
      Math.abs(v - meander) - half,
      away -
        30 -
        70 * fractalNoise(e / 260, n / 260, 3, 19) +
        (away > 0 ? Math.min(600, away * away * 0.0006) : 0),
    );
    const rise = Math.max(0, shore);
    const bank =
      bedM + (bankTopM - bedM) * smooth(-20, 210, shore + 60 * (fractalNoise(e / 160, n / 160, 3, 13) - 0.5));
    const terrace =
      Math.min(26, hillsM * 0.08) *
      smooth(150, 900, rise) *
      (0.4 + 1.2 * fractalNoise(e / 600, n / 600, 3, 17));
    const grown = smooth(260, 3400, rise);
    const hill =
      hillsM *
      hills(e, n, angle) *
      (0.16 * smooth(240, 900, rise) + 0.84 * grown) *
      (1 + 0.5 * smooth(3000, 9000, rise));
    let land = bank + terrace + hill;
    for (const {eastM, northM, deckM} of landings) {
      // a bank that leads from the bridge's end outwards to the shore
      const side = Math.sign(across({eastM, northM}));
      const out = Math.min(700, Math.max(0, ((e - eastM) * -sin + (n - northM) * cos) * side));
      const beside = Math.hypot(e - eastM + out * sin * side, n - northM - out * cos * side);
      land = Math.max(land, deckM - 0.6 - out * 0.012 - Math.max(0, beside - 16) * 0.22);
    }
    const edge = heightAt(grid, e, n);
    return edge + (land - edge) * smooth(0, 60, away) - 0.3 * (1 - smooth(0, 30, away));
  };
  return {kind: 'valley', reachM, centre, heightM, waterM};
}

function forEdge(grid: HeightGrid, visit: (heightM: number) => void): void {
  const at = (i: number, j: number) =>
    visit(grid.baseM + grid.resolutionM * grid.samples[j * grid.columns + i]!);
  for (let i = 0; i < grid.columns; i++) {
    at(i, 0);
    at(i, grid.rows - 1);
  }
  for (let j = 1; j < grid.rows - 1; j++) {
    at(0, j);
    at(grid.columns - 1, j);
  }
}

function shareUnder(grid: HeightGrid, levelM: number): number {
  let under = 0;
  let all = 0;
  forEdge(grid, (z) => {
    all += 1;
    if (z < levelM) under += 1;
  });
  return under / all;
}

/** Mean height of the rim's samples above a level, null when there is none. */
function edgeMean(grid: HeightGrid, aboveM: number): number | null {
  let sum = 0;
  let all = 0;
  forEdge(grid, (z) => {
    if (z <= aboveM) return;
    all += 1;
    sum += z;
  });
  return all === 0 ? null : sum / all;
}
