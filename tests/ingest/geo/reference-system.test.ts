import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {referenceSystem} from '../../../ingest/geo/reference-system.ts';

/** Places as PROJ itself projects them. */
const PROJECTED = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/reference/elevation/projected.json'), 'utf8'),
) as {epsg: number; longitudeDeg: number; latitudeDeg: number; xy: [number, number]}[];

it.each(PROJECTED)(
  'projects $longitudeDeg,$latitudeDeg to EPSG:$epsg as PROJ does',
  ({epsg, xy, ...place}) => {
    const [x, y] = referenceSystem(epsg)!.toXy(place);
    expect(x).toBeCloseTo(xy[0], 2);
    expect(y).toBeCloseTo(xy[1], 2);
  },
);

it.each([2056, 32600, 32661, 4555, 0])('knows no EPSG:%i', (epsg) => {
  expect(referenceSystem(epsg)).toBeUndefined();
});
