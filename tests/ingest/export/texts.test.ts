import {parse} from 'csv-parse/sync';
import {describe, expect, it} from 'vitest';
import {QC_CENSORED_BELOW, QC_LATE, QC_TEST, type RowColumns} from '#schemas';
import {localTexts, textCell, utcTexts} from '../../../ingest/export/cells.ts';
import {csvLong, csvWide} from '../../../ingest/export/csv.ts';
import {geoJson} from '../../../ingest/export/geojson.ts';
import type {ExportPlan, ExportStream, ReadBlock} from '../../../ingest/export/plan.ts';
import {cursorText, readCursor, resumePoint} from '../../../ingest/export/resume.ts';

const T = Date.UTC(2026, 0, 1);

function stream(id: string, more: Partial<ExportStream> = {}): ExportStream {
  return {
    ...{series: 1, id, station: 's1', device: 'd1', element: 'air_temperature', depthM: null, heightM: 2},
    ...{
      instance: null,
      statistic: 'point',
      period: null,
      unit: 'Cel',
      origin: 'measured',
      verticalDatum: null,
    },
    timeZone: 'Europe/Berlin',
    positions: [
      {fromMs: T, longitudeDeg: 13, latitudeDeg: 52},
      {fromMs: T + 2000, longitudeDeg: 14, latitudeDeg: 53},
    ],
    ...more,
  };
}

function planOf(more: Partial<ExportPlan> = {}): ExportPlan {
  return {
    ...{format: 'csv', layout: 'long', values: 'revised', bom: false, time: 'utc', flags: null, after: null},
    streams: [stream('a:x:point'), stream('b:x:point')],
    ...{fromMs: 0, toMs: 8e15, asOfMs: 8e15},
    ...more,
  } as ExportPlan;
}

type Sample = [timeMs: number, value: number, qc: number, storedValue?: number, storedQc?: number];

function block(samples: Sample[]): RowColumns {
  return {
    timeMs: Float64Array.from(samples, ([timeMs]) => timeMs),
    value: Float64Array.from(samples, ([, value]) => value),
    qc: Int32Array.from(samples, ([, , qc]) => qc),
    receivedMs: Float64Array.from(samples, ([timeMs]) => timeMs + 500),
    storedValue: Float64Array.from(samples, ([, value, , stored]) => stored ?? value),
    storedQc: Int32Array.from(samples, ([, , qc, , stored]) => stored ?? qc),
  };
}

/** Gives these blocks of each stream; what a cursor of the plan leaves out is left out, as a store would. */
function readFrom(plan: ExportPlan, blocks: Sample[][][]): ReadBlock {
  const left = blocks.map((list, index) =>
    list.map((samples) =>
      samples.filter(([timeMs]) => {
        const {after, streams} = plan;
        if (!after || (after.datastream !== null && after.datastream !== streams[index]!.id)) return true;
        return timeMs > after.timeMs;
      }),
    ),
  );
  return async (index) => {
    const next = left[index]?.shift();
    return next ? block(next) : null;
  };
}

const FORMATS = {csvLong, csvWide, geoJson};
async function textOf(name: keyof typeof FORMATS, plan: ExportPlan, blocks: Sample[][][]) {
  let text = '';
  let rows = 0;
  for await (const piece of FORMATS[name](plan, readFrom(plan, blocks))) {
    text += piece.data;
    rows += piece.rows;
  }
  return {text, rows};
}

const BLOCKS: Sample[][][] = [
  [
    [
      [T, 0.1 + 0.2, 1],
      [T + 1000, Number.NaN, 9],
    ],
    [[T + 2500, -15.5, 4 | QC_TEST.spike | QC_TEST.grossRange | QC_CENSORED_BELOW | QC_LATE, -9, 1]],
  ],
  [
    [
      [T + 1000, 7, 3 | QC_TEST.drift | (1 << 19) | (4 << 22)],
      [T + 3000, 1e-7, 2],
    ],
  ],
];

describe('csvLong', () => {
  it('is a row an observation, the value to the last digit, empty where there is none', async () => {
    const {text, rows} = await textOf('csvLong', planOf({values: 'both'}), BLOCKS);
    const records = parse(text, {columns: true, relaxColumnCount: false}) as Record<string, string>[];
    expect(rows).toBe(5);
    expect(
      records.map((r) => [r['datastream'], r['phenomenonTime'], r['result'], r['flag'], r['failed']]),
    ).toEqual([
      ['a:x:point', '2026-01-01T00:00:00Z', '0.30000000000000004', '1', ''],
      ['a:x:point', '2026-01-01T00:00:01Z', '', '9', ''],
      ['a:x:point', '2026-01-01T00:00:02.500Z', '-15.5', '4', 'grossRange spike'],
      ['b:x:point', '2026-01-01T00:00:01Z', '7', '3', 'drift'],
      ['b:x:point', '2026-01-01T00:00:03Z', '1e-7', '2', ''],
    ]);
    expect(records[2]).toMatchObject({
      ...{censored: '<', late: 'true', storedResult: '-9', storedFlag: '1', storedFailed: ''},
      ...{unit: 'Cel', heightM: '2', depthM: '', received: '2026-01-01T00:00:03Z', timeSource: 'device'},
    });
    // DEVICE_STATUSES: the fourth is S, set by hand.
    expect(records[3]).toMatchObject({timeSource: 'arrival', deviceStatus: 'S', late: 'false'});
  });

  it('shows values as they came when that is asked for', async () => {
    const {text} = await textOf('csvLong', planOf({values: 'stored'}), BLOCKS);
    const records = parse(text, {columns: true}) as Record<string, string>[];
    expect(records[2]).toMatchObject({result: '-9', flag: '1', failed: '', late: 'true'});
    expect(records[2]).not.toHaveProperty('storedResult');
  });

  it('begins with a byte order mark and no row without datastreams', async () => {
    const {text, rows} = await textOf('csvLong', planOf({bom: true, streams: []}), []);
    expect(text).toMatch(/^\ufeffdatastream,station,[^\n]+\r\n$/);
    expect(rows).toBe(0);
  });
});

describe('csvWide', () => {
  it('is a row an instant; a stream without a row there is empty, one without a value has its flag', async () => {
    const {text, rows} = await textOf('csvWide', planOf({layout: 'wide'}), BLOCKS);
    expect(rows).toBe(4);
    expect(parse(text)).toEqual([
      ['phenomenonTime', 'a:x:point (Cel)', 'a:x:point flag', 'b:x:point (Cel)', 'b:x:point flag'],
      ['2026-01-01T00:00:00Z', '0.30000000000000004', '1', '', ''],
      ['2026-01-01T00:00:01Z', '', '9', '7', '3'],
      ['2026-01-01T00:00:02.500Z', '-15.5', '4', '', ''],
      ['2026-01-01T00:00:03Z', '', '', '1e-7', '2'],
    ]);
  });

  it('has the value as it came in a column of its own', async () => {
    const {text} = await textOf('csvWide', planOf({layout: 'wide', values: 'both'}), BLOCKS);
    const rows = parse(text) as string[][];
    expect(rows[0]!.slice(1, 4)).toEqual(['a:x:point (Cel)', 'a:x:point flag', 'a:x:point stored (Cel)']);
    expect(rows[3]!.slice(1)).toEqual(['-15.5', '4', '-9', '', '', '']);
  });
});

describe('geoJson', () => {
  it('is a FeatureCollection; a feature stands where its sensor stood then', async () => {
    const {text, rows} = await textOf('geoJson', planOf({format: 'geojson', values: 'both'}), BLOCKS);
    const {type, features} = JSON.parse(text);
    expect([type, features.length, rows]).toEqual(['FeatureCollection', 5, 5]);
    expect(features.map((f: {geometry: {coordinates: number[]}}) => f.geometry.coordinates)).toEqual([
      [13, 52],
      [13, 52],
      [14, 53],
      [13, 52],
      [14, 53],
    ]);
    expect(features[2].properties).toMatchObject({
      ...{datastream: 'a:x:point', result: -15.5, flag: 4, failed: ['grossRange', 'spike'], censored: '<'},
      ...{storedResult: -9, storedFlag: 1, storedFailed: [], late: true, depthM: null, unit: 'Cel'},
    });
    expect(features[1].properties.result).toBeNull();
    expect(JSON.parse((await textOf('geoJson', planOf({streams: []}), [])).text).features).toEqual([]);
  });
});

describe.each([
  ['csvLong', {format: 'csv', layout: 'long'}],
  ['csvWide', {format: 'csv', layout: 'wide'}],
  ['geoJson', {format: 'geojson', layout: 'long'}],
] as const)('%s cut off', (name, shape) => {
  it('at any byte goes on to the same bytes', async () => {
    for (const time of ['utc', 'local'] as const) {
      const plan = planOf({...shape, time});
      const {text, rows} = await textOf(name, plan, BLOCKS);
      const whole = Buffer.from(text);
      for (let cut = 0; cut <= whole.length; cut++) {
        const point = resumePoint(shape, whole.subarray(0, cut), 0);
        const after = point ? readCursor(cursorText(point.cursor)) : null;
        expect(after).toEqual(point?.cursor ?? null);
        const rest = await textOf(name, {...plan, after}, BLOCKS);
        const joined = Buffer.concat([whole.subarray(0, point?.bytes ?? 0), Buffer.from(rest.text)]);
        if (!joined.equals(whole)) expect(`${cut}: ${joined}`).toBe(String(whole));
        // Nothing whole is made twice: of what was kept, the head is a line, and in GeoJSON the last has no end.
        const kept = point
          ? String(whole.subarray(0, point.bytes)).split('\n').length - (name === 'geoJson' ? 1 : 2)
          : 0;
        expect(rest.rows + kept).toBe(rows);
      }
    }
  });
});

// OWASP, CSV injection: the characters that begin a formula, also in full width.
it.each([
  ['=1+1', "'=1+1"],
  ['+49', "'+49"],
  ['-a', "'-a"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', `"'\r=1"`],
  ['＝1', "'＝1"],
  ['a=1', 'a=1'],
  ['%', '%'],
  ['', ''],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['two\nlines', '"two\nlines"'],
  ['土壤', '土壤'],
])('text %j is the cell %j', (text, cell) => {
  expect(textCell(text)).toBe(cell);
  expect(textCell(null)).toBe('');
});

// The tz database: Berlin's clocks went forward on 2026-03-29 at 01:00 UTC and go back on 2026-10-25 at 01:00 UTC; Lord Howe
// Island's by half an hour; Shanghai's not at all.
it.each([
  ['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29T01:59:59+01:00'],
  ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29T03:00:00+02:00'],
  ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T02:30:00+02:00'],
  ['Europe/Berlin', '2026-10-25T01:30:00.250Z', '2026-10-25T02:30:00.250+01:00'],
  ['Australia/Lord_Howe', '2026-04-04T14:59:00Z', '2026-04-05T01:59:00+11:00'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', '2026-04-05T01:30:00+10:30'],
  ['Asia/Shanghai', '2026-06-30T16:00:00Z', '2026-07-01T00:00:00+08:00'],
  ['America/St_Johns', '2026-01-01T00:00:00Z', '2025-12-31T20:30:00-03:30'],
])('in %s %s is %s', (zone, utc, local) => {
  const text = localTexts(zone);
  // Whatever was asked before, earlier and later.
  text(0);
  text(Date.UTC(2030, 0, 1));
  expect(text(Date.parse(utc))).toBe(local);
  expect(Date.parse(local)).toBe(Date.parse(utc));
});

it.each([
  ['2026-01-01T00:00:00Z'],
  ['2026-12-31T23:59:59.999Z'],
  ['2026-01-01T00:00:00.001Z'],
  ['2024-02-29T09:08:07Z'],
  ['1969-12-31T23:59:59.500Z'],
  ['1970-01-01T00:00:00Z'],
  ['+012026-01-01T00:00:00Z'],
  ['-000001-06-30T12:34:56.780Z'],
])('%s is written so, whatever was before it', (utc) => {
  const text = utcTexts();
  for (const before of [0, Date.parse('2026-01-01T12:00:00Z'), Date.parse(utc) + 1]) {
    text(before);
    expect(text(Date.parse(utc))).toBe(utc);
  }
});

it.each([
  '',
  'x',
  '2026',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000Z~',
  '2026-01-01T00:00:00.000Z~a b',
  '2026-13-01T00:00:00.000Z',
])('is no cursor: %j', (text) => expect(readCursor(text)).toBeNull());
