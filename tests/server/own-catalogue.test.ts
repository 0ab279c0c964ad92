import {cp, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createLog} from '../../server/log.ts';
import {watchFiles} from '../../server/things/file-watch.ts';
import {type Harness, openHarness, SITE, SITES} from './harness.ts';

/** 2026-11-22T08:00:00Z. */
const NOW = Date.UTC(2026, 10, 22, 8);
const ELEMENT = {
  category: 'water',
  name: {en: 'Nitrate nitrogen', zh: '硝酸盐氮'},
  unit: 'mg/L',
  alsoIn: ['ug/L', 'kg/m3'],
  hardRange: [0, 1000],
  suspectRange: [0, 50],
  intervalS: 900,
  quality: {spike: {suspect: 2, fail: 5}},
  support: 'as nitrogen',
};
const MODEL = {
  schemaVersion: 1,
  id: 'x_nitrate_probe',
  name: {en: 'UV nitrate probe', zh: '紫外硝酸盐探头'},
  sensors: [{element: 'x_water_nitrate', depthM: 0.5, limits: {suspectRange: [0, 20]}}],
  intervalS: 900,
  protocol: 'mqtt',
  power: 'mains',
};

let folder: string;
let place: string;
let harness: Harness;
const open = () =>
  openHarness({now: () => NOW, fleet: 'off', sitesDir: join(folder, 'sites'), dataDir: join(folder, 'data')});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-own-'));
  place = join(folder, 'sites', SITE);
  await cp(join(SITES, SITE), place, {recursive: true});
  await mkdir(join(folder, 'data'));
  harness = await open();
});
afterEach(async () => {
  await harness.close();
  await rm(folder, {recursive: true, force: true});
});

async function writeElements(elements: unknown, into = place): Promise<void> {
  await writeFile(join(into, 'elements.json'), JSON.stringify({schemaVersion: 1, elements}, null, 2));
}
async function writeModel(model: unknown): Promise<void> {
  await mkdir(join(place, 'models'), {recursive: true});
  await writeFile(join(place, 'models', 'nitrate.json'), JSON.stringify(model, null, 2));
}
async function get(path: string) {
  const response = await harness.app.inject(`/api/v1${path}`);
  return {status: response.statusCode, body: response.json()};
}
async function reload() {
  const response = await harness.app.inject({method: 'POST', url: '/api/v1/catalogue/reload'});
  expect(response.statusCode).toBe(200);
  return response.json();
}
const at = (minute: number) => new Date(NOW - 3_600_000 + minute * 60_000).toISOString();

it('two files add an element and a model to the running product', async () => {
  const early = await harness.device('probe-1');
  expect(early.password).toBeTruthy();
  const before = await harness.send('probe-1', {time: at(0), readings: {x_water_nitrate: 3}});
  expect(before.rejected).toMatchObject([{code: 'element_unknown'}]);
  expect((await get('/elements')).body.items).toHaveLength(54);

  await writeElements({x_water_nitrate: ELEMENT});
  await writeModel(MODEL);
  expect(await reload()).toEqual({
    elements: ['x_water_nitrate'],
    models: ['x_nitrate_probe'],
    retired: [],
    changed: ['x_water_nitrate', 'x_nitrate_probe'],
    problems: [],
  });

  // What came too early is understood now.
  expect(await harness.core.pipeline.replayDeadLetters([1])).toMatchObject({replayed: [1], stored: 1});

  await harness.device('probe-2', {model: 'x_nitrate_probe'});
  const outcome = await harness.send('probe-2', {
    time: at(15),
    readings: {x_water_nitrate: {value: 4300, unit: 'µg/l', depthM: 0.5}},
  });
  expect(outcome).toMatchObject({stored: 1, rejected: []});
  await harness.send('probe-2', {time: at(30), readings: {x_water_nitrate: {value: 21, depthM: 0.5}}});
  await harness.send('probe-2', {time: at(45), readings: {x_water_nitrate: {value: 1001, depthM: 0.5}}});

  const {items} = (await get('/elements')).body;
  expect(items).toHaveLength(55);
  expect(items.at(-1)).toMatchObject({
    id: 'x_water_nitrate',
    core: false,
    name: ELEMENT.name,
    unit: 'mg/L',
    alsoIn: ['ug/L', 'kg/m3'],
    statistic: 'point',
    rollUp: 'mean',
    usualRange: [0, 50],
  });
  expect(
    (await get('/categories')).body.items.find(({id}: {id: string}) => id === 'water').elements,
  ).toContain('x_water_nitrate');
  expect((await get('/models')).body.items.map(({id}: {id: string}) => id)).toContain('x_nitrate_probe');
  expect((await get('/devices/probe-2')).body).toMatchObject({
    model: 'x_nitrate_probe',
    modelName: MODEL.name,
    elements: ['x_water_nitrate'],
    datastreams: [{limits: {hardRange: [0, 1000], suspectRange: [0, 20], intervalS: 900}}],
  });
  expect((await get('/datastreams?element=x_water_nitrate')).body.items).toHaveLength(2);
  expect((await get('/latest?device=probe-2')).body.items).toMatchObject([
    {result: 1001, unit: 'mg/L', flag: 4, failed: ['grossRange', 'suspectRange']},
  ]);
  expect((await get('/series?device=probe-2&element=x_water_nitrate')).body).toMatchObject({
    unit: 'mg/L',
    depthM: 0.5,
    points: [
      {mean: 4.3, flag: 1},
      // Suspect by the model's range, failed by the element's spike test once its next value came.
      {mean: 21, flag: 4},
      {mean: 1001, flag: 4},
    ],
  });
});

it('an own element converts by its own list alone', async () => {
  await writeElements({x_water_nitrate: ELEMENT, x_lone: {...ELEMENT, alsoIn: undefined}});
  await reload();
  await harness.device('probe-1');
  const send = (element: string, value: number, unit: string) =>
    harness.send('probe-1', {time: at(0), readings: {[element]: {value, unit}}});
  expect(await send('x_water_nitrate', 0.002, 'kg/m3')).toMatchObject({stored: 1});
  expect((await get('/latest?element=x_water_nitrate')).body.items[0].result).toBe(2);
  // g/m3 stands in the closed table's row of mg/L; the element's own list does not name it.
  for (const unit of ['g/m3', '[ppm]', '%', 'furlong']) {
    const {rejected} = await send('x_water_nitrate', 1, unit);
    expect(rejected).toMatchObject([{code: 'unit_unconvertible'}]);
    expect(rejected[0]!.message).toContain('takes mg/L, ug/L, kg/m3');
  }
  expect((await send('x_lone', 1, 'ug/L')).rejected).toMatchObject([{code: 'unit_unconvertible'}]);
  expect(await send('x_lone', 1, 'mg/L')).toMatchObject({stored: 1});
});

it('changed limits hold from the next value on', async () => {
  await writeElements({x_water_nitrate: ELEMENT});
  await reload();
  await harness.device('probe-1');
  await harness.send('probe-1', {time: at(0), readings: {x_water_nitrate: 30}});
  await writeElements({
    x_water_nitrate: {...ELEMENT, name: {en: 'Nitrate', zh: '硝酸盐'}, suspectRange: [0, 25]},
  });
  expect((await reload()).changed).toEqual(['x_water_nitrate']);
  await harness.send('probe-1', {time: at(15), readings: {x_water_nitrate: 30}});
  const {points} = (await get('/series?device=probe-1&element=x_water_nitrate')).body;
  expect(points.map(({flag}: {flag: number}) => flag)).toEqual([1, 3]);
  expect((await get('/elements')).body.items.at(-1).name.en).toBe('Nitrate');
});

it('a bad entry is refused with file, line and reason, and what was there before holds on', async () => {
  await writeElements({x_water_nitrate: ELEMENT});
  await reload();
  const text = `{"schemaVersion": 1, "elements": {
  "x_water_nitrate": {"category": "water", "name": {"en": "N", "zh": "N"},
    "unit": "mg/L",
    "hardRange": [0, 10],
    "suspectRange": [0, 50]},
  "x_good": {"category": "air", "name": {"en": "Radon", "zh": "氡"}, "unit": "Bq/m3", "hardRange": [0, 1e6], "suspectRange": [0, 300]}
}}`;
  const file = join(place, 'elements.json');
  await writeFile(file, text);
  const report = await reload();
  expect(report.problems).toEqual([
    {file, line: 5, entry: 'x_water_nitrate', message: 'a range inside hardRange was expected'},
  ]);
  expect(report.elements).toEqual(['x_good', 'x_water_nitrate']);
  expect(
    (await get('/elements')).body.items.find(({id}: {id: string}) => id === 'x_water_nitrate').hardRange,
  ).toEqual([0, 1000]);
  // A file that is no JSON takes nothing away.
  await writeFile(file, text.slice(0, 200));
  const broken = await reload();
  expect(broken.elements).toEqual(['x_good', 'x_water_nitrate']);
  expect(broken.problems).toMatchObject([{file, entry: null}]);
  // Nor does a start with it.
  await harness.close();
  harness = await open();
  expect((await get('/catalogue')).body).toMatchObject({
    elements: ['x_good', 'x_water_nitrate'],
    problems: [{file, entry: null}],
  });
});

it('an element that is taken away stays readable and named, and takes no new values', async () => {
  await writeElements({x_water_nitrate: ELEMENT, x_unused: ELEMENT});
  await writeModel(MODEL);
  await reload();
  await harness.device('probe-1', {model: 'x_nitrate_probe'});
  await harness.send('probe-1', {time: at(0), readings: {x_water_nitrate: {value: 3, depthM: 0.5}}});
  await rm(join(place, 'elements.json'));
  await rm(join(place, 'models'), {recursive: true});
  const report = await reload();
  expect(report).toMatchObject({elements: [], retired: ['x_water_nitrate'], problems: []});
  for (const again of [false, true]) {
    if (again) {
      await harness.close();
      harness = await open();
    }
    expect((await get('/elements')).body.items.slice(54)).toMatchObject([
      {id: 'x_water_nitrate', retired: true, name: ELEMENT.name, unit: 'mg/L'},
    ]);
    expect((await get('/series?device=probe-1&element=x_water_nitrate')).body.points).toMatchObject([
      {mean: 3},
    ]);
    expect((await get('/latest?device=probe-1')).body.items).toMatchObject([{result: 3, unit: 'mg/L'}]);
    expect((await get('/devices/probe-1')).body.modelName).toEqual(MODEL.name);
    const refused = await harness.send('probe-1', {time: at(15), readings: {x_water_nitrate: 4}});
    expect(refused.rejected).toMatchObject([{code: 'element_unknown', message: /no longer defined/}]);
  }
  await writeElements({x_water_nitrate: ELEMENT}, join(folder, 'data'));
  expect((await reload()).retired).toEqual([]);
  expect(await harness.send('probe-1', {time: at(15), readings: {x_water_nitrate: 4}})).toMatchObject({
    stored: 1,
  });
});

it('the unit of an element with values cannot change under them', async () => {
  await writeElements({x_water_nitrate: ELEMENT});
  await reload();
  await harness.device('probe-1');
  await harness.send('probe-1', {time: at(0), readings: {x_water_nitrate: 3}});
  await writeElements({x_water_nitrate: {...ELEMENT, unit: 'ug/L', alsoIn: []}});
  expect((await reload()).problems).toMatchObject([
    {
      line: 4,
      entry: 'x_water_nitrate',
      message: 'there are series of it with unit mg/L, so ug/L needs another id',
    },
  ]);
  expect((await get('/latest?device=probe-1')).body.items).toMatchObject([{result: 3, unit: 'mg/L'}]);
});

it('files that change are seen without being told', async () => {
  const watch = watchFiles([harness.core.catalogue.reloadIfChanged], {everyMs: 20, log: createLog('silent')});
  try {
    await writeElements({x_water_nitrate: ELEMENT});
    await expect
      .poll(async () => (await get('/catalogue')).body.elements, {timeout: 5000})
      .toEqual(['x_water_nitrate']);
    await writeModel(MODEL);
    await expect
      .poll(async () => (await get('/catalogue')).body.models, {timeout: 5000})
      .toEqual(['x_nitrate_probe']);
  } finally {
    await watch.close();
  }
});
