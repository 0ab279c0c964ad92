import {EnuFrame} from '#model';
import type {Datastream, Registry, Station} from '#schemas';

/** Depths and heights that are of the same kind: no farther apart than this, or than a quarter of the one asked for. */
const SAME_LEVEL_M = 0.1;
const SAME_LEVEL_FRACTION = 0.25;

export type NearDatastream = {stream: Datastream; distanceM: number};

function sameLevel(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= Math.max(SAME_LEVEL_M, SAME_LEVEL_FRACTION * Math.abs(a));
}

function placeOf({longitudeDeg, latitudeDeg, groundM}: Station) {
  return {longitudeDeg, latitudeDeg, heightM: groundM ?? 0};
}

/**
 * The nearest series that a series can be compared with, nearest first, with the distance between their stations in metres: of
 * its site, element, unit, statistic and period, at the same kind of depth or height. What no instrument measured is no
 * witness for what one did, nor the other way round.
 */
export function neighboursOf(registry: Registry, of: Datastream, most: number): NearDatastream[] {
  const stations = new Map(registry.stations(of.site).map((station) => [station.id, station]));
  const home = stations.get(of.station);
  if (home === undefined) return [];
  const frame = new EnuFrame(placeOf(home));
  return registry
    .datastreams({site: of.site, element: of.element})
    .filter(
      (other) =>
        other.id !== of.id &&
        other.unit === of.unit &&
        other.statistic === of.statistic &&
        other.period === of.period &&
        other.origin === of.origin &&
        sameLevel(of.depthM, other.depthM) &&
        sameLevel(of.heightM, other.heightM),
    )
    .flatMap((stream) => {
      const station = stations.get(stream.station);
      if (station === undefined) return [];
      const {eastM, northM} = frame.toEnu(placeOf(station));
      return [{stream, distanceM: Math.hypot(eastM, northM)}];
    })
    .sort((a, b) => a.distanceM - b.distanceM || (a.stream.id < b.stream.id ? -1 : 1))
    .slice(0, most);
}
