import {describe, expect, it} from 'vitest';
import {distanceToGround, groundHides} from '../../../twin-ui/engine/ground-ray.ts';
import {heightAt, insideGrid, readHeightGrid, slopeAt} from '../../../twin-ui/engine/height-grid.ts';
import {gridOf} from './grids.ts';

const plane = gridOf((e, n) => 20 + 0.1 * e - 0.05 * n);
const cone = gridOf((e, n) => Math.max(0, 80 - 0.5 * Math.hypot(e, n)));
const unit = (eastM: number, upM: number, northM: number) => {
  const l = Math.hypot(eastM, upM, northM);
  return {eastM: eastM / l, upM: upM / l, northM: northM / l};
};

describe('heights', () => {
  it('are exact on a plane between the samples, north up and west left', () => {
    expect(heightAt(plane, 13.7, -121.3)).toBeCloseTo(20 + 1.37 + 6.065, 2);
    expect(slopeAt(plane, 0, 0)).toBeCloseTo(Math.hypot(0.1, 0.05), 3);
  });
  it('are those of the nearest edge outside', () => {
    expect(heightAt(plane, 9000, 0)).toBeCloseTo(heightAt(plane, 400, 0), 2);
    expect(insideGrid(plane, {eastM: 401, northM: 0})).toBe(false);
  });
  it('say what was expected when the file is too short', () => {
    const header = {columns: 3, rows: 2} as Parameters<typeof readHeightGrid>[0];
    expect(() => readHeightGrid(header, new ArrayBuffer(10))).toThrow('wants 12 bytes, got 10');
  });
});

describe('a ray', () => {
  // The plane z = 20 + 0.1 e - 0.05 n met by (0,0,500) + t (0.6, -0.8, 0): 500 - 0.8 t = 20 + 0.06 t, t = 480 / 0.86.
  it('meets a plane where algebra says', () => {
    expect(
      distanceToGround(plane, {eastM: 0, upM: 500, northM: 0}, {eastM: 0.6, upM: -0.8, northM: 0}, 5000),
    ).toBeCloseTo(480 / 0.86, 1);
  });
  it('meets nothing upwards, beyond its reach or past the grid', () => {
    const from = {eastM: 0, upM: 500, northM: 0};
    expect(distanceToGround(plane, from, {eastM: 0, upM: 1, northM: 0}, 5000)).toBeNull();
    expect(distanceToGround(plane, from, {eastM: 0, upM: -1, northM: 0}, 300)).toBeNull();
    expect(
      distanceToGround(plane, {eastM: 2000, upM: 500, northM: 0}, {eastM: 0, upM: -1, northM: 0}, 5000),
    ).toBeNull();
  });
  it('meets the near side of a hill from outside the grid', () => {
    const t = distanceToGround(cone, {eastM: -1000, upM: 30, northM: 0}, unit(1, 0, 0), 5000);
    // the cone is 30 m high at 100 m from its middle
    expect(t).toBeCloseTo(900, 0);
  });
});

describe('a hill', () => {
  it.each([
    {name: 'hides what is behind it', to: {eastM: 300, upM: 2, northM: 0}, hidden: true},
    {name: 'does not hide what is before it', to: {eastM: -200, upM: 3, northM: 0}, hidden: false},
    {name: 'does not hide what stands high enough', to: {eastM: 300, upM: 200, northM: 0}, hidden: false},
    {name: 'does not hide its own summit', to: {eastM: 0, upM: 80.5, northM: 0}, hidden: false},
    {name: 'does not hide what is beside it', to: {eastM: 300, upM: 2, northM: 280}, hidden: false},
  ])('$name', ({to, hidden}) => {
    expect(groundHides(cone, {eastM: -390, upM: 20, northM: 0}, to)).toBe(hidden);
  });
});
