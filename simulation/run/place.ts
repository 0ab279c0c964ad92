import {type PolygonGeometry, pointInPolygon} from '#model';
import type {PlanPlace, PlanUnit} from '../plan.ts';
import type {Stands} from './stands.ts';

type Ring = readonly (readonly [number, number])[];

/** Whether a point lies in the place's polygon; everywhere where it has none. */
export function insideOf(place: PlanPlace): (xM: number, yM: number) => boolean {
  if (!place.rings) return () => true;
  const polygon = {type: 'Polygon', coordinates: place.rings} as unknown as PolygonGeometry;
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

/** Bounds of a place's polygon, m; null without one. */
export function boundsOf(
  place: PlanPlace,
): {minXM: number; maxXM: number; minYM: number; maxYM: number} | null {
  if (!place.rings) return null;
  const points = place.rings.flatMap((ring: Ring) => ring);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return {minXM: Math.min(...xs), maxXM: Math.max(...xs), minYM: Math.min(...ys), maxYM: Math.max(...ys)};
}
