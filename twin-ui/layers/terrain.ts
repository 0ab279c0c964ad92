import {
  DynamicDrawUsage,
  Float32BufferAttribute,
  FrontSide,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
} from 'three';
import {PATCH_CELLS, type TerrainPatch} from '../engine/terrain-patches.ts';
import {BY_THE_WATER, FINISH, GROUND_BRIGHTNESS, HEIGHTS, MAP_PLACE, SHADE, SKY, TO_LINEAR} from './glsl.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

const MOST_PATCHES = 512;

const VERTEX = /* glsl */ `
attribute vec3 aPatch;
attribute vec2 aMorph;
varying vec3 vAt;
${HEIGHTS}
void main() {
  vec2 local = position.xz;
  vec2 cell = aPatch.xy + local * aPatch.z;
  vec2 xz = uRect.xy + min(cell, uHeightSize - 1.0) * uHeightScale.z;
  float near = distance(cameraPosition, vec3(xz.x, groundHeight(xz), xz.y));
  float k = clamp((near - aMorph.x) / (aMorph.y - aMorph.x), 0.0, 1.0);
  local -= fract(local * 0.5) * 2.0 * k;
  cell = min(aPatch.xy + local * aPatch.z, uHeightSize - 1.0);
  xz = uRect.xy + cell * uHeightScale.z;
  float y = cellHeight(cell) - position.y * aPatch.z * uHeightScale.z * 0.7;
  vAt = vec3(xz.x, y, xz.y);
  gl_Position = projectionMatrix * viewMatrix * vec4(vAt, 1.0);
}
`;

const FRAGMENT = /* glsl */ `
varying vec3 vAt;
uniform sampler2D uAlbedo, uRelief, uLines, uNoise, uOverlay;
uniform float uWater, uGrey, uOverlayOn, uLinesOn;
uniform vec4 uRect;
${MAP_PLACE}
${SKY}
${SHADE}
${TO_LINEAR}
${BY_THE_WATER}
void main() {
  vec2 uv = mapPlace(vAt.xz);
  vec4 relief = texture2D(uRelief, uv);
  vec3 n = vec3(relief.r * 2.0 - 1.0, 0.0, relief.b * 2.0 - 1.0);
  n.y = sqrt(max(0.05, 1.0 - dot(n, n)));
  float open = relief.g;
  vec4 painted = texture2D(uAlbedo, uv);
  vec3 a = painted.rgb;
  float d = distance(cameraPosition, vAt);

  // grain of grass, earth and stones near by
  float near = 1.0 - smoothstep(60.0, 700.0, d);
  float middle = 1.0 - smoothstep(500.0, 3200.0, d);
  vec4 g0 = texture2D(uNoise, vAt.xz * 0.0117);
  vec4 g1 = texture2D(uNoise, vAt.xz * 0.071 + 0.37);
  vec2 bump = (g0.xy - 0.5) * 0.30 * middle * painted.a;
  float grain = mix(1.0, 0.76 + 0.52 * g0.b, middle * 0.55);
  grain *= mix(1.0, 0.70 + 0.66 * g1.b, near * 0.75);
  bump += (g1.xy - 0.5) * 0.5 * near;
  if (near > 0.35) {
    vec4 g2 = texture2D(uNoise, vAt.xz * 0.37 + 0.71);
    float close = smoothstep(0.35, 1.0, near);
    grain *= mix(1.0, 0.62 + 0.84 * g2.b, close * 0.7);
    bump += (g2.xy - 0.5) * 0.55 * close;
  }
  a *= grain;
  n = normalize(n + vec3(bump.x, 0.0, bump.y));

  // roads and streams stay sharp: their edges come as distances
  if (uLinesOn > 0.5) {
    vec4 lines = texture2D(uLines, uv);
    float soft = clamp(fwidth(uv.x) * uRect.z / 18.0, 0.004, 0.12);
    float road = smoothstep(0.5 - soft, 0.5 + soft, lines.r);
    float casing = smoothstep(0.462 - soft, 0.47 + soft, lines.r) - road;
    float trail = smoothstep(0.5 - soft, 0.5 + soft, lines.g) * (1.0 - road);
    float brook = smoothstep(0.5 - soft, 0.5 + soft, lines.b);
    vec3 asphalt = mix(vec3(0.60, 0.575, 0.53), vec3(0.69, 0.665, 0.61), g0.b) * mix(1.0, 0.92 + 0.16 * g1.b, near);
    a = mix(a, vec3(0.80, 0.78, 0.72), casing * 0.85);
    a = mix(a, asphalt, road * 0.96);
    a = mix(a, mix(vec3(0.66, 0.58, 0.44), vec3(0.76, 0.68, 0.54), g0.b), trail * 0.9);
    brook *= 1.0 - max(road, trail);
    a = mix(a, vec3(0.22, 0.29, 0.28), brook * 0.85);
    n = normalize(mix(n, vec3(0.0, 1.0, 0.0), max(brook * 0.7, road * 0.5)));
    painted.a *= 1.0 - brook;
  }
  a = toLinear(a) * ${GROUND_BRIGHTNESS};

  a = byTheWater(a, vAt.y - uWater + (g0.b - 0.5) * 0.9, painted.a);

  if (uGrey > 0.001) a = mix(a, vec3(dot(a, vec3(0.30, 0.55, 0.15))) * 1.05 + 0.012, uGrey);
  if (uOverlayOn > 0.5) {
    vec4 over_ = texture2D(uOverlay, uv);
    a = mix(a, toLinear(over_.rgb / max(over_.a, 0.004)), over_.a);
  }

  float shade = shadeAt(vAt.xz);
  float direct = max(dot(n, uLight), 0.0) * (1.0 - 0.9 * shade);
  vec3 ambient = mix(uGroundAmbient, uSkyAmbient, n.y * 0.5 + 0.5) * open * (1.0 - 0.22 * shade);
  vec3 c = a * (uLightColour * direct * mix(0.72, 1.0, open) + ambient);
  if (uNight > 0.02) {
    float lamp = texture2D(uLines, uv).a;
    c += (a * 1.9 + 0.02) * vec3(1.5, 0.92, 0.46) * lamp * uNight;
  }
  gl_FragColor = vec4(throughAir(c, vAt), 1.0);
  ${FINISH}
}
`;

/** One square mesh for all patches: a lattice and a hem that hangs down from its rim. `y` is 1 on the hem. */
function patchGeometry(): InstancedBufferGeometry {
  const n = PATCH_CELLS;
  const side = n + 1;
  const positions: number[] = [];
  const indices: number[] = [];
  for (let j = 0; j < side; j++) for (let i = 0; i < side; i++) positions.push(i, 0, j);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const a = j * side + i;
      indices.push(a, a + side, a + 1, a + 1, a + side, a + side + 1);
    }
  }
  const rim: [number, number][] = [];
  for (let i = 0; i < n; i++) rim.push([i, 0]);
  for (let j = 0; j < n; j++) rim.push([n, j]);
  for (let i = n; i > 0; i--) rim.push([i, n]);
  for (let j = n; j > 0; j--) rim.push([0, j]);
  const first = positions.length / 3;
  for (const [i, j] of rim) positions.push(i, 1, j);
  rim.forEach(([i, j], k) => {
    const [ni, nj] = rim[(k + 1) % rim.length]!;
    const a = j * side + i;
    const b = nj * side + ni;
    const c = first + k;
    const d = first + ((k + 1) % rim.length);
    indices.push(a, b, c, b, d, c);
  });
  const geometry = new InstancedBufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3));
  geometry.setIndex(indices);
  const patch = new InstancedBufferAttribute(new Float32Array(MOST_PATCHES * 3), 3);
  const morph = new InstancedBufferAttribute(new Float32Array(MOST_PATCHES * 2), 2);
  patch.setUsage(DynamicDrawUsage);
  morph.setUsage(DynamicDrawUsage);
  geometry.setAttribute('aPatch', patch);
  geometry.setAttribute('aMorph', morph);
  geometry.instanceCount = 0;
  return geometry;
}

export type TerrainLayer = {
  mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  /** Shows these patches, nearest first. Returns how many fitted. */
  show: (patches: readonly TerrainPatch[]) => number;
};

/** All ground inside the height grid in one draw call. */
export function makeTerrain(u: SceneUniforms): TerrainLayer {
  const geometry = patchGeometry();
  const material = new ShaderMaterial({
    name: 'terrain',
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: u,
    side: FrontSide,
  });
  const mesh = new Mesh(geometry, material);
  mesh.name = 'terrain';
  mesh.frustumCulled = false;
  const patch = geometry.getAttribute('aPatch') as InstancedBufferAttribute;
  const morph = geometry.getAttribute('aMorph') as InstancedBufferAttribute;
  const show: TerrainLayer['show'] = (patches) => {
    const count = Math.min(patches.length, MOST_PATCHES);
    for (let k = 0; k < count; k++) {
      const {column, row, stride, morphFromM, morphToM} = patches[k]!;
      patch.setXYZ(k, column, row, stride);
      morph.setXY(k, morphFromM, morphToM);
    }
    for (const attribute of [patch, morph]) {
      attribute.clearUpdateRanges();
      attribute.addUpdateRange(0, count * attribute.itemSize);
      attribute.needsUpdate = true;
    }
    geometry.instanceCount = count;
    return count;
  };
  return {mesh, show};
}
