import {beforeAll, describe, expect, it} from 'vitest';
import {findClearings} from '../../../twin-ui/engine/clearings.ts';
import {coverAt} from '../../../twin-ui/engine/cover-grid.ts';
import {coverStyles} from '../../../twin-ui/engine/cover-styles.ts';
import {placeCrowns} from '../../../twin-ui/engine/crown-placement.ts';
import {heightAt} from '../../../twin-ui/engine/height-grid.ts';
import type {SiteGround} from '../../../twin-ui/engine/site-files.ts';
import {softShores} from '../../../twin-ui/engine/soft-shores.ts';
import {landAxis, makeValley} from '../../../twin-ui/engine/valley.ts';
import {floodLevelM, shoreLevelM} from '../../../twin-ui/engine/water-level.ts';
import {fieldPlots} from '../../../twin-ui/layers/field-plots.ts';
import {gridOf} from './grids.ts';
import {readSite} from './sites.ts';

let island: SiteGround;
let marsh: SiteGround;
beforeAll(async () => {
  island = await readSite('sites/guangyang');
  marsh = await readSite('tests/fixtures/sites/lake-saltmarsh');
});

describe('the files of a site', () => {
  it('are decoded into metres around its origin', () => {
    expect(island.zones.length).toBeGreaterThan(20);
    expect(island.paths.every((p) => p.line.length > 1)).toBe(true);
    expect(island.buildings.every((b) => b.polygon[0]!.length >= 3)).toBe(true);
    const lakes = island.zones.filter((z) => z.normalLevelM !== null);
    // the site's own description: nine lakes, each with its level
    expect(lakes).toHaveLength(9);
    for (const lake of lakes) {
      const middle = {
        eastM: (lake.box.westM + lake.box.eastM) / 2,
        northM: (lake.box.southM + lake.box.northM) / 2,
      };
      expect(heightAt(island.height, middle.eastM, middle.northM)).toBeLessThan(lake.normalLevelM!);
    }
  });

  it('may leave out streams, paths and buildings', () => {
    expect(marsh.streams).toEqual([]);
    expect(marsh.paths).toEqual([]);
    expect(marsh.buildings).toEqual([]);
    expect(marsh.height.highestM).toBeLessThan(0);
  });
});

describe('levels of the water body', () => {
  // DOMAIN: low water about 162 m, pool 175 m; the marsh's lake states its level.
  it('come from the shore of its zone and the top of the drawdown', () => {
    expect(shoreLevelM(island)).toBeGreaterThan(160);
    expect(shoreLevelM(island)).toBeLessThan(164);
    expect(floodLevelM(island, 162)).toBeGreaterThan(173);
    expect(floodLevelM(island, 162)).toBeLessThan(176);
    expect(shoreLevelM(marsh)).toBe(-13.2);
    expect(floodLevelM(marsh, -13.2)).toBe(-11.2);
    expect(shoreLevelM({...marsh, waterBodyZone: null})).toBeNull();
  });
});

describe('the look of land cover', () => {
  it('follows kind and vegetation of the zone that a class names', () => {
    const styles = coverStyles(island);
    const pattern = (zone: string) =>
      styles[island.cover!.classes.find((c) => c.zone === zone)!.index]!.pattern;
    expect(pattern('hill_forest')).toBe('forest');
    expect(pattern('paddy_field')).toBe('field');
    expect(pattern('pasture')).toBe('pasture');
    expect(pattern('gravel_bar')).toBe('gravel');
    expect(pattern('lake')).toBe('bed');
    expect(pattern('stream')).toBe('stream');
    expect(
      coverStyles(marsh).every((s) => s === undefined || s.stands.every((c) => c.form === 'shrub')),
    ).toBe(true);
  });
});

describe('crowns', () => {
  const place = (site: SiteGround, most: number) =>
    placeCrowns({
      height: site.height,
      cover: site.cover!,
      styles: coverStyles(site),
      most,
      blocked: findClearings(site),
      avenues: site.paths.map(({line, widthM}) => ({line, offsetM: widthM / 2 + 3})),
    });

  it('are the same every time and never more than asked for', () => {
    const a = place(island, 16_000);
    const b = place(island, 16_000);
    expect(a.count).toBeGreaterThan(12_000);
    expect(a.count).toBeLessThanOrEqual(16_000);
    expect(a).toEqual(b);
  });

  it('stand on the ground, off roads, streams, lakes and buildings', () => {
    const crowns = place(island, 8000);
    const blocked = findClearings(island);
    const water = island.cover!.classes.find((c) => c.zone === 'lake')!.index;
    for (let k = 0; k < crowns.count; k++) {
      expect(crowns.groundM[k]).toBeCloseTo(heightAt(island.height, crowns.eastM[k]!, crowns.northM[k]!), 1);
      expect(blocked(crowns.eastM[k]!, crowns.northM[k]!, 0.4)).toBe(false);
      expect(coverAt(island.cover!, crowns.eastM[k]!, crowns.northM[k]!)).not.toBe(water);
    }
  });

  it('grow when they are thinned, so that a wood stays closed', () => {
    const mean = (list: Float32Array) => list.reduce((s, v) => s + v, 0) / list.length;
    expect(mean(place(island, 9000).radiusM)).toBeGreaterThan(mean(place(island, 60_000).radiusM));
  });
});

describe('fields', () => {
  it('are one plot where neighbours have one height', () => {
    const levelled = gridOf((_e, n) => (n > 0 ? 10 : 11), {columns: 40, rows: 40, stepM: 5});
    const cover = {
      columns: 40,
      rows: 40,
      stepM: 5,
      westM: levelled.westM,
      northM: levelled.northM,
      samples: new Uint8Array(1600),
      classes: [],
    };
    const plots = fieldPlots(cover, levelled, () => true);
    const north = new Set(plots.slice(0, 40 * 20));
    const south = new Set(plots.slice(40 * 20));
    expect(north.size).toBe(1);
    expect(south.size).toBe(1);
    expect([...north][0]).toBeGreaterThan(0);
    expect(fieldPlots(cover, levelled, () => false).every((p) => p === 0)).toBe(true);
  });
});

describe('shores as drawn', () => {
  it('are rounded beside lakes and untouched elsewhere', () => {
    const drawn = softShores(island.height, island.zones);
    const changed = drawn.reduce((n, v, i) => n + (v === island.height.samples[i] ? 0 : 1), 0);
    expect(changed).toBeGreaterThan(500);
    expect(changed / drawn.length).toBeLessThan(0.02);
    expect(drawn).not.toBe(island.height.samples);
  });
});

describe('the land around', () => {
  const rim = ({height}: SiteGround) =>
    Array.from({length: 41}, (_, k) => {
      const share = k / 40;
      const e = height.westM + (height.eastM - height.westM) * share;
      const n = height.southM + (height.northM - height.southM) * share;
      return [
        {e, n: height.northM, de: 0, dn: 1},
        {e, n: height.southM, de: 0, dn: -1},
        {e: height.westM, n, de: -1, dn: 0},
        {e: height.eastM, n, de: 1, dn: 0},
      ];
    }).flat();

  it('goes on from the rim of the grid without a step', () => {
    for (const site of [island, marsh]) {
      const usualM = shoreLevelM(site)!;
      const valley = makeValley(site.height, {usualM, floodM: floodLevelM(site, usualM)});
      for (const {e, n, de, dn} of rim(site)) {
        expect(
          Math.abs(valley.heightM(e + de * 0.5, n + dn * 0.5) - heightAt(site.height, e, n)),
        ).toBeLessThan(0.6);
      }
    }
  });

  it('is a valley around an island and a plain beside a lake', () => {
    const valley = makeValley(island.height, {usualM: 162, floodM: 175});
    expect(valley.kind).toBe('valley');
    // the river goes on along the island and ends in hills on both sides
    const {eastM, northM} = valley.centre;
    expect(valley.heightM(eastM, northM + 7000)).toBeGreaterThan(200);
    expect(valley.heightM(eastM, northM - 7000)).toBeGreaterThan(200);
    expect(makeValley(marsh.height, {usualM: -13.2, floodM: -11.2}).kind).toBe('plain');
    expect(makeValley(marsh.height, null).waterM).toBeNull();
  });

  it('carries the far end of a bridge', () => {
    const bridge = island.paths.find((p) => p.deckM !== null)!;
    const end = bridge.line[bridge.line.length - 1]!;
    const landing = {...end, deckM: bridge.deckM!};
    const valley = makeValley(island.height, {usualM: 162, floodM: 175}, [landing]);
    expect(valley.heightM(end.eastM, end.northM - 40)).toBeGreaterThan(bridge.deckM! - 3);
    for (let out = 50; out < 900; out += 50)
      expect(valley.heightM(end.eastM, end.northM - out)).toBeGreaterThan(176);
  });

  it('lies along the longer axis of the land', () => {
    const long = gridOf((e, n) => (Math.abs(n - 0.5 * e) < 60 && Math.abs(e) < 300 ? 10 : -10));
    expect(Math.tan(landAxis(long, 0).angle)).toBeCloseTo(0.5, 1);
  });
});
