import {describe, expect, it} from 'vitest';
import type {DatastreamKey, Device} from '#schemas';
import {loadSites, openRegistry} from '../../../ingest/registry/index.ts';
import {createMemoryDocuments} from './memory-documents.ts';
import {device, MODELS, SQUARE, siteFolder, zone} from './site-folder.ts';

const KEY: DatastreamKey = {
  station: 'v-1',
  element: 'soil_moisture',
  depthM: 0.1,
  heightM: null,
  instance: null,
  statistic: 'point',
  period: null,
};
const ZONES = [
  zone('land', SQUARE(10, 50, 1), {areaHa: 100}),
  zone('pond', SQUARE(10.2, 50.2, 0.1), {areaHa: 1, parent: 'land'}),
];

async function setUp(
  options: {
    devices?: Device[];
    includeVirtual?: boolean;
    documents?: ReturnType<typeof createMemoryDocuments>;
  } = {},
) {
  const {devices = [device('v-1')], includeVirtual = true, documents = createMemoryDocuments()} = options;
  const dir = await siteFolder('here', {
    'zones.geojson': {type: 'FeatureCollection', features: ZONES},
    'devices.json': {schemaVersion: 1, devices},
  });
  const sites = await loadSites(dir, ['here']);
  const open = () => openRegistry({documents, sites, models: MODELS, includeVirtual, now: () => 1_000_000});
  return {documents, sites, open, registry: await open()};
}

describe('devices and stations', () => {
  it('makes a station of each device, and one of the site and of each zone for what no device measures', async () => {
    const {registry} = await setUp();
    expect(registry.devices().map(({device: {id}}) => id)).toEqual(['v-1']);
    expect(registry.stations().map(({id}) => id)).toEqual(['here', 'here-land', 'here-pond', 'v-1']);
    expect(registry.stations('elsewhere')).toEqual([]);
  });

  it('finds the zone of an added device by its place, the smallest of those that hold it', async () => {
    const {registry} = await setUp();
    const place = (longitudeDeg: number, latitudeDeg: number, id: string) =>
      registry.addDevice(device(id, {origin: 'measured', longitudeDeg, latitudeDeg}), {site: 'here'});
    expect((await place(10.25, 50.25, 'in-pond')).zone).toBe('pond');
    expect((await place(10.5, 50.5, 'on-land')).zone).toBe('land');
    expect((await place(20, 20, 'far')).zone).toBeNull();
    expect(registry.stations().find(({id}) => id === 'in-pond')).toMatchObject({
      zone: 'pond',
      origin: 'measured',
    });
  });

  it('keeps added devices, credentials and datastreams over a restart, series integers with them', async () => {
    const {registry, open} = await setUp();
    await registry.addDevice(device('new', {origin: 'measured'}), {site: 'here'});
    const principal = {kind: 'device', username: 'new', site: 'here', device: 'new'} as const;
    await registry.addCredential({principal, secretSha256: 'ab'});
    const key = {...KEY, station: 'new'};
    registry.ensureDatastream(KEY, {device: 'v-1', site: 'here', origin: 'virtual', atMs: 5});
    const before = registry.ensureDatastream(key, {device: 'new', site: 'here', origin: 'measured', atMs: 7});
    const again = await open();
    expect(again.device('new')).toMatchObject({status: 'active', zone: 'land', createdMs: 1_000_000});
    expect(again.credential('new')).toEqual({principal, secretSha256: 'ab'});
    expect(again.datastream(before.id)).toEqual(before);
    expect(again.datastreamBySeries(before.series)).toEqual(before);
    expect(again.deployments(before.id)).toMatchObject([{device: 'new', fromMs: 7, toMs: null}]);
  });

  it.each([
    ['a device that is there', device('v-1', {origin: 'measured'}), 'device_exists'],
    ['the id of a zone station', device('here-pond', {origin: 'measured'}), 'id_taken'],
    ['an unknown model', device('new', {model: 'nothing'}), 'model_unknown'],
    ['an unknown zone', device('new', {zone: 'moor'}), 'zone_unknown'],
    [
      'a measured device at a virtual station',
      device('new', {origin: 'measured', station: 'v-1'}),
      'station_invalid',
    ],
  ])('refuses %s', async (_name, added, code) => {
    const {registry} = await setUp();
    await expect(registry.addDevice(added, {site: 'here'})).rejects.toMatchObject({code});
  });

  it('lets one of two requests for the same id through', async () => {
    const {registry} = await setUp();
    const add = () => registry.addDevice(device('twin', {origin: 'measured'}), {site: 'here'});
    const outcomes = await Promise.allSettled([add(), add()]);
    expect(outcomes.map(({status}) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('makes a waiting device active', async () => {
    const {registry, open} = await setUp();
    const seen = device('foreign', {origin: 'measured'});
    await registry.addDevice(seen, {site: 'here', status: 'waiting'});
    expect(registry.device('foreign')?.status).toBe('waiting');
    await registry.addDevice(seen, {site: 'here'});
    expect((await open()).device('foreign')?.status).toBe('active');
    await expect(registry.addDevice(seen, {site: 'here'})).rejects.toMatchObject({code: 'device_exists'});
  });

  it('keeps a refused device out, with who, when and why, until that is taken back', async () => {
    const {registry, open} = await setUp();
    const seen = device('foreign', {origin: 'measured'});
    await registry.addDevice(seen, {site: 'here', status: 'waiting'});
    expect(registry.stations().map(({id}) => id)).toContain('foreign');
    await registry.refuseDevice('foreign', {who: 'Lin', reason: 'a neighbour’s'});
    const refusal = {atMs: expect.any(Number), who: 'Lin', reason: 'a neighbour’s'};
    for (const one of [registry, await open()]) {
      expect(one.device('foreign')).toMatchObject({status: 'refused', refusal});
      expect(one.stations().map(({id}) => id)).not.toContain('foreign');
    }
    await expect(registry.addDevice(seen, {site: 'here'})).rejects.toMatchObject({code: 'device_refused'});
    await expect(registry.refuseDevice('foreign', {who: 'Lin', reason: null})).rejects.toMatchObject({
      code: 'device_not_waiting',
    });
    // A position that is noted meanwhile lets nobody in.
    await registry.moveDevice('foreign', {longitudeDeg: 1, latitudeDeg: 1, atMs: 5, reason: null});
    expect(registry.device('foreign')).toMatchObject({status: 'refused', refusal});
    await registry.letDeviceWait('foreign');
    for (const one of [registry, await open()]) {
      expect(one.device('foreign')).toMatchObject({status: 'waiting', refusal: null});
      expect(one.stations().map(({id}) => id)).toContain('foreign');
    }
    await expect(registry.letDeviceWait('foreign')).rejects.toMatchObject({code: 'device_not_refused'});
  });

  it('lets in or refuses a waiting device, whichever was said first', async () => {
    const {registry} = await setUp();
    const seen = device('foreign', {origin: 'measured'});
    await registry.addDevice(seen, {site: 'here', status: 'waiting'});
    const said = await Promise.allSettled([
      registry.addDevice(seen, {site: 'here'}),
      registry.refuseDevice('foreign', {who: 'Lin', reason: null}),
    ]);
    expect(said.map(({status}) => status)).toEqual(['fulfilled', 'rejected']);
    expect(registry.device('foreign')?.status).toBe('active');
  });

  it('says which sites share an id', async () => {
    const dir = await siteFolder('here', {'devices.json': {schemaVersion: 1, devices: [device('x-1')]}});
    await siteFolder('there', {'devices.json': {schemaVersion: 1, devices: [device('x-1')]}}, dir);
    const sites = await loadSites(dir, ['here', 'there']);
    const open = openRegistry({
      documents: createMemoryDocuments(),
      sites,
      models: MODELS,
      includeVirtual: true,
      now: () => 0,
    });
    await expect(open).rejects.toThrow(
      'id x-1 of device x-1 of site there is already that of device x-1 of site here',
    );
  });
});

describe('without virtual devices', () => {
  it('lists neither them nor their series, keeps their ids, and gives them back with the fleet', async () => {
    const documents = createMemoryDocuments();
    const on = await setUp({documents});
    const stream = on.registry.ensureDatastream(KEY, {
      device: 'v-1',
      site: 'here',
      origin: 'virtual',
      atMs: 5,
    });
    const {registry} = await setUp({documents, includeVirtual: false});
    expect(registry.devices()).toEqual([]);
    expect(registry.datastreams()).toEqual([]);
    expect(registry.datastreamBySeries(stream.series)).toBeUndefined();
    expect(registry.datastreams({hidden: true})).toMatchObject([{id: stream.id}]);
    expect(registry.seriesInfo(stream.series)?.rollUp).toBe('mean');
    await expect(
      registry.addDevice(device('v-1', {origin: 'measured'}), {site: 'here'}),
    ).rejects.toMatchObject({code: 'id_taken'});
    const next = await registry.addDevice(device('m-1', {origin: 'measured'}), {site: 'here'});
    const own = registry.ensureDatastream(
      {...KEY, station: next.station},
      {device: 'm-1', site: 'here', origin: 'measured'},
    );
    expect(own.series).toBe(stream.series + 1);
  });
});

describe('datastreams', () => {
  it('tells series apart by each part of the key', async () => {
    const {registry} = await setUp();
    const keys: DatastreamKey[] = [
      KEY,
      {...KEY, depthM: 0.3},
      {...KEY, depthM: null},
      {...KEY, depthM: null, heightM: 0.1},
      {...KEY, instance: 'b'},
      {...KEY, statistic: 'mean', period: 'PT1H'},
      {...KEY, statistic: 'mean', period: 'P1D'},
      {...KEY, element: 'soil_temperature'},
      {...KEY, station: 'here-land'},
    ];
    const of = {device: null, site: 'here', origin: 'virtual'} as const;
    const series = keys.map((key) => registry.ensureDatastream(key, of).series);
    expect(new Set(series).size).toBe(keys.length);
    expect(keys.map((key) => registry.ensureDatastream({...key}, of).series)).toEqual(series);
  });

  it('writes a new one before it returns, with its deployment, and nothing for a known one', async () => {
    const {registry, documents} = await setUp();
    const of = {device: 'v-1', site: 'here', origin: 'virtual', atMs: 100} as const;
    registry.ensureDatastream(KEY, of);
    expect(documents.puts.map(({collection}) => collection).sort()).toEqual(['datastream', 'deployment']);
    for (let i = 0; i < 100; i++) registry.ensureDatastream(KEY, {...of, atMs: 100 + i});
    expect(documents.puts).toHaveLength(2);
  });

  it('moves the start of a deployment to earlier values in few writes', async () => {
    const {registry, documents, open} = await setUp();
    const of = {device: 'v-1', site: 'here', origin: 'virtual'} as const;
    const {id} = registry.ensureDatastream(KEY, {...of, atMs: 100_000});
    for (let atMs = 99_999; atMs >= 90_000; atMs--) registry.ensureDatastream(KEY, {...of, atMs});
    await new Promise((resolve) => setImmediate(resolve));
    expect(registry.deployments(id)).toMatchObject([{fromMs: 90_000, toMs: null}]);
    expect((await open()).deployments(id)).toMatchObject([{fromMs: 90_000}]);
    expect(documents.puts.length).toBeLessThan(10);
  });

  it('ends the deployment of the device before when another takes over', async () => {
    const {registry} = await setUp({devices: [device('v-1'), device('v-2', {station: 'v-1'})]});
    const of = {site: 'here', origin: 'virtual'} as const;
    registry.ensureDatastream(KEY, {...of, device: 'v-1', atMs: 100});
    const stream = registry.ensureDatastream(KEY, {...of, device: 'v-2', atMs: 200});
    expect(registry.deployments(stream.id)).toMatchObject([
      {device: 'v-1', fromMs: 100, toMs: 200},
      {device: 'v-2', fromMs: 200, toMs: null},
    ]);
    expect(stream.device).toBe('v-2');
  });

  it('never gives a series integer twice, not after a purge and a restart either', async () => {
    const {registry, open} = await setUp();
    const of = {device: 'v-1', site: 'here', origin: 'virtual'} as const;
    const {series, id} = registry.ensureDatastream(KEY, of);
    await registry.removeDevices(['v-1']);
    expect(registry.datastream(id)).toBeUndefined();
    expect(registry.device('v-1')).toBeDefined();
    expect((await open()).ensureDatastream(KEY, of).series).toBe(series + 1);
  });

  it('is found by zone with the zones within', async () => {
    const {registry} = await setUp();
    const of = {device: null, site: 'here', origin: 'virtual'} as const;
    registry.ensureDatastream({...KEY, station: 'here-land'}, of);
    registry.ensureDatastream({...KEY, station: 'here-pond'}, of);
    registry.ensureDatastream({...KEY, station: 'here'}, of);
    expect(registry.datastreams({zone: 'land'}).map(({station}) => station)).toEqual([
      'here-land',
      'here-pond',
    ]);
    expect(registry.datastreams({zone: 'pond'}).map(({station}) => station)).toEqual(['here-pond']);
    expect(registry.datastreams({zone: 'pond', site: 'there'})).toEqual([]);
  });
});

describe('limits and defaults', () => {
  const weather = device('w-1', {model: 'weather'});
  const of = {device: 'w-1', site: 'here', origin: 'virtual'} as const;
  const temperature: DatastreamKey = {
    ...KEY,
    station: 'w-1',
    element: 'air_temperature',
    depthM: null,
    statistic: 'mean',
    period: 'PT10M',
  };

  // Catalogue: air_temperature every 60 s, step 2, spike 1.5/5, suspect -5..45. The model's sensor: every 600 s, k = 10.
  it('come from the catalogue, scaled to the interval of the model, with the ranges of the model', async () => {
    const {registry} = await setUp({devices: [weather]});
    const limits = registry.limits(registry.ensureDatastream(temperature, of).series);
    expect(limits.intervalS).toBe(600);
    expect(limits.suspectRange).toEqual([-10, 40]);
    expect(limits.ratePerS).toBeCloseTo((2 * Math.sqrt(10)) / 600, 12);
    expect(limits.spike!.fail).toBeCloseTo(5 * Math.sqrt(10), 12);
  });

  it('of the device come before those of the model, of a map before both; the object changes when they do', async () => {
    const own = {...weather, limits: {air_temperature: {suspectRange: [-1, 30] as [number, number]}}};
    const {registry, open} = await setUp({devices: [own]});
    const {series} = registry.ensureDatastream(temperature, of);
    const first = registry.limits(series);
    expect(first.suspectRange).toEqual([-1, 30]);
    expect(registry.limits(series)).toBe(first);
    const limits = {suspectRange: [0, 20] as [number, number], intervalS: 60};
    registry.ensureDatastream(temperature, {...of, limits});
    expect(registry.limits(series)).not.toBe(first);
    expect(registry.limits(series)).toMatchObject({suspectRange: [0, 20], intervalS: 60});
    expect((await open()).limits(series)).toMatchObject({suspectRange: [0, 20], intervalS: 60});
  });

  it.each([
    ['wind_speed', undefined, {statistic: 'mean', period: 'PT1M'}],
    ['wind_speed', 'max', {statistic: 'max', period: 'PT1M'}],
    ['air_temperature', undefined, {statistic: 'mean', period: 'PT10M'}],
    ['air_temperature', 'point', {statistic: 'point', period: null}],
    ['precipitation', undefined, {statistic: 'sum', period: 'PT1M'}],
    ['soil_moisture', undefined, {statistic: 'point', period: null}],
    ['pm2_5', 'max', {statistic: 'max', period: 'PT5M'}],
  ])('a bare %s with statistic %s is %j', async (element, statistic, expected) => {
    const {registry} = await setUp({devices: [weather]});
    expect(registry.defaults('w-1', element, statistic)).toEqual(expected);
  });

  it('tell the wind that calm is judged by', async () => {
    const {registry} = await setUp({devices: [weather]});
    const wind = {...temperature, element: 'wind_speed', period: 'PT1M'};
    const direction = registry.ensureDatastream({...wind, element: 'wind_direction'}, of);
    expect(registry.seriesInfo(direction.series)?.companion).toBeNull();
    registry.ensureDatastream({...wind, statistic: 'max'}, of);
    const speed = registry.ensureDatastream(wind, of);
    expect(registry.seriesInfo(direction.series)).toMatchObject({
      companion: speed.series,
      rollUp: 'circularMean',
      timeZone: 'Europe/Berlin',
    });
  });
});

describe('deployments', () => {
  const HOUR = 3_600_000;
  const LEVEL: DatastreamKey = {
    station: 'old',
    element: 'water_level',
    depthM: null,
    heightM: null,
    instance: null,
    statistic: 'point',
    period: null,
  };
  const place = (id: string, more: Partial<Device> = {}) => device(id, {origin: 'measured', ...more});
  async function replaced() {
    const world = await setUp({devices: []});
    const {registry} = world;
    await registry.addDevice(place('old', {name: {en: 'Gauge', zh: '水尺'}}), {site: 'here'});
    await registry.addDevice(place('shelf', {longitudeDeg: 10.25, latitudeDeg: 50.25}), {site: 'here'});
    const of = {site: 'here', origin: 'measured'} as const;
    const {id} = registry.ensureDatastream(LEVEL, {...of, device: 'old', atMs: HOUR});
    registry.ensureDatastream({...LEVEL, station: 'shelf'}, {...of, device: 'shelf', atMs: HOUR});
    await registry.replaceDevice('old', {by: 'shelf', atMs: 5 * HOUR, reason: null});
    return {...world, id, of};
  }

  it('are the same after a restart, positions, stations and names with them', async () => {
    const {registry, open, id} = await replaced();
    await registry.moveDevice('shelf', {
      longitudeDeg: 10.8,
      latitudeDeg: 50.8,
      atMs: 6 * HOUR,
      reason: 'flood',
    });
    await registry.addCalibration('shelf', {atMs: 5 * HOUR, element: null, note: 'zero', who: 'me'});
    const state = (one: typeof registry) => ({
      devices: one.devices(),
      stations: one.stations().toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      streams: one.datastreams(),
      deployments: one.datastreams().map((stream) => one.deployments(stream.id)),
    });
    expect(registry.deployments(id)).toMatchObject([
      {device: 'old', fromMs: HOUR, toMs: 5 * HOUR, longitudeDeg: 10.5},
      {device: 'shelf', fromMs: 5 * HOUR, toMs: 6 * HOUR, longitudeDeg: 10.5},
      {device: 'shelf', fromMs: 6 * HOUR, toMs: null, longitudeDeg: 10.8},
    ]);
    expect(registry.stations().find((station) => station.id === 'old')).toMatchObject({
      longitudeDeg: 10.8,
      zone: 'land',
      name: {en: 'Gauge'},
    });
    expect(state(await open())).toEqual(state(registry));
  });

  it('change in one write, with the new device and its credential: all of it or nothing survives a kill', async () => {
    const {registry, documents} = await setUp({devices: []});
    await registry.addDevice(place('old'), {site: 'here'});
    registry.ensureDatastream(LEVEL, {device: 'old', site: 'here', origin: 'measured', atMs: 1});
    const writes: string[][] = [];
    const put = documents.put;
    documents.put = async (entries) => {
      writes.push(entries.map(({collection, id}) => `${collection} ${id}`));
      await put(entries);
    };
    const credential = {
      principal: {kind: 'device', username: 'new', site: 'here', device: 'new'},
      secretSha256: '0'.repeat(64),
    } as const;
    await registry.replaceDevice('old', {by: place('new'), credential, atMs: 2, reason: null});
    expect(writes[0]!.toSorted()).toEqual([
      'credential new',
      'datastream old:water_level:point',
      'deployment old:water_level:point@new@2',
      'deployment old:water_level:point@old',
      'device new',
      'placement new',
      'placement old',
    ]);
    expect(registry.credential('new')).toEqual(credential);
  });

  it('of what came before to its own place stay with it', async () => {
    const {registry} = await replaced();
    expect(registry.deployments('shelf:water_level:point')).toMatchObject([
      {device: 'shelf', fromMs: HOUR, toMs: null},
    ]);
    expect(registry.stations().find(({id}) => id === 'shelf')).toMatchObject({
      zone: 'pond',
      longitudeDeg: 10.25,
    });
  });

  it('are not taken over by what comes late from one that was replaced', async () => {
    const {registry, id, of} = await replaced();
    registry.ensureDatastream(LEVEL, {...of, device: 'old', atMs: 0});
    const late = registry.ensureDatastream(
      {...LEVEL, element: 'water_temperature'},
      {...of, device: 'old', atMs: 2 * HOUR},
    );
    expect(registry.datastream(id)?.device).toBe('shelf');
    expect(registry.deployments(id)).toMatchObject([
      {device: 'old', fromMs: 0, toMs: 5 * HOUR},
      {device: 'shelf', fromMs: 5 * HOUR, toMs: null},
    ]);
    expect(late.device).toBeNull();
    expect(registry.deployments(late.id)).toMatchObject([{device: 'old', fromMs: 2 * HOUR, toMs: 5 * HOUR}]);
  });

  it('have the limits of the device that feeds the series now', async () => {
    const {registry} = await setUp({devices: []});
    const wide = {water_level: {suspectRange: [100, 200] as [number, number]}};
    await registry.addDevice(place('old', {limits: wide}), {site: 'here'});
    const {series} = registry.ensureDatastream(LEVEL, {
      device: 'old',
      site: 'here',
      origin: 'measured',
      atMs: 1,
    });
    expect(registry.limits(series).suspectRange).toEqual([100, 200]);
    await registry.replaceDevice('old', {by: place('new'), atMs: 2, reason: null});
    expect(registry.limits(series).suspectRange).not.toEqual([100, 200]);
  });

  it('change once for two that ask at the same time', async () => {
    const {registry} = await setUp({devices: []});
    await registry.addDevice(place('old'), {site: 'here'});
    const both = await Promise.allSettled(
      ['a', 'b'].map((id) => registry.replaceDevice('old', {by: place(id), atMs: 2, reason: null})),
    );
    expect(both.map(({status}) => status)).toEqual(['fulfilled', 'rejected']);
    expect(registry.device('b')).toBeUndefined();
    await registry.addDevice(place('b'), {site: 'here'});
  });

  it('refuse a device of another origin', async () => {
    const {registry} = await setUp();
    const by = place('real');
    await expect(registry.replaceDevice('v-1', {by, atMs: 1, reason: null})).rejects.toMatchObject({
      code: 'station_invalid',
    });
    await registry.addDevice(by, {site: 'here'});
  });
});
