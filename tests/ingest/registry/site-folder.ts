import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Device, DeviceModel, Site, ZoneFeature} from '#schemas';
import {scratchFolder} from './scratch-folder.ts';

export const SQUARE = (west: number, south: number, size: number): number[][] => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
];

export function zone(
  id: string,
  ring: number[][],
  more: Partial<ZoneFeature['properties']> = {},
): ZoneFeature {
  return {
    type: 'Feature',
    properties: {id, name: {en: id, zh: id}, kind: 'land', areaHa: 10, ...more},
    geometry: {type: 'Polygon', coordinates: [ring]},
  };
}

export function device(id: string, more: Partial<Device> = {}): Device {
  return {id, model: 'generic-json', longitudeDeg: 10.5, latitudeDeg: 50.5, origin: 'virtual', ...more};
}

export function model(id: string, more: Partial<DeviceModel> = {}): DeviceModel {
  return {
    schemaVersion: 1,
    id,
    name: {en: id, zh: id},
    sensors: [],
    protocol: 'mqtt',
    power: 'mains',
    ...more,
  };
}

export const MODELS = new Map([
  ['generic-json', model('generic-json', {anyElement: true})],
  [
    'weather',
    model('weather', {
      intervalS: 60,
      sensors: [
        {element: 'wind_speed', statistic: 'mean', period: 'PT1M'},
        {element: 'wind_speed', statistic: 'max', period: 'PT1M'},
        {element: 'wind_direction'},
        {element: 'precipitation', statistic: 'sum', period: 'PT1M'},
        {
          element: 'air_temperature',
          statistic: 'mean',
          period: 'PT10M',
          intervalS: 600,
          limits: {suspectRange: [-10, 40]},
        },
      ],
    }),
  ],
]);

const NAME = {en: 'Test place', zh: '试点'};

export function siteJson(
  id: string,
  more: Partial<Record<keyof Site, unknown>> = {},
): Record<string, unknown> {
  return {
    schemaVersion: 1,
    id,
    name: NAME,
    timeZone: 'Europe/Berlin',
    origin: {longitudeDeg: 10.5, latitudeDeg: 50.5, heightM: 100},
    verticalDatum: {
      id: 'dhhn2016',
      name: NAME,
      conversions: [],
      ellipsoidOffsetM: 46,
      source: 'test',
    },
    days: [{id: 'local', startHour: 0, name: NAME}],
    terrain: 'terrain.json',
    zones: 'zones.geojson',
    devices: 'devices.json',
    licence: {spdx: 'Apache-2.0', credit: 'test', source: 'test'},
    synthetic: [],
    ...more,
  };
}

/** A sites folder in a temporary place with one site; `files` replace or add what stands in it. */
export async function siteFolder(
  id: string,
  files: Record<string, unknown> = {},
  into?: string,
): Promise<string> {
  const sitesDir = into ?? scratchFolder();
  const folder = join(sitesDir, id);
  await mkdir(folder, {recursive: true});
  const all: Record<string, unknown> = {
    'site.json': siteJson(id),
    'zones.geojson': {type: 'FeatureCollection', features: []},
    'devices.json': {schemaVersion: 1, devices: []},
    ...files,
  };
  for (const [name, value] of Object.entries(all)) {
    await writeFile(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return sitesDir;
}
