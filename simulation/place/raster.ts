import type {EnuFrame, PolygonGeometry} from '#model';

/** A regular raster of the site's plane: sample (0, 0) is the middle of the south-west square. */
export type Raster = {stepM: number; columns: number; rows: number; westM: number; southM: number};

export type FlatRing = readonly (readonly [eastM: number, northM: number])[];

/** A polygon's rings on the plane. A multipolygon's are all of them together: its parts do not overlap. */
export function flatRings(geometry: PolygonGeometry, frame: EnuFrame): FlatRing[] {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.flatMap((rings) =>
    rings.map((ring) =>
      ring.map(([longitudeDeg, latitudeDeg]) => {
        const {eastM, northM} = frame.toEnu({
          longitudeDeg: longitudeDeg!,
          latitudeDeg: latitudeDeg!,
          heightM: frame.origin.heightM,
        });
        return [eastM, northM] as const;
      }),
    ),
  );
}

function ringAreaM2(ring: FlatRing): number {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    twice += ring[j]![0] * ring[i]![1] - ring[i]![0] * ring[j]![1];
  }
  return Math.abs(twice) / 2;
}

/** Whether a point lies in rings by the even-odd rule. */
export function inRings(eastM: number, northM: number, rings: readonly FlatRing[]): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i]!;
      const [xj, yj] = ring[j]!;
      if (yi > northM !== yj > northM && eastM < xj + ((northM - yj) / (yi - yj)) * (xi - xj))
        inside = !inside;
    }
  }
  return inside;
}

/** Area of a GeoJSON polygon on the plane, m²: its outer rings less its holes. */
export function polygonAreaM2(geometry: PolygonGeometry, frame: EnuFrame): number {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  let area = 0;
  for (const rings of polygons) {
    const flat = flatRings({type: 'Polygon', coordinates: rings}, frame);
    flat.forEach((ring, k) => {
      area += (k === 0 ? 1 : -1) * ringAreaM2(ring);
    });
  }
  return area;
}

/**
 * Of squares along an axis the first whose middle is at or above a value. Told by the middles themselves, as `inRings` is: a
 * division alone rounds those that lie at the value to either side.
 */
function firstFrom(value: number, originM: number, stepM: number): number {
  let k = Math.ceil((value - originM) / stepM - 0.5);
  while (originM + (k - 0.5) * stepM >= value) k -= 1;
  while (originM + (k + 0.5) * stepM < value) k += 1;
  return k;
}

/** Calls `visit` with every sample whose middle lies in the rings (even-odd rule), row by row. */
export function forEachInside(
  rings: readonly FlatRing[],
  raster: Raster,
  visit: (sample: number, column: number, row: number) => void,
): void {
  const crossings: number[][] = Array.from({length: raster.rows}, () => []);
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i]!;
      const [xj, yj] = ring[j]!;
      if (yi === yj) continue;
      const [low, high] = yi < yj ? [yi, yj] : [yj, yi];
      // rows whose middle is at or above the low end and below the high end
      const from = Math.max(0, firstFrom(low, raster.southM, raster.stepM));
      const to = Math.min(raster.rows, firstFrom(high, raster.southM, raster.stepM)) - 1;
      for (let row = from; row <= to; row += 1) {
        const north = raster.southM + (row + 0.5) * raster.stepM;
        crossings[row]!.push(xj + ((north - yj) / (yi - yj)) * (xi - xj));
      }
    }
  }
  for (let row = 0; row < raster.rows; row += 1) {
    const list = crossings[row]!.sort((a, b) => a - b);
    for (let k = 0; k + 1 < list.length; k += 2) {
      const from = Math.max(0, firstFrom(list[k]!, raster.westM, raster.stepM));
      const to = Math.min(raster.columns, firstFrom(list[k + 1]!, raster.westM, raster.stepM)) - 1;
      for (let column = from; column <= to; column += 1) visit(row * raster.columns + column, column, row);
    }
  }
}

/** Sample that holds a point, or -1 outside. */
export function sampleAt(raster: Raster, eastM: number, northM: number): number {
  const column = Math.floor((eastM - raster.westM) / raster.stepM);
  const row = Math.floor((northM - raster.southM) / raster.stepM);
  if (column < 0 || row < 0 || column >= raster.columns || row >= raster.rows) return -1;
  return row * raster.columns + column;
}
