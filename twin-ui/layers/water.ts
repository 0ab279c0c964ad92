import {BufferGeometry, Float32BufferAttribute, Mesh, ShaderMaterial, ShapeUtils, Vector2} from 'three';
import type {SceneZone} from '../engine/site-files.ts';
import type {Valley} from '../engine/valley.ts';
import {FINISH, HEIGHTS, MAP_PLACE, SHADE, SKY} from './glsl.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

/** Level that stands for the water body's: the vertex takes it from the uniform. */
const FOLLOWS_WATER_BODY = -1e4;
/** How far a lake's surface reaches under its banks. */
const SHORE_M = 7;

const VERTEX = /* glsl */ `
attribute float aLevel;
varying vec3 vAt;
varying float vLevel;
uniform float uWater;
void main() {
  float river = step(aLevel, -9999.0);
  vLevel = mix(aLevel, uWater, river);
  vAt = vec3(position.x, vLevel, position.z);
  gl_Position = projectionMatrix * viewMatrix * vec4(vAt, 1.0);
  vLevel = mix(vLevel, -1e4, river);
}
`;

const FRAGMENT = /* glsl */ `
varying vec3 vAt;
varying float vLevel;
uniform sampler2D uNoise;
uniform float uSeconds, uWater, uDeepM;
uniform vec2 uFlow;
${HEIGHTS}
${MAP_PLACE}
${SKY}
${SHADE}
void main() {
  bool river = vLevel < -9999.0;
  vec3 v = vAt - cameraPosition;
  float d = length(v);
  v /= d;
  vec2 uv = mapPlace(vAt.xz);
  // heights end at the grid's rim: from there the bed sinks to its usual depth
  float outside = length(max(abs(uv - 0.5) - 0.5, 0.0) * uRect.zw);
  float depth = vAt.y - groundHeight(vAt.xz);
  depth = mix(depth, uDeepM, smoothstep(0.0, 400.0, outside));
  if (depth < -0.4) discard;

  // waves: long swell along the flow, short ripples across, less on small and shallow water
  vec2 p = vAt.xz;
  vec2 along = uFlow * uSeconds;
  vec2 n1 = texture2D(uNoise, p * 0.021 - along * 0.020).xy - 0.5;
  vec2 n2 = texture2D(uNoise, mat2(0.8, 0.6, -0.6, 0.8) * p * 0.0069 - along * 0.007).xy - 0.5;
  vec4 wide = texture2D(uNoise, p * 0.0012 - along * 0.0011);
  float calm = (river ? 1.0 : 0.42) * (0.3 + 0.7 * smoothstep(0.0, 4.0, depth));
  float fade = exp(-d * 0.00042);
  vec2 wave = (n1 * 1.1 + n2 * 1.25) * fade + (wide.xy - 0.5) * 0.55 * (0.3 + 0.7 * fade);
  vec3 n = normalize(vec3(wave.x * 0.26 * calm, 1.0, wave.y * 0.26 * calm));

  float facing = max(dot(-v, n), 0.03);
  float mirror = 0.05 + 0.95 * pow(1.0 - facing, 4.4);
  vec3 r = reflect(v, n);
  r.y = abs(r.y) + 0.012;
  r = normalize(r);
  vec3 sky = skyColour(r);
  // hills stand in the lowest part of the mirrored sky
  vec3 land = (uSkyAmbient * 0.10 + uLightColour * 0.030) * vec3(0.55, 0.68, 0.42) + uHorizon * 0.22;
  sky = mix(sky, land, smoothstep(0.115, 0.035, r.y) * 0.55 * (1.0 - uNight * 0.5));
  #ifdef MIRROR_GROUND
  float hit = 0.0;
  vec2 flat_ = normalize(r.xz);
  float rise = r.y / max(length(r.xz), 1e-3);
  for (int k = 0; k < 5; k++) {
    float t = 22.0 * pow(2.25, float(k));
    vec2 q = p + flat_ * t;
    vec2 quv = mapPlace(q);
    if (min(min(quv.x, 1.0 - quv.x), min(quv.y, 1.0 - quv.y)) < 0.0) break;
    float over = groundHeight(q) - vAt.y;
    if (over > 2.0) over += 7.0;
    hit = max(hit, smoothstep(-1.5, 2.5, over - rise * t));
  }
  vec3 wood = vec3(0.045, 0.062, 0.026) * (uLightColour * 0.33 + uSkyAmbient * 0.9);
  sky = mix(sky, mix(wood, sky, 0.22), hit * 0.85);
  #endif

  float murk = texture2D(uNoise, p * vec2(0.00042, 0.00042) + wide.xy * 0.02 - along * 0.0006).b;
  vec3 deep = river ? mix(vec3(0.036, 0.074, 0.068), vec3(0.050, 0.086, 0.074), smoothstep(0.25, 0.70, murk)) : vec3(0.030, 0.062, 0.058);
  vec3 shallow = river ? vec3(0.185, 0.172, 0.110) : vec3(0.085, 0.105, 0.062);
  vec3 light = uLightColour * max(uLight.y, 0.06) * 0.42 + uSkyAmbient * 0.75;
  float shade = groundShadeAt(p);
  vec3 body = mix(shallow, deep, 1.0 - exp(-max(depth, 0.0) * (river ? 0.42 : 0.6))) * light * (1.0 - 0.45 * shade);
  float glint = pow(max(dot(r, uLight), 0.0), 520.0) * 5.0 + pow(max(dot(r, uLight), 0.0), 70.0) * 0.22;
  vec3 c = mix(body, sky, clamp(mirror * (0.62 + 0.30 * (1.0 - shade)), 0.0, 1.0));
  c += uLightColour * glint * (0.06 + mirror) * (1.0 - shade) * (1.0 - 0.75 * uNight);
  float rim = smoothstep(0.42, 0.02, depth) * smoothstep(0.40, 0.62, texture2D(uNoise, p * 0.034 - along * 0.01).b);
  c = mix(c, vec3(0.62, 0.63, 0.58) * light, rim * (river ? 0.34 : 0.12) * exp(-d * 0.0007) * (1.0 - 0.8 * uNight));
  float alpha = mix(smoothstep(-0.08, 1.1, depth) * 0.88 + 0.06, 1.0, smoothstep(0.8, 3.6, depth));
  alpha = max(alpha, pow(1.0 - facing, 4.0) * step(0.0, depth));
  gl_FragColor = vec4(throughAir(c, vAt), alpha);
  ${FINISH}
}
`;

export type WaterInput = {
  /** Those with a level of their own are drawn at it, but for the water body, whose level is a uniform. */
  zones: readonly SceneZone[];
  waterBodyZone: string | null;
  valley: Valley;
  /** Mirrors near ground by marching the heights: for machines that can afford it. */
  mirrorGround: boolean;
  /** Depth taken outside the height grid. */
  deepM: number;
};

/** The water body at its present level and every lake at its own, in one draw call. null when there is no water. */
export function makeWater(
  u: SceneUniforms,
  {zones, waterBodyZone, valley, mirrorGround, deepM}: WaterInput,
): Mesh | null {
  const positions: number[] = [];
  const levels: number[] = [];
  const indices: number[] = [];
  const add = (eastM: number, northM: number, levelM: number) => {
    positions.push(eastM, 0, -northM);
    levels.push(levelM);
  };
  if (valley.waterM !== null) {
    const {centre, reachM} = valley;
    for (const [x, y] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const) {
      add(centre.eastM + x * reachM, centre.northM + y * reachM, FOLLOWS_WATER_BODY);
    }
    indices.push(0, 1, 2, 0, 2, 3);
  }
  for (const zone of zones) {
    if (zone.normalLevelM === null || zone.id === waterBodyZone) continue;
    for (const [outer, ...holes] of zone.polygons) {
      if (!outer) continue;
      const rings = [outer, ...holes].map((ring) => ring.map((p) => new Vector2(p.eastM, p.northM)));
      // a little too large: the ground, not the outline, makes the shore
      rings[0] = grown(rings[0]!, SHORE_M);
      const first = positions.length / 3;
      for (const p of rings.flat()) add(p.x, p.y, zone.normalLevelM);
      for (const [a, b, c] of ShapeUtils.triangulateShape(rings[0]!, rings.slice(1))) {
        indices.push(first + a!, first + b!, first + c!);
      }
    }
  }
  if (indices.length === 0) return null;
  for (let k = 0; k < indices.length; k += 3) faceUp(positions, indices, k);
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3));
  geometry.setAttribute('aLevel', new Float32BufferAttribute(levels, 1));
  geometry.setIndex(indices);
  const material = new ShaderMaterial({
    name: 'water',
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: {...u, uDeepM: {value: deepM}},
    defines: mirrorGround ? {MIRROR_GROUND: ''} : {},
    transparent: true,
    depthWrite: false,
  });
  const mesh = new Mesh(geometry, material);
  mesh.name = 'water';
  mesh.frustumCulled = false;
  mesh.renderOrder = 5;
  return mesh;
}

/** A ring pushed outwards by a distance at every corner. */
function grown(ring: readonly Vector2[], byM: number): Vector2[] {
  const outward = ShapeUtils.isClockWise([...ring]) ? -1 : 1;
  return ring.map((p, i) => {
    const a = ring[(i + ring.length - 1) % ring.length]!;
    const b = ring[(i + 1) % ring.length]!;
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    return new Vector2(
      p.x + ((b.y - a.y) / length) * byM * outward,
      p.y - ((b.x - a.x) / length) * byM * outward,
    );
  });
}

/** Turns a triangle so that it is seen from above. */
function faceUp(positions: number[], indices: number[], k: number): void {
  const [a, b, c] = [indices[k]! * 3, indices[k + 1]! * 3, indices[k + 2]! * 3];
  const ux = positions[b]! - positions[a]!;
  const uz = positions[b + 2]! - positions[a + 2]!;
  const vx = positions[c]! - positions[a]!;
  const vz = positions[c + 2]! - positions[a + 2]!;
  if (uz * vx - ux * vz < 0) [indices[k + 1], indices[k + 2]] = [indices[k + 2]!, indices[k + 1]!];
}
