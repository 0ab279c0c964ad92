import type {LocalPoint} from './local-frame.ts';

export type Ring = LocalPoint[];
/** Outer ring first, then its holes; rings are not closed by a repeated point. */
export type Polygon = Ring[];

/** Whether a point is inside a polygon, by counting crossings over all its rings. */
export function insidePolygon(polygon: Polygon, {eastM, northM}: LocalPoint): boolean {
  let inside = false;
  for (const ring of polygon) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const a = ring[i]!;
      const b = ring[j]!;
      if (a.northM > northM === b.northM > northM) continue;
      const crossing = a.eastM + ((northM - a.northM) / (b.northM - a.northM)) * (b.eastM - a.eastM);
      if (eastM < crossing) inside = !inside;
    }
  }
  return inside;
}

export type Box = {westM: number; eastM: number; southM: number; northM: number};

export function boxOf(polygons: readonly Polygon[]): Box {
  const box = {westM: Infinity, eastM: -Infinity, southM: Infinity, northM: -Infinity};
  for (const polygon of polygons) {
    for (const {eastM, northM} of polygon[0] ?? []) {
      box.westM = Math.min(box.westM, eastM);
      box.eastM = Math.max(box.eastM, eastM);
      box.southM = Math.min(box.southM, northM);
      box.northM = Math.max(box.northM, northM);
    }
  }
  return box;
}

/** Points along a line, ends included, no farther apart than `spacingM`. */
export function subdivide(line: readonly LocalPoint[], spacingM: number): LocalPoint[] {
  const points: LocalPoint[] = [];
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!;
    const b = line[i]!;
    const pieces = Math.max(1, Math.ceil(Math.hypot(b.eastM - a.eastM, b.northM - a.northM) / spacingM));
    for (let k = 0; k < pieces; k++) {
      points.push({
        eastM: a.eastM + ((b.eastM - a.eastM) * k) / pieces,
        northM: a.northM + ((b.northM - a.northM) * k) / pieces,
      });
    }
  }
  const last = line[line.length - 1];
  if (last) points.push(last);
  return points;
}
