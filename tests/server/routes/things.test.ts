import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Harness, openHarness, SITE, SITES} from '../harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

type Item = Record<string, unknown> & {id: string};
async function get<T = {items: Item[]; next?: string}>(url: string, status = 200): Promise<T> {
  const answer = await harness.app.inject({url});
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(status);
  return answer.json() as T;
}

describe('catalogue', () => {
  // CONTRACT: 10 and 54.
  it('has 10 categories and 54 elements, each element in one category', async () => {
    const {items: categories} = await get<{items: {id: string; elements: string[]; name: object}[]}>(
      '/api/v1/categories',
    );
    const {items: elements} = await get('/api/v1/elements');
    expect(categories).toHaveLength(10);
    expect(elements).toHaveLength(54);
    expect(categories.flatMap((category) => category.elements).sort()).toEqual(
      elements.map(({id}) => id).sort(),
    );
    for (const element of elements) {
      expect(element.name).toMatchObject({en: expect.any(String), zh: expect.any(String)});
      expect(element.unit).toEqual(expect.any(String));
      expect(element.core).toBe(true);
    }
  });
});

describe('sites', () => {
  it('tells zone, datum, days and where files are', async () => {
    const {items} = await get('/api/v1/sites');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      id: SITE,
      timeZone: 'Australia/Adelaide',
      verticalDatum: {id: 'ahd'},
      files: {
        terrain: `/api/v1/sites/${SITE}/files/terrain.json`,
        terrainData: `/api/v1/sites/${SITE}/files/terrain.bin`,
      },
    });
    expect(await get(`/api/v1/sites/${SITE}`)).toEqual(items[0]);
    await get('/api/v1/sites/nowhere', 404);
  });

  it('every file that it names is there, as on disk, with an ETag that saves the second transfer', async () => {
    const {items} = await get<{items: {files: Record<string, string>}[]}>('/api/v1/sites');
    for (const path of Object.values(items[0]!.files)) {
      const plain = await harness.app.inject({url: path, headers: {'accept-encoding': 'identity'}});
      expect(plain.statusCode, path).toBe(200);
      expect(plain.headers['content-encoding']).toBeUndefined();
      const onDisk = readFileSync(join(SITES, SITE, path.split('/').at(-1)!));
      expect(plain.rawPayload.equals(onDisk), path).toBe(true);
      const packed = await harness.app.inject({url: path, headers: {'accept-encoding': 'gzip, br'}});
      const unpacked =
        packed.headers['content-encoding'] === 'gzip' ? gunzipSync(packed.rawPayload) : packed.rawPayload;
      expect(unpacked.equals(onDisk), path).toBe(true);
      const again = await harness.app.inject({
        url: path,
        headers: {'if-none-match': String(plain.headers.etag)},
      });
      expect(again.statusCode).toBe(304);
      expect(again.rawPayload).toHaveLength(0);
    }
  });

  it.each(['devices.json', 'climate.json', 'site.json', '..%2Fsite.json', 'none.json', '.hidden'])(
    'a file that the page has no use for stays: %s',
    async (name) => {
      const answer = await harness.app.inject({url: `/api/v1/sites/${SITE}/files/${name}`});
      expect([400, 404]).toContain(answer.statusCode);
    },
  );
});

describe('zones', () => {
  it('are GeoJSON and name their site', async () => {
    const answer = await harness.app.inject({url: '/api/v1/zones'});
    expect(answer.headers['content-type']).toMatch(/geo\+json/);
    const {type, features} = answer.json() as {
      type: string;
      features: {properties: {id: string; site: string}}[];
    };
    expect(type).toBe('FeatureCollection');
    expect(features.map(({properties}) => properties.id)).toEqual(
      harness.core.registry.sites()[0]!.zones.map(({properties}) => properties.id),
    );
    expect(features.every(({properties}) => properties.site === SITE)).toBe(true);
  });
});

describe('devices and stations', () => {
  it('lists the site’s devices with place, zone, elements and state', async () => {
    const {items} = await get('/api/v1/devices?origin=virtual');
    expect(items.map(({id}) => id)).toEqual(['sm-d01-01', 'sm-d06-01', 'sm-d08-01']);
    expect(items[0]).toMatchObject({
      site: SITE,
      model: 'D01',
      zone: 'salt_lake',
      elements: ['water_level'],
      origin: 'virtual',
      state: 'offline',
      connected: false,
      lastSeen: null,
      battery: null,
      verticalDatum: 'ahd',
      station: 'sm-d01-01',
    });
  });

  it.each([
    ['zone=dune', ['sm-d08-01']],
    ['zone=dune,salt_lake', ['sm-d01-01', 'sm-d08-01']],
    ['device=sm-d06-01', ['sm-d06-01']],
    ['device=sm-d06-01&device=sm-d08-01', ['sm-d06-01', 'sm-d08-01']],
    ['state=online', []],
    [`site=${SITE}&state=offline&origin=virtual`, ['sm-d01-01', 'sm-d06-01', 'sm-d08-01']],
  ])('filter %s', async (query, ids) => {
    expect((await get(`/api/v1/devices?${query}`)).items.map(({id}) => id)).toEqual(ids);
  });

  it('pages follow each other without repeating or leaving out any', async () => {
    const all = (await get('/api/v1/stations')).items.map(({id}) => id);
    expect(all).toEqual([...all].sort());
    const seen: string[] = [];
    let url: string | undefined = '/api/v1/stations?limit=2';
    while (url !== undefined) {
      const page: {items: Item[]; next?: string} = await get(url);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({id}) => id));
      url = page.next;
    }
    expect(seen).toEqual(all);
  });

  it('stations of the site and of its zones stand for what no device measures', async () => {
    const {items} = await get('/api/v1/stations');
    expect(items.map(({id}) => id)).toEqual(expect.arrayContaining([SITE, `${SITE}-dune`, 'sm-d01-01']));
    expect(items.find(({id}) => id === 'sm-d08-01')).toMatchObject({
      devices: ['sm-d08-01'],
      verticalDatum: 'ahd',
    });
  });

  it('adds a device with credentials that are told once and kept as a hash', async () => {
    const answer = await harness.app.inject({
      method: 'POST',
      url: '/api/v1/devices',
      payload: {id: 'pond-1', longitudeDeg: 137.25, latitudeDeg: -28.95, intervalS: 60},
    });
    expect(answer.statusCode).toBe(201);
    const added = answer.json() as {id: string; username: string; password: string; topic: string};
    expect(Object.keys(added)).toEqual(['id', 'username', 'password', 'topic']);
    expect(added.topic).toBe(`eco/v1/${SITE}/pond-1/up`);
    const device = await get<Item>('/api/v1/devices/pond-1');
    expect(device).toMatchObject({
      model: 'generic-json',
      origin: 'measured',
      station: 'pond-1',
      datastreams: [],
    });
    expect(JSON.stringify(device)).not.toContain(added.password);
    expect((await get('/api/v1/stations')).items.map(({id}) => id)).toContain('pond-1');

    const twice = await harness.app.inject({
      method: 'POST',
      url: '/api/v1/devices',
      payload: {id: 'pond-1', longitudeDeg: 1, latitudeDeg: 1},
    });
    expect(twice.statusCode).toBe(409);
    expect(twice.json()).toMatchObject({code: 'device_exists'});
  });

  it.each([
    [{id: 'a', longitudeDeg: 1, latitudeDeg: 1, model: 'nope'}, 'model_unknown'],
    [{id: 'a', longitudeDeg: 1, latitudeDeg: 1, zone: 'nope'}, 'zone_unknown'],
    [{id: 'a', longitudeDeg: 1, latitudeDeg: 1, site: 'nope'}, 'site_unknown'],
    [{id: 'sm-d01-01', longitudeDeg: 1, latitudeDeg: 1}, 'device_exists'],
    [{id: SITE, longitudeDeg: 1, latitudeDeg: 1}, 'id_taken'],
    [{id: 'a', longitudeDeg: 181, latitudeDeg: 1}, 'body_invalid'],
  ])('refuses %j: %s', async (payload, code) => {
    const answer = await harness.app.inject({method: 'POST', url: '/api/v1/devices', payload});
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
    expect(answer.json()).toMatchObject({code});
    expect(harness.core.registry.device('a')).toBeUndefined();
  });

  it('removes an added device, with its data only if told so; never one of the site’s own', async () => {
    const {authorization} = await harness.device('gone-1');
    await harness.send('gone-1', {time: '2026-11-25T00:00:00Z', readings: {air_temperature: 20}});
    const remove = (id: string, query = '') =>
      harness.app.inject({method: 'DELETE', url: `/api/v1/devices/${id}${query}`});
    expect((await remove('gone-1')).json()).toMatchObject({code: 'device_has_data'});
    expect((await remove('gone-1', '?data=delete')).json()).toEqual({rows: 1});
    await get('/api/v1/devices/gone-1', 404);
    expect((await get('/api/v1/datastreams?device=gone-1')).items).toEqual([]);
    const late = await harness.app.inject({
      method: 'POST',
      url: '/api/v1/readings',
      headers: {authorization, 'content-type': 'application/json'},
      payload: '{}',
    });
    expect(late.statusCode).toBe(401);
    expect((await remove('sm-d01-01', '?data=delete')).json()).toMatchObject({code: 'device_of_site'});
    expect((await remove('nope')).statusCode).toBe(404);
  });
});
