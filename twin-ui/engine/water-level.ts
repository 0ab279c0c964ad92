import {heightAt, insideGrid} from './height-grid.ts';
import {subdivide} from './polygons.ts';
import type {SiteGround} from './site-files.ts';

/**
 * Level at which the water body is drawn while its gauges are silent: the middle height of the ground along its
 * zone's shore. null when the site has no water body.
 */
export function shoreLevelM({height, zones, waterBodyZone}: SiteGround): number | null {
  const zone = zones.find((z) => z.id === waterBodyZone);
  if (!zone) return null;
  if (zone.normalLevelM !== null) return zone.normalLevelM;
  const margin = height.stepM * 3;
  const heights = zone.polygons
    .flat()
    .flatMap((ring) => subdivide([...ring, ring[0]!], 20))
    .filter(
      (p) =>
        insideGrid(height, {eastM: p.eastM - margin, northM: p.northM - margin}) &&
        insideGrid(height, {eastM: p.eastM + margin, northM: p.northM + margin}),
    )
    .map((p) => heightAt(height, p.eastM, p.northM))
    .sort((a, b) => a - b);
  return heights[Math.floor(heights.length / 2)] ?? height.lowestM;
}

/** Level up to which banks are flooded now and then: the top of the drawdown zones, or a little over the shore. */
export function floodLevelM({height, cover, zones}: SiteGround, shoreM: number): number {
  const drawdown = new Set(zones.filter((z) => z.kind === 'drawdown').map((z) => z.id));
  if (!cover || drawdown.size === 0) return shoreM + 2;
  const flooded = new Set(cover.classes.filter((c) => drawdown.has(c.zone)).map((c) => c.index));
  const heights: number[] = [];
  for (let cell = 0; cell < cover.samples.length; cell += 7) {
    if (!flooded.has(cover.samples[cell]!)) continue;
    const e = cover.westM + (cell % cover.columns) * cover.stepM;
    const n = cover.northM - Math.floor(cell / cover.columns) * cover.stepM;
    heights.push(heightAt(height, e, n));
  }
  heights.sort((a, b) => a - b);
  return Math.max(shoreM + 2, heights[Math.floor(heights.length * 0.97)] ?? shoreM + 2);
}
