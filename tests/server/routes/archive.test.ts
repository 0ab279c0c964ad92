import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {EnuFrame, PARAMETER_RANGES} from '#model';
import {channelValue, readEtw} from '#schemas';
import {type Harness, openHarness, SITE} from '../harness.ts';

const OWN_SITES = join(import.meta.dirname, '../../../sites');
let island: Harness;
let saltmarsh: Harness;
beforeAll(async () => {
  island = await openHarness({sitesDir: OWN_SITES, site: 'guangyang', fleet: 'off'});
  saltmarsh = await openHarness();
});
afterAll(() => Promise.all([island.close(), saltmarsh.close()]));

type Feature = {
  id: string;
  properties: Record<string, unknown> & {id: number; species: string; zone: string};
  geometry: {coordinates: [number, number]};
};
type Collection = {type: string; features: Feature[]; next?: string};
async function get<T>(url: string, status = 200, harness = island): Promise<T> {
  const answer = await harness.app.inject({url: `/api/v1${url}`});
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(status);
  return answer.json() as T;
}

describe('/species', () => {
  it('gives 119, each parameter with label and source, and 28,327 trees in all', async () => {
    const {items} = await get<{items: (Record<string, unknown> & {id: string; trees: number})[]}>(
      '/species?site=guangyang',
    );
    expect(items).toHaveLength(119);
    expect(items.reduce((sum, {trees}) => sum + trees, 0)).toBe(28_327);
    for (const item of items) {
      const parameters = item['parameters'] as Record<string, {label: string; source: string; value: number}>;
      expect(Object.keys(parameters)).toEqual(Object.keys(PARAMETER_RANGES));
      for (const {label, source} of Object.values(parameters)) {
        expect(['calibrated', 'literature', 'guess']).toContain(label);
        expect(source).not.toBe('');
      }
    }
    // Flora of China; wood density as the Global Wood Density Database has it.
    expect(items.find(({id}) => id === 'metasequoia_glyptostroboides')).toMatchObject({
      scientificName: 'Metasequoia glyptostroboides',
      chineseName: '水杉',
      family: 'Cupressaceae',
      type: {id: 'TAX', name: {zh: expect.any(String)}},
      synthetic: true,
    });
  });
});

describe('/birds', () => {
  it('gives 71 with both names', async () => {
    const {items} = await get<{items: Record<string, unknown>[]}>('/birds');
    expect(items).toHaveLength(71);
    expect(items.find(({id}) => id === 'mergus_squamatus')).toMatchObject({
      name: {en: 'Scaly-sided Merganser', zh: '中华秋沙鸭'},
      protection: 'I',
      iucn: 'EN',
      synthetic: true,
    });
  });
});

describe('/trees', () => {
  it('pages through all of them in the order of their ids', async () => {
    const ids: number[] = [];
    let pages = 0;
    for (let path: string | undefined = '/trees'; path !== undefined; pages++) {
      const {features, next}: Collection = await get(path);
      ids.push(...features.map(({properties}) => properties.id));
      path = next?.replace('/api/v1', '');
    }
    expect(pages).toBe(6);
    expect(ids).toEqual(Array.from({length: 28_327}, (_, i) => i + 1));
  });

  it('filters by box, zone and species, and all of them at once', async () => {
    const {features: hill} = await get<Collection>('/trees?zone=hill_scar');
    expect(hill.length).toBeGreaterThan(1000);
    expect(new Set(hill.map(({properties}) => properties.zone))).toEqual(new Set(['hill_scar']));
    const [west, south, east, north] = [106.7, 29.575, 106.71, 29.58];
    const box = `bbox=${west},${south},${east},${north}`;
    const {features: boxed} = await get<Collection>(
      `/trees?${box}&species=pinus_massoniana,robinia_pseudoacacia`,
    );
    expect(boxed.length).toBeGreaterThan(10);
    for (const {geometry, properties} of boxed) {
      const [lon, lat] = geometry.coordinates;
      expect(lon >= west && lon <= east && lat >= south && lat <= north).toBe(true);
      expect(['pinus_massoniana', 'robinia_pseudoacacia']).toContain(properties.species);
    }
    const {features: all} = await get<Collection>(
      `/trees?${box}&zone=hill_scar&species=robinia_pseudoacacia`,
    );
    const want = boxed.filter(
      ({properties}) => properties.zone === 'hill_scar' && properties.species === 'robinia_pseudoacacia',
    );
    expect(all.map(({id}) => id)).toEqual(want.map(({id}) => id));
    expect(await get<Collection>('/trees?zone=island&limit=3')).toMatchObject({features: {length: 3}});
  });

  it.each([
    ['/trees?bbox=1,2,3', 400, 'bbox_invalid'],
    ['/trees?bbox=4,2,3,5', 400, 'bbox_invalid'],
    ['/trees?bbox=a,2,3,5', 400, 'bbox_invalid'],
    ['/trees?bbox=,2,3,5', 400, 'bbox_invalid'],
    ['/trees?after=x', 400, 'cursor_invalid'],
    ['/trees?species=quercus_robur', 404, 'species_unknown'],
    ['/trees?zone=moon', 404, 'zone_unknown'],
    ['/trees?site=elsewhere', 404, 'site_unknown'],
  ])('%s is %i %s', async (url, status, code) => {
    expect(await get(url, status)).toMatchObject({code});
  });

  it('gives CSV of the same trees', async () => {
    const answer = await island.app.inject({
      url: '/api/v1/trees?species=ginkgo_biloba',
      headers: {accept: 'text/csv'},
    });
    expect(answer.headers['content-type']).toContain('text/csv');
    const [header, ...rows] = answer.body.trimEnd().split('\r\n');
    expect(header).toContain('longitude_deg,latitude_deg,dbh_cm');
    const {features} = await get<Collection>('/trees?species=ginkgo_biloba');
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual(
      features.map(({properties}) => properties.id),
    );
    const columns = header!.split(',');
    const first = Object.fromEntries(rows[0]!.split(',').map((cell, i) => [columns[i], cell]));
    expect([Number(first['longitude_deg']), Number(first['latitude_deg'])]).toEqual(
      features[0]!.geometry.coordinates,
    );
    expect(Number(first['dbh_cm'])).toBe(features[0]!.properties['dbhCm']);
  });
});

describe('POST /trees/import', () => {
  const survey = readFileSync(join(import.meta.dirname, '../../fixtures/inventory/survey-gbk-4545.csv'));
  const post = async (query: string, payload: Buffer | string, type = 'text/csv') => {
    const answer = await island.app.inject({
      method: 'POST',
      url: `/api/v1/trees/import?${query}`,
      headers: {'content-type': type},
      payload,
    });
    return {status: answer.statusCode, body: answer.json() as Record<string, unknown>};
  };

  it('tells what would come in, then keeps it', async () => {
    const dry = await post('site=guangyang&dryRun=true', survey);
    expect(dry).toMatchObject({
      status: 200,
      body: {rows: 43, added: 22, kept: false, rejectedRows: {length: 20}},
    });
    const {features: none} = await get<Collection>('/trees?after=guangyang/28327');
    expect(none).toEqual([]);
    expect(await post('site=guangyang', survey)).toMatchObject({
      status: 200,
      body: {added: 22, updated: 1, kept: true},
    });
    const {features} = await get<Collection>('/trees?after=guangyang/28327');
    expect(features).toHaveLength(22);
    // measured twice: the survey has the first tree a year before, too
    expect(features[0]!.properties).toMatchObject({
      tag: 'GY-001',
      history: [{measured: '2024-10-08'}, {measured: '2025-10-08'}],
    });
  });

  it.each([
    ['site=moon', survey, 'text/csv', 404, 'site_unknown'],
    ['site=guangyang&map=%7B%7D', survey, 'text/csv', 400, 'map_invalid'],
    ['site=guangyang', 'PK\u0003\u0004', 'text/csv', 400, 'inventory_invalid'],
    ['site=guangyang', 'a,b\n1,2\n', 'application/octet-stream', 400, 'map_failed'],
    ['site=guangyang', '{}', 'application/json', 400, 'inventory_invalid'],
    ['', survey, 'text/csv', 400, 'parameter_invalid'],
  ])('%s %.8s %s is %i %s', async (query, payload, type, status, code) => {
    expect(await post(query, payload, type)).toMatchObject({status, body: {code}});
  });
});

it('a site without an archive has an empty one', async () => {
  expect(await get(`/species?site=${SITE}`, 200, saltmarsh)).toEqual({items: []});
  expect(await get(`/birds?site=${SITE}`, 200, saltmarsh)).toEqual({items: []});
  expect(await get(`/trees?site=${SITE}`, 200, saltmarsh)).toEqual({type: 'FeatureCollection', features: []});
});

describe('/trees.bin', () => {
  it('holds the trees that /trees holds, where it has them, to the steps of the file', async () => {
    const answer = await island.app.inject({url: '/api/v1/trees.bin?site=guangyang'});
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-encoding']).toBe('gzip');
    const {ids, xM, yM, steps, text, channels, species, origin} = readEtw(gunzipSync(answer.rawPayload));
    const list = await get<{items: {trees: number}[]}>('/species?site=guangyang');
    expect(ids).toHaveLength(list.items.reduce((sum, {trees}) => sum + trees, 0));
    expect(steps).toBe(1);
    const frame = new EnuFrame({...origin, heightM: 0});
    const {features} = await get<Collection>('/trees?site=guangyang&limit=400');
    const channel = (id: string) => text.channels.findIndex((one) => one.id === id);
    for (const {properties, geometry} of features) {
      const at = ids.indexOf(properties.id);
      const [longitudeDeg, latitudeDeg] = geometry.coordinates;
      const place = frame.toEnu({longitudeDeg, latitudeDeg, heightM: 0});
      expect(Math.abs(xM[at]! - place.eastM)).toBeLessThan(0.06);
      expect(Math.abs(yM[at]! - place.northM)).toBeLessThan(0.06);
      expect(text.species[species[at]!]!.id).toBe(properties.species);
      const height = channelValue(text.channels[channel('height')]!, channels[channel('height')]![at]!);
      // a step of a quarter of a metre, and none that stands is lower than one
      expect(Math.abs(height - Number(properties['heightM']))).toBeLessThan(0.26);
      const dbh = channelValue(text.channels[channel('dbh')]!, channels[channel('dbh')]![at]!);
      expect(Math.abs(dbh - Number(properties['dbhCm']))).toBeLessThan(0.51);
    }
  });

  it('is empty for a site without an archive, and unknown for no site', async () => {
    const none = await saltmarsh.app.inject({url: `/api/v1/trees.bin?site=${SITE}`});
    expect(none.statusCode).toBe(200);
    expect(readEtw(gunzipSync(none.rawPayload)).ids).toHaveLength(0);
    await get('/trees.bin?site=atlantis', 404);
  });
});
