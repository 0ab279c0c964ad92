import type {Datastream, Registry} from '#schemas';
import {rainSeries} from './erosion.ts';
import {lakeTurbidities} from './transparency.ts';

/** The series that a derived series is worked out from, as things stand; none for one that is not derived here. */
export function sourcesOf(registry: Registry, stream: Datastream): Datastream[] {
  if (stream.element === 'water_transparency') {
    return lakeTurbidities(registry, stream.site).filter(({station}) => station === stream.station);
  }
  return stream.element === 'soil_erosion_modulus' ? rainSeries(registry, stream.site) : [];
}
