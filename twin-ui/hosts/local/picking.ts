import {distanceToGround, type Vector} from '../../engine/ground-ray.ts';
import {heightAt, insideGrid} from '../../engine/height-grid.ts';
import {insidePolygon} from '../../engine/polygons.ts';
import type {SceneBuilding, SceneZone, SiteGround} from '../../engine/site-files.ts';
import type {Valley} from '../../engine/valley.ts';
import type {Hit} from '../scene-host.ts';

export type RayHit = {kind: Hit['kind']; id: string | null; at: Vector};

const along = (from: Vector, direction: Vector, t: number): Vector => ({
  eastM: from.eastM + direction.eastM * t,
  upM: from.upM + direction.upM * t,
  northM: from.northM + direction.northM * t,
});

/** The first of ground, water, buildings and surroundings along a ray from the eye. */
export function castRay(
  ground: SiteGround,
  valley: Valley,
  waterM: number | null,
  from: Vector,
  direction: Vector,
): RayHit | null {
  const {height} = ground;
  let best: {t: number; kind: Hit['kind']; id: string | null} | null = null;
  const offer = (t: number | null, kind: Hit['kind'], id: string | null = null) => {
    if (t !== null && t > 0 && (best === null || t < best.t)) best = {t, kind, id};
  };
  const limit = valley.reachM * 2.5;
  offer(distanceToGround(height, from, direction, limit), 'ground');
  offer(distanceToValley(ground, valley, from, direction, limit), 'surroundings');
  if (waterM !== null && direction.upM < 0) {
    const t = (waterM - from.upM) / direction.upM;
    const at = along(from, direction, t);
    const bedM = insideGrid(height, at)
      ? heightAt(height, at.eastM, at.northM)
      : valley.heightM(at.eastM, at.northM);
    if (bedM < waterM) offer(t, 'water');
  }
  for (const zone of ground.zones) {
    if (zone.normalLevelM === null || zone.id === ground.waterBodyZone || direction.upM >= 0) continue;
    const t = (zone.normalLevelM - from.upM) / direction.upM;
    const at = along(from, direction, t);
    if (zone.polygons.some((polygon) => insidePolygon(polygon, at))) offer(t, 'water');
  }
  for (const building of ground.buildings)
    offer(distanceToBuilding(ground, building, from, direction), 'building', building.id);
  if (best === null) return null;
  const {t, kind, id} = best as {t: number; kind: Hit['kind']; id: string | null};
  return {kind, id, at: along(from, direction, t)};
}

/** Marches outside the grid, where heights come from the made-up valley. */
function distanceToValley(
  {height}: SiteGround,
  valley: Valley,
  from: Vector,
  direction: Vector,
  limit: number,
): number | null {
  let t = 0;
  for (let step = 0; step < 260 && t < limit; step++) {
    const at = along(from, direction, t);
    if (direction.upM > 0 && at.upM > 3000) return null;
    const over = insideGrid(height, at) ? height.stepM * 40 : at.upM - valley.heightM(at.eastM, at.northM);
    if (over <= 1) return t === 0 ? null : t;
    t += Math.max(4, over * 0.6, t * 0.002);
  }
  return null;
}

/** Distance to an upright prism: its roof, then its walls. */
function distanceToBuilding(
  {height}: SiteGround,
  {polygon, heightM, groundM}: SceneBuilding,
  from: Vector,
  direction: Vector,
): number | null {
  const ring = polygon[0];
  if (!ring || ring.length < 3) return null;
  const floorM = groundM ?? heightAt(height, ring[0]!.eastM, ring[0]!.northM);
  const roofM = floorM + heightM;
  let best: number | null = null;
  const offer = (t: number) => {
    if (t > 0 && (best === null || t < best)) best = t;
  };
  if (direction.upM < 0) {
    const t = (roofM - from.upM) / direction.upM;
    if (insidePolygon(polygon, along(from, direction, t))) offer(t);
  }
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length]!;
    const ex = b.eastM - a.eastM;
    const ey = b.northM - a.northM;
    const det = direction.eastM * ey - direction.northM * ex;
    if (Math.abs(det) < 1e-9) return;
    const wx = a.eastM - from.eastM;
    const wy = a.northM - from.northM;
    const t = (wx * ey - wy * ex) / det;
    const s = (wx * direction.northM - wy * direction.eastM) / det;
    const upM = from.upM + direction.upM * t;
    if (s >= 0 && s <= 1 && upM >= floorM - 2 && upM <= roofM) offer(t);
  });
  return best;
}

/** The smallest zone that holds a place. */
export function zoneAt(zones: readonly SceneZone[], at: {eastM: number; northM: number}): string | null {
  let found: SceneZone | null = null;
  for (const zone of zones) {
    const {box} = zone;
    if (at.eastM < box.westM || at.eastM > box.eastM || at.northM < box.southM || at.northM > box.northM)
      continue;
    if (found && found.areaHa <= zone.areaHa) continue;
    if (zone.polygons.some((polygon) => insidePolygon(polygon, at))) found = zone;
  }
  return found?.id ?? null;
}
