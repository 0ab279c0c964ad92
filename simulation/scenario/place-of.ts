import type {FieldProblem} from '#schemas';
import {fieldProblem, type OperationPlace} from '#schemas';
import type {Ground} from '../place/ground.ts';
import {type FlatRing, forEachInside} from '../place/raster.ts';
import type {PlanPlace, PlanUnit} from '../plan.ts';
import type {ImpossibleCode} from './problem.ts';

/** Ground, units and trees among which an operation finds its place. */
export type Whereabouts = {
  ground: Ground;
  units: readonly PlanUnit[];
  unitOf: Int16Array;
  /** Unit of each tree of the archive. */
  unitOfTree: ReadonlyMap<number, number>;
};

export type FoundPlace = {place: PlanPlace} | {impossible: FieldProblem & {code: ImpossibleCode}};

/** Words that a message lists at most. */
const MOST_LISTED = 30;
export function listed(words: readonly string[]): string {
  if (words.length === 0) return 'none';
  const more = words.length > MOST_LISTED ? `, and ${words.length - MOST_LISTED} more` : '';
  return `${words.slice(0, MOST_LISTED).join(', ')}${more}`;
}

function crosses(ring: FlatRing): boolean {
  const side = (a: readonly [number, number], b: readonly [number, number], c: readonly [number, number]) =>
    Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  for (let i = 0; i < ring.length; i += 1) {
    for (let j = i + 2; j < ring.length; j += 1) {
      if (i === 0 && j === ring.length - 1) continue;
      const [a, b] = [ring[i]!, ring[(i + 1) % ring.length]!];
      const [c, d] = [ring[j]!, ring[(j + 1) % ring.length]!];
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
    }
  }
  return false;
}

function ringArea(ring: FlatRing): number {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    twice += ring[j]![0] * ring[i]![1] - ring[i]![0] * ring[j]![1];
  }
  return Math.abs(twice) / 2;
}

/** A ring of longitude and latitude has its last point once. */
function openRing(polygon: NonNullable<OperationPlace['polygon']>) {
  const [first, last] = [polygon[0]!, polygon.at(-1)!];
  return first[0] === last[0] && first[1] === last[1] ? polygon.slice(0, -1) : polygon;
}

function polygonPlace(
  path: string,
  polygon: NonNullable<OperationPlace['polygon']>,
  at: Whereabouts,
  dryOnly: boolean,
): FoundPlace {
  const {ground, unitOf} = at;
  const impossible = (code: ImpossibleCode, allowed: string): FoundPlace => ({
    impossible: {code, ...fieldProblem(path, polygon, allowed)},
  });
  const ring: FlatRing = openRing(polygon).map(([longitudeDeg, latitudeDeg]) => {
    const {eastM, northM} = ground.frame.toEnu({
      longitudeDeg,
      latitudeDeg,
      heightM: ground.frame.origin.heightM,
    });
    return [eastM, northM] as const;
  });
  const areaM2 = ringArea(ring);
  if (ring.length < 3 || areaM2 <= 0)
    return impossible('no_room', 'a ring of three or more corners that encloses an area');
  if (crosses(ring)) return impossible('no_room', 'a ring that does not cross itself');
  // the raster ends where the zones do: squares of the ring beyond it would not be seen
  let [inside, water, outside] = [0, 0, 0];
  const units = new Set<number>();
  forEachInside([ring], ground.raster, (sample) => {
    inside += 1;
    if (unitOf[sample]! >= 0) units.add(unitOf[sample]!);
    else if (ground.zoneOf[sample]! >= 0 && ground.zones[ground.zoneOf[sample]!]!.isWater) water += 1;
    else outside += 1;
  });
  const {raster} = ground;
  const beyond = ring.some(
    ([eastM, northM]) =>
      eastM < raster.westM ||
      northM < raster.southM ||
      eastM > raster.westM + raster.columns * raster.stepM ||
      northM > raster.southM + raster.rows * raster.stepM,
  );
  // the seams between zones are no outside
  if (beyond || outside * 50 > inside)
    return impossible('outside_site', 'a ring that lies within the zones of the site');
  if (water > 0 && (dryOnly || units.size === 0))
    return impossible('in_water', 'a ring on land: water lies in it');
  if (units.size === 0) return impossible('no_room', 'a ring that holds some squares of 5 m');
  return {place: {units: [...units].sort((a, b) => a - b), rings: [ring], areaM2}};
}

/**
 * Where an operation acts, or why it can act nowhere. `path` is that of the place in the scenario. `dryOnly`: a ring with water in it
 * is no place for it, as for planting.
 */
export function placeOf(path: string, of: OperationPlace, at: Whereabouts, dryOnly: boolean): FoundPlace {
  const {ground, units} = at;
  if (of.polygon) return polygonPlace(`${path}/polygon`, of.polygon, at, dryOnly);
  if (of.trees) {
    const unknown = of.trees.filter((id) => !at.unitOfTree.has(id));
    if (unknown.length > 0) {
      const first = of.trees.indexOf(unknown[0]!);
      const allowed = `numbers of trees of the archive; ${unknown.length} of ${of.trees.length} are none, the first is ${unknown[0]}`;
      return {
        impossible: {code: 'trees_unknown', ...fieldProblem(`${path}/trees/${first}`, unknown[0], allowed)},
      };
    }
    const touched = new Set(of.trees.map((id) => at.unitOfTree.get(id)!));
    const sorted = [...touched].sort((a, b) => a - b);
    return {
      place: {
        units: sorted,
        trees: [...new Set(of.trees)],
        areaM2: sorted.reduce((sum, u) => sum + units[u]!.areaM2, 0),
      },
    };
  }
  const zone = ground.zones.find(({id}) => id === of.zone);
  if (!zone) {
    const allowed = `a zone of the site: ${listed(ground.zones.map(({id}) => id))}`;
    return {impossible: {code: 'zone_unknown', ...fieldProblem(`${path}/zone`, of.zone, allowed)}};
  }
  const ids = new Set(zone.within.map((index) => ground.zones[index]!.id));
  const within = units.flatMap((unit, index) => (ids.has(unit.zone) ? [index] : []));
  if (within.length === 0) {
    const land = ground.zones.filter(({id}) => units.some((unit) => unit.zone === id)).map(({id}) => id);
    const allowed = `a zone with land; ${zone.id} is ${zone.isWater ? 'water' : 'without any'}, land have ${listed(land)}`;
    return {
      impossible: {
        code: zone.isWater ? 'in_water' : 'no_room',
        ...fieldProblem(`${path}/zone`, of.zone, allowed),
      },
    };
  }
  return {place: {units: within, areaM2: within.reduce((sum, index) => sum + units[index]!.areaM2, 0)}};
}
