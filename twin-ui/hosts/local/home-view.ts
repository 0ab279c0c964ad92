import {lookAt, type Rig, verticalFovDeg} from '../../engine/camera-rig.ts';
import type {SiteGround} from '../../engine/site-files.ts';
import {landAxis} from '../../engine/valley.ts';

/** From this width over height down, a picture is taller than a site's own views are made for. */
const TALL_ASPECT = 0.9;
const RAD = Math.PI / 180;

/**
 * The eye that shows the whole site: its own first view in a wide picture; else, and in a tall picture, a look along
 * the land's longer axis, or across it where it has none, from as near as it fits.
 */
export function homeView(
  {height}: SiteGround,
  first: Rig | null,
  aspect: number,
  fovDeg: number,
  levelM: number | null,
): Rig {
  if (first && aspect >= TALL_ASPECT) return first;
  const land = landAxis(height, levelM ?? height.lowestM);
  const tan = Math.tan((verticalFovDeg(fovDeg, aspect) * RAD) / 2);
  // an even spread reaches to about twice its standard deviation
  const [ahead, aside] =
    aspect < TALL_ASPECT ? [land.alongM * 2, land.acrossM * 2] : [land.acrossM * 2, land.alongM * 2];
  const bearing = 90 - land.angle / RAD - (aspect < TALL_ASPECT ? 0 : 90);
  const turned = ((bearing - (first?.headingDeg ?? 0) + 540) % 360) - 180;
  const pitchDeg = -25;
  return lookAt(
    {eastM: land.eastM, upM: levelM ?? height.lowestM, northM: land.northM},
    {
      distanceM: Math.max((aside * 1.12) / (tan * aspect), ahead * 1.45, 200),
      headingDeg: Math.abs(turned) <= 90 ? bearing : bearing + 180,
      pitchDeg,
      fovDeg,
    },
  );
}
