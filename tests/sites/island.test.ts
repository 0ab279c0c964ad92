import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse} from 'csv-parse/sync';
import {describe, expect, it} from 'vitest';
import {buildSite, readInputs} from '../../sites/build/build.ts';
import type {LonLat} from '../../sites/build/geodesy.ts';
import {distance, toLine} from '../../sites/build/lines.ts';
import {ISLAND, type Lines, readJson, SiteFiles} from './site-files.ts';

const files = new SiteFiles(ISLAND);
const {devices, gateways} = files.deviceFile;
const seed = files.seed();
const at = (device: {longitudeDeg: number; latitudeDeg: number}): LonLat => [
  device.longitudeDeg,
  device.latitudeDeg,
];

describe('the fleet', () => {
  // Published: 194 devices; the split is the design's.
  it.each([
    ['D01', 34],
    ['D02', 40],
    ['D03', 16],
    ['D04', 9],
    ['D05', 3],
    ['D06', 20],
    ['D07', 6],
    ['D08', 4],
    ['D09', 4],
    ['D10', 1],
    ['D11', 6],
    ['D12', 3],
    ['D13', 10],
    ['D14', 4],
    ['D15', 3],
    ['D16', 8],
    ['D17', 4],
    ['D18', 2],
    ['D19', 2],
    ['D20', 4],
    ['D21', 4],
    ['D22', 2],
    ['D23', 2],
    ['D24', 1],
    ['D25', 2],
  ] as const)('has of %s %i, numbered without a gap', (model, count) => {
    const ids = devices.filter((device) => device.model === model).map((device) => device.id);
    expect(ids).toEqual(
      Array.from({length: count}, (_, i) => `${model.toLowerCase()}-${String(i + 1).padStart(2, '0')}`),
    );
  });

  it('is 194 devices, all virtual, with ids of their own', () => {
    expect(new Set(devices.map((device) => device.id)).size).toBe(194);
    expect(devices.every((device) => device.origin === 'virtual')).toBe(true);
  });

  it.each([
    ['lake', 9, 'D01'],
    ['stream', 18, 'D01'],
    ['river', 4, 'D01'],
    ['drawdown', 3, 'D01'],
    ['stream', 36, 'D02'],
    ['lake_outlet', 4, 'D02'],
    ['paddy', 16, 'D03'],
  ] as const)('has for %s %i of %s', (role, count, model) => {
    expect(devices.filter((device) => device.model === model && device.role === role)).toHaveLength(count);
  });

  it('has 107 LoRaWAN devices, each with a gateway that exists, and each gateway has some', () => {
    const carried = devices.filter((device) => device.gateway !== undefined);
    expect(carried).toHaveLength(107);
    expect(new Set(carried.map((device) => device.gateway))).toEqual(
      new Set(gateways!.map((gateway) => gateway.id)),
    );
  });

  it('counts visitors in at two gates and out at two', () => {
    expect(
      devices.filter((device) => device.model === 'D21').map((device) => device.countsDirection),
    ).toEqual(['in', 'in', 'out', 'out']);
  });

  it.each(devices.map((device) => [device.id, device] as const))(
    '%s stands in its zone, on the ground of the terrain',
    (_id, device) => {
      expect(files.inZone(device.zone!, at(device))).toBe(true);
      expect(Math.abs(device.groundM! - files.groundM(at(device)))).toBeLessThan(0.05);
    },
  );

  it('keeps devices 8 m apart', () => {
    const points = devices.map((device) => ({id: device.id, at: files.frame.toLocal(at(device))}));
    const close = points.flatMap((a, i) =>
      points
        .slice(i + 1)
        .filter((b) => distance(a.at, b.at) < 8)
        .map((b) => [a.id, b.id]),
    );
    expect(close).toEqual([]);
  });

  it('keeps everything but level gauges above the water of winter, or afloat on a lake above it', () => {
    const low = devices.filter((device) => {
      const lake = seed.lakes.find(({id}) => id === device.zone);
      return device.model !== 'D01' && (lake?.levelM ?? device.groundM!) < 178;
    });
    expect(low.map((device) => device.id)).toEqual([]);
  });

  it('states the datum wherever it states a level, and limits with a reason', () => {
    const gauges = devices.filter((device) => device.model === 'D01' || device.model === 'D02');
    expect(gauges.every((device) => device.levels?.verticalDatum === files.site.verticalDatum.id)).toBe(true);
    expect(gauges.every((device) => device.limits?.['water_level']?.reason)).toBe(true);
    const river = gauges.filter((device) => device.role === 'river');
    expect(river.map((device) => device.limits?.['water_level']?.suspectRange)).toEqual(
      Array(4).fill([158, 192]),
    );
  });

  it('has a gauge and a buoy in each lake, and two flow meters and a mouth gauge on each stream', () => {
    for (const {id, levelM} of seed.lakes) {
      const there = devices.filter((device) => device.feature === id && device.zone === id);
      expect(
        there.filter((device) => device.model === 'D01').map((device) => device.levels?.normalLevelM),
      ).toEqual([levelM]);
      expect(there.filter((device) => device.model === 'D04')).toHaveLength(1);
    }
    for (let n = 1; n <= 18; n++) {
      const there = devices.filter((device) => device.feature === `s${n}`);
      expect(there.filter((device) => device.model === 'D01')).toHaveLength(1);
      expect(there.filter((device) => device.model === 'D02')).toHaveLength(2);
    }
  });
});

describe('terrain and land cover', () => {
  const hectares = (test: (z: number) => boolean) =>
    files.heightM.reduce((n, z) => n + (test(z) ? 0.0025 : 0), 0);

  // Published: about 6.4 km2 at the 175 m pool, about 10 km2 at low water.
  it.each([
    {levelM: 175, ha: 644},
    {levelM: 162, ha: 1000},
  ])('has $ha ha at $levelM m', ({levelM, ha}) => {
    expect(Math.abs(hectares((z) => z >= levelM - 1e-9) - ha)).toBeLessThan(0.01 * ha);
  });

  it.each([
    ['hill_forest', 268],
    ['hill_scar', 25],
    ['terrace_woodland', 74],
    ['paddy_field', 24],
    ['pasture', 9],
    ['herb_garden', 1],
    ['meadow', 118],
    ['lake', 32],
    ['stream', 9],
    ['bank_wetland', 40],
    ['built', 22],
    ['road', 22],
    ['tuerping_wetland', 120],
    ['gravel_bar', 80],
    ['flood_meadow', 156],
  ] as const)('%s has %i ha within 3 %%, in the raster and as stated', (zone, ha) => {
    const {index} = files.landCover.classes.find((c) => c.zone === zone)!;
    const built = files.cover.reduce((n, k) => n + (k === index ? 0.0025 : 0), 0);
    expect(Math.abs(built - ha)).toBeLessThanOrEqual(0.03 * ha);
    const stated = files.zones.features.find((feature) => feature.properties.id === zone)!.properties.areaHa;
    expect(stated).toBeCloseTo(built, 1);
  });

  it('rises to a summit of 281 m', () => {
    expect(files.heightM.reduce((a, b) => Math.max(a, b), 0)).toBeCloseTo(281, 1);
  });

  it.each(['upper', 'lower'] as const)(
    'keeps the %s shore of the seed within 30 m of its contour',
    (name) => {
      const {ring, levelM} = seed.shores[name];
      const contour = readJson<{
        features: {properties: {levelM: number}; geometry: {coordinates: LonLat[][]}}[];
      }>(ISLAND, 'shore-lines.geojson')
        .features.find((feature) => feature.properties.levelM === levelM)!
        .geometry.coordinates.map((line) => line.map((p) => files.frame.toLocal(p)));
      for (const position of ring) {
        const point = files.frame.toLocal(position);
        expect(Math.min(...contour.map((line) => toLine(point, line).distanceM))).toBeLessThan(30);
      }
    },
  );

  it('keeps the ground round each lake above its level but for the outlet', () => {
    const lakeClass = files.landCover.classes.find((c) => c.zone === 'lake')!.index;
    const streamClass = files.landCover.classes.find((c) => c.zone === 'stream')!.index;
    const {columns} = files.grid;
    for (const {id, levelM} of seed.lakes) {
      let low = 0;
      files.cover.forEach((klass, cell) => {
        if (klass !== lakeClass) return;
        const column = cell % columns;
        const point: LonLat = files.frame.toLonLat({
          eastM: files.grid.westM + column * 5,
          northM: files.grid.northM - Math.floor(cell / columns) * 5,
        });
        if (!files.inZone(id, point)) return;
        for (const next of [cell - 1, cell + 1, cell - columns, cell + columns]) {
          if (
            files.cover[next] !== lakeClass &&
            files.cover[next] !== streamClass &&
            files.heightM[next]! < levelM
          )
            low += 1;
        }
      });
      expect(low, id).toBeLessThanOrEqual(6);
    }
  });
});

describe('streams', () => {
  const streams = readJson<Lines>(ISLAND, 'streams.geojson').features;

  it('are eighteen', () => {
    expect(streams.map((stream) => stream.properties['id'])).toEqual(
      Array.from({length: 18}, (_, i) => `s${i + 1}`),
    );
  });

  it.each(streams.map((stream) => [String(stream.properties['id']), stream] as const))(
    '%s never rises',
    (_id, stream) => {
      // 5 cm: a sample stands up to 3.5 m beside the line.
      const bed = stream.geometry.coordinates.map((position) => files.groundM(position, true));
      const rises = bed
        .slice(1)
        .map((z, i) => z - bed[i]!)
        .filter((rise) => rise > 0.05);
      const start = stream.properties['from'] === undefined ? rises : rises.slice(1);
      expect(start).toEqual([]);
    },
  );

  it.each(streams.map((stream) => [String(stream.properties['id']), stream] as const))(
    '%s ends in a lake or at the shore, with a catchment',
    (_id, stream) => {
      const last = stream.geometry.coordinates.at(-1)!;
      const outlet = String(stream.properties['outlet']);
      if (outlet === 'river') expect(files.groundM(last, true)).toBeLessThan(178);
      else expect(files.inZone(outlet, last) || files.classAt(last) === 'lake').toBe(true);
      expect(stream.properties['catchmentHa']).toBeGreaterThan(1);
      expect(stream.properties['lengthM']).toBeGreaterThan(60);
    },
  );
});

describe('paths and buildings', () => {
  it('has a ring road of 12 km that closes', () => {
    const ring = readJson<Lines>(ISLAND, 'paths.geojson').features.find(
      (path) => path.properties['id'] === 'ring',
    )!;
    expect(Math.abs(Number(ring.properties['lengthM']) - 12_000)).toBeLessThan(300);
    expect(ring.geometry.coordinates[0]).toEqual(ring.geometry.coordinates.at(-1));
  });

  it('keeps buildings on built ground', () => {
    const {features} = readJson<{features: {geometry: {coordinates: LonLat[][]}}[]}>(
      ISLAND,
      'buildings.geojson',
    );
    expect(features.length).toBeGreaterThan(30);
    for (const {geometry} of features) {
      const ring = geometry.coordinates[0]!.slice(0, 4);
      const centre: LonLat = [ring.reduce((s, p) => s + p[0], 0) / 4, ring.reduce((s, p) => s + p[1], 0) / 4];
      expect(files.classAt(centre)).toBe('built');
    }
  });
});

describe('surveys', () => {
  const rows = parse(readFileSync(join(ISLAND, 'surveys.csv'), 'utf8'), {columns: true}) as Record<
    string,
    string
  >[];

  it("names the site and a zone that exists, with a time in the site's offset", () => {
    for (const row of rows) {
      const zone = row['station']!.slice(files.site.id.length + 1);
      expect(files.zones.features.some((feature) => feature.properties.id === zone)).toBe(true);
      expect(row['time']).toMatch(/^\d{4}-\d\d-\d\dT00:00:00\+08:00$/);
      expect(row['origin']).toBe('virtual');
    }
  });

  it.each([
    ['soil_organic_matter', 24, 5, 45],
    ['tree_height', 24, 2, 26],
  ] as const)('has %s, %i values between %d and %d', (element, count, low, high) => {
    const values = rows.filter((row) => row['element'] === element).map((row) => Number(row['value']));
    expect(values).toHaveLength(count);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...values)).toBeLessThanOrEqual(high);
  });
});

it('is built again to the same bytes', {timeout: 300_000}, () => {
  const {site, seed: input, species} = readInputs(ISLAND);
  for (const [name, content] of buildSite(site, input, species).files) {
    expect(Buffer.compare(Buffer.from(content), readFileSync(join(ISLAND, name))), name).toBe(0);
  }
});
