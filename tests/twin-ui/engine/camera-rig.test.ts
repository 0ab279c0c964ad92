import {describe, expect, it} from 'vitest';
import {
  between,
  dolly,
  dragGround,
  limitRig,
  lookAt,
  orbit,
  type Rig,
  type RigLimits,
  rayThrough,
  rigAxes,
  verticalFovDeg,
} from '../../../twin-ui/engine/camera-rig.ts';
import type {Vector} from '../../../twin-ui/engine/ground-ray.ts';

const RIG: Rig = {eastM: 120, northM: -800, heightM: 640, headingDeg: 33, pitchDeg: -28, fovDeg: 40};
const TAN = {x: 0.65, y: 0.364};

/** Place of a point in the picture, -1 to 1, worked out from the axes alone. */
function inPicture(rig: Rig, p: Vector): {x: number; y: number} {
  const {forward, right, top} = rigAxes(rig);
  const d = {eastM: p.eastM - rig.eastM, upM: p.upM - rig.heightM, northM: p.northM - rig.northM};
  const dot = (a: Vector) => a.eastM * d.eastM + a.upM * d.upM + a.northM * d.northM;
  return {x: dot(right) / dot(forward) / TAN.x, y: dot(top) / dot(forward) / TAN.y};
}
function along(rig: Rig, direction: Vector, t: number): Vector {
  return {
    eastM: rig.eastM + direction.eastM * t,
    upM: rig.heightM + direction.upM * t,
    northM: rig.northM + direction.northM * t,
  };
}

describe('axes', () => {
  it.each([
    {headingDeg: 0, pitchDeg: 0, forward: [0, 0, 1]},
    {headingDeg: 90, pitchDeg: 0, forward: [1, 0, 0]},
    {headingDeg: 180, pitchDeg: -90, forward: [0, -1, 0]},
    {headingDeg: 270, pitchDeg: -45, forward: [-Math.SQRT1_2, -Math.SQRT1_2, 0]},
  ])(
    'look along $forward (east, up, north) at heading $headingDeg, pitch $pitchDeg',
    ({headingDeg, pitchDeg, forward}) => {
      const axes = rigAxes({...RIG, headingDeg, pitchDeg});
      expect(axes.forward.eastM).toBeCloseTo(forward[0]!, 9);
      expect(axes.forward.upM).toBeCloseTo(forward[1]!, 9);
      expect(axes.forward.northM).toBeCloseTo(forward[2]!, 9);
    },
  );
});

describe('what the hands do', () => {
  it('brings the grabbed place under the pointer', () => {
    const grabbed = along(RIG, rayThrough(RIG, -0.3, -0.4, TAN), 1500);
    const moved = dragGround(RIG, grabbed, rayThrough(RIG, 0.5, -0.2, TAN), 30_000);
    const seen = inPicture(moved, grabbed);
    expect(seen.x).toBeCloseTo(0.5, 6);
    expect(seen.y).toBeCloseTo(-0.2, 6);
    expect(moved.heightM).toBe(RIG.heightM);
  });

  it('keeps the pivot where it is when it turns and tilts', () => {
    const pivot = along(RIG, rayThrough(RIG, 0.2, -0.5, TAN), 900);
    const before = inPicture(RIG, pivot);
    const after = inPicture(orbit(RIG, pivot, 70, -20), pivot);
    expect(after.x).toBeCloseTo(before.x, 6);
    expect(after.y).toBeCloseTo(before.y, 6);
  });

  it('keeps what is under the wheel where it is', () => {
    const anchor = along(RIG, rayThrough(RIG, -0.6, 0.1, TAN), 2000);
    const before = inPicture(RIG, anchor);
    const nearer = dolly(RIG, anchor, 0.4);
    const after = inPicture(nearer, anchor);
    expect(after.x).toBeCloseTo(before.x, 6);
    expect(after.y).toBeCloseTo(before.y, 6);
    expect(
      Math.hypot(anchor.eastM - nearer.eastM, anchor.upM - nearer.heightM, anchor.northM - nearer.northM),
    ).toBeCloseTo(800, 6);
  });
});

describe('limits', () => {
  const limits: RigLimits = {
    centre: {eastM: 0, northM: 0},
    rangeM: 5000,
    highestM: 6000,
    groundM: (e) => 180 + (e > 1000 ? 100 : 0),
    clearanceM: 4,
  };
  it.each([
    {name: 'never under ground', rig: {...RIG, eastM: 2000, heightM: 12}, expected: {heightM: 284}},
    {name: 'never too high', rig: {...RIG, heightM: 99_000}, expected: {heightM: 6000}},
    {name: 'never lost', rig: {...RIG, eastM: 0, northM: -50_000}, expected: {northM: -5000}},
    {name: 'never over the top', rig: {...RIG, pitchDeg: -140}, expected: {pitchDeg: -89.9}},
    {name: 'heading in one turn', rig: {...RIG, headingDeg: -725}, expected: {headingDeg: 355}},
  ])('$name', ({rig, expected}) => {
    expect(limitRig(rig, limits)).toMatchObject(expected);
  });
});

describe('flights and lenses', () => {
  it('starts and ends exactly, goes the short way round and rises on the way', () => {
    const to = {...RIG, eastM: 5000, headingDeg: 350};
    const from = {...RIG, headingDeg: 20};
    expect(between(from, to, 0)).toEqual(from);
    expect(between(from, to, 1)).toEqual(to);
    const half = between(from, to, 0.5);
    expect(half.headingDeg).toBeCloseTo(5, 6);
    expect(half.heightM).toBeGreaterThan(RIG.heightM);
  });

  it('looks at a place from the given distance', () => {
    const place = {eastM: 300, upM: 200, northM: -40};
    const rig = lookAt(place, {distanceM: 420, headingDeg: 210, pitchDeg: -30, fovDeg: 40});
    const {forward} = rigAxes(rig);
    const reached = along(rig, forward, 420);
    expect(reached.eastM).toBeCloseTo(place.eastM, 6);
    expect(reached.upM).toBeCloseTo(place.upM, 6);
    expect(reached.northM).toBeCloseTo(place.northM, 6);
  });

  it('widens a tall picture so that its sides keep 36°, up to 78°', () => {
    expect(verticalFovDeg(40, 16 / 9)).toBe(40);
    const tall = verticalFovDeg(40, 390 / 844);
    const sides = 2 * Math.atan(Math.tan((tall * Math.PI) / 360) * (390 / 844)) * (180 / Math.PI);
    expect(sides).toBeCloseTo(36, 6);
    expect(verticalFovDeg(40, 0.2)).toBe(78);
  });
});
