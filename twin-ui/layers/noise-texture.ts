import {DataTexture, LinearFilter, LinearMipmapLinearFilter, RepeatWrapping} from 'three';
import {hash01} from '../engine/hash.ts';

/**
 * A tile of noise that repeats without a seam: slopes of a fractal field in r and g (0.5 is level), its height in b,
 * and in a the height of a carpet of rounded crowns.
 */
export function noiseTexture(size = 256): DataTexture {
  const height = new Float32Array(size * size);
  let amplitude = 0.5;
  for (let octave = 0, period = 6; octave < 5; octave++, period *= 2, amplitude *= 0.55) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        height[y * size + x]! +=
          amplitude * periodicNoise((x / size) * period, (y / size) * period, period, octave);
      }
    }
  }
  const crowns = crownCarpet(size, 13);
  const bytes = new Uint8Array(size * size * 4);
  const byte = (v: number) => Math.max(0, Math.min(255, Math.round(v)));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const k = y * size + x;
      const gx = (height[y * size + ((x + 1) % size)]! - height[y * size + ((x + size - 1) % size)]!) * 9;
      const gy = (height[((y + 1) % size) * size + x]! - height[((y + size - 1) % size) * size + x]!) * 9;
      bytes[k * 4] = byte(gx * 127 + 128);
      bytes[k * 4 + 1] = byte(gy * 127 + 128);
      bytes[k * 4 + 2] = byte(height[k]! * 230);
      bytes[k * 4 + 3] = byte(crowns[k]! * 255);
    }
  }
  const texture = new DataTexture(bytes, size, size);
  texture.wrapS = texture.wrapT = RepeatWrapping;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.generateMipmaps = true;
  texture.anisotropy = 4;
  texture.needsUpdate = true;
  return texture;
}

function periodicNoise(u: number, v: number, period: number, salt: number): number {
  const i = Math.floor(u);
  const j = Math.floor(v);
  const fx = (u - i) ** 2 * (3 - 2 * (u - i));
  const fy = (v - j) ** 2 * (3 - 2 * (v - j));
  const at = (a: number, b: number) =>
    hash01(((a % period) + period) % period, ((b % period) + period) % period, salt);
  const low = at(i, j) * (1 - fx) + at(i + 1, j) * fx;
  const high = at(i, j + 1) * (1 - fx) + at(i + 1, j + 1) * fx;
  return low * (1 - fy) + high * fy;
}

/** Domes of different size on a jittered lattice, the highest wins: a wood from above. */
function crownCarpet(size: number, across: number): Float32Array {
  const carpet = new Float32Array(size * size);
  const cell = size / across;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const ci = Math.floor(x / cell);
      const cj = Math.floor(y / cell);
      let top = 0;
      for (let dj = -1; dj <= 1; dj++) {
        for (let di = -1; di <= 1; di++) {
          const i = ci + di;
          const j = cj + dj;
          const wi = ((i % across) + across) % across;
          const wj = ((j % across) + across) % across;
          const px = (i + 0.5 + 0.8 * (hash01(wi, wj, 501) - 0.5)) * cell;
          const py = (j + 0.5 + 0.8 * (hash01(wi, wj, 502) - 0.5)) * cell;
          const radius = cell * (0.55 + 0.42 * hash01(wi, wj, 503));
          const d2 = ((x - px) ** 2 + (y - py) ** 2) / radius ** 2;
          if (d2 < 1) top = Math.max(top, Math.sqrt(1 - d2) * (0.65 + 0.35 * hash01(wi, wj, 504)));
        }
      }
      carpet[y * size + x] = top;
    }
  }
  return carpet;
}
