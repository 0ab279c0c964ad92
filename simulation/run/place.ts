import {type PolygonGeometry, pointInPolygon} from '#model';
import type {PlanGround, PlanPlace, PlanUnit} from '../plan.ts';
import type {Stands} from './stands.ts';

/** Whether a point lies in the place's polygon; everywhere where it has none. */
export function insideOf(place: PlanPlace): (xM: number, yM: number) => boolean {
  if (!place.rings) return () => true;
  const polygon: PolygonGeometry = {type: 'Polygon', coordinates: place.rings};
  return (xM, yM) => pointInPolygon(xM, yM, polygon);
}

/** Rows of the living trees of a place, of given species or of all. */
export function treesIn(place: PlanPlace, stands: Stands, species: readonly number[] | null): number[] {
  const {forest} = stands;
  const units = new Set(place.units);
  const ids = place.trees ? new Set(place.trees) : null;
  const wanted = species ? new Set(species) : null;
  const inside = insideOf(place);
  const rows: number[] = [];
  for (let i = 0; i < forest.count; i += 1) {
    if (forest.alive[i] === 0) continue;
    if (ids ? !ids.has(forest.id[i]!) : !units.has(forest.unit[i]!)) continue;
    if (wanted && !wanted.has(forest.species[i]!)) continue;
    if (!ids && !inside(forest.xM[i]!, forest.yM[i]!)) continue;
    rows.push(i);
  }
  return rows;
}

/** Rows of the cohorts of a place. They stand evenly over their units: a place takes its share of area. None where trees are named. */
export function cohortsIn(place: PlanPlace, stands: Stands, species: readonly number[] | null): number[] {
  if (place.trees) return [];
  const {cohorts} = stands;
  const units = new Set(place.units);
  const wanted = species ? new Set(species) : null;
  const rows: number[] = [];
  for (let i = 0; i < cohorts.count; i += 1) {
    if (units.has(cohorts.unit[i]!) && (!wanted || wanted.has(cohorts.species[i]!))) rows.push(i);
  }
  return rows;
}

/** Share of its units that a place covers, 0–1. */
export function areaFraction(place: PlanPlace, units: readonly PlanUnit[]): number {
  const all = place.units.reduce((sum, unit) => sum + units[unit]!.areaM2, 0);
  return all > 0 ? Math.min(1, place.areaM2 / all) : 0;
}

/** Unit at a point, −1 where there is none. */
export function unitAt(
  {westM, southM, stepM, columns, rows, unit}: PlanGround,
  xM: number,
  yM: number,
): number {
  const column = Math.floor((xM - westM) / stepM);
  const row = Math.floor((yM - southM) / stepM);
  if (column < 0 || column >= columns || row < 0 || row >= rows) return -1;
  return unit[row * columns + column]!;
}

/** Bounds of the squares of a place's units that lie in its polygon, m; null where there are none. */
export function boundsOf(
  place: PlanPlace,
  ground: PlanGround,
): {minXM: number; maxXM: number; minYM: number; maxYM: number} | null {
  const units = new Set(place.units);
  const bounds = {minXM: Infinity, maxXM: -Infinity, minYM: Infinity, maxYM: -Infinity};
  const {westM, southM, stepM, columns} = ground;
  for (let at = 0; at < ground.unit.length; at += 1) {
    if (!units.has(ground.unit[at]!)) continue;
    const xM = westM + (at % columns) * stepM;
    const yM = southM + Math.floor(at / columns) * stepM;
    bounds.minXM = Math.min(bounds.minXM, xM);
    bounds.maxXM = Math.max(bounds.maxXM, xM + stepM);
    bounds.minYM = Math.min(bounds.minYM, yM);
    bounds.maxYM = Math.max(bounds.maxYM, yM + stepM);
  }
  if (place.rings) {
    const ring = {minXM: Infinity, maxXM: -Infinity, minYM: Infinity, maxYM: -Infinity};
    for (const [xM, yM] of place.rings.flat()) {
      ring.minXM = Math.min(ring.minXM, xM);
      ring.maxXM = Math.max(ring.maxXM, xM);
      ring.minYM = Math.min(ring.minYM, yM);
      ring.maxYM = Math.max(ring.maxYM, yM);
    }
    bounds.minXM = Math.max(bounds.minXM, ring.minXM);
    bounds.maxXM = Math.min(bounds.maxXM, ring.maxXM);
    bounds.minYM = Math.max(bounds.minYM, ring.minYM);
    bounds.maxYM = Math.min(bounds.maxYM, ring.maxYM);
  }
  return bounds.minXM < bounds.maxXM && bounds.minYM < bounds.maxYM ? bounds : null;
}
