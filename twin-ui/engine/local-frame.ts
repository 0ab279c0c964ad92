import {EnuFrame} from '#model';

export type LonLat = {longitudeDeg: number; latitudeDeg: number};
/** Metres in the plane that touches the ellipsoid at the site's origin. */
export type LocalPoint = {eastM: number; northM: number};

/**
 * Degrees to metres around one origin and back, for places on the ellipsoid. The scene draws heights above the site's
 * datum as distances from this plane; the ellipsoid falls away from it by 0.7 m at 3 km, for ground and for all that
 * stands on it alike.
 */
export type LocalFrame = {
  toLocal(position: LonLat): LocalPoint;
  toLonLat(point: LocalPoint): LonLat;
};

export function localFrame({longitudeDeg, latitudeDeg}: LonLat): LocalFrame {
  const frame = new EnuFrame({longitudeDeg, latitudeDeg, heightM: 0});
  return {
    toLocal: (position) => {
      const {eastM, northM} = frame.toEnu({...position, heightM: 0});
      return {eastM, northM};
    },
    toLonLat: ({eastM, northM}) => {
      let upM = 0;
      let place = frame.toGeodetic({eastM, northM, upM});
      // down to the ellipsoid: two rounds leave less than a micrometre at 20 km
      for (let round = 0; round < 3; round++) {
        upM -= place.heightM;
        place = frame.toGeodetic({eastM, northM, upM});
      }
      return {longitudeDeg: place.longitudeDeg, latitudeDeg: place.latitudeDeg};
    },
  };
}
