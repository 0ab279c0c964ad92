export type LonLat = {longitudeDeg: number; latitudeDeg: number};
/** Metres in the plane that touches the ellipsoid at the site's origin. */
export type LocalPoint = {eastM: number; northM: number};

/** WGS 84. Source: NGA.STND.0036 (2014), table 3.1. */
const SEMI_MAJOR_M = 6378137;
const FLATTENING = 1 / 298.257223563;
const ECCENTRICITY2 = FLATTENING * (2 - FLATTENING);
const RAD = Math.PI / 180;

/**
 * Degrees to metres around one origin and back. The scene draws heights above the site's datum as distances from this
 * plane; the ellipsoid falls away from it by 0.7 m at 3 km, for ground and for all that stands on it alike.
 */
export type LocalFrame = {
  toLocal(position: LonLat): LocalPoint;
  toLonLat(point: LocalPoint): LonLat;
};

function geocentric({longitudeDeg, latitudeDeg}: LonLat): [number, number, number] {
  const lon = longitudeDeg * RAD;
  const lat = latitudeDeg * RAD;
  const primeVertical = SEMI_MAJOR_M / Math.sqrt(1 - ECCENTRICITY2 * Math.sin(lat) ** 2);
  return [
    primeVertical * Math.cos(lat) * Math.cos(lon),
    primeVertical * Math.cos(lat) * Math.sin(lon),
    primeVertical * (1 - ECCENTRICITY2) * Math.sin(lat),
  ];
}

/** Source: EPSG guidance note 7-2, 4.1.2 (geocentric to topocentric), for points on the ellipsoid. */
export function localFrame(origin: LonLat): LocalFrame {
  const lon0 = origin.longitudeDeg * RAD;
  const lat0 = origin.latitudeDeg * RAD;
  const centre = geocentric(origin);
  const toLocal = (position: LonLat): LocalPoint => {
    const p = geocentric(position);
    const dx = p[0] - centre[0];
    const dy = p[1] - centre[1];
    const dz = p[2] - centre[2];
    return {
      eastM: -Math.sin(lon0) * dx + Math.cos(lon0) * dy,
      northM:
        -Math.sin(lat0) * Math.cos(lon0) * dx - Math.sin(lat0) * Math.sin(lon0) * dy + Math.cos(lat0) * dz,
    };
  };
  const w2 = 1 - ECCENTRICITY2 * Math.sin(lat0) ** 2;
  const metresPerDegreeLat = (SEMI_MAJOR_M * (1 - ECCENTRICITY2) * RAD) / w2 ** 1.5;
  const metresPerDegreeLon = (SEMI_MAJOR_M * Math.cos(lat0) * RAD) / Math.sqrt(w2);
  const toLonLat = ({eastM, northM}: LocalPoint): LonLat => {
    let longitudeDeg = origin.longitudeDeg + eastM / metresPerDegreeLon;
    let latitudeDeg = origin.latitudeDeg + northM / metresPerDegreeLat;
    for (let round = 0; round < 4; round++) {
      const reached = toLocal({longitudeDeg, latitudeDeg});
      longitudeDeg += (eastM - reached.eastM) / metresPerDegreeLon;
      latitudeDeg += (northM - reached.northM) / metresPerDegreeLat;
    }
    return {longitudeDeg, latitudeDeg};
  };
  return {toLocal, toLonLat};
}
