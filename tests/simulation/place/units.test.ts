import fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import type {ZoneFeature} from '#schemas';
import {EMPTY_ARCHIVE, type PlaceInput} from '#simulation';
import {regenerationCells} from '../../../simulation/place/cells.ts';
import {groundOf} from '../../../simulation/place/ground.ts';
import {forEachInside, inRings, type Raster} from '../../../simulation/place/raster.ts';
import {standingCohorts, standingTrees, unitAt} from '../../../simulation/place/standing.ts';
import {unitsOf} from '../../../simulation/place/units.ts';
import {ISLAND, placeIn, SALTMARSH} from '../read-place.ts';

/** Metres of a degree of longitude and of latitude at the equator (WGS 84). */
const DEG_M = [111_319.49, 110_574.28] as const;
/** A rectangle of metres about the equator's zero, as a zone. */
function zone(id: string, box: readonly [number, number, number, number], more: object = {}): ZoneFeature {
  const [west, south, east, north] = box.map((m, k) => m / DEG_M[k % 2]!) as [number, number, number, number];
  return {
    type: 'Feature',
    properties: {id, name: {en: id, zh: id}, kind: 'forest', areaHa: 0, ...more},
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
          [west, south],
        ],
      ],
    },
  };
}
function place(zones: ZoneFeature[], more: Partial<PlaceInput> = {}): PlaceInput {
  return {
    site: {id: 's', origin: {longitudeDeg: 0, latitudeDeg: 0, heightM: 0}, timeZone: 'UTC'},
    zones,
    terrain: null,
    climate: null,
    responseUnits: [],
    archive: EMPTY_ARCHIVE,
    ...more,
  };
}
const terrainOf = (heightAt: (eastM: number, northM: number) => number): PlaceInput['terrain'] => {
  const [columns, rows, stepM] = [61, 61, 20];
  const heights = new Uint16Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      heights[row * columns + column] = Math.round(heightAt(-600 + column * stepM, 600 - row * stepM) * 100);
    }
  }
  return {
    heights,
    header: {
      ...{schemaVersion: 1, kind: 'height-grid', file: 't.bin', columns, rows, stepM},
      ...{originEastM: -600, originNorthM: 600, baseM: 0, resolutionM: 0.01, encoding: 'uint16-le'},
      ...{verticalDatum: 'd', origin: 'virtual', synthetic: true, source: 's', licence: 'l'},
    },
  };
};
const climateOf = (meanM: number, sdM: number) =>
  ({
    riverStage: {meanM: new Array(12).fill(meanM), dayToDaySdM: new Array(12).fill(sdM)},
  }) as PlaceInput['climate'];

describe.each([ISLAND, SALTMARSH])('%s', (folder) => {
  let here: PlaceInput;
  let ground: ReturnType<typeof groundOf>;
  let units: ReturnType<typeof unitsOf>;
  beforeAll(async () => {
    here = await placeIn(folder);
    ground = groundOf(here);
    units = unitsOf(here, ground, () => 0.8);
  }, 60_000);

  it('parts every zone of land, and no water, into units whose areas add up to it', () => {
    const byZone = new Map<string, number>();
    for (const {zone: id, areaM2} of units.units) byZone.set(id, (byZone.get(id) ?? 0) + areaM2);
    for (const one of ground.zones) {
      if (one.isWater || one.ownAreaM2 <= 0) expect(byZone.has(one.id)).toBe(false);
      else expect(byZone.get(one.id)! / one.ownAreaM2).toBeCloseTo(1, 9);
    }
    // the polygons' areas, too, against those that the zones' builder counted on its own grid
    for (const {properties} of here.zones) {
      const area = byZone.get(properties.id);
      if (area !== undefined) expect(Math.abs(area / 1e4 / properties.areaHa - 1)).toBeLessThan(0.03);
    }
  });

  it('has units of ids of their own, in bounds', () => {
    expect(new Set(units.units.map(({id}) => id)).size).toBe(units.units.length);
    expect(units.units.length).toBeLessThanOrEqual(200);
    for (const unit of units.units) {
      expect(unit.floodedDays).toHaveLength(12);
      expect(unit.tableDepthM).toHaveLength(12);
      unit.floodedDays.forEach((days, m) => {
        expect(days).toBeGreaterThanOrEqual(0);
        expect(days).toBeLessThanOrEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m]! + 1e-6);
      });
      expect(unit.bucket.layers.length).toBeGreaterThan(0);
      expect(unit.bucket.evaporableDepthM).toBeLessThanOrEqual(unit.bucket.layers[0]!.thicknessM);
    }
  });

  it('has cells that regenerate in units that do', () => {
    const cells = regenerationCells(ground, units.units, units.unitOf);
    expect(cells.xM.length).toBeGreaterThan(0);
    for (const unit of cells.unit) expect(units.units[unit]!.regenerates).toBe(true);
    const area = units.units.reduce((total, unit) => total + (unit.regenerates ? unit.areaM2 : 0), 0);
    expect(Math.abs((cells.xM.length * 400) / area - 1)).toBeLessThan(0.1);
    for (let k = 0; k < cells.xM.length; k += 997) {
      expect(unitAt(ground, units.unitOf, cells.xM[k]! + 1, cells.yM[k]! + 1)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('the island', () => {
  let here: PlaceInput;
  let ground: ReturnType<typeof groundOf>;
  let units: ReturnType<typeof unitsOf>;
  beforeAll(async () => {
    here = await placeIn(ISLAND);
    ground = groundOf(here);
    units = unitsOf(here, ground, () => 0.8);
  }, 60_000);

  it('is flooded in the drawdown belt for half the year and never on the hill', () => {
    const days = (id: string) => {
      const own = units.units.filter((unit) => unit.zone === id);
      const area = own.reduce((total, unit) => total + unit.areaM2, 0);
      return own.reduce(
        (total, unit) => total + (unit.areaM2 / area) * unit.floodedDays.reduce((a, b) => a + b, 0),
        0,
      );
    };
    // "about 20 species survive about half a year under water" in the belt between 145 and 175 m
    expect(days('flood_meadow')).toBeGreaterThan(120);
    expect(days('flood_meadow')).toBeLessThan(280);
    expect(days('hill_forest')).toBe(0);
    expect(days('bank_wetland')).toBeLessThan(10);
  });

  it('puts every tree of the archive to the unit of the zone that the archive names, or next to it', () => {
    const {archive} = here;
    const indexOf = Int32Array.from(archive.species, (_, index) => index);
    const {trees, leftOut} = standingTrees({archive, ground, unitOf: units.unitOf, indexOf});
    expect(leftOut).toEqual([]);
    expect(trees.id.length).toBe(archive.trees.count);
    expect(trees.id.every((id, k) => id === archive.trees.id[k])).toBe(true);
    const named = archive as unknown as {zones: string[]; trees: {zone: Uint16Array}};
    let alike = 0;
    trees.unit.forEach((unit, k) => {
      const zoneId = named.zones[named.trees.zone[k]!];
      // outlines are drawn to some metres: a tree at an edge may lie on the other side of it
      const near = [-6, 0, 6].flatMap((dx) =>
        [-6, 0, 6].map((dy) => unitAt(ground, units.unitOf, trees.xM[k]! + dx, trees.yM[k]! + dy)),
      );
      if ([unit, ...near].some((one) => one >= 0 && units.units[one]!.zone === zoneId)) alike += 1;
    });
    expect(alike / trees.id.length).toBeGreaterThan(0.995);
  });

  it('has the cohorts of each zone in its units, at the same density', () => {
    const {archive} = here;
    const cohorts = standingCohorts(
      archive,
      units.units,
      Int32Array.from(archive.species, (_, index) => index),
    );
    for (const id of ['hill_forest', 'bank_wetland']) {
      const want = archive.cohorts
        .filter((one) => one.zone === id)
        .reduce((total, one) => total + one.stemsPerHa, 0);
      units.units.forEach((unit, index) => {
        if (unit.zone !== id) return;
        const stems = cohorts
          .filter((one) => one.unit === index)
          .reduce((total, one) => total + one.stemsPerHa, 0);
        expect(stems).toBeCloseTo(want, 6);
      });
    }
  });
});

describe('ground', () => {
  it('gives the inner of two zones the ground, and the outer what is left', () => {
    const here = place([
      zone('all', [-200, -200, 200, 200], {kind: 'site'}),
      zone('wood', [-200, -200, 0, 200], {parent: 'all'}),
      zone('pond', [-100, -50, -50, 50], {parent: 'wood', kind: 'lake'}),
    ]);
    const {units} = unitsOf(here, groundOf(here), () => 0.5);
    expect(units.map(({zone: id, areaM2}) => [id, Math.round(areaM2 / 100)])).toEqual([
      ['all', 800],
      ['wood', 750],
    ]);
  });

  it('without terrain or river is dry, of unknown height', () => {
    const here = place([zone('wood', [0, 0, 100, 100])]);
    const {units} = unitsOf(here, groundOf(here), () => 0.5);
    expect(units).toHaveLength(1);
    expect(units[0]).toMatchObject({groundM: null, id: 'wood/unknown/dry', startWaterFraction: 0.5});
    expect(units[0]!.floodedDays).toEqual(new Array(12).fill(0));
    expect(units[0]!.tableDepthM!.every((depth) => depth === Number.POSITIVE_INFINITY)).toBe(true);
  });

  it('of a zone that names no soil is as most of the site, and a soil in no table is told', () => {
    const here = place([
      zone('wood', [0, 0, 200, 100], {soil: 'clay_of_here'}),
      zone('track', [0, 100, 200, 120], {kind: 'road'}),
    ]);
    const {units, notes} = unitsOf(here, groundOf(here), () => 0.5);
    expect(units.map(({id}) => id)).toEqual(['wood/clay_of_here/dry', 'track/clay_of_here/dry']);
    expect(notes).toEqual([
      'no table of the site tells of soil clay_of_here: a silt loam of FAO-56 stands for it',
    ]);
  });

  it('in a hollow behind a bank stays dry until the river comes over the bank', () => {
    // river in the west at 0 m, a bank of 6 m, a hollow of 2 m behind it
    const heightAt = (eastM: number) => (eastM < -200 ? 0 : eastM < -100 ? 6 : 2);
    const zones = [
      zone('river', [-500, -300, -200, 300], {kind: 'water'}),
      zone('bank', [-200, -300, -100, 300]),
      zone('hollow', [-100, -300, 300, 300]),
    ];
    const site = {...place([]).site, waterBody: {zone: 'river', levelElement: 'water_level', role: 'river'}};
    const flooded = (meanM: number) => {
      const here = place(zones, {site, terrain: terrainOf(heightAt), climate: climateOf(meanM, 0.1)});
      const {units} = unitsOf(here, groundOf(here), () => 0.5);
      const hollow = units.filter((unit) => unit.zone === 'hollow');
      const area = hollow.reduce((total, unit) => total + unit.areaM2, 0);
      return hollow.reduce(
        (total, unit) => total + (unit.areaM2 / area) * unit.floodedDays.reduce((a, b) => a + b, 0),
        0,
      );
    };
    expect(flooded(4)).toBeLessThan(30);
    expect(flooded(7)).toBeGreaterThan(364);
  });

  it('stands above the river by its height in the table depth', () => {
    const here = place([zone('wood', [-100, -100, 100, 100])], {
      terrain: terrainOf(() => 12),
      climate: climateOf(5, 0.1),
    });
    const {units} = unitsOf(here, groundOf(here), () => 0.5);
    expect(units[0]!.groundM).toBeCloseTo(12, 3);
    units[0]!.tableDepthM!.forEach((depth) => {
      expect(depth).toBeCloseTo(7, 3);
    });
  });

  it('says what is wrong with a site that has no zone, or spans a country', () => {
    expect(() => groundOf(place([]))).toThrow('the site has no zone with an area');
    expect(() => groundOf(place([zone('all', [-30_000, -30_000, 30_000, 30_000])]))).toThrow(
      'may span 500 km²',
    );
  });
});

describe('rasters', () => {
  const raster: Raster = {stepM: 5, columns: 40, rows: 40, westM: -100, southM: -100};
  const point = fc.tuple(
    fc.double({min: -120, max: 120, noNaN: true}),
    fc.double({min: -120, max: 120, noNaN: true}),
  );

  it('hold the samples whose middles lie in a ring, all of them and no other', () => {
    fc.assert(
      fc.property(fc.array(point, {minLength: 3, maxLength: 9}), (ring) => {
        const found: number[] = [];
        forEachInside([ring], raster, (sample) => found.push(sample));
        const inside = Array.from({length: 1600}, (_, sample) => sample).filter((sample) =>
          inRings(-100 + ((sample % 40) + 0.5) * 5, -100 + (Math.floor(sample / 40) + 0.5) * 5, [ring]),
        );
        expect(found).toEqual(inside);
      }),
      {numRuns: 400},
    );
  });

  it('give each sample to one of two zones that share an edge', () => {
    fc.assert(
      fc.property(fc.double({min: -90, max: 90, noNaN: true}), (edge) => {
        const counts = new Uint8Array(1600);
        const count = (west: number, east: number) =>
          forEachInside(
            [
              [
                [west, -100],
                [east, -100],
                [east, 100],
                [west, 100],
              ],
            ],
            raster,
            (sample) => {
              counts[sample]! += 1;
            },
          );
        count(-100, edge);
        count(edge, 100);
        expect(counts.every((of) => of === 1)).toBe(true);
      }),
    );
  });
});
