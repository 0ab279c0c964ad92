/** How rows look on their way to InfluxDB, without one. */
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {rowArrays} from '../../../ingest/store/embedded/row-arrays.ts';
import {tierColumns} from '../../../ingest/store/embedded/tier-columns.ts';
import {InfluxApi, identifier, literal} from '../../../ingest/store/influxdb/influx-api.ts';
import {packRows, unpackRows} from '../../../ingest/store/influxdb/outbox-rows.ts';
import {lineHead, lineOf, MEASUREMENT, tierLineOf} from '../../../ingest/store/influxdb/points.ts';

function oneRow(value: number) {
  const rows = rowArrays(1);
  rows.timeMs[0] = 1_760_000_000_001;
  rows.series[0] = 7;
  rows.value[0] = value;
  rows.qc[0] = 131_073;
  rows.receivedMs[0] = 1_760_000_000_500;
  return rows;
}

// https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/: commas, equals signs and spaces of a tag are
// escaped, integers end in i, a field without a value is left out.
describe('line protocol', () => {
  it.each([
    {value: 0.1 + 0.2, said: 'value=0.30000000000000004,'},
    {value: -0, said: 'value=-0,'},
    {value: 5e-324, said: 'value=5e-324,'},
    {value: 1.7976931348623157e308, said: 'value=1.7976931348623157e+308,'},
    {value: Number.NaN, said: ''},
  ])('of $value', ({value, said}) => {
    expect(lineOf('m,series=7', oneRow(value), 0)).toBe(
      `m,series=7 ${said}qc=131073i,received=1760000000500 1760000000001`,
    );
  });

  it('escapes labels, puts them in order, and leaves empty ones out', () => {
    expect(lineHead('m', 7, {station: 'a, b=c', element: 'x', none: ''})).toBe(
      String.raw`m,series=7,element=x,station=a\,\ b\=c`,
    );
  });

  it('of a quarter hour says which fields are absent, and does not say what is beyond numbers', () => {
    const rows = {
      timeMs: Float64Array.of(0, 60_000),
      value: Float64Array.of(1.5, Number.NaN),
      qc: Int32Array.of(1, 9),
      receivedMs: Float64Array.of(0, 0),
    };
    // minAll and maxAll (bits 6 and 7 of the fields that are no counts) have nothing to add, nor has cosSum (bit 3).
    expect(tierLineOf(`${MEASUREMENT},series=7`, tierColumns(rows, 'mean'), 0)).toBe(
      'eco_quarter_hour,series=7 min=1.5,max=1.5,sum=1.5,cosSum=0,firstMs=0,lastMs=0,' +
        'pass=1i,notEvaluated=0i,suspect=0i,fail=0i,missing=1i,absent=192i 0',
    );
    const huge = {...rows, value: Float64Array.of(1.7e308, 1.7e308), qc: Int32Array.of(1, 1)};
    expect(tierLineOf(`${MEASUREMENT},series=7`, tierColumns(huge, 'sum'), 0)).toBeNull();
  });

  it('names and texts cannot leave their quotes', () => {
    expect(identifier('a"; DROP DATABASE "b\\')).toBe(String.raw`"a\"; DROP DATABASE \"b\\"`);
    expect(literal("a'; DROP DATABASE b --\\")).toBe(String.raw`'a\'; DROP DATABASE b --\\'`);
  });
});

it('rows in the outbox come back to the last bit', () => {
  const rows = rowArrays(3);
  [Number.NaN, -0, 5e-324].forEach((value, i) => {
    rows.timeMs[i] = -1 - i;
    rows.series[i] = 2_000_000_000 + i;
    rows.value[i] = value;
    rows.qc[i] = -1 - i;
    rows.receivedMs[i] = 1.25 + i;
  });
  const back = unpackRows(packRows(rows, [0, 2]));
  expect(back).toEqual({
    timeMs: Float64Array.of(-1, -3),
    series: Int32Array.of(2_000_000_000, 2_000_000_002),
    value: Float64Array.of(Number.NaN, 5e-324),
    qc: Int32Array.of(-1, -3),
    receivedMs: Float64Array.of(1.25, 3.25),
  });
});

describe('what an answer means', () => {
  let status = 204;
  let url: string;
  const server = createServer((_request, response) => {
    response.writeHead(status, {'content-type': 'application/json'});
    response.end(status === 204 ? '' : '{"code":"x","message":"because"}');
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  // https://docs.influxdata.com/influxdb/v2/api/#operation/PostWrite
  it.each([
    [400, 'data'],
    [413, 'data'],
    [422, 'data'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'denied'],
    [429, 'away'],
    [500, 'away'],
    [503, 'away'],
  ] as const)('%i is %s, for a write and for a read', async (code, fault) => {
    status = code;
    const api = new InfluxApi({url, org: 'eco', bucket: 'eco'});
    await expect(api.write(api.writer(2, 'eco'), ['m f=1 1'])).rejects.toMatchObject({
      fault,
      message: `${code} because`,
    });
    await expect(api.select('eco', ['SELECT 1'])).rejects.toMatchObject({fault});
  });

  it('204 is done, and nobody there is away', async () => {
    status = 204;
    const api = new InfluxApi({url, org: 'eco', bucket: 'eco'});
    await api.write(api.writer(2, 'eco'), ['m f=1 1', 'm f=2 2']);
    const nobody = new InfluxApi({url: 'http://127.0.0.1:9', org: 'eco', bucket: 'eco'});
    await expect(nobody.write(nobody.writer(2, 'eco'), ['m f=1 1'])).rejects.toMatchObject({fault: 'away'});
    await expect(nobody.select('eco', ['SELECT 1'])).rejects.toMatchObject({fault: 'away'});
  });
});
