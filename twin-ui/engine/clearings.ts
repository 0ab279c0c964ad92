import {insidePolygon} from './polygons.ts';
import type {SceneLine, SiteGround} from './site-files.ts';

/** Tells where no crown may stand: on paths, in water and streams, in and close to buildings. */
export function findClearings({
  height,
  paths,
  streams,
  buildings,
  zones,
}: SiteGround): (eastM: number, northM: number, marginM: number) => boolean {
  const cellM = 4;
  const columns = Math.ceil((height.eastM - height.westM) / cellM) + 1;
  const rows = Math.ceil((height.northM - height.southM) / cellM) + 1;
  /** Distance to the nearest edge of a path or stream in decimetres, up to 25 m. */
  const awayDm = new Uint8Array(columns * rows).fill(250);
  const stamp = ({line, widthM, deckM}: SceneLine) => {
    if (deckM !== null) return;
    const reach = widthM / 2 + 6;
    for (let k = 1; k < line.length; k++) {
      const a = line[k - 1]!;
      const b = line[k]!;
      const i0 = Math.max(0, Math.floor((Math.min(a.eastM, b.eastM) - reach - height.westM) / cellM));
      const i1 = Math.min(
        columns - 1,
        Math.ceil((Math.max(a.eastM, b.eastM) + reach - height.westM) / cellM),
      );
      const j0 = Math.max(0, Math.floor((height.northM - Math.max(a.northM, b.northM) - reach) / cellM));
      const j1 = Math.min(
        rows - 1,
        Math.ceil((height.northM - Math.min(a.northM, b.northM) + reach) / cellM),
      );
      const dx = b.eastM - a.eastM;
      const dy = b.northM - a.northM;
      const l2 = dx * dx + dy * dy || 1;
      for (let j = j0; j <= j1; j++) {
        for (let i = i0; i <= i1; i++) {
          const e = height.westM + i * cellM;
          const n = height.northM - j * cellM;
          const t = Math.min(1, Math.max(0, ((e - a.eastM) * dx + (n - a.northM) * dy) / l2));
          const away = Math.hypot(e - a.eastM - dx * t, n - a.northM - dy * t) - widthM / 2;
          const dm = Math.min(250, Math.max(0, Math.round(away * 10)));
          if (dm < awayDm[j * columns + i]!) awayDm[j * columns + i] = dm;
        }
      }
    }
  };
  for (const line of [...paths, ...streams]) stamp(line);
  const solid = [
    ...buildings.map(({polygon}) => ({polygons: [polygon], growM: 3})),
    ...zones.filter((z) => z.normalLevelM !== null).map(({polygons}) => ({polygons, growM: 2})),
  ].map((s) => ({...s, box: boxAround(s.polygons.flat().flat(), s.growM + 8)}));
  return (e, n, marginM) => {
    const i = Math.min(columns - 1, Math.max(0, Math.round((e - height.westM) / cellM)));
    const j = Math.min(rows - 1, Math.max(0, Math.round((height.northM - n) / cellM)));
    if (awayDm[j * columns + i]! / 10 < marginM) return true;
    for (const {polygons, growM, box} of solid) {
      if (e < box.westM || e > box.eastM || n < box.southM || n > box.northM) continue;
      const reach = growM + Math.min(5, marginM);
      for (const [de, dn] of [
        [0, 0],
        [reach, 0],
        [-reach, 0],
        [0, reach],
        [0, -reach],
      ] as const) {
        if (polygons.some((polygon) => insidePolygon(polygon, {eastM: e + de, northM: n + dn}))) return true;
      }
    }
    return false;
  };
}

function boxAround(points: readonly {eastM: number; northM: number}[], growM: number) {
  return {
    westM: Math.min(...points.map((p) => p.eastM)) - growM,
    eastM: Math.max(...points.map((p) => p.eastM)) + growM,
    southM: Math.min(...points.map((p) => p.northM)) - growM,
    northM: Math.max(...points.map((p) => p.northM)) + growM,
  };
}
