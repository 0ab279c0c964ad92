import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createValidator, type DatastreamKey, datastreamId, ELEMENTS, Period, STATISTICS} from '#schemas';

const keyArbitrary: fc.Arbitrary<DatastreamKey> = fc
  .record({
    station: fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/),
    element: fc.oneof(fc.constantFrom(...Object.keys(ELEMENTS)), fc.stringMatching(/^x_[a-z0-9_]{1,8}$/)),
    place: fc.constantFrom<'depthM' | 'heightM' | null>('depthM', 'heightM', null),
    metres: fc.oneof(fc.constantFrom(0, 0.1, 0.3, 2, 1e-7), fc.double({min: 0, max: 12_000, noNaN: true})),
    instance: fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/)),
    statistic: fc.constantFrom(...STATISTICS),
    period: fc.option(fc.constantFrom('PT1M', 'PT1H', 'P1D', 'P1M')),
  })
  .map(({place, metres, ...key}) => ({
    ...key,
    depthM: place === 'depthM' ? metres + 0 : null,
    heightM: place === 'heightM' ? metres + 0 : null,
  }));

/** Reads an id back, so that what it leaves out cannot go unseen. */
function parse(id: string): DatastreamKey {
  const [station, element, ...rest] = id.split(':');
  const take = (pattern: RegExp) =>
    rest.length > 0 && pattern.test(rest[0]!) ? rest.shift()!.slice(1) : null;
  const depth = take(/^d[0-9.e+-]+$/);
  const height = take(/^h[0-9.e+-]+$/);
  const instance = take(/^i/);
  const statistic = rest.shift()!;
  const period = rest.shift() ?? null;
  expect(rest).toEqual([]);
  return {
    station: station!,
    element: element!,
    depthM: depth === null ? null : Number(depth),
    heightM: height === null ? null : Number(height),
    instance,
    statistic,
    period,
  };
}

describe('datastreamId', () => {
  it.each([
    [
      'd06-01:soil_moisture:d0.3:point',
      {station: 'd06-01', element: 'soil_moisture', depthM: 0.3, statistic: 'point'},
    ],
    [
      'd08-01:wind_speed:mean:PT1M',
      {station: 'd08-01', element: 'wind_speed', statistic: 'mean', period: 'PT1M'},
    ],
    [
      'a1:air_temperature:h2:ib:point',
      {station: 'a1', element: 'air_temperature', heightM: 2, instance: 'b', statistic: 'point'},
    ],
  ])('is %s', (id, key) => {
    expect(datastreamId({depthM: null, heightM: null, instance: null, period: null, ...key})).toBe(id);
  });

  it('says everything of the key: it can be read back', () => {
    fc.assert(
      fc.property(keyArbitrary, (key) => {
        expect(parse(datastreamId(key))).toEqual(key);
      }),
      {numRuns: 2000},
    );
  });

  it('is another for another key', () => {
    fc.assert(
      fc.property(keyArbitrary, keyArbitrary, (a, b) => {
        fc.pre(JSON.stringify(Object.entries(a).sort()) !== JSON.stringify(Object.entries(b).sort()));
        expect(datastreamId(a)).not.toBe(datastreamId(b));
      }),
    );
  });
});

it.each([
  ['PT1M', true],
  ['PT1H', true],
  ['P1D', true],
  ['P1M', true],
  ['P1Y', true],
  ['P1W', false],
  ['PT0S', false],
  ['PT1.5H', false],
  ['P1DT1H', false],
  ['1h', false],
  ['', false],
])('%j as a period: %s', (text, valid) => {
  expect(createValidator(Period)(text)).toBe(valid);
});
