import {EnuFrame} from '#model';

export type LonLat = [longitudeDeg: number, latitudeDeg: number];
export type Point = {eastM: number; northM: number};
export type Origin = {longitudeDeg: number; latitudeDeg: number};

export type LocalFrame = {
  toLocal(position: LonLat): Point;
  toLonLat(point: Point): LonLat;
};

/** East and north metres in the plane that touches the ellipsoid at the origin, for points on the ellipsoid. */
export function localFrame({longitudeDeg, latitudeDeg}: Origin): LocalFrame {
  const frame = new EnuFrame({longitudeDeg, latitudeDeg, heightM: 0});
  const toLocal = ([lon, lat]: LonLat): Point => {
    const {eastM, northM} = frame.toEnu({longitudeDeg: lon, latitudeDeg: lat, heightM: 0});
    return {eastM, northM};
  };
  const toLonLat = ({eastM, northM}: Point): LonLat => {
    // The ellipsoid lies below the plane; two rounds bring the point down to it.
    let upM = 0;
    let found = frame.toGeodetic({eastM, northM, upM});
    for (let round = 0; round < 2; round++) {
      upM -= found.heightM;
      found = frame.toGeodetic({eastM, northM, upM});
    }
    return [found.longitudeDeg, found.latitudeDeg];
  };
  return {toLocal, toLonLat};
}

/** Six decimals of a degree, 0.1 m. */
export function roundDeg(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
