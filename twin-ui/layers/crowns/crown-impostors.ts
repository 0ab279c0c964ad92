import {
  Color,
  DoubleSide,
  LinearFilter,
  LinearMipmapLinearFilter,
  Mesh,
  OrthographicCamera,
  Scene,
  ShaderMaterial,
  type Texture,
  WebGLRenderTarget,
} from 'three';
import {CROWN_FORMS} from '../../engine/ground-style.ts';
import type {Baker} from '../baking.ts';
import {aspectOf, crownGeometry} from './crown-shapes.ts';

/** Pictures of every form from four heights of view and two sides. */
export const IMPOSTOR_ROWS = 4;
export const IMPOSTOR_SIDES = 2;
export const IMPOSTOR_COLUMNS = CROWN_FORMS.length * IMPOSTOR_SIDES;
/** Angle between two rows: 0°, 25°, 50°, 75°. */
export const IMPOSTOR_ROW_RAD = 0.4363;
/** A picture is this much wider and higher than its crown. */
export const IMPOSTOR_WIDE = 1.12;
export const IMPOSTOR_TALL = 1.03;

const TILE_PX = 128;

const VERTEX = /* glsl */ `
attribute vec2 aShade;
varying vec2 vUv, vShade;
varying vec3 vN;
uniform mat3 uTurn;
void main() {
  vUv = uv;
  vShade = aShade;
  vN = uTurn * normal;
  gl_Position = projectionMatrix * viewMatrix * vec4(uTurn * position, 1.0);
}
`;
const fragment = (kind: 'surface' | 'normal') => /* glsl */ `
uniform sampler2D uLeaf;
varying vec2 vUv, vShade;
varying vec3 vN;
void main() {
  vec4 leaf = texture2D(uLeaf, vUv);
  float isLeaf = step(0.5, vShade.y);
  if (isLeaf > 0.5 && leaf.a < 0.5) discard;
  gl_FragColor = ${kind === 'normal' ? 'vec4(normalize(vN) * 0.5 + 0.5, 1.0)' : 'vec4(vShade.x, isLeaf > 0.5 ? leaf.g : 0.6, isLeaf, 1.0)'};
}
`;

export type Impostors = {surface: Texture; normals: Texture; bake: () => void; dispose: () => void};

/**
 * Far pictures of the crowns: openness, brightness and a leaf mark in one, normals in the other, so that they are lit
 * anew in every frame. `bake` can be called again after the graphics context was lost.
 */
export function makeImpostors(baker: Baker, leaf: Texture): Impostors {
  const target = () =>
    new WebGLRenderTarget(TILE_PX * IMPOSTOR_COLUMNS, TILE_PX * IMPOSTOR_ROWS, {
      generateMipmaps: true,
      minFilter: LinearMipmapLinearFilter,
      magFilter: LinearFilter,
    });
  const surface = target();
  const normals = target();
  const bake = () => {
    const {renderer} = baker;
    const clear = renderer.getClearColor(new Color());
    const alpha = renderer.getClearAlpha();
    renderer.setClearColor(0x000000, 0);
    for (const [into, kind] of [
      [surface, 'surface'],
      [normals, 'normal'],
    ] as const) {
      into.viewport.set(0, 0, into.width, into.height);
      // smaller copies once at the end, not after each of the pictures
      into.texture.generateMipmaps = false;
      const material = new ShaderMaterial({
        side: DoubleSide,
        vertexShader: VERTEX,
        fragmentShader: fragment(kind),
        uniforms: {uLeaf: {value: leaf}, uTurn: {value: null}},
      });
      let cleared = false;
      CROWN_FORMS.forEach((form, f) => {
        const aspect = aspectOf(form);
        const geometry = crownGeometry(form, 'full');
        geometry.scale(1, aspect, 1);
        const mesh = new Mesh(geometry, material);
        mesh.frustumCulled = false;
        const scene = new Scene();
        scene.add(mesh);
        for (let side = 0; side < IMPOSTOR_SIDES; side++) {
          const turn = side * 1.9;
          const c = Math.cos(turn);
          const s = Math.sin(turn);
          material.uniforms['uTurn']!.value = [c, 0, -s, 0, 1, 0, s, 0, c];
          material.uniformsNeedUpdate = true;
          for (let row = 0; row < IMPOSTOR_ROWS; row++) {
            const elevation = row * IMPOSTOR_ROW_RAD;
            const tall = (aspect * Math.cos(elevation) + 2 * Math.sin(elevation)) * IMPOSTOR_TALL;
            const camera = new OrthographicCamera(
              -IMPOSTOR_WIDE,
              IMPOSTOR_WIDE,
              tall / 2,
              -tall / 2,
              0.1,
              60,
            );
            camera.position.set(0, aspect / 2 + Math.sin(elevation) * 30, Math.cos(elevation) * 30);
            camera.lookAt(0, aspect / 2, 0);
            camera.updateMatrixWorld();
            const column = f * IMPOSTOR_SIDES + side;
            if (!cleared) {
              baker.draw(into, new Scene(), camera, true);
              cleared = true;
            }
            into.viewport.set(column * TILE_PX + 1, row * TILE_PX + 1, TILE_PX - 2, TILE_PX - 2);
            baker.draw(into, scene, camera, false);
          }
        }
        geometry.dispose();
      });
      into.viewport.set(0, 0, into.width, into.height);
      into.texture.generateMipmaps = true;
      baker.draw(into, new Scene(), new OrthographicCamera(), false);
      material.dispose();
    }
    renderer.setClearColor(clear, alpha);
  };
  return {
    surface: surface.texture,
    normals: normals.texture,
    bake,
    dispose: () => {
      surface.dispose();
      normals.dispose();
    },
  };
}
