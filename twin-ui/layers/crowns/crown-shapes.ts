import {BufferGeometry, Float32BufferAttribute} from 'three';
import {CROWN_FORMS, type CrownForm} from '../../engine/ground-style.ts';
import {hash01} from '../../engine/hash.ts';
import {LEAF_TILES, type LeafTile} from './leaf-atlas.ts';

type Shape = {
  /** Height over radius at which the shape is drawn for its far picture. */
  aspect: number;
  /** Height of the crown's lower edge as a part of the whole. */
  base: number;
  /** Radius at a part of the crown's height, 0 to 1. */
  profile: (t: number) => number;
  tile: LeafTile;
  cards: number;
  /** Side of a card as a part of the crown's radius. */
  cardSize: number;
  /** How far cards hang: negative hangs, positive stands. */
  droop: number;
  /** Lobes that a crown is made of; 0 for one smooth body. */
  lobes: number;
  stems: number;
};

const dome = (centre: number, half: number) => (t: number) =>
  Math.sqrt(Math.max(0, 1 - ((t - centre) / half) ** 2));

const SHAPES: Record<CrownForm, Shape> = {
  broadleaf: {
    aspect: 2.9,
    base: 0.2,
    profile: dome(0.46, 0.56),
    tile: 'leaves',
    cards: 170,
    cardSize: 0.4,
    droop: 0.05,
    lobes: 7,
    stems: 1,
  },
  conifer: {
    aspect: 6.6,
    base: 0.1,
    profile: (t) => Math.max(0.04, (1 - t) ** 0.85 * (1 + 0.12 * Math.sin(t * 26))),
    tile: 'needles',
    cards: 130,
    cardSize: 0.46,
    droop: -0.35,
    lobes: 0,
    stems: 1,
  },
  bamboo: {
    aspect: 3.6,
    base: 0.16,
    profile: (t) =>
      0.3 + 0.7 * t ** 0.7 * (t > 0.72 ? Math.sqrt(Math.max(0.02, 1 - ((t - 0.72) / 0.32) ** 2)) : 1),
    tile: 'bamboo',
    cards: 120,
    cardSize: 0.5,
    droop: 0.4,
    lobes: 0,
    stems: 5,
  },
  orchard: {
    aspect: 1.75,
    base: 0.18,
    profile: dome(0.45, 0.57),
    tile: 'leaves',
    cards: 96,
    cardSize: 0.46,
    droop: 0,
    lobes: 4,
    stems: 1,
  },
  shrub: {
    aspect: 1.4,
    base: 0,
    profile: dome(0.3, 0.72),
    tile: 'leaves',
    cards: 64,
    cardSize: 0.55,
    droop: 0.2,
    lobes: 4,
    stems: 0,
  },
  reed: {
    aspect: 1.05,
    base: 0,
    profile: () => 1,
    tile: 'blades',
    cards: 34,
    cardSize: 0.9,
    droop: 1,
    lobes: 0,
    stems: 0,
  },
};

export const aspectOf = (form: CrownForm): number => SHAPES[form].aspect;

type Mesh = {positions: number[]; normals: number[]; uvs: number[]; shades: number[]; indices: number[]};

/**
 * A crown of unit height and unit radius out of leaf cards. Normals point away from the crown's middle, so that the
 * whole is lit as one soft body. `shade` holds how open the place is (0 inside to 1) and 1 for leaf, 0 for wood.
 */
export function crownGeometry(form: CrownForm, detail: 'full' | 'reduced'): BufferGeometry {
  const shape = SHAPES[form];
  const mesh: Mesh = {positions: [], normals: [], uvs: [], shades: [], indices: []};
  let turn = 0;
  const salt = 1000 + CROWN_FORMS.indexOf(form) * 77;
  const random = () => hash01(turn++, 3, salt);
  const count = detail === 'full' ? shape.cards : Math.round(shape.cards * 0.27);
  const grow = detail === 'full' ? 1 : 1.8;
  if (shape.tile === 'blades') addBlades(mesh, shape, count, grow, random);
  else if (shape.lobes > 0) addLobes(mesh, shape, count, grow, random);
  else addShell(mesh, shape, count, grow, random);
  addStems(mesh, shape, detail === 'full' ? 6 : 4);
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(mesh.positions, 3));
  geometry.setAttribute('normal', new Float32BufferAttribute(mesh.normals, 3));
  geometry.setAttribute('uv', new Float32BufferAttribute(mesh.uvs, 2));
  geometry.setAttribute('aShade', new Float32BufferAttribute(mesh.shades, 2));
  geometry.setIndex(mesh.indices);
  return geometry;
}

type Card = {
  x: number;
  y: number;
  z: number;
  facing: [number, number, number];
  size: number;
  open: number;
  roll: number;
};

/** Adds a square card; positions are in units of radius sideways and of height upwards. */
function addCard({positions, normals, uvs, shades, indices}: Mesh, shape: Shape, card: Card): void {
  const {aspect, base, tile} = shape;
  const [nx, ny, nz] = card.facing;
  const up: [number, number, number] = Math.abs(ny) > 0.9 ? [1, 0, 0] : [0, 1, 0];
  let tx = up[1] * nz - up[2] * ny;
  let ty = up[2] * nx - up[0] * nz;
  let tz = up[0] * ny - up[1] * nx;
  const length = Math.hypot(tx, ty, tz);
  tx /= length;
  ty /= length;
  tz /= length;
  const bx = ny * tz - nz * ty;
  const by = nz * tx - nx * tz;
  const bz = nx * ty - ny * tx;
  const c = Math.cos(card.roll);
  const s = Math.sin(card.roll);
  const u = [tx * c + bx * s, ty * c + by * s, tz * c + bz * s] as const;
  const v = [bx * c - tx * s, by * c - ty * s, bz * c - tz * s] as const;
  const first = positions.length / 3;
  const middle = base + (1 - base) * 0.36;
  const index = LEAF_TILES[tile];
  for (const [i, j] of [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ] as const) {
    const x = card.x + (u[0] * i + v[0] * j) * card.size * 0.5;
    const y = card.y + ((u[1] * i + v[1] * j) * card.size * 0.5) / aspect;
    const z = card.z + (u[2] * i + v[2] * j) * card.size * 0.5;
    positions.push(x, y, z);
    const ax = x * 0.9;
    const ay = (y - middle) * aspect * 0.75 + 0.18;
    const az = z * 0.9;
    const l = Math.hypot(ax, ay, az) || 1;
    normals.push(ax / l, ay / l, az / l);
    uvs.push(
      ((index % 2) + (i * 0.5 + 0.5) * 0.98 + 0.01) * 0.5,
      ((index >> 1) + (1 - (j * 0.5 + 0.5)) * 0.98 + 0.01) * 0.5,
    );
    shades.push(card.open, 1);
  }
  indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
}

function unit(x: number, y: number, z: number): [number, number, number] {
  const l = Math.hypot(x, y, z) || 1;
  return [x / l, y / l, z / l];
}

/** Cards on a golden-angle spiral through the profile, most of them near the shell. */
function addShell(mesh: Mesh, shape: Shape, count: number, grow: number, random: () => number): void {
  for (let k = 0; k < count; k++) {
    const t = (k + 0.5) / count;
    const angle = k * 2.39996 + random() * 0.5;
    const shell = random() ** 0.42;
    const away = shape.profile(t) * shell * 0.93;
    const spread = 0.55 + 0.5 * random();
    addCard(mesh, shape, {
      x: Math.cos(angle) * away,
      y: shape.base + (1 - shape.base) * (0.03 + 0.94 * t),
      z: Math.sin(angle) * away,
      facing: unit(
        Math.cos(angle) * spread,
        shape.droop + 0.55 * (t - 0.25) + random() * 0.6 - 0.1,
        Math.sin(angle) * spread,
      ),
      size:
        shape.cardSize *
        grow *
        (0.75 + 0.5 * random()) *
        (shape.tile === 'needles' ? 0.5 + 0.7 * (1 - t) : 1),
      open: (0.42 + 0.58 * Math.min(1, shell * 0.7 + t * 0.45)) * (0.86 + 0.28 * random()),
      roll: random() * 6.28,
    });
  }
}

/** Cards on the shells of several rounded lobes: the billows of a broad-leaved crown. */
function addLobes(mesh: Mesh, shape: Shape, count: number, grow: number, random: () => number): void {
  const {aspect, base} = shape;
  const tall = aspect * (1 - base);
  const lobes = [{x: 0, y: tall * 0.66, z: 0, r: 0.6}];
  for (let k = 1; k < shape.lobes; k++) {
    const t = 0.2 + (0.55 * (k - 0.5)) / (shape.lobes - 1) + 0.1 * (random() - 0.5);
    const angle = k * 2.39996 + random() * 0.7;
    const r = 0.42 + 0.16 * random();
    const away = Math.max(0.1, shape.profile(t) - r * 0.72);
    lobes.push({x: Math.cos(angle) * away, y: tall * t, z: Math.sin(angle) * away, r});
  }
  const total = lobes.reduce((sum, lobe) => sum + lobe.r ** 2, 0);
  for (const lobe of lobes) {
    const share = Math.round((count * lobe.r ** 2) / total);
    const flat = Math.min(1, (tall * 0.3) / lobe.r);
    for (let k = 0; k < share; k++) {
      const h = 1 - ((k + 0.5) / share) * 1.75;
      const angle = k * 2.39996 + random();
      const ring = Math.sqrt(Math.max(0, 1 - h * h));
      const shell = 0.72 + 0.28 * random() ** 0.6;
      const d = unit(Math.cos(angle) * ring, h, Math.sin(angle) * ring);
      const x = lobe.x + d[0] * lobe.r * shell;
      const yM = Math.max(0.02 * tall, lobe.y + d[1] * lobe.r * shell * flat);
      const z = lobe.z + d[2] * lobe.r * shell;
      const depth = Math.hypot(x, (yM - tall * 0.42) * (2 / tall), z);
      addCard(mesh, shape, {
        x,
        y: base + yM / aspect,
        z,
        facing: unit(
          d[0] + (random() - 0.5) * 0.8,
          d[1] + shape.droop + (random() - 0.4) * 0.7,
          d[2] + (random() - 0.5) * 0.8,
        ),
        size: shape.cardSize * grow * (0.75 + 0.5 * random()),
        open:
          Math.min(1, 0.34 + 0.36 * depth + 0.22 * (d[1] * 0.5 + 0.5) + 0.16 * (yM / tall)) *
          (0.84 + 0.3 * random()),
        roll: random() * 6.28,
      });
    }
  }
}

/** Upright crossed cards: a clump of reed. */
function addBlades(mesh: Mesh, shape: Shape, count: number, grow: number, random: () => number): void {
  for (let k = 0; k < count; k++) {
    const angle = k * 2.39996;
    const away = Math.sqrt((k + 0.5) / count) * 0.82;
    const facing = random() * 6.283;
    const size = shape.cardSize * Math.min(1.3, grow) * (0.7 + 0.4 * random());
    addCard(mesh, shape, {
      x: Math.cos(angle) * away,
      y: (size * 0.47) / shape.aspect,
      z: Math.sin(angle) * away,
      facing: [Math.cos(facing), 0, Math.sin(facing)],
      size,
      open: 0.55 + 0.45 * random(),
      roll: 0,
    });
  }
}

function addStems(
  {positions, normals, uvs, shades, indices}: Mesh,
  {base, stems}: Shape,
  sides: number,
): void {
  const thick = stems > 1 ? 0.02 : 0.07;
  const top = base + (1 - base) * 0.55;
  for (let m = 0; m < stems; m++) {
    const ox = stems > 1 ? Math.cos(m * 1.7) * 0.24 : 0;
    const oz = stems > 1 ? Math.sin(m * 1.7) * 0.24 : 0;
    const first = positions.length / 3;
    for (let i = 0; i < sides; i++) {
      const angle = (i / sides) * 6.2832;
      for (const [y, r] of [
        [0, thick * 1.25],
        [base, thick * 0.85],
        [top, thick * 0.3],
      ] as const) {
        positions.push(ox * (1 + y) + Math.cos(angle) * r, y, oz * (1 + y) + Math.sin(angle) * r);
        normals.push(Math.cos(angle), 0.1, Math.sin(angle));
        uvs.push(0.25, 0.25);
        shades.push(0.65 - 0.25 * y, 0);
      }
    }
    for (let i = 0; i < sides; i++) {
      for (let q = 0; q < 2; q++) {
        const a = first + i * 3 + q;
        const b = first + ((i + 1) % sides) * 3 + q;
        indices.push(a, a + 1, b, b, a + 1, b + 1);
      }
    }
  }
}
