import {pointInPolygon} from '#model';
import type {ZoneFeature} from '#schemas';

type Position = readonly number[];
type Ring = readonly Position[];

function polygonsOf(zone: ZoneFeature): readonly (readonly Ring[])[] {
  return zone.geometry.type === 'Polygon' ? [zone.geometry.coordinates] : zone.geometry.coordinates;
}

/** Id of the zone that holds a point, the smallest if several do (a zone in its parent); null outside all of them. */
export function zoneAt(
  zones: readonly ZoneFeature[],
  longitudeDeg: number,
  latitudeDeg: number,
): string | null {
  let best: ZoneFeature | null = null;
  for (const zone of zones) {
    if (best !== null && zone.properties.areaHa >= best.properties.areaHa) continue;
    if (pointInPolygon(longitudeDeg, latitudeDeg, zone.geometry)) best = zone;
  }
  return best?.properties.id ?? null;
}

/**
 * A point inside a zone to write its name at: the middle of the widest stretch of land on the parallel through the
 * middle of its largest polygon. Longitude and latitude in degrees.
 */
export function pointIn(zone: ZoneFeature): {longitudeDeg: number; latitudeDeg: number} {
  const largest = polygonsOf(zone).toSorted(
    (a, b) => Math.abs(doubleArea(b[0]!)) - Math.abs(doubleArea(a[0]!)),
  )[0]!;
  const latitudes = largest[0]!.map((position) => position[1]!);
  const latitudeDeg = (Math.min(...latitudes) + Math.max(...latitudes)) / 2;
  const crossings: number[] = [];
  for (const ring of largest) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i] as [number, number];
      const [xj, yj] = ring[j] as [number, number];
      if (yi > latitudeDeg !== yj > latitudeDeg)
        crossings.push(((xj - xi) * (latitudeDeg - yi)) / (yj - yi) + xi);
    }
  }
  crossings.sort((a, b) => a - b);
  let longitudeDeg = largest[0]![0]![0]!;
  let widest = -1;
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const width = crossings[i + 1]! - crossings[i]!;
    if (width > widest) {
      widest = width;
      longitudeDeg = (crossings[i]! + crossings[i + 1]!) / 2;
    }
  }
  return {longitudeDeg, latitudeDeg};
}

function doubleArea(ring: Ring): number {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    sum += ring[j]![0]! * ring[i]![1]! - ring[i]![0]! * ring[j]![1]!;
  }
  return sum;
}
