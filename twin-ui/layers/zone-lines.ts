import {
  Color,
  DoubleSide,
  Float32BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
  Vector2,
} from 'three';
import {subdivide} from '../engine/polygons.ts';
import type {SceneZone} from '../engine/site-files.ts';

const VERTEX = /* glsl */ `
attribute vec3 aStart, aEnd;
attribute float aZone;
uniform vec2 uPicture;
uniform float uWidthPx, uSelected, uWater;
varying float vMine, vAcross;
void main() {
  vMine = 1.0 - step(0.5, abs(aZone - uSelected));
  float y0 = max(aStart.y, uWater) + 0.8, y1 = max(aEnd.y, uWater) + 0.8;
  vec4 a = projectionMatrix * viewMatrix * vec4(aStart.x, y0, aStart.z, 1.0);
  vec4 b = projectionMatrix * viewMatrix * vec4(aEnd.x, y1, aEnd.z, 1.0);
  float w = 0.5;
  if (a.w < w) a = mix(b, a, (b.w - w) / max(b.w - a.w, 1e-4));
  if (b.w < w) b = mix(a, b, (a.w - w) / max(a.w - b.w, 1e-4));
  vec2 along = (b.xy / b.w - a.xy / a.w) * uPicture;
  along = length(along) > 1e-4 ? normalize(along) : vec2(1.0, 0.0);
  vec4 p = position.x < 0.5 ? a : b;
  float wide = uWidthPx * mix(1.0, 2.2, vMine);
  vAcross = position.y;
  p.xy += vec2(-along.y, along.x) * position.y * wide / uPicture * p.w;
  // drawn a little nearer than it is, so that the ground does not swallow it
  p.z -= 0.00006 * p.w;
  gl_Position = p;
}
`;
const FRAGMENT = /* glsl */ `
uniform vec3 uColour, uSelectedColour;
uniform float uOpacity;
varying float vMine, vAcross;
void main() {
  float edge = 1.0 - smoothstep(0.55, 1.0, abs(vAcross));
  vec3 c = mix(uColour, uSelectedColour, vMine);
  float a = edge * mix(uOpacity, 1.0, vMine);
  if (a < 0.01) discard;
  gl_FragColor = vec4(c, a);
}
`;

export type ZoneLines = {
  mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  select: (id: string | null) => void;
  setOpacity: (opacity: number) => void;
  /** Only the chosen zone's line is drawn. */
  setOnlySelected: (only: boolean) => void;
  resize: (width: number, height: number) => void;
};

/** Outlines of zones, laid over the ground, of the same width on the screen everywhere; one draw call. */
export function makeZoneLines(
  zones: readonly SceneZone[],
  heightM: (eastM: number, northM: number) => number,
  water: {value: number},
): ZoneLines {
  const starts: number[] = [];
  const ends: number[] = [];
  const owners: number[] = [];
  zones.forEach((zone, index) => {
    for (const polygon of zone.polygons) {
      for (const ring of polygon) {
        const line = subdivide([...ring, ring[0]!], 18);
        for (let k = 1; k < line.length; k++) {
          const a = line[k - 1]!;
          const b = line[k]!;
          starts.push(a.eastM, heightM(a.eastM, a.northM), -a.northM);
          ends.push(b.eastM, heightM(b.eastM, b.northM), -b.northM);
          owners.push(index);
        }
      }
    }
  });
  const geometry = new InstancedBufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute([0, -1, 0, 1, -1, 0, 1, 1, 0, 0, 1, 0], 3));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  geometry.setAttribute('aStart', new InstancedBufferAttribute(new Float32Array(starts), 3));
  geometry.setAttribute('aEnd', new InstancedBufferAttribute(new Float32Array(ends), 3));
  geometry.setAttribute('aZone', new InstancedBufferAttribute(new Float32Array(owners), 1));
  geometry.instanceCount = owners.length;
  const material = new ShaderMaterial({
    name: 'zone-lines',
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: {
      uPicture: {value: new Vector2(1, 1)},
      uWidthPx: {value: 1.1},
      uSelected: {value: -1},
      uWater: water,
      uColour: {value: new Color(1, 1, 1)},
      uSelectedColour: {value: new Color(1, 0.86, 0.42)},
      uOpacity: {value: 0.5},
    },
    transparent: true,
    depthWrite: false,
    side: DoubleSide,
  });
  const mesh = new Mesh(geometry, material);
  mesh.name = 'zones';
  mesh.frustumCulled = false;
  mesh.renderOrder = 7;
  const {uniforms} = material;
  let opacity = 0.5;
  return {
    mesh,
    select: (id) => {
      uniforms['uSelected']!.value = id === null ? -1 : zones.findIndex((zone) => zone.id === id);
    },
    setOpacity: (value) => {
      opacity = value;
      uniforms['uOpacity']!.value = value;
    },
    setOnlySelected: (only) => {
      uniforms['uOpacity']!.value = only ? 0 : opacity;
    },
    resize: (width, height) => {
      uniforms['uPicture']!.value.set(width / 2, height / 2);
    },
  };
}
