/** A fixed scatter of whole numbers over 32 bits (lowbias32 of C. Wellons' hash-prospector, public domain). */
function scatter(x: number): number {
  let v = x | 0;
  v = Math.imul(v ^ (v >>> 16), 0x7feb352d);
  v = Math.imul(v ^ (v >>> 15), 0x846ca68b);
  return (v ^ (v >>> 16)) >>> 0;
}

/** 0 ≤ value < 1, the same for the same whole numbers on every machine. */
export function hash01(i: number, j: number, salt = 0): number {
  return (
    scatter(Math.imul(i, 0x9e3779b1) ^ scatter(Math.imul(j, 0x85ebca6b) ^ scatter(salt + 0x51ed27))) /
    4294967296
  );
}

/** Smooth noise on the unit lattice, 0 to 1. */
export function valueNoise(x: number, y: number, salt = 0): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const fx = (x - i) ** 2 * (3 - 2 * (x - i));
  const fy = (y - j) ** 2 * (3 - 2 * (y - j));
  const low = hash01(i, j, salt) * (1 - fx) + hash01(i + 1, j, salt) * fx;
  const high = hash01(i, j + 1, salt) * (1 - fx) + hash01(i + 1, j + 1, salt) * fx;
  return low * (1 - fy) + high * fy;
}

/** Sum of octaves of {@link valueNoise}, 0 to 1 about 0.5. */
export function fractalNoise(x: number, y: number, octaves: number, salt = 0): number {
  let sum = 0;
  let weight = 0;
  let amplitude = 1;
  for (let octave = 0; octave < octaves; octave++) {
    sum += amplitude * valueNoise(x, y, salt + octave);
    weight += amplitude;
    amplitude *= 0.5;
    x = x * 2.03 + 9.2;
    y = y * 2.03 + 4.7;
  }
  return sum / weight;
}
