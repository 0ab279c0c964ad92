import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {loadSites, siteFiles} from '#ingest';
import type {TerrainHeader} from '#schemas';
import {site} from '../../../server/cli/site.ts';
import {makeSite, type NewSite} from '../../../server/new-site/new-site.ts';
import {openHarness} from '../harness.ts';

const RASTERS = join(import.meta.dirname, '../../fixtures/reference/elevation');
const CENTRE = {longitudeDeg: 106.7, latitudeDeg: 29.575};
/** 1 km by 1 km about the centre, clear of the corner without heights. */
const ZONES = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: {id: 'marsh', name: 'Marsh', kind: 'wetland'},
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [106.695, 29.57],
            [106.705, 29.57],
            [106.705, 29.58],
            [106.695, 29.58],
            [106.695, 29.57],
          ],
        ],
      },
    },
  ],
};

let folder: string;
let sitesDir: string;
let zoneFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-new-site-'));
  sitesDir = join(folder, 'sites');
  zoneFile = join(folder, 'zones.geojson');
  await writeFile(zoneFile, JSON.stringify(ZONES));
});
afterEach(async () => {
  await rm(folder, {recursive: true, force: true});
});
const make = (more: Partial<NewSite> = {}) =>
  makeSite(sitesDir, {id: 'my-marsh', centre: CENTRE, zoneFile, ...more});

/** Heights of a grid by metres east and north, as its header says they are kept. */
function heightsOf(header: TerrainHeader, bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (eastM: number, northM: number): number => {
    const column = (eastM - header.originEastM) / header.stepM;
    const row = (header.originNorthM - northM) / header.stepM;
    return header.baseM + header.resolutionM * view.getUint16(2 * (row * header.columns + column), true);
  };
}

describe('the server on a new site', () => {
  it('serves its zones and ground, and takes readings of a first device', async () => {
    await make({demFile: join(RASTERS, 'plane-4326.tif'), timeZone: 'Asia/Shanghai'});
    const dataDir = join(folder, 'data');
    await mkdir(dataDir);
    const harness = await openHarness({sitesDir, site: 'my-marsh', fleet: 'off', dataDir});
    try {
      const get = async (path: string) => await harness.app.inject(`/api/v1${path}`);
      const {items} = (await get('/sites')).json() as {items: {id: string; synthetic: unknown[]}[]};
      expect(items).toMatchObject([{id: 'my-marsh', timeZone: 'Asia/Shanghai', synthetic: []}]);
      const zones = (await get('/zones')).json() as {features: {properties: {id: string}}[]};
      expect(zones.features.map(({properties}) => properties.id)).toEqual(['marsh']);
      expect((await get('/devices')).json()).toMatchObject({items: []});

      const header = (await get('/sites/my-marsh/files/terrain.json')).json() as TerrainHeader;
      expect(header).toMatchObject({origin: 'surveyed', synthetic: false});
      const {rawPayload} = await get('/sites/my-marsh/files/terrain.bin');
      expect(rawPayload.length).toBe(2 * header.columns * header.rows);
      const heightM = heightsOf(header, rawPayload);
      // The plane of make.py at the centre; 0.002 degrees of latitude are 4 m of it and 221.7 m north (WGS 84 at 29.6 degrees).
      expect(Math.abs(heightM(0, 0) - 190)).toBeLessThan(0.02);
      expect(Math.abs(heightM(0, 200) - heightM(0, 0) - (4 * 200) / 221.7)).toBeLessThan(0.03);

      await harness.device('probe');
      await harness.send('probe', {readings: {soil_moisture: 0.31}});
      const latest = (await get('/latest?device=probe')).json() as {items: {result: number}[]};
      expect(latest.items).toMatchObject([{element: 'soil_moisture', result: 0.31}]);
    } finally {
      await harness.close();
    }
  });
});

describe('the land cover', () => {
  it('is that of the zones: the smallest that holds a sample, with what the file says of it', async () => {
    const square = (west: number, south: number, sideDeg: number) => ({
      type: 'Polygon',
      coordinates: [
        [
          [west, south],
          [west + sideDeg, south],
          [west + sideDeg, south + sideDeg],
          [west, south + sideDeg],
          [west, south],
        ],
      ],
    });
    const wood = {kind: 'forest', parent: 'marsh', vegetation: 'pine', soil: 'purple', normalLevelM: 'high'};
    const features = [
      ...ZONES.features,
      {
        type: 'Feature',
        properties: {id: 'wood', name: 'Wood', ...wood},
        geometry: square(106.7, 29.572, 0.004),
      },
      {
        type: 'Feature',
        properties: {id: 'around', kind: 'water', parent: 'marsh', normalLevelM: 3.5, vegetation: ' '},
        geometry: square(106.6955, 29.576, 0.001),
      },
    ];
    await writeFile(zoneFile, JSON.stringify({type: 'FeatureCollection', features}));
    await make({flatM: 4});
    const [loaded] = await loadSites(sitesDir, ['my-marsh']);
    const files = siteFiles(loaded!);
    const cover = (await files.landCover())!;
    const samples = await files.grid(cover);
    const terrain = await files.terrain();
    expect([cover.columns, cover.rows, cover.stepM]).toEqual([terrain.columns, terrain.rows, terrain.stepM]);
    const classAt = (eastM: number, northM: number) => {
      const column = Math.round((eastM - cover.originEastM) / cover.stepM);
      const row = Math.round((cover.originNorthM - northM) / cover.stepM);
      return cover.classes.find(({index}) => index === samples[row * cover.columns + column])!.zone;
    };
    // Degrees are 96.8 km of longitude and 110.8 km of latitude there (WGS 84 at 29.575).
    expect(classAt(-300, -300)).toBe('marsh');
    expect(classAt(0.002 * 96_800, -0.001 * 110_800)).toBe('wood');
    expect(classAt(-0.004 * 96_800, 0.0015 * 110_800)).toBe('around');
    // Outside all zones a name of its own, which no zone has.
    expect(classAt(-550, 620)).toBe('around_');
    // Areas from the counts of samples: 0.004 by 0.004 degrees of 1.0e6 m² in 0.01 by 0.01.
    const share = (zone: string) => {
      const {index} = cover.classes.find((one) => one.zone === zone)!;
      return samples.filter((sample) => sample === index).length * cover.stepM ** 2;
    };
    expect(share('wood') / (0.004 ** 2 * 96_800 * 110_800)).toBeCloseTo(1, 1);
    const zone = (id: string) => loaded!.zones.find(({properties}) => properties.id === id)!.properties;
    expect(zone('wood')).toMatchObject({vegetation: 'pine', soil: 'purple'});
    expect(zone('wood')).not.toHaveProperty('normalLevelM');
    expect(zone('around')).toMatchObject({normalLevelM: 3.5});
    expect(zone('around')).not.toHaveProperty('vegetation');
  });
});

describe('without a DEM', () => {
  it('the ground is flat and says in both places that it is synthetic', async () => {
    const made = await make({flatM: 12.5});
    expect(made.terrain).toMatchObject({lowM: 12.5, highM: 12.5, synthetic: true});
    const [loaded] = await loadSites(sitesDir, ['my-marsh']);
    expect(loaded!.site.synthetic).toEqual([{file: 'terrain.json', reason: expect.stringContaining('flat')}]);
    expect(await loaded!.terrain()).toMatchObject({synthetic: true, origin: 'virtual'});
    expect(loaded!.devices).toEqual([]);
  });
});

describe('what is refused leaves nothing behind', () => {
  it.each<[string, Partial<NewSite>, string, RegExp]>([
    ['a name with a path in it', {id: '../x'}, 'site_invalid', /NAME: letters, digits/],
    ['the name of a folder that is no site', {id: 'maps'}, 'site_exists', /choose another name/],
    ['a time zone that is none', {timeZone: 'Mars/Base'}, 'site_invalid', /an IANA zone .* got Mars\/Base/],
    ['a zone file that is not there', {zoneFile: '/nowhere.geojson'}, 'site_invalid', /ENOENT/],
    ['a centre far from the zones', {centre: {longitudeDeg: 10, latitudeDeg: 50}}, 'site_invalid', /100 km/],
    ['a DEM that is none', {demFile: import.meta.filename}, 'site_invalid', /ESRI ASCII grid was expected/],
  ])('%s', async (_what, more, code, message) => {
    const trying = make(more);
    await expect(trying).rejects.toThrow(message);
    await expect(trying).rejects.toMatchObject({code});
    expect(await readdir(sitesDir).catch(() => [])).toEqual([]);
  });

  it('a site that is there already stays as it is', async () => {
    await make({flatM: 3});
    await expect(make({flatM: 9})).rejects.toMatchObject({code: 'site_exists'});
    const [loaded] = await loadSites(sitesDir, ['my-marsh']);
    expect((await loaded!.terrain()).source).toContain('3 m');
    expect(await readdir(sitesDir)).toEqual(['my-marsh']);
  });

  it('a DEM without heights over most of the zones', async () => {
    const ring = [
      [106.681, 29.59],
      [106.69, 29.59],
      [106.69, 29.598],
      [106.681, 29.598],
      [106.681, 29.59],
    ];
    await writeFile(zoneFile, JSON.stringify({type: 'Polygon', coordinates: [ring]}));
    await expect(make({demFile: join(RASTERS, 'plane-utm48.tif')})).rejects.toThrow(
      /elevations over the whole site were expected, \d+ % of it has none/,
    );
  });
});

describe('eco site new', () => {
  const lines: string[] = [];
  const run = async (...argv: string[]) => {
    lines.length = 0;
    const io = {out: (line: string) => lines.push(line), err: () => {}, env: {}, isTerminal: false};
    return await site.run(['new', 'my-marsh', `--sites-dir=${sitesDir}`, ...argv], io);
  };

  it('makes the site and says how to start it', async () => {
    const code = await run('--center=106.7,29.575', `--zone-file=${zoneFile}`);
    expect(code).toBe(0);
    expect(lines.join('\n')).toContain('flat and marked synthetic');
    expect(lines.join('\n')).toContain(`npm run eco -- start --sites-dir ${sitesDir} --site my-marsh`);
    expect((await loadSites(sitesDir, ['my-marsh']))[0]!.site.timeZone).toBe('Etc/GMT-7');
  });

  it.each([
    [['--zone-file=z'], /--center LON,LAT is missing/],
    [['--center=106.7,29.5'], /--zone-file FILE is missing/],
    [['--center=106.7', '--zone-file=z'], /--center: LON,LAT was expected, got 106.7/],
    [['--center=29.5,106.7', '--zone-file=z'], /a latitude within 90 degrees/],
    [['--center=106.7,', '--zone-file=z'], /--center/],
    [['--center=1,2', '--zone-file=z', '--dem=d', '--height=3'], /--dem or --height was expected, not both/],
  ])('refuses %j', async (argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
  });
});
