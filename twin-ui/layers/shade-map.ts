import {
  Camera,
  CustomBlending,
  DoubleSide,
  Float32BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  MaxEquation,
  Mesh,
  OneFactor,
  Scene,
  ShaderMaterial,
  Vector4,
  type WebGLRenderTarget,
} from 'three';
import {type Baker, mapTarget} from './baking.ts';
import {CROWN_TABLE} from './crowns/crown-glsl.ts';
import {IMPOSTOR_COLUMNS, IMPOSTOR_ROW_RAD, IMPOSTOR_ROWS, IMPOSTOR_SIDES} from './crowns/crown-impostors.ts';
import type {CrownsLayer} from './crowns/crowns-layer.ts';
import {HEIGHTS} from './glsl.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

/** Shade that the ground casts on itself: a march towards the light over the heights, soft at its edge. */
const GROUND = /* glsl */ `
varying vec2 vPlace;
uniform vec3 uLight;
uniform vec4 uSquare;
uniform float uReliefM;
${HEIGHTS}
void main() {
  vec2 xz = uSquare.xy + vPlace * uSquare.zw;
  float z = groundHeight(xz) + 0.4;
  vec2 flat_ = normalize(uLight.xz + vec2(1e-5));
  float rise = uLight.y / max(length(uLight.xz), 1e-4);
  float reach = uReliefM / max(rise, 0.02);
  float lit = 1.0;
  float t = uHeightScale.z * 1.5;
  for (int k = 0; k < 72; k++) {
    if (t > reach) break;
    float over = z + rise * t - groundHeight(xz + flat_ * t);
    lit = min(lit, 0.5 + over / (0.6 + t * 0.020));
    if (lit < 0.0) break;
    t *= 1.075;
    t += uHeightScale.z * 0.35;
  }
  gl_FragColor = vec4(0.0, 1.0 - clamp(lit, 0.0, 1.0), 0.0, 1.0);
}
`;

/** A crown's outline as the light sees it, laid on the ground behind it. */
const CROWN_VERTEX = /* glsl */ `
attribute float aId;
varying vec2 vUv;
uniform vec3 uLight;
uniform vec4 uSquare;
${CROWN_TABLE}
void main() {
  int id = int(aId + 0.5);
  vec4 place = texelFetch(uCrownPlace, crownCell(id), 0);
  float health;
  vec4 shape = crownShape(id, health);
  float h = shape.x, r = shape.y, seed = place.w;
  float e = asin(clamp(uLight.y, 0.14, 1.0));
  float row = clamp(floor(e / ${IMPOSTOR_ROW_RAD} + 0.5), 0.0, ${(IMPOSTOR_ROWS - 1).toFixed(1)});
  vec2 away = -normalize(uLight.xz + vec2(1e-5)), side = vec2(away.y, -away.x);
  float len = h / tan(e) + 1.8 * r;
  vec2 w = place.xz - away * r * 0.45 + side * position.x * r * 1.1 + away * position.y * len;
  float column = shape.z * ${IMPOSTOR_SIDES.toFixed(1)} + step(0.5, fract(seed * 7.0));
  vUv = vec2((column + 0.5 + position.x * 0.49) / ${IMPOSTOR_COLUMNS.toFixed(1)}, (row + 0.01 + position.y * 0.98) / ${IMPOSTOR_ROWS.toFixed(1)});
  vec2 q = (w - uSquare.xy) / uSquare.zw;
  gl_Position = vec4(q * 2.0 - 1.0, 0.0, 1.0);
}
`;
const CROWN_FRAGMENT = /* glsl */ `
uniform sampler2D uSurface;
varying vec2 vUv;
void main() {
  float a = texture2D(uSurface, vUv).a;
  gl_FragColor = vec4(smoothstep(0.2, 0.6, a) * 0.9, 0.0, 0.0, 0.0);
}
`;

export type ShadeMaps = {
  /** Renders both maps anew; to be called when the light or the crowns changed. */
  update: () => void;
  /** Moves the fine map to a place; renders it when it is new there. */
  focus: (eastM: number, northM: number, sideM: number) => void;
  setCrowns: (crowns: CrownsLayer | null) => void;
  /** How many of the crowns cast shade, the first of them. */
  setCrownCount: (count: number) => void;
  dispose: () => void;
};

/** Shade on the ground, rendered top-down and only when light, crowns or focus change. */
export function makeShadeMaps(
  baker: Baker,
  u: SceneUniforms,
  {width, height, nearPx, reliefM}: {width: number; height: number; nearPx: number; reliefM: number},
): ShadeMaps {
  const far = mapTarget(width, height);
  const near = nearPx > 0 ? mapTarget(nearPx, nearPx) : null;
  u.uShade.value = far.texture;
  u.uShadeNear.value = (near ?? far).texture;
  u.uShadeNearRect.value.set(1e7, 1e7, 1, 1);
  const square = {value: new Vector4()};
  const camera = new Camera();
  const scene = new Scene();
  let mesh: Mesh<InstancedBufferGeometry, ShaderMaterial> | null = null;

  const ground = (target: WebGLRenderTarget) =>
    baker.fill(target, GROUND, {
      uLight: u.uLight,
      uSquare: square,
      uReliefM: {value: reliefM},
      uHeights: u.uHeights,
      uRect: u.uRect,
      uHeightScale: u.uHeightScale,
      uHeightSize: u.uHeightSize,
    });
  const render = (target: WebGLRenderTarget) => {
    ground(target);
    if (mesh) baker.draw(target, scene, camera, false);
  };
  const renderNear = () => {
    if (!near) return;
    square.value.copy(u.uShadeNearRect.value);
    render(near);
  };
  const drop = () => {
    if (!mesh) return;
    scene.remove(mesh);
    mesh.geometry.dispose();
    mesh.material.dispose();
    mesh = null;
  };
  return {
    update: () => {
      square.value.copy(u.uRect.value);
      render(far);
      if (u.uShadeNearRect.value.x < 1e6) renderNear();
    },
    focus: (eastM, northM, sideM) => {
      if (!near) return;
      const grain = sideM / 16;
      const x = Math.round((eastM - sideM / 2) / grain) * grain;
      const z = Math.round((-northM - sideM / 2) / grain) * grain;
      const rect = u.uShadeNearRect.value;
      if (rect.x === x && rect.y === z && rect.z === sideM) return;
      rect.set(x, z, sideM, sideM);
      renderNear();
    },
    setCrowns: (layer) => {
      drop();
      if (!layer || layer.crowns.count === 0) return;
      const geometry = new InstancedBufferGeometry();
      geometry.setAttribute(
        'position',
        new Float32BufferAttribute([-1, 0, 0, 1, 0, 0, 1, 1, 0, -1, 1, 0], 3),
      );
      geometry.setIndex([0, 1, 2, 0, 2, 3]);
      const ids = Float32Array.from({length: layer.crowns.count}, (_, k) => k);
      geometry.setAttribute('aId', new InstancedBufferAttribute(ids, 1));
      geometry.instanceCount = layer.crowns.count;
      const material = new ShaderMaterial({
        name: 'crown-shade',
        vertexShader: CROWN_VERTEX,
        fragmentShader: CROWN_FRAGMENT,
        uniforms: {
          uLight: u.uLight,
          uSquare: square,
          ...layer.tableUniforms,
          uSurface: {value: layer.impostors.surface},
        },
        side: DoubleSide,
        depthTest: false,
        depthWrite: false,
        blending: CustomBlending,
        blendEquation: MaxEquation,
        blendSrc: OneFactor,
        blendDst: OneFactor,
        blendSrcAlpha: OneFactor,
        blendDstAlpha: OneFactor,
      });
      mesh = new Mesh(geometry, material);
      mesh.frustumCulled = false;
      scene.add(mesh);
    },
    setCrownCount: (count) => {
      if (mesh) mesh.geometry.instanceCount = count;
    },
    dispose: () => {
      drop();
      far.dispose();
      near?.dispose();
    },
  };
}
