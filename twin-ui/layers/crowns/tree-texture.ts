import {DataTexture, NearestFilter, RGBAFormat, UnsignedByteType} from 'three';
import type {TreeHistory} from '../../engine/tree-history.ts';
import {HISTORY_WIDTH} from './crown-glsl.ts';

/** The trees' histories as a texture that the shaders read by number; without one a texel that nobody reads. */
export function treeTexture(history: TreeHistory | null): DataTexture {
  const texels = history ? history.count * history.steps : 0;
  const rows = Math.max(1, Math.ceil(texels / HISTORY_WIDTH));
  const bytes = new Uint8Array(HISTORY_WIDTH * rows * 4);
  if (history) bytes.set(history.texels);
  const made = new DataTexture(bytes, HISTORY_WIDTH, rows, RGBAFormat, UnsignedByteType);
  made.minFilter = made.magFilter = NearestFilter;
  made.needsUpdate = true;
  return made;
}
