import type {CoverGrid} from './cover-grid.ts';
import {type GroundStyle, groundStyle} from './ground-style.ts';
import {insidePolygon} from './polygons.ts';
import type {SiteGround} from './site-files.ts';

/** The look of each class of a site's land cover, by class index, from the zone that the class names. */
export function coverStyles({cover, zones, waterBodyZone}: SiteGround): (GroundStyle | undefined)[] {
  const styles: (GroundStyle | undefined)[] = [];
  if (!cover) return styles;
  const standing = zones.filter((zone) => zone.normalLevelM !== null);
  for (const {index, zone: id, colour} of cover.classes) {
    const zone = zones.find((z) => z.id === id);
    const kind = zone?.kind ?? 'unknown';
    const runs = kind === 'water' && id !== waterBodyZone && shareInside(cover, index, standing) < 0.5;
    styles[index] = groundStyle({kind: runs ? 'stream' : kind, vegetation: zone?.vegetation ?? null, colour});
  }
  return styles;
}

/** Share of a class's samples that lie in one of some zones: tells lakes from streams. */
function shareInside(cover: CoverGrid, index: number, zones: SiteGround['zones']): number {
  let inside = 0;
  let all = 0;
  const every = Math.max(1, Math.floor(cover.samples.length / 40_000));
  for (let cell = 0; cell < cover.samples.length; cell += every) {
    if (cover.samples[cell] !== index) continue;
    all += 1;
    const at = {
      eastM: cover.westM + (cell % cover.columns) * cover.stepM,
      northM: cover.northM - Math.floor(cell / cover.columns) * cover.stepM,
    };
    if (zones.some((zone) => zone.polygons.some((polygon) => insidePolygon(polygon, at)))) inside += 1;
  }
  return all === 0 ? 0 : inside / all;
}

/** A class grid for a site without land cover: one class, bare and grassy ground. */
export function plainCover({height}: SiteGround): {cover: CoverGrid; styles: GroundStyle[]} {
  return {
    cover: {
      columns: 2,
      rows: 2,
      stepM: Math.max(height.eastM - height.westM, height.northM - height.southM),
      westM: height.westM,
      northM: height.northM,
      samples: new Uint8Array(4),
      classes: [],
    },
    styles: [{pattern: 'meadow', tones: ['#8f9560', '#b3a878'], stands: []}],
  };
}
