import type {WebGLRenderTarget} from 'three';
import type {HeightGrid} from '../engine/height-grid.ts';
import {type Baker, mapTarget} from './baking.ts';
import {HEIGHTS} from './glsl.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

const FRAGMENT = /* glsl */ `
varying vec2 vPlace;
${HEIGHTS}
void main() {
  vec2 cell = vPlace * (uHeightSize - 1.0);
  float step_ = uHeightScale.z;
  float z = cellHeight(cell);
  float dx = (cellHeight(cell + vec2(1, 0)) - cellHeight(cell - vec2(1, 0))) / (2.0 * step_);
  float dz = (cellHeight(cell + vec2(0, 1)) - cellHeight(cell - vec2(0, 1))) / (2.0 * step_);
  vec3 n = normalize(vec3(-dx, 1.0, -dz));
  // open sky: mean over eight directions of how high the surroundings stand
  float closed = 0.0;
  for (int k = 0; k < 8; k++) {
    float a = float(k) * 0.7853982 + 0.2;
    vec2 d = vec2(cos(a), sin(a));
    float top = 0.0;
    for (int r = 0; r < 4; r++) {
      float away = 1.5 + float(r * r) * 2.6;
      top = max(top, (cellHeight(cell + d * away) - z) / (away * step_));
    }
    closed += 1.0 - 1.0 / (1.0 + top * top * 3.0);
  }
  float open = clamp(1.0 - closed / 8.0 * 1.5, 0.25, 1.0);
  gl_FragColor = vec4(n.x * 0.5 + 0.5, open, n.z * 0.5 + 0.5, 1.0);
}
`;

/** Normals and open sky of the height grid at its full resolution, whatever the mesh. */
export function makeReliefMap(
  baker: Baker,
  grid: HeightGrid,
  u: SceneUniforms,
): {target: WebGLRenderTarget; bake: () => void} {
  const target = mapTarget(grid.columns, grid.rows);
  target.texture.anisotropy = 4;
  const bake = () =>
    baker.fill(target, FRAGMENT, {
      uHeights: u.uHeights,
      uRect: u.uRect,
      uHeightScale: u.uHeightScale,
      uHeightSize: u.uHeightSize,
    });
  return {target, bake};
}
