import type {Crowns} from '../../engine/crown-placement.ts';
import {CROWN_FORMS} from '../../engine/ground-style.ts';

/** A list of crown numbers that one draw call shows. */
export type CrownBucket = {ids: Float32Array; count: number};

/** One full and one reduced mesh per form, one picture for all the rest. */
export type CrownBuckets = {full: CrownBucket[]; reduced: CrownBucket[]; far: CrownBucket};

export function makeBuckets(count: number): CrownBuckets {
  const bucket = () => ({ids: new Float32Array(count), count: 0});
  return {full: CROWN_FORMS.map(bucket), reduced: CROWN_FORMS.map(bucket), far: bucket()};
}

export type CrownView = {
  eye: {x: number; y: number; z: number};
  /** Inward planes of the view (nx, ny, nz, d), six or fewer. */
  planes: Float64Array;
  /** Pixels that one metre fills at one metre. */
  pixelsPerMetre: number;
  /** Height in pixels from which a crown is a full mesh, and a reduced one. */
  fullPx: number;
  reducedPx: number;
};

/** Sorts the first `count` crowns in view into buckets by their height in pixels. Scene axes: x east, y up, z south. */
export function selectCrowns(
  crowns: Crowns,
  view: CrownView,
  buckets: CrownBuckets,
  count = crowns.count,
): void {
  for (const bucket of [...buckets.full, ...buckets.reduced, buckets.far]) bucket.count = 0;
  const {eastM, northM, groundM, heightM, radiusM, form} = crowns;
  const {eye, planes, pixelsPerMetre, fullPx, reducedPx} = view;
  const fullRatio = (pixelsPerMetre / fullPx) ** 2;
  const reducedRatio = (pixelsPerMetre / reducedPx) ** 2;
  crown: for (let k = 0; k < count; k++) {
    const tall = heightM[k]!;
    if (tall === 0) continue;
    const x = eastM[k]!;
    const y = groundM[k]! + tall * 0.5;
    const z = -northM[k]!;
    for (let p = 0; p < planes.length; p += 4) {
      if (planes[p]! * x + planes[p + 1]! * y + planes[p + 2]! * z + planes[p + 3]! < -tall * 0.9)
        continue crown;
    }
    const d2 = (x - eye.x) ** 2 + (y - eye.y) ** 2 + (z - eye.z) ** 2;
    // an eye inside a crown would see nothing but a leaf
    if (d2 < (radiusM[k]! * 1.6) ** 2) continue;
    const h2 = tall * tall;
    const bucket =
      d2 < h2 * fullRatio
        ? buckets.full[form[k]!]!
        : d2 < h2 * reducedRatio
          ? buckets.reduced[form[k]!]!
          : buckets.far;
    bucket.ids[bucket.count++] = k;
  }
}
