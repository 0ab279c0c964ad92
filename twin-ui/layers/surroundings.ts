import {
  BufferGeometry,
  type Color,
  DataTexture,
  Float32BufferAttribute,
  FloatType,
  Mesh,
  NearestFilter,
  RedFormat,
  ShaderMaterial,
  type WebGLRenderTarget,
} from 'three';
import type {HeightGrid} from '../engine/height-grid.ts';
import type {Valley} from '../engine/valley.ts';
import {type Baker, mapTarget} from './baking.ts';
import {BY_THE_WATER, FINISH, GROUND_BRIGHTNESS, HASH_NOISE, MAP_PLACE, SKY, TO_LINEAR} from './glsl.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

/** Lines of the lattice along one side: from the rim of the grid outwards, and across the grid. */
const OUTWARD = 66;
const ACROSS = 60;
const LATTICE = 2 * OUTWARD + ACROSS + 1;
const FIRST_STEP_M = 22;

/** Places of the lattice's lines along one axis, from low to high: dense at the rim of the grid, wide far away. */
function latticeLines(lowM: number, highM: number, reachM: number): Float32Array {
  const outwardM = reachM - (highM - lowM) / 2;
  // growth from line to line with which the steps fill the way out
  let growth = 1.001;
  for (let round = 0; round < 60; round++) {
    const sum = (FIRST_STEP_M * (growth ** OUTWARD - 1)) / (growth - 1);
    growth *= sum < outwardM ? 1.0025 : 0.9985;
  }
  const away = Array.from(
    {length: OUTWARD},
    (_, k) => (FIRST_STEP_M * (growth ** (k + 1) - 1)) / (growth - 1),
  );
  const inner = Array.from({length: ACROSS + 1}, (_, k) => lowM + ((highM - lowM) * k) / ACROSS);
  return Float32Array.from([...away.map((d) => lowM - d).reverse(), ...inner, ...away.map((d) => highM + d)]);
}

const PAINT = /* glsl */ `
varying vec2 vPlace;
uniform highp sampler2D uLattice, uPlaces;
uniform float uShore, uSize, uOpen;
uniform vec3 uToneA, uToneB;
uniform vec2 uYear;
${HASH_NOISE}
float at(vec2 g) {
  g = clamp(g, vec2(0.0), vec2(uSize - 1.001));
  ivec2 i = ivec2(g);
  vec2 f = g - vec2(i);
  float a = texelFetch(uLattice, i, 0).r, b = texelFetch(uLattice, i + ivec2(1, 0), 0).r;
  float c = texelFetch(uLattice, i + ivec2(0, 1), 0).r, d = texelFetch(uLattice, i + ivec2(1, 1), 0).r;
  return mix(mix(a, b, f.x), mix(c, d, f.x), f.y);
}
vec2 place(vec2 g) {
  g = clamp(g, vec2(0.0), vec2(uSize - 1.001));
  ivec2 i = ivec2(g);
  vec2 f = g - vec2(i);
  vec2 a = vec2(texelFetch(uPlaces, ivec2(i.x, 0), 0).r, texelFetch(uPlaces, ivec2(i.y, 1), 0).r);
  vec2 b = vec2(texelFetch(uPlaces, ivec2(i.x + 1, 0), 0).r, texelFetch(uPlaces, ivec2(i.y + 1, 1), 0).r);
  return mix(a, b, f);
}
void main() {
  vec2 g = vPlace * (uSize - 1.0);
  vec2 p = place(g);
  float z = at(g);
  float s = 1.2;
  vec2 px = place(g + vec2(s, 0)) - place(g - vec2(s, 0)), pz = place(g + vec2(0, s)) - place(g - vec2(0, s));
  float slope = length(vec2((at(g + vec2(s, 0)) - at(g - vec2(s, 0))) / px.x, (at(g + vec2(0, s)) - at(g - vec2(0, s))) / pz.y));
  float over = z - uShore;
  float big = fractal(p / 1500.0, 4), mid = fractal(p / 260.0 + 9.0, 4), fine = fractal(p / 48.0 + 4.0, 4);
  float dry = uYear.y * (smoothstep(.72, .86, uYear.x) + 1.0 - smoothstep(.08, .22, uYear.x));
  // woods on slopes and heights, fields and farms on gentle ground near the water
  vec3 wood = mix(vec3(.22, .30, .16), vec3(.36, .42, .22), .55 * fine + .45 * mid);
  wood = mix(wood, vec3(.43, .40, .24), smoothstep(.56, .72, mid) * .45);
  wood = mix(wood, vec3(.52, .43, .24), dry * smoothstep(.48, .66, fine) * .45);
  vec2 wob = p + 60.0 * (vec2(fractal(p / 140.0, 3), fractal(p / 140.0 + 31.0, 3)) - .5);
  vec4 plot = cells(mat2(.86, .5, -.5, .86) * wob / vec2(105.0, 52.0));
  float n = hash21(plot.zw);
  vec3 field = n < .26 ? vec3(.46, .51, .28) : n < .44 ? vec3(.57, .54, .35) : n < .64 ? vec3(.40, .47, .25) : n < .80 ? vec3(.60, .56, .39) : n < .9 ? vec3(.50, .45, .33) : vec3(.47, .52, .42);
  field *= .9 + .2 * fine;
  field = mix(field, vec3(.30, .36, .19), (1.0 - smoothstep(.03, .11, plot.y - plot.x)) * smoothstep(.36, .52, fine) * .8);
  field = mix(field, vec3(.28, .35, .18), smoothstep(.60, .66, fractal(p / 34.0 + 13.0, 3)) * .85);
  float farm = smoothstep(.50, .20, slope) * smoothstep(.60, .42, mid + over / 620.0) ;
  vec3 open_ = mix(uToneA, uToneB, clamp(.5 * mid + .7 * (fine - .2), 0.0, 1.0)) * (.9 + .2 * big);
  open_ = mix(open_, wood, smoothstep(.62, .74, mid) * .5);
  vec3 c = mix(mix(wood, field, farm), open_, uOpen);
  float roof = step(.86, hash21(floor(p / 26.0))) * smoothstep(.58, .66, fractal(p / 420.0 + 77.0, 3)) * farm * (1.0 - uOpen);
  c = mix(c, mix(vec3(.66, .63, .60), vec3(.56, .43, .37), hash21(floor(p / 26.0) + 9.0)), roof * .85);
  c = mix(c, vec3(.53, .46, .36), smoothstep(.75, 1.3, slope + .4 * (fine - .5)) * .75);
  float bank = (1.0 - smoothstep(3.0, 10.0, over + 5.0 * (fine - .5))) * (1.0 - uOpen);
  c = mix(c, mix(vec3(.62, .58, .47), vec3(.50, .52, .32), smoothstep(.42, .62, fine)), bank);
  c *= .86 + .28 * big;
  float leafy = (1.0 - farm) * (1.0 - bank) * (1.0 - uOpen);
  gl_FragColor = vec4(clamp(c, 0.0, 1.0), leafy);
}
`;

const VERTEX = /* glsl */ `
attribute vec2 aPlace;
varying vec3 vAt, vNormal_;
varying vec2 vPlace;
void main() {
  vAt = position;
  vNormal_ = normal;
  vPlace = aPlace;
  gl_Position = projectionMatrix * viewMatrix * vec4(position, 1.0);
}
`;

const FRAGMENT = /* glsl */ `
varying vec3 vAt, vNormal_;
varying vec2 vPlace;
uniform sampler2D uPainted, uNoise, uAlbedo;
uniform float uWater, uGrey, uOpen;
uniform vec4 uRect;
${MAP_PLACE}
${SKY}
${TO_LINEAR}
${BY_THE_WATER}
void main() {
  float d = distance(cameraPosition, vAt);
  vec4 g0 = texture2D(uNoise, vAt.xz * 0.0052);
  // ragged instead of blurred where the map is too coarse
  vec4 ragged = texture2D(uNoise, vAt.xz * 0.019);
  vec4 painted = texture2D(uPainted, vPlace + (ragged.xy - 0.5) * 0.0022 + (g0.xy - 0.5) * 0.0016);
  if (uOpen > 0.5) {
    // the colours of the rim run out over the first stretch, so that no seam shows
    vec2 uv = mapPlace(vAt.xz);
    float away = length(max(abs(uv - 0.5) - 0.5, 0.0) * uRect.zw) / max(uRect.z, uRect.w);
    vec2 bend = (g0.xy - 0.5) * (0.02 + away * 0.6);
    painted.rgb = mix(painted.rgb, textureLod(uAlbedo, clamp(uv + bend, 0.004, 0.996), min(5.0, away * 60.0)).rgb, exp(-away * 4.5));
  }
  vec3 a = toLinear(painted.rgb) * ${GROUND_BRIGHTNESS};
  float leafy = smoothstep(0.25, 0.75, painted.a);
  vec4 grain = texture2D(uNoise, vAt.xz * 0.083 + 0.4);
  a *= (0.80 + 0.40 * ragged.b) * mix(1.0, 0.72 + 0.6 * grain.b, exp(-d * 0.0006));
  vec4 g1 = texture2D(uNoise, vAt.xz * 0.00131 + 0.3);
  float close = exp(-d * 0.00022);
  vec2 bump = ((g0.xy - 0.5) * (0.5 + 0.9 * close) + (g1.xy - 0.5) * 1.3) * (0.25 + 0.75 * leafy);
  float wood = leafy * (1.0 - smoothstep(1400.0, 4200.0, d));
  if (wood > 0.02) {
    // crowns of 12 m as domes that catch the light
    vec2 at = mat2(0.8, 0.6, -0.6, 0.8) * vAt.xz * 0.0064;
    float top = texture2D(uNoise, at).a, east = texture2D(uNoise, at + vec2(0.005, 0.0)).a, south = texture2D(uNoise, at + vec2(0.0, 0.005)).a;
    vec2 fall = mat2(0.8, -0.6, 0.6, 0.8) * vec2(top - east, top - south);
    bump += fall * 3.4 * wood;
    a *= mix(1.0, 0.28 + 1.05 * top, wood);
  }
  a *= 0.86 + 0.3 * g1.b;
  vec3 n = normalize(vNormal_ + vec3(bump.x, 0.0, bump.y));
  float over = vAt.y - uWater;
  float wet = 1.0 - smoothstep(0.2, 2.0, over);
  a = byTheWater(a, over + (g0.b - 0.5) * 0.9, painted.a);
  if (uGrey > 0.001) a = mix(a, vec3(dot(a, vec3(0.30, 0.55, 0.15))), uGrey);
  float direct = max(dot(n, uLight), 0.0);
  vec3 ambient = mix(uGroundAmbient, uSkyAmbient, n.y * 0.5 + 0.5) * 0.92;
  vec3 c = a * (uLightColour * direct + ambient);
  if (uNight > 0.05) {
    // far windows, where farms and villages are painted
    vec2 q = vAt.xz / 26.0;
    vec2 spot = fract(q) - 0.5;
    float which = fract(sin(dot(floor(q), vec2(12.9898, 78.233))) * 43758.5453);
    float village = smoothstep(0.38, 0.52, texture2D(uNoise, vAt.xz * 0.00071 + 0.2).b);
    float lit = step(mix(0.97, 0.80, village), which) * smoothstep(0.40, 0.12, length(spot)) * (1.0 - leafy) * (1.0 - wet) * (1.0 - uOpen);
    c += vec3(1.0, 0.62, 0.30) * lit * 1.5 * uNight;
  }
  gl_FragColor = vec4(throughAir(c, vAt), 1.0);
  ${FINISH}
}
`;

export type SurroundingsInput = {
  grid: HeightGrid;
  valley: Valley;
  /** sRGB, as painted: what open land is coloured like. */
  tones: readonly [Color, Color];
  mapSize: number;
};

export type Surroundings = {
  mesh: Mesh<BufferGeometry, ShaderMaterial>;
  paint: () => void;
  dispose: () => void;
};

function floatTexture(values: Float32Array<ArrayBuffer>, width: number, height: number): DataTexture {
  const texture = new DataTexture(values, width, height, RedFormat, FloatType);
  texture.minFilter = texture.magFilter = NearestFilter;
  texture.needsUpdate = true;
  return texture;
}

/** The made-up land around the site: one mesh with a hole where the site's own ground is, one painted map. */
export function makeSurroundings(
  baker: Baker,
  u: SceneUniforms,
  {grid, valley, tones, mapSize}: SurroundingsInput,
): Surroundings {
  const n = LATTICE;
  const {reachM} = valley;
  const easts = latticeLines(grid.westM, grid.eastM, reachM);
  // z runs south
  const souths = latticeLines(-grid.northM, -grid.southM, reachM);
  const heights = new Float32Array(n * n);
  const positions = new Float32Array(n * n * 3);
  const places = new Float32Array(n * n * 2);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const k = j * n + i;
      const h = valley.heightM(easts[i]!, -souths[j]!);
      heights[k] = h;
      positions.set([easts[i]!, h, souths[j]!], k * 3);
      places.set([i / (n - 1), j / (n - 1)], k * 2);
    }
  }
  const indices: number[] = [];
  const crossesGrid = (line: number) => line >= OUTWARD && line < OUTWARD + ACROSS;
  for (let j = 0; j < n - 1; j++) {
    for (let i = 0; i < n - 1; i++) {
      if (crossesGrid(i) && crossesGrid(j)) continue;
      const a = j * n + i;
      indices.push(a, a + n, a + 1, a + 1, a + n, a + n + 1);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3));
  geometry.setAttribute('aPlace', new Float32BufferAttribute(places, 2));
  geometry.setIndex(indices);
  geometry.computeVertexNormals();

  const lattice = floatTexture(heights, n, n);
  const lines = floatTexture(Float32Array.from([...easts, ...souths]), n, 2);
  const target: WebGLRenderTarget = mapTarget(mapSize, mapSize);
  target.texture.anisotropy = 4;
  const shoreM = valley.waterM ?? grid.lowestM - 30;
  const paint = () =>
    baker.fill(target, PAINT, {
      uLattice: {value: lattice},
      uPlaces: {value: lines},
      uShore: {value: shoreM},
      uSize: {value: n},
      uOpen: {value: valley.kind === 'valley' ? 0 : 1},
      uToneA: {value: tones[0]},
      uToneB: {value: tones[1]},
      uYear: u.uYear,
    });
  const material = new ShaderMaterial({
    name: 'surroundings',
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: {...u, uPainted: {value: target.texture}, uOpen: {value: valley.kind === 'plain' ? 1 : 0}},
  });
  const mesh = new Mesh(geometry, material);
  mesh.name = 'surroundings';
  mesh.frustumCulled = false;
  mesh.renderOrder = 1;
  return {
    mesh,
    paint,
    dispose: () => {
      geometry.dispose();
      material.dispose();
      lattice.dispose();
      lines.dispose();
      target.dispose();
    },
  };
}
