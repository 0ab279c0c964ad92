import type {Vector} from './ground-ray.ts';

/** The eye over the local plane. Angles as in the hosts' camera state. */
export type Rig = {
  eastM: number;
  northM: number;
  heightM: number;
  headingDeg: number;
  pitchDeg: number;
  fovDeg: number;
};

/** Where the eye may be. */
export type RigLimits = {
  centre: {eastM: number; northM: number};
  /** Farthest from the centre, along the ground. */
  rangeM: number;
  highestM: number;
  /** Ground or water under a point. */
  groundM: (eastM: number, northM: number) => number;
  /** Least height over it. */
  clearanceM: number;
};

export const LOWEST_PITCH_DEG = -89.9;
export const HIGHEST_PITCH_DEG = 12;

const RAD = Math.PI / 180;

export function wrapDeg(deg: number): number {
  return ((deg % 360) + 360) % 360;
}

/** Unit vectors of the eye: where it looks, its right and its top. */
export function rigAxes({headingDeg, pitchDeg}: Rig): {forward: Vector; right: Vector; top: Vector} {
  const h = headingDeg * RAD;
  const p = pitchDeg * RAD;
  return {
    forward: {eastM: Math.sin(h) * Math.cos(p), upM: Math.sin(p), northM: Math.cos(h) * Math.cos(p)},
    right: {eastM: Math.cos(h), upM: 0, northM: -Math.sin(h)},
    top: {eastM: -Math.sin(h) * Math.sin(p), upM: Math.cos(p), northM: -Math.cos(h) * Math.sin(p)},
  };
}

/** Direction through a point of the picture; x and y from -1 to 1, y upwards; `tan` are tangents of half the angles of view. */
export function rayThrough(rig: Rig, x: number, y: number, tan: {x: number; y: number}): Vector {
  const {forward, right, top} = rigAxes(rig);
  const d = {
    eastM: forward.eastM + right.eastM * x * tan.x + top.eastM * y * tan.y,
    upM: forward.upM + right.upM * x * tan.x + top.upM * y * tan.y,
    northM: forward.northM + right.northM * x * tan.x + top.northM * y * tan.y,
  };
  const length = Math.hypot(d.eastM, d.upM, d.northM);
  return {eastM: d.eastM / length, upM: d.upM / length, northM: d.northM / length};
}

/** Brings a rig back inside its limits: never under ground, never lost. */
export function limitRig(rig: Rig, limits: RigLimits): Rig {
  const {centre, rangeM, highestM} = limits;
  const away = Math.hypot(rig.eastM - centre.eastM, rig.northM - centre.northM);
  const pull = away > rangeM ? rangeM / away : 1;
  const eastM = centre.eastM + (rig.eastM - centre.eastM) * pull;
  const northM = centre.northM + (rig.northM - centre.northM) * pull;
  const lowest = limits.groundM(eastM, northM) + limits.clearanceM;
  return {
    eastM,
    northM,
    heightM: Math.min(Math.max(highestM, lowest), Math.max(lowest, rig.heightM)),
    headingDeg: wrapDeg(rig.headingDeg),
    pitchDeg: Math.min(HIGHEST_PITCH_DEG, Math.max(LOWEST_PITCH_DEG, rig.pitchDeg)),
    fovDeg: Math.min(75, Math.max(12, rig.fovDeg)),
  };
}

/**
 * Moves the eye so that the grabbed place comes under the pointer's new direction, at the eye's own height. A pointer
 * near the horizon pulls no farther than `reachM`.
 */
export function dragGround(rig: Rig, grabbed: Vector, direction: Vector, reachM: number): Rig {
  const drop = rig.heightM - grabbed.upM;
  const slope = Math.min(-1e-3, direction.upM);
  const t = Math.min(reachM, drop / -slope);
  return {
    ...rig,
    eastM: grabbed.eastM - direction.eastM * t,
    northM: grabbed.northM - direction.northM * t,
  };
}

/** Turns the eye around a place: heading and pitch change and the place stays where it is in the picture. */
export function orbit(rig: Rig, pivot: Vector, turnDeg: number, tiltDeg: number): Rig {
  const pitchDeg = Math.min(HIGHEST_PITCH_DEG, Math.max(LOWEST_PITCH_DEG, rig.pitchDeg + tiltDeg));
  const from = rigAxes(rig);
  const next = {...rig, headingDeg: wrapDeg(rig.headingDeg + turnDeg), pitchDeg};
  const to = rigAxes(next);
  const d = {eastM: pivot.eastM - rig.eastM, upM: pivot.upM - rig.heightM, northM: pivot.northM - rig.northM};
  const along = dot(d, from.forward);
  const side = dot(d, from.right);
  const over = dot(d, from.top);
  return {
    ...next,
    eastM: pivot.eastM - (to.forward.eastM * along + to.right.eastM * side + to.top.eastM * over),
    northM: pivot.northM - (to.forward.northM * along + to.right.northM * side + to.top.northM * over),
    heightM: pivot.upM - (to.forward.upM * along + to.right.upM * side + to.top.upM * over),
  };
}

/** Multiplies the distance to a place; it stays where it is in the picture. */
export function dolly(rig: Rig, anchor: Vector, factor: number): Rig {
  return {
    ...rig,
    eastM: anchor.eastM + (rig.eastM - anchor.eastM) * factor,
    northM: anchor.northM + (rig.northM - anchor.northM) * factor,
    heightM: anchor.upM + (rig.heightM - anchor.upM) * factor,
  };
}

/** The eye that looks at a place from a distance, under a heading and pitch. */
export function lookAt(
  place: Vector,
  {
    distanceM,
    headingDeg,
    pitchDeg,
    fovDeg,
  }: {distanceM: number; headingDeg: number; pitchDeg: number; fovDeg: number},
): Rig {
  const rig = {eastM: 0, northM: 0, heightM: 0, headingDeg, pitchDeg, fovDeg};
  const {forward} = rigAxes(rig);
  return {
    ...rig,
    eastM: place.eastM - forward.eastM * distanceM,
    northM: place.northM - forward.northM * distanceM,
    heightM: place.upM - forward.upM * distanceM,
  };
}

/**
 * The eye on its way, `share` 0 to 1: eased, the short way round, and rising in the middle of a long flight so that the
 * ground in between is seen.
 */
export function between(from: Rig, to: Rig, share: number): Rig {
  const t = share * share * share * (share * (share * 6 - 15) + 10);
  const mix = (a: number, b: number) => a + (b - a) * t;
  const turn = ((to.headingDeg - from.headingDeg + 540) % 360) - 180;
  const ground = Math.hypot(to.eastM - from.eastM, to.northM - from.northM);
  const lift = Math.max(0, ground * 0.22 - Math.abs(to.heightM - from.heightM) * 0.3);
  return {
    eastM: mix(from.eastM, to.eastM),
    northM: mix(from.northM, to.northM),
    heightM: mix(from.heightM, to.heightM) + lift * 4 * t * (1 - t),
    headingDeg: wrapDeg(from.headingDeg + turn * t),
    pitchDeg: mix(from.pitchDeg, to.pitchDeg) - Math.min(18, lift * 0.02) * 4 * t * (1 - t),
    fovDeg: mix(from.fovDeg, to.fovDeg),
  };
}

/**
 * Angle of view of a picture's height. Wide pictures have the rig's own; tall ones keep at least `sideDeg` from side
 * to side, up to 78°.
 */
export function verticalFovDeg(fovDeg: number, aspect: number, sideDeg = 36): number {
  const forSide = 2 * Math.atan(Math.tan((sideDeg * RAD) / 2) / aspect) * (1 / RAD);
  return Math.min(78, Math.max(fovDeg, forSide));
}

function dot(a: Vector, b: Vector): number {
  return a.eastM * b.eastM + a.upM * b.upM + a.northM * b.northM;
}
