import {describe, expect, it} from 'vitest';
import {localFrame} from '../../../twin-ui/engine/local-frame.ts';

/** GRS-free check: the arc of a meridian and of a parallel near a point, from WGS 84's own radii of curvature. */
const A = 6378137;
const E2 = 0.00669437999014;

describe('the plane around a site', () => {
  it.each([
    {longitudeDeg: 106.712, latitudeDeg: 29.578},
    {longitudeDeg: 137.25, latitudeDeg: -28.95},
    {longitudeDeg: 179.999, latitudeDeg: 0},
    {longitudeDeg: -70, latitudeDeg: 78},
  ])('goes out and back at $longitudeDeg, $latitudeDeg', (origin) => {
    const frame = localFrame(origin);
    for (const point of [
      {eastM: 0, northM: 0},
      {eastM: 3250, northM: -1500},
      {eastM: -17_000, northM: 9000},
    ]) {
      const back = frame.toLocal(frame.toLonLat(point));
      expect(back.eastM).toBeCloseTo(point.eastM, 4);
      expect(back.northM).toBeCloseTo(point.northM, 4);
    }
  });

  // Radii of curvature: EPSG guidance note 7-2, table 3 (rho, nu).
  it('has the length of a small arc along the meridian and the parallel', () => {
    const latitude = (29.578 * Math.PI) / 180;
    const w = Math.sqrt(1 - E2 * Math.sin(latitude) ** 2);
    const rho = (A * (1 - E2)) / w ** 3;
    const nu = A / w;
    const frame = localFrame({longitudeDeg: 106.712, latitudeDeg: 29.578});
    const arc = (0.001 * Math.PI) / 180;
    expect(frame.toLocal({longitudeDeg: 106.712, latitudeDeg: 29.579}).northM).toBeCloseTo(rho * arc, 3);
    expect(frame.toLocal({longitudeDeg: 106.713, latitudeDeg: 29.578}).eastM).toBeCloseTo(
      nu * Math.cos(latitude) * arc,
      3,
    );
  });
});
