export type MarkerPoint = {
  id: string;
  /** CSS pixels on the canvas. */
  x: number;
  y: number;
  /** How bad it is: the greater number wins. */
  severity: number;
  /** Distance from the eye: among equals the nearer leads. */
  distanceM: number;
};

export type MarkerCluster = {
  /** The leading member: worst first, then nearest. The cluster stands at its place. */
  lead: MarkerPoint;
  members: MarkerPoint[];
  x: number;
  y: number;
  severity: number;
};

/**
 * Gathers markers that would overlap. The worst state wins: a cluster stands where its worst member stands and shows
 * its state, so an alert is never hidden under a normal one. Every point is in exactly one cluster; the same points
 * in any order give the same clusters, worst and nearest first.
 */
export function clusterMarkers(points: readonly MarkerPoint[], radiusPx = 46): MarkerCluster[] {
  const sorted = [...points].sort(
    (a, b) =>
      b.severity - a.severity || a.distanceM - b.distanceM || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const clusters: MarkerCluster[] = [];
  const cells = new Map<string, MarkerCluster[]>();
  const cell = (v: number) => Math.floor(v / radiusPx);
  for (const point of sorted) {
    let nearest: MarkerCluster | undefined;
    let nearestPx = radiusPx;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        for (const cluster of cells.get(`${cell(point.x) + dx},${cell(point.y) + dy}`) ?? []) {
          const px = Math.hypot(cluster.x - point.x, cluster.y - point.y);
          if (px < nearestPx) {
            nearest = cluster;
            nearestPx = px;
          }
        }
      }
    }
    if (nearest) {
      nearest.members.push(point);
      continue;
    }
    const cluster = {lead: point, members: [point], x: point.x, y: point.y, severity: point.severity};
    clusters.push(cluster);
    const key = `${cell(point.x)},${cell(point.y)}`;
    const there = cells.get(key);
    if (there) there.push(cluster);
    else cells.set(key, [cluster]);
  }
  return clusters;
}
