const DEG = Math.PI / 180;
/** WGS 84 (EPSG:7030): semi-major axis in metres, flattening. */
const SEMI_MAJOR_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING);
const E2 = FLATTENING * (2 - FLATTENING);
const SECOND_E2 = E2 / (1 - E2);

export type Geodetic = {longitudeDeg: number; latitudeDeg: number; heightM: number};
/** Metres east, north and up of a frame's origin. */
export type Enu = {eastM: number; northM: number; upM: number};

type Ecef = readonly [x: number, y: number, z: number];

function toEcef({longitudeDeg, latitudeDeg, heightM}: Geodetic): Ecef {
  const latitudeRad = latitudeDeg * DEG;
  const longitudeRad = longitudeDeg * DEG;
  const sine = Math.sin(latitudeRad);
  const normalM = SEMI_MAJOR_M / Math.sqrt(1 - E2 * sine * sine);
  const across = (normalM + heightM) * Math.cos(latitudeRad);
  return [
    across * Math.cos(longitudeRad),
    across * Math.sin(longitudeRad),
    (normalM * (1 - E2) + heightM) * sine,
  ];
}

/** Bowring's formula, repeated twice: below a micrometre anywhere within 10,000 km of the surface. */
function fromEcef([x, y, z]: Ecef): Geodetic {
  const across = Math.hypot(x, y);
  let reducedRad = Math.atan2(z * SEMI_MAJOR_M, across * SEMI_MINOR_M);
  let latitudeRad = 0;
  for (let round = 0; round < 3; round += 1) {
    latitudeRad = Math.atan2(
      z + SECOND_E2 * SEMI_MINOR_M * Math.sin(reducedRad) ** 3,
      across - E2 * SEMI_MAJOR_M * Math.cos(reducedRad) ** 3,
    );
    reducedRad = Math.atan2((1 - FLATTENING) * Math.sin(latitudeRad), Math.cos(latitudeRad));
  }
  const sine = Math.sin(latitudeRad);
  const normalM = SEMI_MAJOR_M / Math.sqrt(1 - E2 * sine * sine);
  // of two exact forms the one that stays well conditioned at every latitude
  const heightM = across * Math.cos(latitudeRad) + z * sine - (SEMI_MAJOR_M * SEMI_MAJOR_M) / normalM;
  return {longitudeDeg: Math.atan2(y, x) / DEG, latitudeDeg: latitudeRad / DEG, heightM};
}

/**
 * A local frame: WGS 84 longitude, latitude and height to metres east, north and up of an origin, and back, exactly (by
 * geocentric coordinates, no flat Earth). A height keeps the datum it comes in as long as the origin's is in the same.
 * Source: EPSG guidance note 7-2, methods 9602 and 9837.
 */
export class EnuFrame {
  readonly origin: Geodetic;
  private readonly centre: Ecef;
  private readonly sinLat: number;
  private readonly cosLat: number;
  private readonly sinLon: number;
  private readonly cosLon: number;

  constructor(origin: Geodetic) {
    this.origin = origin;
    this.centre = toEcef(origin);
    this.sinLat = Math.sin(origin.latitudeDeg * DEG);
    this.cosLat = Math.cos(origin.latitudeDeg * DEG);
    this.sinLon = Math.sin(origin.longitudeDeg * DEG);
    this.cosLon = Math.cos(origin.longitudeDeg * DEG);
  }

  toEnu(point: Geodetic): Enu {
    const [x, y, z] = toEcef(point);
    const dx = x - this.centre[0];
    const dy = y - this.centre[1];
    const dz = z - this.centre[2];
    const outward = this.cosLon * dx + this.sinLon * dy;
    return {
      eastM: this.cosLon * dy - this.sinLon * dx,
      northM: this.cosLat * dz - this.sinLat * outward,
      upM: this.cosLat * outward + this.sinLat * dz,
    };
  }

  toGeodetic({eastM, northM, upM}: Enu): Geodetic {
    const outward = -this.sinLat * northM + this.cosLat * upM;
    return fromEcef([
      this.centre[0] - this.sinLon * eastM + this.cosLon * outward,
      this.centre[1] + this.cosLon * eastM + this.sinLon * outward,
      this.centre[2] + this.cosLat * northM + this.sinLat * upM,
    ]);
  }
}
