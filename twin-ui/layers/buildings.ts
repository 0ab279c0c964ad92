import {BufferGeometry, Float32BufferAttribute, Mesh, ShaderMaterial, ShapeUtils, Vector2} from 'three';
import {hash01} from '../engine/hash.ts';
import type {LocalPoint} from '../engine/local-frame.ts';
import {subdivide} from '../engine/polygons.ts';
import type {SceneBuilding, SceneLine} from '../engine/site-files.ts';
import {FINISH, MAP_PLACE, SHADE, SKY, TO_LINEAR} from './glsl.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

const VERTEX = /* glsl */ `
attribute vec3 aColour, aWall;
varying vec3 vAt, vN, vColour, vWall;
void main() {
  vAt = position;
  vN = normal;
  vColour = aColour;
  vWall = aWall;
  gl_Position = projectionMatrix * viewMatrix * vec4(position, 1.0);
}
`;
const FRAGMENT = /* glsl */ `
varying vec3 vAt, vN, vColour, vWall;
uniform vec4 uRect;
uniform float uGrey;
${MAP_PLACE}
${SKY}
${SHADE}
${TO_LINEAR}
float grain(vec2 p) { return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453); }
void main() {
  vec3 n = normalize(vN);
  vec3 a = toLinear(vColour);
  float glass = 0.0, lit = 0.0;
  float d = distance(cameraPosition, vAt);
  if (vWall.z > 0.5) {
    // storeys of 3.5 m, bays of 3.2 m
    vec2 bay = vec2(vWall.x / 3.2, vWall.y / 3.5);
    vec2 f = fract(bay);
    vec2 soft = fwidth(bay) * 0.7;
    vec2 open = smoothstep(vec2(0.16, 0.26) - soft, vec2(0.16, 0.26) + soft, f) * (1.0 - smoothstep(vec2(0.84, 0.84) - soft, vec2(0.84, 0.84) + soft, f));
    glass = open.x * open.y * step(0.35, vWall.y);
    glass = mix(glass, 0.30, clamp(max(soft.x, soft.y) - 0.35, 0.0, 1.0));
    lit = step(0.55, grain(floor(bay) + floor(vAt.xz / 37.0))) * glass;
    a = mix(a, vec3(0.045, 0.062, 0.075), glass * 0.85);
  }
  if (uGrey > 0.001) a = mix(a, vec3(dot(a, vec3(0.3, 0.55, 0.15))), uGrey * 0.7);
  float shade = groundShadeAt(vAt.xz);
  float foot = vWall.z > 0.5 ? mix(0.55, 1.0, smoothstep(0.0, 3.5, vWall.y)) : 1.0;
  vec3 ambient = mix(uGroundAmbient, uSkyAmbient, n.y * 0.5 + 0.5) * foot;
  vec3 c = a * (uLightColour * max(dot(n, uLight), 0.0) * (1.0 - 0.9 * shade) + ambient);
  if (glass > 0.01) {
    vec3 r = reflect(normalize(vAt - cameraPosition), n);
    c += skyColour(normalize(vec3(r.x, abs(r.y) + 0.05, r.z))) * glass * 0.22;
  }
  c += vec3(1.0, 0.60, 0.27) * lit * uNight * (0.35 + 0.5 * grain(floor(vWall.xy / 3.3)));
  gl_FragColor = vec4(throughAir(c, vAt), 1.0);
  ${FINISH}
}
`;

type Rgb = readonly [number, number, number];
const WALLS: readonly Rgb[] = [
  [0.86, 0.83, 0.77],
  [0.8, 0.77, 0.72],
  [0.88, 0.86, 0.82],
  [0.74, 0.68, 0.6],
];
const ROOFS: readonly Rgb[] = [
  [0.42, 0.43, 0.44],
  [0.47, 0.45, 0.43],
  [0.38, 0.4, 0.42],
  [0.52, 0.42, 0.36],
];
const FLAT_ROOF: Rgb = [0.68, 0.66, 0.62];
const CONCRETE: Rgb = [0.74, 0.73, 0.7];
const ASPHALT: Rgb = [0.46, 0.46, 0.46];

/** Least side from which a roof is flat: no one tiles a hall of that width. */
const FLAT_FROM_M = 34;

type Point = {e: number; n: number; up: number};

class Builder {
  readonly positions: number[] = [];
  readonly normals: number[] = [];
  readonly colours: number[] = [];
  readonly walls: number[] = [];

  /** A flat polygon fan, seen from the side its points turn counter-clockwise on. `place` is metres along and up a wall. */
  face(points: Point[], colour: Rgb, place?: [number, number][]): void {
    const [a, b, c] = points as [Point, Point, Point];
    const ux = b.e - a.e;
    const uy = b.up - a.up;
    const uz = -(b.n - a.n);
    const vx = c.e - a.e;
    const vy = c.up - a.up;
    const vz = -(c.n - a.n);
    const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const length = Math.hypot(...normal) || 1;
    for (let k = 1; k + 1 < points.length; k++) {
      for (const index of [0, k, k + 1]) {
        const p = points[index]!;
        this.positions.push(p.e, p.up, -p.n);
        this.normals.push(normal[0]! / length, normal[1]! / length, normal[2]! / length);
        this.colours.push(...colour);
        this.walls.push(place?.[index]?.[0] ?? 0, place?.[index]?.[1] ?? 0, place ? 1 : 0);
      }
    }
  }

  wall(a: LocalPoint, b: LocalPoint, lowM: number, highM: number, colour: Rgb, floorM: number | null): void {
    const length = Math.hypot(b.eastM - a.eastM, b.northM - a.northM);
    const corners: Point[] = [
      {e: a.eastM, n: a.northM, up: lowM},
      {e: b.eastM, n: b.northM, up: lowM},
      {e: b.eastM, n: b.northM, up: highM},
      {e: a.eastM, n: a.northM, up: highM},
    ];
    const place: [number, number][] | undefined =
      floorM === null
        ? undefined
        : [
            [0, lowM - floorM],
            [length, lowM - floorM],
            [length, highM - floorM],
            [0, highM - floorM],
          ];
    this.face(corners, colour, place);
  }
}

function areaOf(ring: readonly LocalPoint[]): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!;
    const b = ring[(i + 1) % ring.length]!;
    sum += a.eastM * b.northM - b.eastM * a.northM;
  }
  return sum / 2;
}

function addBuilding(out: Builder, building: SceneBuilding, groundM: (e: number, n: number) => number): void {
  const given = building.polygon[0];
  if (!given || given.length < 3) return;
  const ring = areaOf(given) > 0 ? given : [...given].reverse();
  const grounds = ring.map((p) => groundM(p.eastM, p.northM));
  const floorM = building.groundM ?? grounds.reduce((a, b) => a + b, 0) / grounds.length;
  const lowM = Math.min(floorM, ...grounds) - 1;
  const pick = hash01(Math.round(ring[0]!.eastM), Math.round(ring[0]!.northM), 5);
  const wall = WALLS[Math.floor(pick * WALLS.length)]!;
  const roof =
    ROOFS[
      Math.floor(
        hash01(Math.round(ring[0]!.northM / 300), Math.round(ring[0]!.eastM / 300), 6) * ROOFS.length,
      )
    ]!;
  const sides = ring.map((p, i) => {
    const q = ring[(i + 1) % ring.length]!;
    return Math.hypot(q.eastM - p.eastM, q.northM - p.northM);
  });
  const narrow = Math.min(...sides);
  const hipped = ring.length === 4 && narrow < FLAT_FROM_M;
  const riseM = hipped ? Math.min(narrow * 0.28, building.heightM * 0.6) : 0;
  const eavesM = floorM + building.heightM - riseM;
  ring.forEach((p, i) => {
    out.wall(p, ring[(i + 1) % ring.length]!, lowM, eavesM, wall, floorM);
  });
  if (hipped) addHippedRoof(out, ring, sides, {eavesM, riseM, colour: roof});
  else addFlatRoof(out, ring, eavesM, wall);
}

/** Four planes that meet in a ridge along the longer side, with eaves that stand out. */
function addHippedRoof(
  out: Builder,
  ring: readonly LocalPoint[],
  sides: readonly number[],
  {eavesM, riseM, colour}: {eavesM: number; riseM: number; colour: Rgb},
): void {
  const centre = {
    e: ring.reduce((s, p) => s + p.eastM, 0) / 4,
    n: ring.reduce((s, p) => s + p.northM, 0) / 4,
  };
  const start = sides[0]! >= sides[1]! ? 0 : 1;
  const long = sides[start]!;
  const short = sides[(start + 1) % 4]!;
  const grow = 1.3;
  const a = ring[start]!;
  const b = ring[(start + 1) % 4]!;
  const along = {e: (b.eastM - a.eastM) / long, n: (b.northM - a.northM) / long};
  const across = {e: -along.n, n: along.e};
  const at = (u: number, v: number, up: number): Point => ({
    e: centre.e + along.e * u + across.e * v,
    n: centre.n + along.n * u + across.n * v,
    up,
  });
  const u = long / 2 + grow;
  const v = short / 2 + grow;
  const ridge = Math.max(0, long / 2 - short * 0.42);
  const low = eavesM - 0.25;
  const top = eavesM + riseM;
  const corners = [at(-u, -v, low), at(u, -v, low), at(u, v, low), at(-u, v, low)] as const;
  const west = at(-ridge, 0, top);
  const east = at(ridge, 0, top);
  out.face([corners[0], corners[1], east, west], colour);
  out.face([corners[2], corners[3], west, east], colour);
  out.face([corners[1], corners[2], east], colour);
  out.face([corners[3], corners[0], west], colour);
  out.face(
    [corners[3], corners[2], corners[1], corners[0]],
    [colour[0] * 0.7, colour[1] * 0.7, colour[2] * 0.7],
  );
}

/** A flat roof behind a parapet, with a lower raised part in its middle. */
function addFlatRoof(out: Builder, ring: readonly LocalPoint[], topM: number, wall: Rgb): void {
  const centre = {
    eastM: ring.reduce((s, p) => s + p.eastM, 0) / ring.length,
    northM: ring.reduce((s, p) => s + p.northM, 0) / ring.length,
  };
  const scaled = (k: number) =>
    ring.map((p) => ({
      eastM: centre.eastM + (p.eastM - centre.eastM) * k,
      northM: centre.northM + (p.northM - centre.northM) * k,
    }));
  const cap = (points: readonly LocalPoint[], up: number, colour: Rgb) => {
    const contour = points.map((p) => new Vector2(p.eastM, p.northM));
    for (const triangle of ShapeUtils.triangulateShape(contour, [])) {
      out.face(
        triangle.map((k) => ({e: points[k]!.eastM, n: points[k]!.northM, up})),
        colour,
      );
    }
  };
  const inner = scaled(0.975);
  ring.forEach((p, i) => {
    const q = ring[(i + 1) % ring.length]!;
    out.wall(p, q, topM, topM + 1, wall, null);
    out.wall(inner[(i + 1) % ring.length]!, inner[i]!, topM, topM + 1, wall, null);
    out.face(
      [p, q, inner[(i + 1) % ring.length]!, inner[i]!].map((c) => ({e: c.eastM, n: c.northM, up: topM + 1})),
      wall,
    );
  });
  cap(inner, topM + 0.1, FLAT_ROOF);
  const raised = scaled(0.5);
  raised.forEach((p, i) => {
    out.wall(p, raised[(i + 1) % raised.length]!, topM, topM + 2.6, CONCRETE, null);
  });
  cap(raised, topM + 2.6, FLAT_ROOF);
}

/** Deck, edges, parapets and piers down to the ground under it. */
function addBridge(
  out: Builder,
  {line, widthM, deckM}: SceneLine,
  groundM: (e: number, n: number) => number,
): void {
  if (deckM === null || line.length < 2) return;
  const points = subdivide(line, 24);
  const half = widthM / 2;
  const side = (k: number, v: number, up: number): Point => {
    const a = points[Math.max(0, k - 1)]!;
    const b = points[Math.min(points.length - 1, k + 1)]!;
    const length = Math.hypot(b.eastM - a.eastM, b.northM - a.northM) || 1;
    const p = points[k]!;
    return {
      e: p.eastM - ((b.northM - a.northM) / length) * v,
      n: p.northM + ((b.eastM - a.eastM) / length) * v,
      up,
    };
  };
  for (let k = 0; k + 1 < points.length; k++) {
    const top = deckM;
    const under = deckM - 2.4;
    const strip = (v0: number, v1: number, up: number, colour: Rgb) =>
      out.face(
        [side(k, v0, up), side(k, v1, up), side(k + 1, v1, up), side(k + 1, v0, up)].reverse(),
        colour,
      );
    strip(-half, half, top, ASPHALT);
    for (const s of [-1, 1]) {
      const outer = half * s;
      const inner = (half - 0.5) * s;
      const quad = (v: number, low: number, high: number, out_: boolean) => {
        const ring = [side(k, v, low), side(k + 1, v, low), side(k + 1, v, high), side(k, v, high)];
        out.face(out_ === s < 0 ? ring : ring.reverse(), CONCRETE);
      };
      quad(outer, under, top + 1.1, true);
      quad(inner, top, top + 1.1, false);
      const cap = [
        side(k, outer, top + 1.1),
        side(k + 1, outer, top + 1.1),
        side(k + 1, inner, top + 1.1),
        side(k, inner, top + 1.1),
      ];
      out.face(s < 0 ? cap : cap.reverse(), CONCRETE);
    }
    out.face(
      [side(k, -half, under), side(k, half, under), side(k + 1, half, under), side(k + 1, -half, under)],
      CONCRETE,
    );
    if (k % 3 !== 1) continue;
    const foot = groundM(points[k]!.eastM, points[k]!.northM) - 3;
    if (deckM - foot < 6) continue;
    for (const v of [-half * 0.55, half * 0.55]) {
      const base = side(k, v, foot);
      const r = 1.7;
      const ring = Array.from({length: 8}, (_, i) => ({
        eastM: base.e + Math.cos((i / 8) * 2 * Math.PI) * r,
        northM: base.n + Math.sin((i / 8) * 2 * Math.PI) * r,
      }));
      ring.forEach((p, i) => {
        out.wall(p, ring[(i + 1) % 8]!, foot, under, CONCRETE, null);
      });
    }
  }
}

/** Buildings and bridges in one draw call; null when the site has none. */
export function makeBuildings(
  u: SceneUniforms,
  buildings: readonly SceneBuilding[],
  paths: readonly SceneLine[],
  groundM: (eastM: number, northM: number) => number,
): Mesh<BufferGeometry, ShaderMaterial> | null {
  const out = new Builder();
  for (const building of buildings) addBuilding(out, building, groundM);
  for (const path of paths) if (path.deckM !== null) addBridge(out, path, groundM);
  if (out.positions.length === 0) return null;
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(out.positions, 3));
  geometry.setAttribute('normal', new Float32BufferAttribute(out.normals, 3));
  geometry.setAttribute('aColour', new Float32BufferAttribute(out.colours, 3));
  geometry.setAttribute('aWall', new Float32BufferAttribute(out.walls, 3));
  const material = new ShaderMaterial({
    name: 'buildings',
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: u,
  });
  const mesh = new Mesh(geometry, material);
  mesh.name = 'buildings';
  mesh.renderOrder = 1;
  return mesh;
}
