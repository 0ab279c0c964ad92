import {describe, expect, it} from 'vitest';
import {seasonality, yearFraction} from '../../../twin-ui/engine/season.ts';
import {skyLight} from '../../../twin-ui/engine/sky-light.ts';

describe('the light of the hour', () => {
  const at = (elevationDeg: number) => skyLight({azimuthDeg: 250, elevationDeg});

  it('never jumps: half a degree changes no colour by more than a tenth', () => {
    for (let elevation = -30; elevation < 80; elevation += 0.5) {
      const a = at(elevation);
      const b = at(elevation + 0.5);
      for (const key of ['colour', 'skyAmbient', 'zenith', 'horizon'] as const) {
        a[key].forEach((value, i) => {
          expect(Math.abs(value - b[key][i]!), `${key} at ${elevation}°`).toBeLessThan(0.15);
        });
      }
      expect(Math.abs(a.exposure - b.exposure)).toBeLessThan(0.05);
    }
  });

  it('is blue and dim at night but never black, and its caster stays above the horizon', () => {
    for (const elevation of [-90, -40, -12, -4, 0, 10, 80]) {
      const light = at(elevation);
      expect(light.direction.up).toBeGreaterThan(0);
      expect(Math.hypot(light.direction.east, light.direction.up, light.direction.north)).toBeCloseTo(1, 6);
      expect(Math.min(...light.skyAmbient)).toBeGreaterThan(0.05);
    }
    expect(at(-40).skyAmbient[2]).toBeGreaterThan(at(-40).skyAmbient[0]);
    expect(at(-40).night).toBe(1);
    expect(at(30).night).toBe(0);
  });
});

describe('the season', () => {
  it.each([
    {time: '2026-01-01T00:00:00Z', latitudeDeg: 30, fraction: 0},
    {time: '2026-07-02T12:00:00Z', latitudeDeg: 30, fraction: 0.5},
    {time: '2026-01-01T00:00:00Z', latitudeDeg: -30, fraction: 0.5},
    {time: '2026-07-02T12:00:00Z', latitudeDeg: -30, fraction: 0},
  ])('is $fraction of the year at $time, $latitudeDeg°', ({time, latitudeDeg, fraction}) => {
    expect(yearFraction(Date.parse(time), latitudeDeg)).toBeCloseTo(fraction, 6);
  });

  it('does not show near the equator', () => {
    expect(seasonality(0)).toBe(0);
    expect(seasonality(-29)).toBe(1);
  });
});
