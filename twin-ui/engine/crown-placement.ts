import {type CoverGrid, coverAt} from './cover-grid.ts';
import {CROWN_FORMS, type CrownStand, type GroundStyle} from './ground-style.ts';
import {fractalNoise, hash01} from './hash.ts';
import {type HeightGrid, heightAt} from './height-grid.ts';

/**
 * Crowns to draw, one entry each in every list. They illustrate the land cover: no tree of them was surveyed, and the
 * page has to say so.
 */
export type Crowns = {
  count: number;
  eastM: Float32Array;
  northM: Float32Array;
  groundM: Float32Array;
  heightM: Float32Array;
  radiusM: Float32Array;
  /** Index into {@link CROWN_FORMS}. */
  form: Uint8Array;
  /** 0 to 1, for the small differences between one crown and the next. */
  seed: Float32Array;
  /** 1 keeps its leaves in winter, 0 does not. */
  evergreen: Uint8Array;
};

export type PlacementInput = {
  height: HeightGrid;
  cover: CoverGrid;
  styles: readonly (GroundStyle | undefined)[];
  /** Most crowns that the machine should draw. */
  most: number;
  /** True where no crown may stand: roads, water, buildings. */
  blocked: (eastM: number, northM: number, marginM: number) => boolean;
  /** Avenues: lines along whose sides single trees are set. */
  avenues: readonly {line: readonly {eastM: number; northM: number}[]; offsetM: number}[];
};

/** Least thinning, greatest growth of the radius that makes up for it. */
const MOST_GROWTH = 1.28;

/**
 * Places crowns over the classes of land cover, the same on every machine: each stand has its own jittered lattice, a
 * point of which bears a crown when the class under it has that stand. When there are more than `most`, all stands
 * are thinned alike and what remains grows so that a wood stays closed.
 */
export function placeCrowns(input: PlacementInput): Crowns {
  const wanted = countWanted(input);
  const keep = wanted > input.most ? input.most / wanted : 1;
  const growth = Math.min(MOST_GROWTH, 1 / Math.sqrt(keep));
  const list: number[][] = [];
  const seen = new Map<string, {stand: CrownStand; classes: Map<number, CrownStand>}>();
  input.styles.forEach((style, index) => {
    for (const stand of style?.stands ?? []) {
      const key = `${stand.form}/${stand.layout}`;
      const lattice = seen.get(key) ?? {stand, classes: new Map()};
      if (stand.perHa > lattice.stand.perHa) lattice.stand = stand;
      lattice.classes.set(index, stand);
      seen.set(key, lattice);
    }
  });
  let salt = 1;
  for (const {stand, classes} of seen.values())
    scatter(input, {stand, classes, keep, growth, salt: salt++ * 101}, list);
  for (const avenue of input.avenues) setAvenue(input, avenue, list, keep);
  return pack(list.length > input.most ? list.slice(0, input.most) : list);
}

function countWanted({cover, styles}: PlacementInput): number {
  const hectare = (cover.stepM * cover.stepM) / 10_000;
  const perCell = styles.map(
    (style) => (style?.stands ?? []).reduce((sum, s) => sum + s.perHa * density(s), 0) * hectare,
  );
  let wanted = 0;
  for (const sample of cover.samples) wanted += perCell[sample] ?? 0;
  return wanted;
}

/** Mean share of a stand's lattice that its layout leaves standing. */
function density({layout}: CrownStand): number {
  return layout === 'rows' ? 0.42 : layout === 'clumped' ? 0.6 : 0.97;
}

type Lattice = {
  stand: CrownStand;
  classes: Map<number, CrownStand>;
  keep: number;
  growth: number;
  salt: number;
};

function scatter(
  {height, cover, blocked}: PlacementInput,
  {stand, classes, keep, growth, salt}: Lattice,
  list: number[][],
): void {
  const spacing = 100 / Math.sqrt(stand.perHa * (stand.layout === 'rows' ? Math.max(keep, 0.45) : keep));
  const margin = cover.stepM * 2;
  const eastM = cover.westM + (cover.columns - 1) * cover.stepM;
  const southM = cover.northM - (cover.rows - 1) * cover.stepM;
  const columns = Math.ceil((eastM - cover.westM) / spacing);
  const rows = Math.ceil((cover.northM - southM) / spacing);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const inRows = stand.layout === 'rows';
      const jitter = inRows ? 0.16 : 0.92;
      let e = cover.westM + (i + 0.5 + (hash01(i, j, salt) - 0.5) * jitter) * spacing;
      let n = cover.northM - (j + 0.5 + (hash01(i, j, salt + 1) - 0.5) * jitter) * spacing;
      if (inRows) {
        // each plot of 90 m has lines of its own direction
        const plotE = Math.round(e / 90);
        const plotN = Math.round(n / 90);
        const turn = hash01(plotE, plotN, salt + 7) * Math.PI;
        const de = e - plotE * 90;
        const dn = n - plotN * 90;
        e = plotE * 90 + de * Math.cos(turn) - dn * Math.sin(turn);
        n = plotN * 90 + de * Math.sin(turn) + dn * Math.cos(turn);
        if (Math.round(e / 90) !== plotE || Math.round(n / 90) !== plotN) continue;
      }
      if (e < cover.westM + margin || e > eastM - margin || n > cover.northM - margin || n < southM + margin)
        continue;
      const own = classes.get(coverAt(cover, e, n));
      if (!own) continue;
      if (hash01(i, j, salt + 2) > standing(own, e, n, salt) * (own.perHa / stand.perHa)) continue;
      const size = hash01(i, j, salt + 3);
      const vigour = 0.35 * size + 0.65 * fractalNoise(e / 160, n / 160, 2, 77);
      const heightM =
        (own.heightM[0] + (own.heightM[1] - own.heightM[0]) * Math.min(1, Math.max(0, vigour * 1.3 - 0.1))) *
        (inRows ? 1 : Math.sqrt(growth));
      const radiusM =
        (own.radiusM[0] + (own.radiusM[1] - own.radiusM[0]) * (0.5 * size + 0.5 * hash01(i, j, salt + 4))) *
        (inRows ? 1 : growth);
      if (blocked(e, n, radiusM * 0.55)) continue;
      const evergreen =
        hash01(i, j, salt + 5) * 0.5 + fractalNoise(e / 120, n / 120, 2, 55) * 0.5 <
        fair(own.evergreenFraction);
      list.push([
        e,
        n,
        heightAt(height, e, n),
        heightM,
        radiusM,
        CROWN_FORMS.indexOf(own.form),
        hash01(i, j, salt + 6),
        evergreen ? 1 : 0,
      ]);
    }
  }
}

/** Turns a share into the threshold on the mean of two noises that leaves about that share below it. */
function fair(share: number): number {
  return share <= 0 ? -1 : share >= 1 ? 2 : 0.5 + (share - 0.5) * 0.62;
}

function standing({layout}: CrownStand, e: number, n: number, salt: number): number {
  if (layout === 'scattered') return 0.97;
  if (layout === 'rows')
    return fractalNoise(Math.round(e / 90) * 0.7, Math.round(n / 90) * 0.7, 2, 301) > 0.53 ? 1 : 0;
  return Math.min(1, Math.max(0, (fractalNoise(e / 70, n / 70, 3, 200 + salt) - 0.38) * 6));
}

function setAvenue(
  {height, blocked}: PlacementInput,
  {line, offsetM}: PlacementInput['avenues'][number],
  list: number[][],
  keep: number,
): void {
  const spacing = 13 / Math.max(0.5, keep);
  let left = spacing;
  let index = 0;
  for (let k = 1; k < line.length; k++) {
    const a = line[k - 1]!;
    const b = line[k]!;
    const length = Math.hypot(b.eastM - a.eastM, b.northM - a.northM);
    if (length === 0) continue;
    const ue = (b.eastM - a.eastM) / length;
    const un = (b.northM - a.northM) / length;
    for (let s = left; s < length; s += spacing) {
      index += 1;
      for (const side of [-1, 1]) {
        const e = a.eastM + ue * s - un * side * offsetM;
        const n = a.northM + un * s + ue * side * offsetM;
        const salt = Math.round(a.eastM) * 31 + side;
        // gaps let the view out
        if (fractalNoise(e / 130, n / 130, 2, 900) < 0.42 || blocked(e, n, 0.5)) continue;
        list.push([
          e,
          n,
          heightAt(height, e, n),
          7.5 + 3.5 * hash01(index, 1, salt),
          2.4 + 1.1 * hash01(index, 2, salt),
          0,
          hash01(index, 3, salt),
          hash01(index, 4, salt) < 0.5 ? 1 : 0,
        ]);
      }
    }
    left = spacing - ((length - left) % spacing);
  }
}

function pack(list: number[][]): Crowns {
  const column = (at: number) => Float32Array.from(list, (entry) => entry[at]!);
  return {
    count: list.length,
    eastM: column(0),
    northM: column(1),
    groundM: column(2),
    heightM: column(3),
    radiusM: column(4),
    form: Uint8Array.from(list, (entry) => entry[5]!),
    seed: column(6),
    evergreen: Uint8Array.from(list, (entry) => entry[7]!),
  };
}
