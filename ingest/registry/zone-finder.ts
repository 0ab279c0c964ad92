import type {ZoneFeature} from '#schemas';

/** Edges of one polygon by bands of latitude, so that a point meets few of them: x and y of both ends, one after the other. */
type BandedPolygon = {
  west: number;
  south: number;
  east: number;
  north: number;
  bandsPerDeg: number;
  bands: Float64Array[];
};

/** About so many edges lie in a band. */
const EDGES_PER_BAND = 4;
const MOST_BANDS = 4096;

function banded(rings: readonly (readonly (readonly number[])[])[]): BandedPolygon {
  const box = {west: Infinity, south: Infinity, east: -Infinity, north: -Infinity};
  let edges = 0;
  for (const ring of rings) {
    edges += ring.length;
    for (const [x, y] of ring as [number, number][]) {
      box.west = Math.min(box.west, x);
      box.east = Math.max(box.east, x);
      box.south = Math.min(box.south, y);
      box.north = Math.max(box.north, y);
    }
  }
  const count = Math.min(MOST_BANDS, Math.max(1, Math.ceil(edges / EDGES_PER_BAND)));
  const bandsPerDeg = box.north > box.south ? count / (box.north - box.south) : 0;
  const lists: number[][] = Array.from({length: count}, () => []);
  const bandOf = (y: number) => Math.min(count - 1, Math.max(0, Math.floor((y - box.south) * bandsPerDeg)));
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i] as [number, number];
      const [xj, yj] = ring[j] as [number, number];
      const last = bandOf(Math.max(yi, yj));
      for (let band = bandOf(Math.min(yi, yj)); band <= last; band += 1) lists[band]!.push(xi, yi, xj, yj);
    }
  }
  return {...box, bandsPerDeg, bands: lists.map((list) => Float64Array.from(list))};
}

/** The even-odd rule of `pointInPolygon`, over the edges of the point's band alone. */
function holds({west, south, east, north, bandsPerDeg, bands}: BandedPolygon, x: number, y: number): boolean {
  // written so that a place that is no number lies outside
  if (!(x >= west && x <= east && y >= south && y <= north)) return false;
  const edges = bands[Math.min(bands.length - 1, Math.floor((y - south) * bandsPerDeg))]!;
  let inside = false;
  for (let at = 0; at < edges.length; at += 4) {
    const yi = edges[at + 1]!;
    const yj = edges[at + 3]!;
    if (yi > y === yj > y) continue;
    const xi = edges[at]!;
    const xj = edges[at + 2]!;
    if (x < xj + ((xi - xj) * (y - yj)) / (yi - yj)) inside = !inside;
  }
  return inside;
}

/**
 * `zoneAt` for many points: the same answer, from edges that are sorted once.
 */
export function createZoneFinder(
  zones: readonly ZoneFeature[],
): (longitudeDeg: number, latitudeDeg: number) => string | null {
  const smallestFirst = zones
    .map(({properties, geometry}, order) => ({
      id: properties.id,
      areaHa: properties.areaHa,
      order,
      polygons: (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).map(banded),
    }))
    .sort((a, b) => a.areaHa - b.areaHa || a.order - b.order);
  return (longitudeDeg, latitudeDeg) =>
    smallestFirst.find(({polygons}) => polygons.some((polygon) => holds(polygon, longitudeDeg, latitudeDeg)))
      ?.id ?? null;
}
