/** A GeoJSON position: longitude, latitude (and a height that plays no part here). */
export type Position = readonly number[];
/** A GeoJSON polygon's rings: the outer one, then holes. */
export type Rings = readonly (readonly Position[])[];
export type PolygonGeometry =
  | {readonly type: 'Polygon'; readonly coordinates: Rings}
  | {readonly type: 'MultiPolygon'; readonly coordinates: readonly Rings[]};

/** Even-odd rule over all rings: a hole's inside counts as outside. */
function inRings(longitudeDeg: number, latitudeDeg: number, rings: Rings): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i] as [number, number];
      const [xj, yj] = ring[j] as [number, number];
      // half-open in latitude: an edge between two neighbours belongs to exactly one of them
      if (yi > latitudeDeg !== yj > latitudeDeg) {
        const crossing = xj + ((latitudeDeg - yj) / (yi - yj)) * (xi - xj);
        if (longitudeDeg < crossing) inside = !inside;
      }
    }
  }
  return inside;
}

/**
 * Whether a point lies in a GeoJSON polygon, holes taken off. Of two polygons that share an edge, a point on it lies in
 * exactly one. Longitudes are compared as numbers: a polygon across the antimeridian must be cut there, as RFC 7946 says.
 */
export function pointInPolygon(
  longitudeDeg: number,
  latitudeDeg: number,
  geometry: PolygonGeometry,
): boolean {
  if (geometry.type === 'Polygon') return inRings(longitudeDeg, latitudeDeg, geometry.coordinates);
  return geometry.coordinates.some((rings) => inRings(longitudeDeg, latitudeDeg, rings));
}
