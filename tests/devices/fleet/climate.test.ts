import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {readClimate} from '#devices';
import {ISLAND_FOLDER, SALTMARSH_FOLDER} from '../fleet-site.ts';

const read = (folder: string) => JSON.parse(readFileSync(join(folder, 'climate.json'), 'utf8'));

describe('climate.json', () => {
  it.each([ISLAND_FOLDER, SALTMARSH_FOLDER])('of %s is read', (folder) => {
    expect(readClimate(read(folder), folder).normals.rainMm).toHaveLength(12);
  });

  it.each([
    {
      what: 'a list of eleven months',
      change: (climate: ReturnType<typeof read>) => climate.normals.rainMm.pop(),
      says: /normals\.rainMm must NOT have fewer than 12 items/,
    },
    {
      what: 'a missing table',
      change: (climate: ReturnType<typeof read>) => delete climate.normals.sunshineH,
      says: /normals must have required property 'sunshineH'/,
    },
    {
      what: 'a soil without field capacity',
      change: (climate: ReturnType<typeof read>) => {
        climate.soilWater.chalk = {saturation: 0.5, wiltingPoint: 0.1, ksatMmPerH: 20};
      },
      says: /soilWater\.chalk must have required property 'fieldCapacity'/,
    },
  ])('with $what is refused by name', ({change, says}) => {
    const climate = read(ISLAND_FOLDER);
    change(climate);
    expect(() => readClimate(climate, 'climate.json')).toThrow(says);
  });
});
