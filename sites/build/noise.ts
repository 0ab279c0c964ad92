/** A repeatable number in [0, 1) for one lattice point, seed and coordinates being integers. */
export function hash01(seed: number, x: number, y: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
}

const GRADIENTS = Array.from({length: 16}, (_, i) => ({
  x: Math.cos((i / 8) * Math.PI),
  y: Math.sin((i / 8) * Math.PI),
}));

function corner(seed: number, ix: number, iy: number, dx: number, dy: number): number {
  const g = GRADIENTS[Math.floor(hash01(seed, ix, iy) * 16)]!;
  return g.x * dx + g.y * dy;
}

/** Gradient noise, about -1..1 with mean 0; one feature per unit of x and y. Source: Perlin (2002), doi:10.1145/566654.566636. */
export function gradientNoise(seed: number, x: number, y: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
  const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
  const top = corner(seed, ix, iy, fx, fy) * (1 - u) + corner(seed, ix + 1, iy, fx - 1, fy) * u;
  const bottom =
    corner(seed, ix, iy + 1, fx, fy - 1) * (1 - u) + corner(seed, ix + 1, iy + 1, fx - 1, fy - 1) * u;
  return (top * (1 - v) + bottom * v) * 1.5;
}

/** Octaves of gradient noise, about -1..1; `wavelengthM` belongs to the longest octave. */
export function fractalNoise(
  seed: number,
  at: {eastM: number; northM: number},
  {wavelengthM, octaves, gain = 0.5}: {wavelengthM: number; octaves: number; gain?: number},
): number {
  let sum = 0;
  let weight = 1;
  let total = 0;
  let scale = 1 / wavelengthM;
  for (let octave = 0; octave < octaves; octave++) {
    sum +=
      weight *
      gradientNoise(seed + octave * 101, at.eastM * scale + octave * 17.3, at.northM * scale - octave * 9.1);
    total += weight;
    weight *= gain;
    scale *= 2.03;
  }
  return sum / total;
}
