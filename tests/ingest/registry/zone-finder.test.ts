import {join} from 'node:path';
import {expect, it} from 'vitest';
import {createZoneFinder, loadSites, zoneAt} from '#ingest';
import {randomKey, uniformAt} from '#model';

const ROOT = join(import.meta.dirname, '../../..');

it.each([
  ['guangyang', join(ROOT, 'sites')],
  ['lake-saltmarsh', join(ROOT, 'tests/fixtures/sites')],
])('finds in %s the zone that zoneAt finds', async (id, folder) => {
  const [site] = await loadSites(folder, [id]);
  const {zones} = site!;
  const find = createZoneFinder(zones);
  const corners = zones.flatMap(({geometry}) => geometry.coordinates.flat(3) as number[]);
  const positions = zones.flatMap(({geometry}) =>
    geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2),
  ) as [number, number][];
  expect(corners.length).toBeGreaterThan(10);
  const lon = positions.map(([x]) => x);
  const lat = positions.map(([, y]) => y);
  const [west, east] = [Math.min(...lon) - 0.001, Math.max(...lon) + 0.001];
  const [south, north] = [Math.min(...lat) - 0.001, Math.max(...lat) + 0.001];
  const key = randomKey(1, 'zones', id);
  const points = Array.from({length: 1500}, (_, i) => [
    west + (east - west) * uniformAt(key, 2 * i),
    south + (north - south) * uniformAt(key, 2 * i + 1),
  ]);
  // on corners, and level with them, too
  for (let i = 0; i < positions.length; i += 37) points.push(positions[i]!, [west + 0.002, positions[i]![1]]);
  const found = points.map(([x, y]) => find(x!, y!));
  expect(found).toEqual(points.map(([x, y]) => zoneAt(zones, x!, y!)));
  expect(new Set(found).size).toBeGreaterThan(3);
  expect(find(Number.NaN, 29.5)).toBe(null);
});
