import proj4 from 'proj4';

type Place = {longitudeDeg: number; latitudeDeg: number};

/** A coordinate reference system that elevations or inventories come in. */
export type ReferenceSystem = {
  epsg: number;
  /** Metres of one unit of its axes, about. */
  metresPerUnit: number;
  toXy(place: Place): [x: number, y: number];
  toPlace(xy: [x: number, y: number]): Place;
};

const METRES_PER_DEGREE = 111_320;
/** WGS 84, CGCS2000, ETRS89, NAD83: within a metre or two of each other, far below a sample of any of these grids. */
const GEOGRAPHIC = new Set([4326, 4490, 4258, 4269, 4979]);

/** Parameters of a projected system, as PROJ writes them; undefined: not known here. */
function definitionOf(epsg: number): string | undefined {
  const zone = epsg % 100;
  const isZone = zone >= 1 && zone <= 60;
  if (epsg > 32600 && epsg < 32700 && isZone) return `+proj=utm +zone=${zone} +datum=WGS84 +units=m`;
  if (epsg > 32700 && epsg < 32800 && isZone) return `+proj=utm +zone=${zone} +south +datum=WGS84 +units=m`;
  if (epsg >= 25828 && epsg <= 25838) return `+proj=utm +zone=${epsg - 25800} +ellps=GRS80 +units=m`;
  // CGCS2000, 3-degree Gauss-Kruger by central meridian, 75° to 135°.
  if (epsg >= 4534 && epsg <= 4554) {
    return `+proj=tmerc +lat_0=0 +lon_0=${75 + 3 * (epsg - 4534)} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m`;
  }
  // The same with the zone's number before the easting, zones 25 to 45.
  if (epsg >= 4513 && epsg <= 4533) {
    const zoneNumber = epsg - 4513 + 25;
    return `+proj=tmerc +lat_0=0 +lon_0=${3 * zoneNumber} +k=1 +x_0=${zoneNumber * 1_000_000 + 500_000} +y_0=0 +ellps=GRS80 +units=m`;
  }
  if (epsg === 3857) return 'EPSG:3857';
  return undefined;
}

/** The system of an EPSG code; undefined: none that is known here. */
export function referenceSystem(epsg: number): ReferenceSystem | undefined {
  if (GEOGRAPHIC.has(epsg)) {
    return {
      epsg,
      metresPerUnit: METRES_PER_DEGREE,
      toXy: ({longitudeDeg, latitudeDeg}) => [longitudeDeg, latitudeDeg],
      toPlace: ([longitudeDeg, latitudeDeg]) => ({longitudeDeg, latitudeDeg}),
    };
  }
  const definition = definitionOf(epsg);
  if (definition === undefined) return undefined;
  const projection = proj4('EPSG:4326', definition);
  return {
    epsg,
    metresPerUnit: 1,
    toXy: ({longitudeDeg, latitudeDeg}) =>
      projection.forward([longitudeDeg, latitudeDeg]) as [number, number],
    toPlace: (xy) => {
      const [longitudeDeg, latitudeDeg] = projection.inverse(xy) as [number, number];
      return {longitudeDeg, latitudeDeg};
    },
  };
}

export const KNOWN_SYSTEMS =
  'EPSG:4326 (degrees), UTM (EPSG:326xx, 327xx, 258xx), CGCS2000 3-degree zones (EPSG:4513 to 4554) and EPSG:3857';
