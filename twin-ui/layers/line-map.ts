import {
  Camera,
  Color,
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
  type WebGLRenderTarget,
} from 'three';
import type {SceneLine} from '../engine/site-files.ts';
import {type Baker, mapTarget} from './baking.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

/** Distance in metres over which the edge of a line is kept on either side. */
export const LINE_RANGE_M = 9;

/** Channel of the line map: paved roads, unpaved trails, streams, lamps. */
type Channel = 0 | 1 | 2 | 3;

const VERTEX = /* glsl */ `
attribute vec4 aSegment;
attribute vec2 aShape;
varying vec2 vLocal;
varying float vLength, vHalf, vChannel;
uniform vec4 uRect;
void main() {
  vec2 a = aSegment.xy, b = aSegment.zw;
  float len = max(length(b - a), 1e-3);
  vec2 along = (b - a) / len, side = vec2(-along.y, along.x);
  float grow = aShape.x + ${LINE_RANGE_M.toFixed(1)};
  vec2 local = vec2(mix(-grow, len + grow, position.x * 0.5 + 0.5), position.y * grow);
  vLocal = local;
  vLength = len;
  vHalf = aShape.x;
  vChannel = aShape.y;
  vec2 xz = a + along * local.x + side * local.y;
  vec2 place = (xz - uRect.xy) / uRect.zw;
  gl_Position = vec4(place * 2.0 - 1.0, 0.0, 1.0);
}
`;
const FRAGMENT = /* glsl */ `
varying vec2 vLocal;
varying float vLength, vHalf, vChannel;
void main() {
  vec2 p = vec2(vLocal.x - clamp(vLocal.x, 0.0, vLength), vLocal.y);
  float inside = vHalf - length(p);
  float v = clamp(0.5 + inside / ${(2 * LINE_RANGE_M).toFixed(1)}, 0.0, 1.0);
  if (vChannel > 2.5) v = pow(clamp(1.0 - length(p) / vHalf, 0.0, 1.0), 2.0);
  gl_FragColor = vec4(vChannel < 0.5 ? v : 0.0, vChannel > 0.5 && vChannel < 1.5 ? v : 0.0,
    vChannel > 1.5 && vChannel < 2.5 ? v : 0.0, vChannel > 2.5 ? v : 0.0);
}
`;

/**
 * Distances to the edges of roads (r), trails (g) and streams (b), 0.5 on the edge and more inside, and pools of
 * lamplight (a). A distance stays sharp under magnification where a painted line would blur.
 */
export function makeLineMap(
  baker: Baker,
  {paths, streams}: {paths: readonly SceneLine[]; streams: readonly SceneLine[]},
  width: number,
  height: number,
  u: SceneUniforms,
): {target: WebGLRenderTarget; bake: () => void} {
  const segments: number[] = [];
  const shapes: number[] = [];
  const add = (line: SceneLine, channel: Channel) => {
    for (let i = 1; i < line.line.length; i++) {
      const a = line.line[i - 1]!;
      const b = line.line[i]!;
      segments.push(a.eastM, -a.northM, b.eastM, -b.northM);
      shapes.push(line.widthM / 2, channel);
    }
  };
  for (const path of paths) {
    if (path.deckM !== null) continue;
    add(path, isPaved(path) ? 0 : 1);
    if (isPaved(path)) addLamps(path, segments, shapes);
  }
  for (const stream of streams) add({...stream, widthM: Math.max(1.6, stream.widthM)}, 2);

  const target = mapTarget(width, height);
  target.texture.anisotropy = 4;
  const bake = () => {
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute(
      'position',
      new Float32BufferAttribute([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0], 3),
    );
    geometry.setIndex([0, 1, 2, 0, 2, 3]);
    geometry.setAttribute('aSegment', new InstancedBufferAttribute(new Float32Array(segments), 4));
    geometry.setAttribute('aShape', new InstancedBufferAttribute(new Float32Array(shapes), 2));
    geometry.instanceCount = shapes.length / 2;
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {uRect: u.uRect},
      depthTest: false,
      depthWrite: false,
      side: DoubleSide,
      blending: CustomBlending,
      blendEquation: MaxEquation,
      blendSrc: OneFactor,
      blendDst: OneFactor,
      blendSrcAlpha: OneFactor,
      blendDstAlpha: OneFactor,
    });
    const mesh = new Mesh(geometry, material);
    mesh.frustumCulled = false;
    const scene = new Scene();
    scene.add(mesh);
    const {renderer} = baker;
    const clear = renderer.getClearColor(new Color());
    const alpha = renderer.getClearAlpha();
    renderer.setClearColor(0x000000, 0);
    baker.draw(target, scene, new Camera(), true);
    renderer.setClearColor(clear, alpha);
    geometry.dispose();
    material.dispose();
  };
  return {target, bake};
}

export function isPaved({kind, widthM}: SceneLine): boolean {
  return kind === 'road' || kind === 'street' || (kind !== 'trail' && widthM >= 5);
}

/** Lamps every 38 m, left and right in turn. */
function addLamps({line, widthM}: SceneLine, segments: number[], shapes: number[]): void {
  let left = 19;
  let side = 1;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!;
    const b = line[i]!;
    const length = Math.hypot(b.eastM - a.eastM, b.northM - a.northM);
    if (length === 0) continue;
    const ue = (b.eastM - a.eastM) / length;
    const un = (b.northM - a.northM) / length;
    for (; left < length; left += 38) {
      side = -side;
      const e = a.eastM + ue * left - un * side * widthM * 0.5;
      const n = a.northM + un * left + ue * side * widthM * 0.5;
      segments.push(e, -n, e + 0.01, -n);
      shapes.push(12, 3);
    }
    left -= length;
  }
}
