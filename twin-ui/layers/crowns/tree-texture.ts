import {DataTexture, NearestFilter, RGBAFormat, UnsignedByteType} from 'three';
import type {TreeHistory} from '../../engine/tree-history.ts';

/**
 * The trees' histories as a texture that the shaders read by number, about square; without one a texel that nobody reads.
 * @throws {Error} when the machine's textures are too small for so many trees and years.
 */
export function treeTexture(history: TreeHistory | null, mostPx: number): DataTexture {
  const texels = Math.max(1, history ? history.count * history.steps : 0);
  const width = Math.min(mostPx, 2 ** Math.ceil(Math.log2(Math.sqrt(texels))));
  const rows = Math.ceil(texels / width);
  if (rows > mostPx) {
    throw new Error(
      `${history!.count} trees over ${history!.steps} years are more than this machine draws: ${mostPx * mostPx} states`,
    );
  }
  const bytes = new Uint8Array(width * rows * 4);
  if (history) bytes.set(history.texels);
  const made = new DataTexture(bytes, width, rows, RGBAFormat, UnsignedByteType);
  made.minFilter = made.magFilter = NearestFilter;
  made.needsUpdate = true;
  return made;
}
