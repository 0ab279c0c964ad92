import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {readZoneFile} from '../../../server/new-site/zone-file.ts';

const CENTRE = {longitudeDeg: 106.7, latitudeDeg: 29.58};
const RING = [
  [106.69, 29.57],
  [106.71, 29.57],
  [106.71, 29.59],
  [106.69, 29.59],
  [106.69, 29.57],
];
const polygon = (ring: unknown = RING) => ({type: 'Polygon', coordinates: [ring]});
const feature = (properties: unknown, geometry: unknown = polygon()) => ({
  type: 'Feature',
  properties,
  geometry,
});
const collection = (...features: unknown[]) => ({type: 'FeatureCollection', features});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-zones-'));
});
afterAll(async () => {
  await rm(folder, {recursive: true, force: true});
});
async function read(content: unknown) {
  const file = join(folder, 'zones.geojson');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return await readZoneFile(file, CENTRE);
}

/** Hectares between two parallels and two meridians of WGS 84: Snyder (1987), USGS Professional Paper 1395, (3-12). */
function cellAreaHa(spanLongitudeDeg: number, southDeg: number, northDeg: number): number {
  const semiMajorM = 6_378_137;
  const e2 = 0.00669437999014;
  const e = Math.sqrt(e2);
  const q = (latitudeDeg: number): number => {
    const sine = Math.sin((latitudeDeg * Math.PI) / 180);
    return (1 - e2) * (sine / (1 - e2 * sine * sine) + Math.atanh(e * sine) / e);
  };
  const spanRad = (spanLongitudeDeg * Math.PI) / 180;
  return (spanRad * semiMajorM ** 2 * (q(northDeg) - q(southDeg))) / 2 / 10_000;
}

it('measures a zone as the ellipsoid does, less its holes', async () => {
  const hole = [
    [106.695, 29.575],
    [106.705, 29.575],
    [106.705, 29.585],
    [106.695, 29.585],
    [106.695, 29.575],
  ];
  const {features} = await read(
    collection(feature({id: 'whole'}), feature({id: 'ring'}, {type: 'Polygon', coordinates: [RING, hole]})),
  );
  const wholeHa = cellAreaHa(0.02, 29.57, 29.59);
  expect(features[0]!.properties.areaHa / wholeHa).toBeCloseTo(1, 4);
  expect(features[1]!.properties.areaHa / (wholeHa - cellAreaHa(0.01, 29.575, 29.585))).toBeCloseTo(1, 4);
});

it('takes id, name, kind and parent, and makes what is missing', async () => {
  const {features} = await read(
    collection(
      feature({id: 'reserve', name: {en: 'Reserve', zh: '保护区'}, kind: 'reserve'}),
      feature({name: 'North Marsh', kind: 'wetland', parent: 'reserve'}),
      feature({name: 'North Marsh'}),
      feature(null),
    ),
  );
  expect(features.map(({properties: {id, name, kind, parent}}) => ({id, name, kind, parent}))).toEqual([
    {id: 'reserve', name: {en: 'Reserve', zh: '保护区'}, kind: 'reserve', parent: null},
    {id: 'north_marsh', name: {en: 'North Marsh', zh: 'North Marsh'}, kind: 'wetland', parent: 'reserve'},
    {id: 'north_marsh_3', name: {en: 'North Marsh', zh: 'North Marsh'}, kind: 'land', parent: null},
    {id: 'zone_4', name: {en: 'zone_4', zh: 'zone_4'}, kind: 'land', parent: null},
  ]);
});

it('takes a polygon alone, and a byte order mark before it', async () => {
  expect((await read(`\ufeff${JSON.stringify(polygon())}`)).features).toHaveLength(1);
});

it.each([
  ['no JSON', '{', /is no JSON/],
  ['no GeoJSON', [], /a GeoJSON FeatureCollection was expected/],
  ['no zones', collection(), /1 to 1000 zones were expected, got 0/],
  ['too many zones', collection(...Array.from({length: 1001}, () => feature({}))), /got 1001/],
  [
    'a point',
    collection(feature({}, {type: 'Point', coordinates: [106.7, 29.58]})),
    /feature 1: .*got "Point"/,
  ],
  [
    'an id with a path in it',
    collection(feature({id: '../x'})),
    /id: letters, digits, _ and - were expected/,
  ],
  ['one id twice', collection(feature({id: 'a'}), feature({id: 'a'})), /feature 2: id a stands there twice/],
  ['a parent that is none', collection(feature({id: 'a', parent: 'b'})), /its parent b is no other zone/],
  [
    'a zone that is its own parent',
    collection(feature({id: 'a', parent: 'a'})),
    /zone a: .* it lies in itself/,
  ],
  [
    "zones that are each other's parents",
    collection(feature({id: 'a', parent: 'b'}), feature({id: 'b', parent: 'a'})),
    /zone a: .* it lies in itself/,
  ],
  ['an open ring', polygon(RING.slice(0, 4)), /a ring that ends where it begins/],
  ['three positions', polygon(RING.slice(0, 3)), /a ring of at least 4 positions/],
  ['words for positions', polygon(['a', 'b', 'c', 'd']), /\[longitude, latitude\] was expected, got "a"/],
  ['no area', polygon([RING[0], RING[1], RING[1], RING[0]]), /a polygon with an area was expected/],
  ['metres', polygon(RING.map(([x, y]) => [x! * 6000, y! * 100_000])), /projected coordinates, perhaps/],
  [
    'another place',
    polygon(RING.map(([x, y]) => [x! - 90, y! + 20])),
    /within 100 km of the centre 106.7,29.58/,
  ],
  [
    'another reference system',
    {...collection(feature({})), crs: {type: 'name', properties: {name: 'urn:ogc:def:crs:EPSG::32648'}}},
    /got the reference system urn:ogc:def:crs:EPSG::32648/,
  ],
])('refuses %s', async (_what, content, message) => {
  await expect(read(content)).rejects.toThrow(message);
  await expect(read(content)).rejects.toMatchObject({code: 'site_invalid'});
});

it('says that latitude came first where that explains it', async () => {
  const file = join(folder, 'swapped.geojson');
  const at = {longitudeDeg: 10.5, latitudeDeg: 50.5};
  const ring = RING.map(([x, y]) => [y! - 29.58 + 50.5, x! - 106.7 + 10.5]);
  await writeFile(file, JSON.stringify(polygon(ring)));
  await expect(readZoneFile(file, at)).rejects.toThrow(/latitude stands before longitude, perhaps/);
});
