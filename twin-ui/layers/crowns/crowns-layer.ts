import {
  type BufferGeometry,
  DoubleSide,
  DynamicDrawUsage,
  Float32BufferAttribute,
  Frustum,
  Group,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Matrix4,
  Mesh,
  type PerspectiveCamera,
  ShaderMaterial,
  type Texture,
  Vector2,
} from 'three';
import type {Crowns} from '../../engine/crown-placement.ts';
import {CROWN_FORMS} from '../../engine/ground-style.ts';
import {sizeCrowns, stepOf, type TreeHistory} from '../../engine/tree-history.ts';
import type {Baker} from '../baking.ts';
import {FINISH, MAP_PLACE, SHADE, SKY} from '../glsl.ts';
import type {SceneUniforms} from '../scene-uniforms.ts';
import {CROWN_LIGHT, CROWN_TABLE, CROWN_TINT} from './crown-glsl.ts';
import {
  IMPOSTOR_COLUMNS,
  IMPOSTOR_ROW_RAD,
  IMPOSTOR_ROWS,
  IMPOSTOR_SIDES,
  IMPOSTOR_TALL,
  IMPOSTOR_WIDE,
  type Impostors,
  makeImpostors,
} from './crown-impostors.ts';
import {type CrownBucket, makeBuckets, selectCrowns} from './crown-select.ts';
import {crownGeometry} from './crown-shapes.ts';
import {crownTable} from './crown-table.ts';
import {leafAtlas} from './leaf-atlas.ts';
import {treeTexture} from './tree-texture.ts';

/** Edge of a leaf: hard, or spread over a pixel where samples are averaged. */
const CUT = /* glsl */ `
#ifdef SOFT_EDGES
  #define CUT_LEAF(a, at) float cover_ = clamp(((a) - (at)) / max(fwidth(a), 0.08) + 0.5, 0.0, 1.0); if (cover_ < 0.02) discard;
#else
  #define CUT_LEAF(a, at) float cover_ = 1.0; if ((a) < (at)) discard;
#endif
`;

const MESH_VERTEX = /* glsl */ `
attribute float aId;
attribute vec2 aShade;
varying vec3 vN, vAt, vTint;
varying vec2 vUv, vShade;
varying float vDark;
uniform float uSeconds;
uniform vec4 uRect;
${CROWN_TABLE}
${CROWN_TINT}
${MAP_PLACE}
${SHADE}
void main() {
  int id = int(aId + 0.5);
  vec4 place = texelFetch(uCrownPlace, crownCell(id), 0);
  float health;
  vec4 shape = crownShape(id, health);
  float seed = place.w, yaw = seed * 6.2832, c = cos(yaw), s = sin(yaw);
  vec3 p = vec3(c * position.x + s * position.z, position.y, c * position.z - s * position.x) * vec3(shape.y, shape.x, shape.y);
  // a bare crown in winter keeps a part of its leaf cards
  if (aShade.y > 0.5 && crownHash(aShade.x * 77.0 + position.x * 13.0) < max(bareness(shape.w) * 0.6, health > 0.0 ? 0.0 : 0.9)) p *= 0.0;
  float sway = position.y * position.y * 0.010 * shape.x * (aShade.y * 0.6 + 0.4);
  p.x += sin(uSeconds * 1.3 + place.x * 0.05 + position.z * 3.0) * sway * 0.25;
  p.z += cos(uSeconds * 1.1 + place.z * 0.05 + position.x * 3.0) * sway * 0.2;
  vN = vec3(c * normal.x + s * normal.z, normal.y, c * normal.z - s * normal.x);
  vUv = uv;
  vShade = aShade;
  vTint = withHealth(crownTint(shape.z, seed, shape.w, place.xz), health);
  vDark = groundShadeAt(place.xz);
  vAt = place.xyz + p;
  gl_Position = projectionMatrix * viewMatrix * vec4(vAt, 1.0);
}
`;
const MESH_FRAGMENT = /* glsl */ `
uniform sampler2D uLeaf;
uniform float uGrey;
varying vec3 vN, vAt, vTint;
varying vec2 vUv, vShade;
varying float vDark;
${SKY}
${CROWN_LIGHT}
${CUT}
void main() {
  vec3 a = vec3(0.085, 0.065, 0.048);
  float through = 0.0, leafA = 1.0;
  if (vShade.y > 0.5) {
    vec4 leaf = texture2D(uLeaf, vUv);
    leafA = leaf.a * (1.0 + 0.25 * length(fwidth(vUv)) * 64.0);
    a = vTint * leaf.rgb * 1.45;
    through = 1.0;
  }
  CUT_LEAF(leafA, 0.5)
  if (uGrey > 0.001) a = mix(a, vec3(dot(a, vec3(0.3, 0.55, 0.15))), uGrey);
  vec3 c = crownLight(a, normalize(vN), vAt, vShade.x, through, vDark);
  gl_FragColor = vec4(throughAir(c, vAt), cover_);
  ${FINISH}
}
`;

const FAR_VERTEX = /* glsl */ `
attribute float aId;
varying vec2 vUv;
varying vec3 vAt, vTint;
varying float vFlip, vDark, vThin;
uniform vec4 uRect;
${CROWN_TABLE}
${CROWN_TINT}
${MAP_PLACE}
${SHADE}
void main() {
  int id = int(aId + 0.5);
  vec4 place = texelFetch(uCrownPlace, crownCell(id), 0);
  float health;
  vec4 shape = crownShape(id, health);
  float h = shape.x, r = shape.y, seed = place.w;
  vec3 centre = place.xyz + vec3(0.0, h * 0.5, 0.0);
  vec3 v = normalize(cameraPosition - centre);
  float e = asin(clamp(v.y, -1.0, 1.0));
  float row = clamp(floor(e / ${IMPOSTOR_ROW_RAD} + 0.5), 0.0, ${(IMPOSTOR_ROWS - 1).toFixed(1)});
  float er = row * ${IMPOSTOR_ROW_RAD};
  float tall = h * cos(er) + 2.0 * r * sin(er);
  vec3 right = normalize(vec3(v.z, 0.0, -v.x));
  vec3 up = cross(v, right);
  float side = step(0.5, fract(seed * 7.0));
  vFlip = seed > 0.5 ? 1.0 : -1.0;
  vAt = centre + right * position.x * r * ${IMPOSTOR_WIDE} + up * (position.y - 0.5) * tall * ${IMPOSTOR_TALL};
  float column = shape.z * ${IMPOSTOR_SIDES.toFixed(1)} + side;
  vUv = vec2((column + 0.5 + position.x * 0.49 * vFlip) / ${IMPOSTOR_COLUMNS.toFixed(1)}, (row + 0.01 + position.y * 0.98) / ${IMPOSTOR_ROWS.toFixed(1)});
  vTint = withHealth(crownTint(shape.z, seed, shape.w, place.xz), health);
  vThin = max(bareness(shape.w), health > 0.0 ? 0.0 : 1.0);
  vDark = groundShadeAt(place.xz);
  gl_Position = projectionMatrix * viewMatrix * vec4(vAt, 1.0);
}
`;
const FAR_FRAGMENT = /* glsl */ `
uniform sampler2D uSurface, uNormals;
uniform float uGrey;
varying vec2 vUv;
varying vec3 vAt, vTint;
varying float vFlip, vDark, vThin;
${SKY}
${CROWN_LIGHT}
${CUT}
void main() {
  vec4 s = texture2D(uSurface, vUv);
  vec2 size = fwidth(vUv) * vec2(${(128 * IMPOSTOR_COLUMNS).toFixed(1)}, ${(128 * IMPOSTOR_ROWS).toFixed(1)});
  // smaller copies lose cover: far crowns would dissolve
  float mip = max(0.0, log2(max(size.x, size.y)));
  float leafA = s.a * (1.0 + mip * 0.28);
  CUT_LEAF(leafA, 0.42 + 0.16 * vThin)
  // the smaller copies are mixed with black outside the crown: take that out again
  s.rgb /= max(s.a, 0.004);
  vec4 nn = texture2D(uNormals, vUv);
  vec3 vn = nn.rgb / max(nn.a, 0.004) * 2.0 - 1.0;
  vn.x *= vFlip;
  vec3 f = normalize(cameraPosition - vAt);
  vec3 right = normalize(vec3(f.z, 0.0, -f.x)), ahead = normalize(vec3(f.x, 0.0, f.z));
  vec3 n = normalize(right * vn.x + vec3(0.0, 1.0, 0.0) * vn.y + ahead * vn.z);
  float leaf = smoothstep(0.25, 0.7, s.b);
  vec3 a = mix(vec3(0.085, 0.065, 0.048), vTint * s.g * 1.45, leaf);
  if (uGrey > 0.001) a = mix(a, vec3(dot(a, vec3(0.3, 0.55, 0.15))), uGrey);
  vec3 c = crownLight(a, n, vAt, s.r, leaf, vDark);
  gl_FragColor = vec4(throughAir(c, vAt), cover_);
  ${FINISH}
}
`;

export type CrownsLayer = {
  group: Group;
  crowns: Crowns;
  impostors: Impostors;
  table: ReturnType<typeof crownTable>;
  /** What the shaders that draw crowns read of them. */
  tableUniforms: CrownUniforms;
  /** Shows the trees as they were in a year, and crowns without a history or not. */
  setYear: (year: number) => void;
  showIllustrated: (on: boolean) => void;
  /** Crowns that are shown: those with a history, and the others behind them. */
  shown: () => number;
  /** Sorts crowns by distance for a camera; `heightPx` is that of the picture. */
  select: (camera: PerspectiveCamera, heightPx: number) => void;
  counts: () => {near: number; mid: number; far: number; placed: number; trees: number};
  bake: () => void;
  dispose: () => void;
};

export type CrownsOptions = {
  fullPx: number;
  reducedPx: number;
  softEdges: boolean;
  /** Widest texture of the machine. */
  mostTexturePx: number;
};

export type CrownUniforms = {
  uCrownPlace: {value: Texture};
  uCrownShape: {value: Texture};
  uTrees: {value: Texture};
  uTreeCount: {value: number};
  uTreeScale: {value: Vector2};
  uTreeStep: {value: number};
};

/**
 * Crowns of all forms: pictures far away, cut meshes near by; at most 13 draw calls. The first of them are the trees of `history`,
 * if there is one: their sizes and health are read on the graphics card at the year shown, which then costs no upload.
 */
export function makeCrowns(
  baker: Baker,
  u: SceneUniforms,
  crowns: Crowns,
  history: TreeHistory | null,
  options: CrownsOptions,
): CrownsLayer {
  const table = crownTable(crowns);
  const trees = treeTexture(history, options.mostTexturePx);
  const tableUniforms: CrownUniforms = {
    uCrownPlace: {value: table.place},
    uCrownShape: {value: table.shape},
    uTrees: {value: trees},
    uTreeCount: {value: history?.count ?? 0},
    uTreeScale: {value: new Vector2(history?.heightScaleM ?? 1, history?.radiusScaleM ?? 1)},
    uTreeStep: {value: 0},
  };
  let illustrated = true;
  const leaf = leafAtlas();
  const impostors = makeImpostors(baker, leaf);
  const buckets = makeBuckets(crowns.count);
  const uniforms = {
    ...u,
    uLeaf: {value: leaf},
    ...tableUniforms,
    uSurface: {value: impostors.surface},
    uNormals: {value: impostors.normals},
  };
  const defines = options.softEdges ? {SOFT_EDGES: ''} : {};
  const shared = {uniforms, defines, alphaToCoverage: options.softEdges};
  const meshMaterial = new ShaderMaterial({
    ...shared,
    name: 'crown',
    side: DoubleSide,
    vertexShader: MESH_VERTEX,
    fragmentShader: MESH_FRAGMENT,
  });
  const farMaterial = new ShaderMaterial({
    ...shared,
    name: 'crown-far',
    vertexShader: FAR_VERTEX,
    fragmentShader: FAR_FRAGMENT,
  });
  const group = new Group();
  group.name = 'vegetation';
  const draws: {
    bucket: CrownBucket;
    mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>;
    ids: InstancedBufferAttribute;
  }[] = [];
  const add = (name: string, source: BufferGeometry, bucket: CrownBucket, material: ShaderMaterial) => {
    const geometry = new InstancedBufferGeometry();
    geometry.index = source.index;
    for (const [key, attribute] of Object.entries(source.attributes)) geometry.setAttribute(key, attribute);
    const ids = new InstancedBufferAttribute(bucket.ids, 1);
    ids.setUsage(DynamicDrawUsage);
    geometry.setAttribute('aId', ids);
    geometry.instanceCount = 0;
    const mesh = new Mesh(geometry, material);
    mesh.name = name;
    mesh.frustumCulled = false;
    mesh.renderOrder = 2;
    group.add(mesh);
    draws.push({bucket, mesh, ids});
  };
  CROWN_FORMS.forEach((form, f) => {
    add(`crown-full-${form}`, crownGeometry(form, 'full'), buckets.full[f]!, meshMaterial);
    add(`crown-reduced-${form}`, crownGeometry(form, 'reduced'), buckets.reduced[f]!, meshMaterial);
  });
  const quad = new InstancedBufferGeometry();
  quad.setAttribute('position', new Float32BufferAttribute([-1, 0, 0, 1, 0, 0, 1, 1, 0, -1, 1, 0], 3));
  quad.setIndex([0, 1, 2, 0, 2, 3]);
  add('crown-far', quad, buckets.far, farMaterial);

  const shown = () => (illustrated ? crowns.count : (history?.count ?? 0));
  const matrix = new Matrix4();
  const frustum = new Frustum();
  const planes = new Float64Array(20);
  const select: CrownsLayer['select'] = (camera, heightPx) => {
    matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
    frustum.setFromProjectionMatrix(matrix);
    // the far plane (4) never cuts crowns away
    [0, 1, 2, 3, 5].forEach((p, k) => {
      const {normal, constant} = frustum.planes[p]!;
      planes.set([normal.x, normal.y, normal.z, constant], k * 4);
    });
    selectCrowns(
      crowns,
      {
        eye: camera.position,
        planes,
        pixelsPerMetre: heightPx / (2 * Math.tan((camera.fov * Math.PI) / 360)),
        fullPx: options.fullPx,
        reducedPx: options.reducedPx,
      },
      buckets,
      shown(),
    );
    for (const {bucket, mesh, ids} of draws) {
      mesh.geometry.instanceCount = bucket.count;
      mesh.visible = bucket.count > 0;
      if (bucket.count === 0) continue;
      ids.clearUpdateRanges();
      ids.addUpdateRange(0, bucket.count);
      ids.needsUpdate = true;
    }
  };
  const total = (list: CrownBucket[]) => list.reduce((sum, bucket) => sum + bucket.count, 0);
  return {
    group,
    crowns,
    impostors,
    table,
    tableUniforms,
    setYear: (year) => {
      if (!history) return;
      tableUniforms.uTreeStep.value = stepOf(history, year);
      sizeCrowns(history, year);
      crowns.heightM.set(history.crowns.heightM);
      crowns.radiusM.set(history.crowns.radiusM);
    },
    showIllustrated: (on) => {
      illustrated = on;
    },
    shown,
    select,
    counts: () => ({
      near: total(buckets.full),
      mid: total(buckets.reduced),
      far: buckets.far.count,
      placed: crowns.count,
      trees: history?.count ?? 0,
    }),
    bake: impostors.bake,
    dispose: () => {
      for (const {mesh} of draws) mesh.geometry.dispose();
      meshMaterial.dispose();
      farMaterial.dispose();
      table.dispose();
      trees.dispose();
      leaf.dispose();
      impostors.dispose();
    },
  };
}
