import {DataTexture, LinearFilter, LinearMipmapLinearFilter} from 'three';
import {hash01} from '../../engine/hash.ts';

/** Tiles of the atlas, two by two: leaves, needles, bamboo, blades of grass. */
export const LEAF_TILES = {leaves: 0, needles: 1, bamboo: 2, blades: 3} as const;
export type LeafTile = keyof typeof LEAF_TILES;

const TILE_PX = 128;

/** Clusters of leaves drawn at the start: brightness in rgb, shape in a. No picture file is needed. */
export function leafAtlas(): DataTexture {
  const size = TILE_PX * 2;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d', {willReadFrequently: true});
  if (!context) throw new Error('no 2d canvas to draw leaves on');
  let turn = 0;
  const random = () => hash01(turn++, 7, 901);
  const leaf = (u: number, v: number, length: number, width: number, angle: number) => {
    const light = Math.round(128 + 127 * random());
    context.fillStyle = `rgb(${light},${light},${light})`;
    context.save();
    context.translate(u * TILE_PX, v * TILE_PX);
    context.rotate(angle);
    context.beginPath();
    context.ellipse(0, 0, length * TILE_PX, width * TILE_PX, 0, 0, Math.PI * 2);
    context.fill();
    context.restore();
  };
  const draw: Record<LeafTile, (x: number, y: number) => void> = {
    leaves: (x, y) => {
      for (let i = 0; i < 78; i++) {
        const angle = random() * 6.283;
        const away = random() ** 0.6 * 0.42;
        leaf(
          x + 0.5 + Math.cos(angle) * away,
          y + 0.5 + Math.sin(angle) * away,
          0.05 + 0.03 * random(),
          0.027 + 0.012 * random(),
          random() * 6.28,
        );
      }
    },
    needles: (x, y) => {
      for (let row = 0; row < 11; row++) {
        const wide = 0.42 * (1 - 0.3 * Math.abs(row / 11 - 0.5));
        for (const side of [-1, 1]) {
          for (let q = 0; q < 9; q++) {
            leaf(
              x + 0.5 + (side * wide * q) / 9,
              y + 0.08 + row * 0.08 + (0.05 * q) / 9 + 0.02 * random(),
              0.055,
              0.015,
              side * 0.5 + (random() - 0.5) * 0.6,
            );
          }
        }
      }
    },
    bamboo: (x, y) => {
      for (let i = 0; i < 46; i++) {
        const angle = random() * 6.283;
        const away = random() * 0.37;
        leaf(
          x + 0.5 + Math.cos(angle) * away,
          y + 0.5 + Math.sin(angle) * away * 0.9,
          0.11,
          0.019,
          angle + (random() - 0.5) * 0.8,
        );
      }
    },
    blades: (x, y) => {
      for (let i = 0; i < 34; i++) {
        const foot = 0.12 + 0.76 * random();
        const lean = (random() - 0.5) * 0.5;
        const tall = 0.55 + 0.4 * random();
        for (let q = 0; q < 12; q++) {
          const t = q / 12;
          leaf(x + foot + lean * t * t * 0.4, y + 0.97 - t * tall, 0.05, 0.012 * (1.1 - t), 1.57 + lean * t);
        }
      }
    },
  };
  for (const tile of Object.keys(LEAF_TILES) as LeafTile[]) {
    const x = LEAF_TILES[tile] % 2;
    const y = LEAF_TILES[tile] >> 1;
    context.save();
    context.beginPath();
    context.rect(x * TILE_PX, y * TILE_PX, TILE_PX, TILE_PX);
    context.clip();
    draw[tile](x, y);
    context.restore();
  }
  const image = context.getImageData(0, 0, size, size);
  const bytes = new Uint8Array(image.data.buffer);
  // colour under the holes, or the smaller copies would darken
  for (let k = 0; k < bytes.length; k += 4)
    if (bytes[k + 3] === 0) bytes[k] = bytes[k + 1] = bytes[k + 2] = 190;
  const texture = new DataTexture(bytes, size, size);
  texture.generateMipmaps = true;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.magFilter = LinearFilter;
  texture.anisotropy = 4;
  texture.needsUpdate = true;
  return texture;
}
