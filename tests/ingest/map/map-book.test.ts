import {writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import type {ReadingMap} from '#schemas';
import {createMapBook, matchesTopic, readMap} from '../../../ingest/map/index.ts';
import {scratchFolder} from '../registry/scratch-folder.ts';

const MAP: ReadingMap = {
  schemaVersion: 1,
  id: 'one',
  device: {topicLevel: 1},
  time: {path: 'time'},
  columns: [{path: 'v', element: 'air_temperature'}],
};

describe('map book', () => {
  it('answers by id, bridge and topic', async () => {
    const book = await createMapBook({
      maps: [
        {...MAP, topic: 'zigbee2mqtt/+'},
        {...MAP, id: 'two', bridge: 'chirpstack'},
      ],
    });
    expect(book.get('two')?.id).toBe('two');
    expect(book.forBridge('chirpstack')?.id).toBe('two');
    expect(book.forBridge('nobody')).toBeUndefined();
    expect(book.forTopic('zigbee2mqtt/kitchen')?.id).toBe('one');
    expect(book.forTopic('zigbee2mqtt/kitchen/availability')).toBeUndefined();
  });

  it('reads every map that comes with the product; each says whose data it is for', async () => {
    const book = await createMapBook({folders: [resolve(import.meta.dirname, '../../../sites/maps')]});
    expect(book.all().map(({id}) => id)).toEqual([
      'apalachicola-bay-water',
      'apalachicola-bay-weather',
      'beijing-air',
      'chirpstack-v4',
      'dendrometer-air',
      'dendrometer-stem',
      'fish-tank-bogota',
      'lab-water',
      'logan-river',
      'pringle-creek',
      'soil-san-joaquin-moisture',
      'soil-san-joaquin-pressure',
      'soil-san-joaquin-temperature',
      'the-things-stack-v3',
      'zigbee2mqtt',
    ]);
    for (const map of book.all()) expect(map.credit && map.licence, map.id).toBeTruthy();
  });

  it.each<[string, unknown, RegExp]>([
    [
      'an unknown element',
      {...MAP, columns: [{path: 'v', element: 'warmth'}]},
      /columns\.0 \(v\): an element of the catalogue was expected, got warmth/,
    ],
    ['no columns', {...MAP, columns: []}, /columns must NOT have fewer than 1 items/],
    ['an unknown field', {...MAP, script: 'x'}, /additional properties \(script\)/],
    [
      'depth and height',
      {...MAP, columns: [{path: 'v', element: 'air_temperature', depthM: 1, heightM: 1}]},
      /depthM or heightM/,
    ],
    [
      'two depths',
      {...MAP, columns: [{path: 'v', element: 'air_temperature', depthM: 1, depthFrom: {path: 'z'}}]},
      /depthFrom stands for the depth/,
    ],
    ['a wrong filter', {...MAP, topic: 'a/#/b'}, /MQTT topic filter/],
    ['a wrong filter level', {...MAP, topic: 'a/b+'}, /MQTT topic filter/],
  ])('says what is wrong with a map: %s', (_name, map, message) => {
    expect(() => readMap(map, 'x.json')).toThrow(message);
    expect(() => readMap(map, 'x.json')).toThrow(/^x\.json: /);
  });

  it('refuses two maps of one id or one bridge, and a file that is no JSON', async () => {
    await expect(createMapBook({maps: [MAP, MAP]})).rejects.toThrow(/id one is already that of/);
    const twins = [
      {...MAP, bridge: 'b'},
      {...MAP, id: 'two', bridge: 'b'},
    ];
    await expect(createMapBook({maps: twins})).rejects.toThrow(/bridge b is already that of map one/);
    const folder = scratchFolder();
    await writeFile(join(folder, 'x.json'), '{');
    await expect(createMapBook({folders: [folder]})).rejects.toThrow(/x\.json: is no JSON/);
  });

  // MQTT 3.1.1, 4.7.
  it.each([
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['#', 'a/b', true],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['a/b', 'a/bc', false],
  ])('filter %s and topic %s: %s', (filter, topic, expected) => {
    expect(matchesTopic(filter, topic)).toBe(expected);
  });
});
