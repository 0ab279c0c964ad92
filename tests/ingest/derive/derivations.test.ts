import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import {type Device, FLAG, flagOf, type Row} from '#schemas';
import {startDerivations} from '../../../ingest/derive/index.ts';
import {createLiveBus} from '../../../ingest/live/index.ts';
import {loadSites, type OpenRegistry, openRegistry} from '../../../ingest/registry/index.ts';
import {createReviser} from '../../../ingest/revise/index.ts';
import {openEmbeddedStore} from '../../../ingest/store/index.ts';
import {scratchFolder} from '../registry/scratch-folder.ts';
import {device, MODELS, model, SQUARE, siteFolder, siteJson, zone} from '../registry/site-folder.ts';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(`${text}+01:00`);
const SONDE = model('sonde', {
  sensors: [
    {element: 'turbidity', depthM: 0.5},
    {element: 'chlorophyll_a', depthM: 0.5},
  ],
});
const INTAKE = model('intake', {sensors: [{element: 'turbidity'}]});
const GAUGE = model('gauge', {
  sensors: [{element: 'precipitation', statistic: 'sum', period: 'PT1H', intervalS: 3600}],
});
const ALL_MODELS = new Map([...MODELS, ...[SONDE, INTAKE, GAUGE].map((one) => [one.id, one] as const)]);

// Monthly rain of a usual year, of which the monthly Wischmeier form gives R = 2637.93 (worked out apart).
const USUAL_RAIN_MM = [20, 24, 57, 101, 149, 195, 176, 140, 122, 93, 47, 24];
const DEVICES: Device[] = [
  device('buoy', {model: 'sonde', zone: 'pond', longitudeDeg: 10.25, latitudeDeg: 50.25}),
  device('intake', {model: 'intake', zone: 'pond', longitudeDeg: 10.25, latitudeDeg: 50.25}),
  device('river-sonde', {model: 'sonde', zone: 'slope'}),
  device('rain-1', {model: 'gauge', zone: 'slope'}),
  device('rain-2', {model: 'gauge', zone: 'slope'}),
];

/** A plane that rises 1 m in 10 to the east, all of it covered by the zone `slope`. */
async function writeGrids(folder: string): Promise<void> {
  const size = 20;
  const heights = new Uint16Array(size * size);
  for (let i = 0; i < heights.length; i++) heights[i] = (i % size) * 100;
  await writeFile(join(folder, 'terrain.bin'), heights);
  await writeFile(join(folder, 'cover.bin'), new Uint8Array(size * size));
}
const GRID = {
  schemaVersion: 1,
  columns: 20,
  rows: 20,
  stepM: 10,
  originEastM: 0,
  originNorthM: 0,
  synthetic: true,
  source: 'test',
  licence: 'test',
};
const FILES = {
  'site.json': siteJson('here', {landCover: 'cover.json', climate: 'climate.json', surveys: 'surveys.csv'}),
  'zones.geojson': {
    type: 'FeatureCollection',
    features: [
      zone('slope', SQUARE(10, 50, 1), {areaHa: 100, soil: 'loam', vegetation: 'shrub'}),
      zone('pond', SQUARE(10.2, 50.2, 0.1), {areaHa: 1, kind: 'lake', parent: 'slope'}),
    ],
  },
  'devices.json': {schemaVersion: 1, devices: DEVICES},
  'terrain.json': {
    ...GRID,
    kind: 'height-grid',
    file: 'terrain.bin',
    baseM: 0,
    resolutionM: 0.01,
    encoding: 'uint16-le',
    verticalDatum: 'd',
    origin: 'virtual',
  },
  'cover.json': {
    ...GRID,
    kind: 'class-grid',
    file: 'cover.bin',
    encoding: 'uint8',
    classes: [{index: 0, zone: 'slope', name: {en: 's', zh: 's'}, colour: '#000000'}],
  },
  'climate.json': {
    schemaVersion: 1,
    normals: {rainMm: USUAL_RAIN_MM},
    soilWater: {loam: {erodibilityK: 0.04}},
  },
  'surveys.csv':
    'time,station,element,value,unit,statistic,method,origin\n' +
    '2024-03-01T00:00:00+01:00,here-slope,tree_height,1180,cm,mean,uav,virtual\n' +
    '2024-03-01T00:00:00+01:00,here-pond,tree_height,7.5,m,mean,uav,measured\n',
};

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function setUp(options: {nowMs: number; folder?: string; files?: object; includeVirtual?: boolean}) {
  const {includeVirtual = true} = options;
  const folder = options.folder ?? scratchFolder();
  const dir = await siteFolder('here', {...FILES, ...options.files});
  await writeGrids(join(dir, 'here'));
  const sites = await loadSites(dir, ['here']);
  let clock = options.nowMs;
  const now = () => clock;
  const store = await openEmbeddedStore({
    folder,
    seriesInfo: (series) => registry?.seriesInfo(series),
    compactEveryMs: 0,
  });
  let registry: OpenRegistry | undefined;
  registry = await openRegistry({documents: store.documents, sites, models: ALL_MODELS, includeVirtual, now});
  const live = createLiveBus();
  const problems: object[] = [];
  const log = (line: object) => void problems.push(line);
  const derivations = await startDerivations({registry, store, live, sites, now, log, tickMs: 0});
  const close = async () => {
    await derivations.close();
    await store.close();
  };
  opened.push(close);
  const things = registry;

  /** Hands values of a device to the store and the bus, as the pipeline does. */
  async function send(
    deviceId: string,
    element: string,
    values: [time: number, value: number][],
  ): Promise<void> {
    const record = things.device(deviceId)!;
    const {statistic, period} = things.defaults(deviceId, element);
    const depthM = record.model.sensors.find((sensor) => sensor.element === element)?.depthM ?? null;
    const key = {station: record.station, element, depthM, heightM: null, instance: null, statistic, period};
    const earliest = Math.min(...values.map(([time]) => time));
    const stream = things.ensureDatastream(key, {
      device: deviceId,
      site: 'here',
      origin: 'virtual',
      atMs: earliest,
    });
    const rows: Row[] = values.map(([timeMs, value]) => ({
      timeMs,
      value,
      series: stream.series,
      receivedMs: clock,
      qc: FLAG.pass,
    }));
    await new Promise<void>((done) =>
      store.add({rows, revisions: [], deadLetters: [], rechecks: []}, () => done()),
    );
    live.publish({kind: 'observation', observations: rows.map((row) => ({...row, datastream: stream.id}))});
  }
  async function read(id: string): Promise<[time: string, value: number, flag: number][]> {
    const stream = things.datastream(id);
    if (!stream) return [];
    const rows = await store.rows({series: stream.series, fromMs: 0, toMs: 4e12});
    return Array.from(rows.timeMs, (timeMs, i) => [
      new Date(timeMs).toISOString(),
      Number(rows.value[i]!.toPrecision(6)),
      flagOf(rows.qc[i]!),
    ]);
  }
  return {
    folder,
    registry: things,
    store,
    reviser: createReviser({store, live, now}),
    derivations,
    problems,
    send,
    read,
    close: async () => {
      opened.splice(opened.indexOf(close), 1);
      await close();
    },
    async advance(toMs: number) {
      clock = toMs;
      derivations.tick();
      await derivations.settled();
    },
  };
}

const CLARITY = 'buoy:water_transparency:mean:P1D';
const EROSION = 'here-slope:soil_erosion_modulus:mean:P1D';
const day = (count: number, value: (hour: number) => number, from: number): [number, number][] =>
  Array.from({length: count}, (_, hour) => [from + hour * HOUR, value(hour)]);

describe('water transparency', () => {
  it('is of each closed local day, from its mean turbidity, and stays with the sonde', async () => {
    const {send, read, advance, registry} = await setUp({nowMs: at('2024-01-10T12:00')});
    // Mean 10 on the 8th, 20 on the 9th; the 10th is not over.
    await send(
      'buoy',
      'turbidity',
      day(24, (hour) => (hour % 2 === 0 ? 5 : 15), at('2024-01-08T00:00')),
    );
    await send(
      'buoy',
      'turbidity',
      day(24, () => 20, at('2024-01-09T00:00')),
    );
    await send(
      'buoy',
      'turbidity',
      day(10, () => 40, at('2024-01-10T00:00')),
    );
    await advance(at('2024-01-10T12:00:10'));
    // 2.44·10^−0.662 and 2.44·20^−0.662, worked out apart.
    expect(await read(CLARITY)).toEqual([
      ['2024-01-07T23:00:00.000Z', 0.531361, FLAG.pass],
      ['2024-01-08T23:00:00.000Z', 0.335821, FLAG.pass],
    ]);
    expect(registry.datastream(CLARITY)).toMatchObject({
      device: 'buoy',
      station: 'buoy',
      origin: 'virtual',
      zone: 'pond',
    });
    expect(registry.deployments(CLARITY)).toMatchObject([{device: 'buoy', fromMs: at('2024-01-08T00:00')}]);
  });

  it('comes ten minutes after midnight, also on the day of 23 hours', async () => {
    const {send, read, advance} = await setUp({nowMs: at('2024-03-30T12:00')});
    // In Berlin clocks go forward on 31 March: the day begins at 00:00+01:00 and ends at 00:00+02:00.
    await send('buoy', 'turbidity', [
      [at('2024-03-30T23:00'), 10],
      [at('2024-03-31T00:00'), 20],
      [at('2024-03-31T22:59'), 20],
      [at('2024-03-31T23:00'), 10],
    ]);
    await advance(at('2024-03-31T00:09'));
    expect(await read(CLARITY)).toEqual([]);
    await advance(at('2024-03-31T00:10'));
    expect((await read(CLARITY)).map(([time]) => time)).toEqual(['2024-03-29T23:00:00.000Z']);
    await advance(at('2024-03-31T23:10'));
    expect(await read(CLARITY)).toEqual([
      ['2024-03-29T23:00:00.000Z', 0.531361, FLAG.pass],
      ['2024-03-30T23:00:00.000Z', 0.335821, FLAG.pass],
    ]);
  });

  it('is a revision after late data, never a conflict, and nothing after equal data', async () => {
    const {send, read, advance, store, registry} = await setUp({nowMs: at('2024-01-10T12:00')});
    await send('buoy', 'turbidity', [
      [at('2024-01-09T01:00'), 10],
      [at('2024-01-09T02:00'), 10],
    ]);
    await advance(at('2024-01-10T12:00:10'));
    await send('buoy', 'turbidity', [[at('2024-01-09T03:00'), 20]]);
    // Not yet: more may come.
    await advance(at('2024-01-10T12:00:12'));
    expect((await read(CLARITY))[0]![1]).toBe(0.531361);
    await advance(at('2024-01-10T12:00:16'));
    // Mean 40/3.
    expect((await read(CLARITY))[0]![1]).toBe(0.439218);
    const {series} = registry.datastream(CLARITY)!;
    const revisions = () => store.revisions({series, fromMs: 0, toMs: 4e12});
    expect(await revisions()).toMatchObject([
      {reason: 'worked out again after late data', who: 'derivation'},
    ]);
    await send('buoy', 'turbidity', [[at('2024-01-09T03:00'), 20]]);
    await advance(at('2024-01-10T12:01'));
    expect(await revisions()).toHaveLength(1);
    expect(store.counts().conflict).toBe(0);
  });

  it('is worked out again when its turbidity is corrected, and when that is taken back', async () => {
    const {send, read, advance, reviser, registry} = await setUp({nowMs: at('2024-01-09T12:00')});
    await send(
      'buoy',
      'turbidity',
      day(24, () => 10, at('2024-01-08T00:00')),
    );
    await advance(at('2024-01-09T12:00:10'));
    const values = async () => (await read(CLARITY)).map(([, value]) => value);
    expect(await values()).toEqual([0.531361]);
    const turbidity = registry.datastream('buoy:turbidity:d0.5:point')!;
    const fromMs = at('2024-01-07T00:00');
    const twice = {startMs: fromMs, endMs: fromMs, offset: [0, 0], gain: [2, 2]} as const;
    const made = await reviser.rule(turbidity, {
      ...{fromMs, toMs: at('2024-01-09T12:00'), correction: twice},
      ...{reason: 'wrong range of the sensor', who: 'lab'},
    });
    await advance(at('2024-01-09T13:00'));
    expect(await values()).toEqual([0.335821]);
    await reviser.revoke(turbidity, {version: made.version, reason: 'it was right', who: 'lab'});
    await advance(at('2024-01-09T14:00'));
    expect(await values()).toEqual([0.531361]);
  });

  it('is of lake sondes alone', async () => {
    const {send, registry, advance} = await setUp({nowMs: at('2024-01-10T12:00')});
    for (const id of ['intake', 'river-sonde']) await send(id, 'turbidity', [[at('2024-01-09T01:00'), 10]]);
    await advance(at('2024-01-10T12:00:10'));
    expect(registry.datastreams({element: 'water_transparency'})).toEqual([]);
  });

  it('goes on where it stopped after a restart, with what came meanwhile', async () => {
    const first = await setUp({nowMs: at('2024-01-10T12:00')});
    await first.send('buoy', 'turbidity', [[at('2024-01-08T01:00'), 10]]);
    await first.advance(at('2024-01-10T12:00:10'));
    await first.send('buoy', 'turbidity', [
      [at('2024-01-08T02:00'), 30],
      [at('2024-01-09T01:00'), 10],
    ]);
    await first.close();
    const second = await setUp({nowMs: at('2024-01-10T13:00'), folder: first.folder});
    await second.derivations.settled();
    expect((await second.read(CLARITY)).map(([, value]) => value)).toEqual([0.335821, 0.531361]);
    await second.close();
    const third = await setUp({nowMs: at('2024-01-10T14:00'), folder: first.folder});
    await third.derivations.settled();
    const {series} = third.registry.datastream(CLARITY)!;
    expect(await third.store.revisions({series, fromMs: 0, toMs: 4e12})).toHaveLength(1);
  });
});

describe('soil erosion', () => {
  // RUSLE by hand for a plane of 10 %: S = 16.8 sin 5.71° − 0.5, L = (30/22.13)^0.5, C of 60 % cover, K 0.04.
  const USUAL = 573.292;
  const AFTER_A_WET_FEBRUARY = 547.603;

  it('is of the last closed day as soon as there is a gauge, by a usual year until there is rain', async () => {
    const {send, read, advance, registry} = await setUp({nowMs: at('2024-01-10T12:00')});
    expect(await read(EROSION)).toEqual([]);
    await send('rain-1', 'precipitation', [[at('2024-01-10T11:00'), 0]]);
    await advance(at('2024-01-10T12:00:05'));
    const rows = await read(EROSION);
    expect(rows.map(([time]) => time)).toEqual(['2024-01-08T23:00:00.000Z']);
    expect(rows[0]![1]).toBeCloseTo(USUAL, 2);
    expect(registry.datastream(EROSION)).toMatchObject({
      device: null,
      station: 'here-slope',
      zone: 'slope',
      origin: 'virtual',
    });
    expect(registry.datastreams({element: 'soil_erosion_modulus'})).toHaveLength(1);
  });

  it('takes closed months as measured, by the median of whole gauges, and late rain as a revision', async () => {
    const {send, read, advance, store, registry} = await setUp({nowMs: at('2024-03-02T12:00')});
    const hours = 29 * 24;
    const february = (total: number) => day(hours, () => total / hours, at('2024-02-01T00:00'));
    await send('rain-1', 'precipitation', february(124));
    // Half a month is no measurement of a month.
    await send(
      'rain-2',
      'precipitation',
      day(hours / 2, () => 9, at('2024-02-01T00:00')),
    );
    await advance(at('2024-03-02T12:00:10'));
    const rows = await read(EROSION);
    // From the first day of the gauges to yesterday.
    expect(rows).toHaveLength(30);
    expect(rows[0]![0]).toBe('2024-01-31T23:00:00.000Z');
    expect(rows[0]![1]).toBeCloseTo(USUAL, 2);
    // 1 March: February is closed, with 124 mm instead of 24.
    expect(rows[29]![0]).toBe('2024-02-29T23:00:00.000Z');
    expect(rows[29]![1]).toBeCloseTo(AFTER_A_WET_FEBRUARY, 2);
    await send(
      'rain-2',
      'precipitation',
      day(hours / 2, () => 0, at('2024-02-01T00:00') + (hours / 2) * HOUR),
    );
    await advance(at('2024-03-02T12:01'));
    expect((await read(EROSION))[29]![1]).toBeGreaterThan(AFTER_A_WET_FEBRUARY);
    const {series} = registry.datastream(EROSION)!;
    expect(await store.revisions({series, fromMs: 0, toMs: 4e12})).toHaveLength(1);
  });
});

describe('surveys', () => {
  const TREES = 'here-slope:tree_height:mean';

  it('come once with the date of the campaign, in the catalogue’s unit, virtual ones with the fleet', async () => {
    const {read, registry, derivations, folder, close} = await setUp({nowMs: at('2024-04-01T12:00')});
    await derivations.settled();
    expect(await read(TREES)).toEqual([['2024-02-29T23:00:00.000Z', 11.8, FLAG.pass]]);
    expect(registry.datastream(TREES)).toMatchObject({origin: 'virtual', device: null, unit: 'm'});
    await close();
    const surveys = FILES['surveys.csv'].replace('1180', '1200');
    const again = await setUp({nowMs: at('2024-04-02T12:00'), folder, files: {'surveys.csv': surveys}});
    await again.derivations.settled();
    expect(await again.read(TREES)).toEqual([['2024-02-29T23:00:00.000Z', 12, FLAG.pass]]);
    expect(again.store.counts().conflict).toBe(0);
  });

  it('leave out the virtual without the fleet', async () => {
    const {registry, derivations} = await setUp({nowMs: at('2024-04-01T12:00'), includeVirtual: false});
    await derivations.settled();
    expect(registry.datastreams({element: 'tree_height'}).map(({id}) => id)).toEqual([
      'here-pond:tree_height:mean',
    ]);
  });

  it.each([
    [
      'an unknown element',
      'tree_height',
      'tree_age',
      /surveys\.csv, line 2: an element of the catalogue was expected, got tree_age/,
    ],
    ['an unknown station', 'here-slope', 'nowhere', /line 2: a station was expected, got nowhere/],
    ['no number', '1180', 'tall', /line 2: a number was expected, got tall/],
    ['a unit of another kind', 'cm,mean', 'kg,mean', /line 2: .*kg/],
    ['a missing column', 'statistic', 'stat', /line 1: columns statistic were expected/],
  ])('say what is wrong with %s, and the rest goes on', async (_name, text, wrong, message) => {
    const surveys = FILES['surveys.csv'].replace(text, wrong);
    const {derivations, registry} = await setUp({
      nowMs: at('2024-04-01T12:00'),
      files: {'surveys.csv': surveys},
    });
    await derivations.settled();
    expect(derivations.state()).toMatchObject({status: 'degraded', message: expect.stringMatching(message)});
    expect(registry.datastreams({element: 'tree_height'})).toEqual([]);
    expect(registry.datastreams({element: 'work_order_backlog'})).toHaveLength(3);
  });
});

describe('work orders', () => {
  const read3 = async (read: (id: string) => Promise<[string, number, number][]>) =>
    Promise.all(
      ['here', 'here-slope', 'here-pond'].map(async (station) =>
        (await read(`${station}:work_order_backlog:point`)).map(([, value]) => value),
      ),
    );

  it('are counted for each zone with what lies within, every five minutes', async () => {
    const {store, read, advance, derivations, registry} = await setUp({nowMs: at('2024-01-10T12:02')});
    await derivations.settled();
    expect(await read3(read)).toEqual([[0], [0], [0]]);
    expect((await read('here:work_order_backlog:point'))[0]![0]).toBe('2024-01-10T11:00:00.000Z');
    const task = (id: string, zoneId: string | null, opened: string, closed: string | null) => ({
      collection: 'task',
      id,
      value: {
        schemaVersion: 1,
        id,
        site: 'here',
        zone: zoneId,
        state: closed ? 'done' : 'open',
        opened,
        closed,
      },
    });
    await store.documents.put([
      task('a', 'pond', '2024-01-10T10:00:00Z', null),
      task('b', 'slope', '2024-01-10T10:00:00Z', null),
      task('c', 'slope', '2024-01-10T10:00:00Z', '2024-01-10T11:02:00Z'),
      task('d', null, '2024-01-10T10:00:00Z', null),
      task('e', 'pond', '2024-01-10T12:00:00Z', null),
      {collection: 'task', id: 'broken', value: {schemaVersion: 1}},
    ]);
    await advance(at('2024-01-10T12:04'));
    await advance(at('2024-01-10T12:05'));
    await advance(at('2024-01-10T12:06'));
    expect(await read3(read)).toEqual([
      [0, 3],
      [0, 2],
      [0, 1],
    ]);
    expect(registry.datastream('here:work_order_backlog:point')).toMatchObject({
      origin: 'measured',
      device: null,
      zone: null,
    });
  });
});
