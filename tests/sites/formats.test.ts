import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Value} from 'typebox/value';
import {describe, expect, it} from 'vitest';
import {DeviceFile, LandCoverHeader, Site, TerrainHeader, ZoneCollection} from '#schemas';
import {ISLAND, readJson, SALTMARSH, SiteFiles} from './site-files.ts';

describe.each([
  ['the island', ISLAND],
  ['the saltmarsh', SALTMARSH],
])('%s', (_name, folder) => {
  const files = new SiteFiles(folder);
  const {site} = files;

  it.each([
    ['site.json', Site],
    [site.terrain, TerrainHeader],
    [site.landCover!, LandCoverHeader],
    [site.zones, ZoneCollection],
    [site.devices, DeviceFile],
  ] as const)('%s keeps its schema', (file, schema) => {
    expect([...Value.Errors(schema, readJson(folder, file))].slice(0, 3)).toEqual([]);
  });

  it('has the files that site.json names', () => {
    const {terrain, landCover, zones, shoreLines, streams, paths, buildings, devices, surveys, climate} =
      site;
    const named = [
      terrain,
      landCover,
      zones,
      shoreLines,
      streams,
      paths,
      buildings,
      devices,
      surveys,
      climate,
    ];
    expect(named.filter((name) => name !== undefined && !existsSync(join(folder, name)))).toEqual([]);
  });

  it('has grids of one shape, filled to the last sample, in the datum of the site', () => {
    const {terrain, landCover} = files;
    expect([landCover.columns, landCover.rows, landCover.stepM]).toEqual([
      terrain.columns,
      terrain.rows,
      terrain.stepM,
    ]);
    expect(statSync(join(folder, terrain.file)).size).toBe(terrain.columns * terrain.rows * 2);
    expect(files.cover.length).toBe(terrain.columns * terrain.rows);
    expect(terrain.verticalDatum).toBe(site.verticalDatum.id);
    const known = new Set(landCover.classes.map((c) => c.index));
    expect(files.cover.every((index) => known.has(index))).toBe(true);
  });

  it('has zones whose parents and classes exist, drawn to the area they state', () => {
    const ids = new Set(files.zones.features.map((feature) => feature.properties.id));
    for (const {properties} of files.zones.features) {
      if (properties.parent) expect(ids).toContain(properties.parent);
      expect(properties.synthetic).toBe(true);
    }
    for (const {zone} of files.landCover.classes) expect(ids).toContain(zone);
  });

  it('has devices in zones that exist', () => {
    const ids = new Set(files.zones.features.map((feature) => feature.properties.id));
    for (const device of files.deviceFile.devices) {
      expect(ids).toContain(device.zone);
      expect(files.inZone(device.zone!, [device.longitudeDeg, device.latitudeDeg])).toBe(true);
    }
  });

  it('says what is synthetic, and whose it is', () => {
    expect(site.synthetic.length).toBeGreaterThan(0);
    expect(site.licence.spdx).toBe('Apache-2.0');
  });

  it('gives a basis and a source with each block of the climate', () => {
    const climate = readJson<Record<string, unknown>>(folder, site.climate!);
    for (const [name, block] of Object.entries(climate)) {
      if (typeof block !== 'object' || block === null) continue;
      expect(block, name).toMatchObject({
        basis: expect.stringMatching(/^(calibrated|literature|design|guess)$/),
        source: expect.any(String),
      });
      for (const value of Object.values(block)) {
        if (Array.isArray(value) && value.length > 4) expect(value, name).toHaveLength(12);
      }
    }
  });
});

it('keeps the zones of the island below 400 kB and its shore lines below 300 kB', () => {
  expect(statSync(join(ISLAND, 'zones.geojson')).size).toBeLessThan(400_000);
  expect(statSync(join(ISLAND, 'shore-lines.geojson')).size).toBeLessThan(300_000);
});

it('has a saltmarsh below sea level, in the south, half an hour off and with summer time', () => {
  const {site, heightM} = new SiteFiles(SALTMARSH);
  const offset = (iso: string) =>
    new Intl.DateTimeFormat('en', {timeZone: site.timeZone, timeZoneName: 'longOffset'})
      .formatToParts(new Date(iso))
      .find((p) => p.type === 'timeZoneName')?.value;
  expect(offset('2026-01-01T00:00:00Z')).toBe('GMT+10:30');
  expect(offset('2026-07-01T00:00:00Z')).toBe('GMT+09:30');
  expect(site.origin.latitudeDeg).toBeLessThan(0);
  expect(heightM.reduce((a, b) => Math.max(a, b), -Infinity)).toBeLessThan(0);
});

it('builds the saltmarsh again to the same bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'saltmarsh-'));
  execFileSync(process.execPath, [join(SALTMARSH, '../build-lake-saltmarsh.ts'), folder]);
  for (const name of readdirSync(folder)) {
    expect(Buffer.compare(readFileSync(join(folder, name)), readFileSync(join(SALTMARSH, name))), name).toBe(
      0,
    );
  }
  rmSync(folder, {recursive: true});
});
