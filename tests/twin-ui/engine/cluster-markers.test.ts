import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {clusterMarkers, type MarkerPoint} from '../../../twin-ui/engine/cluster-markers.ts';

const point = (id: string, x: number, y: number, severity = 0, distanceM = 100): MarkerPoint => ({
  id,
  x,
  y,
  severity,
  distanceM,
});

describe('markers that overlap', () => {
  it('are gathered within 46 px and left alone from there on', () => {
    expect(clusterMarkers([point('a', 100, 100), point('b', 145, 100)])).toHaveLength(1);
    expect(clusterMarkers([point('a', 100, 100), point('b', 146, 100)])).toHaveLength(2);
  });

  it('show the worst state at the place of the worst', () => {
    const [cluster] = clusterMarkers([
      point('ok', 100, 100, 0, 10),
      point('bad', 120, 110, 2, 900),
      point('late', 110, 90, 1),
    ]);
    expect(cluster).toMatchObject({severity: 2, x: 120, y: 110});
    expect(cluster!.members.map((m) => m.id)).toEqual(['bad', 'late', 'ok']);
  });

  it('lead with the nearest among equals', () => {
    const [cluster] = clusterMarkers([point('far', 100, 100, 1, 900), point('near', 110, 100, 1, 20)]);
    expect(cluster!.lead.id).toBe('near');
  });

  it('lose no point, keep leads apart and do not depend on the order', () => {
    const points = fc.array(
      fc.record({
        x: fc.integer({min: 0, max: 400}),
        y: fc.integer({min: 0, max: 400}),
        severity: fc.integer({min: 0, max: 2}),
        distanceM: fc.integer({min: 1, max: 50}),
      }),
      {maxLength: 60},
    );
    fc.assert(
      fc.property(points, fc.integer(), (list, turn) => {
        const named = list.map((p, i) => ({...p, id: `s${i}`}));
        const clusters = clusterMarkers(named);
        expect(clusters.flatMap((c) => c.members.map((m) => m.id)).sort()).toEqual(
          named.map((p) => p.id).sort(),
        );
        clusters.forEach((a, i) => {
          expect(a.severity).toBe(Math.max(...a.members.map((m) => m.severity)));
          for (const b of clusters.slice(i + 1))
            expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(46);
        });
        const rotated = [
          ...named.slice(Math.abs(turn) % (named.length || 1)),
          ...named.slice(0, Math.abs(turn) % (named.length || 1)),
        ];
        expect(clusterMarkers(rotated)).toEqual(clusters);
      }),
    );
  });
});
