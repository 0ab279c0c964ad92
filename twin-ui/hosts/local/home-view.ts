import {dolly, lookAt, type Rig, rayThrough, verticalFovDeg} from '../../engine/camera-rig.ts';
import type {SiteGround} from '../../engine/site-files.ts';
import {landAxis} from '../../engine/valley.ts';

/** Width of picture, over its height, for which a site's own views are made. */
const VIEW_ASPECT = 16 / 9;

/**
 * The eye that shows the whole site: its first view, farther away in a picture that is less wide than the view was
 * made for; without a view, from the south at an angle.
 */
export function homeView(ground: SiteGround, first: Rig | null, aspect: number, fovDeg: number, shoreM: number | null): Rig {
  const {height} = ground;
  const levelM = shoreM ?? height.lowestM;
  const rig = first ?? fitted(ground, fovDeg, levelM);
  const wanted = Math.tan((rig.fovDeg * Math.PI) / 360) * VIEW_ASPECT;
  const given = Math.tan((verticalFovDeg(rig.fovDeg, aspect) * Math.PI) / 360) * aspect;
  const factor = Math.min(1.9, Math.max(1, wanted / given));
  if (factor === 1) return rig;
  const ahead = rayThrough(rig, 0, 0, {x: 1, y: 1});
  if (ahead.upM > -0.05) return rig;
  const t = (rig.heightM - levelM) / -ahead.upM;
  const centre = {eastM: rig.eastM + ahead.eastM * t, upM: levelM, northM: rig.northM + ahead.northM * t};
  return dolly(rig, centre, factor);
}

function fitted({height}: SiteGround, fovDeg: number, levelM: number): Rig {
  const spanM = Math.max(height.eastM - height.westM, (height.northM - height.southM) * 1.4);
  const {angle} = landAxis(height, levelM);
  const across = 90 - (angle * 180) / Math.PI + 270;
  return lookAt(
    {eastM: (height.westM + height.eastM) / 2, upM: (height.lowestM + height.highestM) / 2, northM: (height.southM + height.northM) / 2},
    {
      distanceM: (spanM * 0.56) / (Math.tan((fovDeg * Math.PI) / 360) * VIEW_ASPECT),
      headingDeg: Math.abs(((across + 180) % 360) - 180) <= 90 ? across : across + 180,
      pitchDeg: -31,
      fovDeg,
    },
  );
}
