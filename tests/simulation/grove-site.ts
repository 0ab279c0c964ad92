import {cpSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';

const ISLAND = resolve(import.meta.dirname, '../../sites/guangyang');
const TREES = 160;

const scenario = (id: string, more: object = {}) => ({
  ...{schemaVersion: 1, id, site: 'grove', name: {en: id, zh: id}},
  start: {from: 'archive', date: '2026-01-01'},
  ...{years: 3, members: 3, climate: {from: 'normals'}, seed: 11},
  ...more,
});

/** A grove: the island's ground with a handful of its trees and nothing else, so that a member takes no time. */
export function makeGrove(sitesDir: string): void {
  const folder = join(sitesDir, 'grove');
  mkdirSync(join(folder, 'scenarios'), {recursive: true});
  const site = JSON.parse(readFileSync(join(ISLAND, 'site.json'), 'utf8'));
  for (const name of [
    'landCover',
    'shoreLines',
    'streams',
    'paths',
    'buildings',
    'surveys',
    'cohorts',
    'birds',
  ])
    delete site[name];
  writeFileSync(join(folder, 'site.json'), JSON.stringify({...site, id: 'grove', synthetic: []}));
  for (const name of [
    'terrain.json',
    'terrain.bin',
    'zones.geojson',
    'climate.json',
    'species.csv',
    'soils.json',
    'response-units.json',
    'prices.json',
  ])
    cpSync(join(ISLAND, name), join(folder, name));
  writeFileSync(join(folder, 'devices.json'), JSON.stringify({schemaVersion: 1, devices: []}));
  const lines = readFileSync(join(ISLAND, 'trees.csv'), 'utf8').split('\n');
  writeFileSync(join(folder, 'trees.csv'), `${lines.slice(0, TREES + 1).join('\n')}\n`);
  const zone = lines[1]!.split(',')[7]!;
  for (const one of [
    scenario('as-it-is'),
    scenario('nothing-done', {operations: []}),
    scenario('fewer-trees', {
      operations: [
        {
          ...{kind: 'thin', date: '2027-02-01', place: {zone}, rule: 'from-below'},
          target: {removedFraction: 0.5},
        },
        {...{kind: 'coppice', date: '2027-02-01', place: {zone: 'nowhere'}}},
      ],
    }),
  ]) {
    writeFileSync(join(folder, 'scenarios', `${one.id}.json`), JSON.stringify(one));
  }
}
