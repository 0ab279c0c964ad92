import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DuckDBInstance} from '@duckdb/node-api';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {FLAGS, type RowColumns} from '#schemas';
import type {ExportSidecar} from '../../../server/export/sidecar.ts';
import {findProgram, testWith} from '../../needs.ts';
import {type Harness, openHarness, SITE} from '../harness.ts';

const HOUR = 3_600_000;
/** Adelaide's clocks went back at 2026-04-04T16:30Z: the local half hours before and after have the same figures. */
const CHANGE = Date.UTC(2026, 3, 4, 16, 30);
const START = CHANGE - 6 * HOUR;
let nowMs = CHANGE + 24 * HOUR;

let harness: Harness;
let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'eco-export-'));
  harness = await openHarness({now: () => nowMs, fleet: 'off'});
  await harness.device('probe', {intervalS: 900});
  // An id that a spreadsheet would take for a formula.
  await harness.device('-gauge', {intervalS: 900});
  for (let i = 0; i < 48; i++) {
    const time = new Date(START + i * HOUR * 0.25).toISOString();
    const soil = [
      {value: 20 + i / 7, unit: 'Cel', depthM: 0.1},
      {value: 18 + i / 9, unit: 'Cel', depthM: 0.3},
    ];
    await harness.send('probe', {time, readings: {soil_temperature: soil}}, START + i * HOUR * 0.25 + 1500);
    const value = i % 13 === 5 ? null : i === 20 ? -15.5 : i / 3;
    await harness.send('-gauge', {time, readings: {air_temperature: value}}, START + i * HOUR * 0.25 + 900);
  }
  await harness.core.store.compact();
  // A person's verdict later on: one flagged, one corrected.
  const {series} = harness.core.registry.datastreams({device: 'probe'})[0]!;
  const revision = {series, version: 5, reason: 'shadow', who: 'me', atMs: nowMs - HOUR};
  const at = (i: number) => ({fromMs: START + i * HOUR * 0.25, toMs: START + i * HOUR * 0.25});
  await new Promise((resolve) =>
    harness.core.store.add(
      {
        rows: [],
        deadLetters: [],
        rechecks: [],
        revisions: [
          {...revision, ...at(3), value: null, qc: 4 | (1 << 15) | (1 << 21)},
          {...revision, ...at(4), value: 99.25, qc: 1 | (1 << 21)},
        ],
      },
      resolve,
    ),
  );
});
afterAll(async () => {
  await harness.close();
  rmSync(scratch, {recursive: true, force: true});
});

const get = (query: string) => harness.app.inject({url: `/api/v1/export?${query}`});
const sidecarOf = async (query: string) =>
  (await harness.app.inject({url: `/api/v1/export/sidecar?${query}`})).json<ExportSidecar>();

/** What the API gives of every datastream, in the order of an export: `/series`, one row a point. */
async function fromApi(): Promise<{datastream: string; time: string; value: number | null; flag: number}[]> {
  const rows = [];
  const ids = harness.core.registry
    .datastreams()
    .map(({id}) => id)
    .sort();
  for (const id of ids) {
    const query = new URLSearchParams({
      datastream: id,
      from: '2026-04-01T00:00:00Z',
      points: '5000',
      bucket: 'raw',
    });
    const {points} = (await harness.app.inject({url: `/api/v1/series?${query}`})).json();
    for (const {time, mean, flag} of points) rows.push({datastream: id, time, value: mean, flag});
  }
  return rows;
}

/** What DuckDB reads of a file by itself. */
async function duck(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone='UTC'");
  const rows = await (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  return rows;
}

function save(name: string, body: Buffer): string {
  const file = join(scratch, name);
  writeFileSync(file, body);
  return file;
}

const KEYS = 'datastream, strftime("phenomenonTime"::TIMESTAMPTZ, \'%Y-%m-%dT%H:%M:%SZ\') AS time';
const same = (rows: Record<string, unknown>[]) =>
  rows.map(({datastream, time, value, flag}) => ({
    datastream: String(datastream).replace(/^'/, ''),
    time,
    value: value === null ? null : Number(value),
    flag: Number(flag),
  }));

describe('an export read back by other programs is what the API gives', () => {
  it('as CSV by DuckDB', async () => {
    const file = save('long.csv', (await get('')).rawPayload);
    const types = "types={'result': 'DOUBLE', 'datastream': 'VARCHAR', 'phenomenonTime': 'VARCHAR'}";
    const rows = await duck(
      `SELECT ${KEYS}, result AS value, flag FROM read_csv('${file}', header=true, ${types})`,
    );
    const api = await fromApi();
    expect(api.length).toBe(144);
    expect(same(rows)).toEqual(api);
  });

  testWith('python3')("as CSV with a byte order mark and local time by Python's csv", async () => {
    const file = save('local.csv', (await get('bom=true&time=local')).rawPayload);
    const program = [
      'import csv, json, sys, datetime',
      "with open(sys.argv[1], encoding='utf-8-sig', newline='') as f:",
      '  rows = list(csv.DictReader(f, strict=True))',
      'utc = datetime.timezone.utc',
      "at = lambda t: datetime.datetime.fromisoformat(t).astimezone(utc).strftime('%Y-%m-%dT%H:%M:%SZ')",
      "print(json.dumps([{'datastream': r['datastream'], 'time': at(r['phenomenonTime']), 'flag': r['flag'],",
      "  'value': float(r['result']) if r['result'] else None, 'local': r['phenomenonTime']} for r in rows]))",
    ].join('\n');
    const rows = JSON.parse(String(execFileSync(findProgram('python3')!, ['-c', program, file])));
    expect(same(rows)).toEqual(await fromApi());
    const locals = rows.map(({local}: {local: string}) => local);
    expect(locals).toContain('2026-04-05T02:30:00+10:30');
    expect(locals).toContain('2026-04-05T02:30:00+09:30');
  });

  it('as wide CSV by DuckDB', async () => {
    const file = save('wide.csv', (await get('layout=wide')).rawPayload);
    const wide = await duck(`SELECT * FROM read_csv('${file}', header=true, all_varchar=true)`);
    const rows = wide.flatMap((row) =>
      Object.keys(row)
        .filter((name) => name.endsWith(' flag') && row[name] !== null)
        .map((name) => {
          const id = name.slice(0, -5);
          const value = Object.entries(row).find(([key]) => key.startsWith(`${id} (`))![1];
          return {datastream: id, time: row['phenomenonTime'], value, flag: row[name]};
        }),
    );
    const byKey = (a: {datastream: string; time: unknown}, b: {datastream: string; time: unknown}) =>
      a.datastream === b.datastream
        ? String(a.time) < String(b.time)
          ? -1
          : 1
        : a.datastream < b.datastream
          ? -1
          : 1;
    expect(same(rows).sort(byKey)).toEqual(await fromApi());
  });

  it('as Parquet by DuckDB', async () => {
    const file = save('all.parquet', (await get('format=parquet&values=both')).rawPayload);
    const rows = await duck(`SELECT ${KEYS}, result AS value, flag FROM '${file}'`);
    expect(same(rows)).toEqual(await fromApi());
    const columns = await duck(`DESCRIBE SELECT * FROM '${file}'`);
    const {columns: told} = await sidecarOf('format=parquet&values=both');
    expect(columns.map((column) => column['column_name'])).toEqual(told.map(({name}) => name));
  });

  it('as GeoJSON by DuckDB', async () => {
    const file = save('all.geojson', (await get('format=geojson')).rawPayload);
    const rows = await duck(
      `SELECT ${KEYS}, result AS value, flag, x, y FROM (SELECT unnest(f.properties), f.geometry.coordinates[1] x, ` +
        `f.geometry.coordinates[2] y FROM (SELECT unnest(features) f FROM read_json('${file}', ` +
        "columns={type: 'VARCHAR', features: 'STRUCT(geometry STRUCT(\"type\" VARCHAR, coordinates DOUBLE[]), properties " +
        'STRUCT(datastream VARCHAR, "phenomenonTime" VARCHAR, "result" DOUBLE, flag INTEGER))[]\'})))',
    );
    expect(same(rows)).toEqual(await fromApi());
    expect(rows.every(({x, y}) => x === 137.25 && y === -28.95)).toBe(true);
  });
});

describe('values, flags and choice', () => {
  const columnsOf = async (query: string) => {
    const file = save('some.csv', (await get(query)).rawPayload);
    return await duck(`SELECT * FROM read_csv('${file}', header=true, all_varchar=true)`);
  };
  it('gives both what is in force and what came', async () => {
    const rows = await columnsOf('values=both&device=probe');
    const revised = rows.filter(
      (row) => row['storedResult'] !== row['result'] || row['storedFlag'] !== row['flag'],
    );
    expect(revised).toMatchObject([
      {flag: '4', failed: 'manual', storedFlag: '1', storedFailed: null},
      {result: '99.25', flag: '1', storedFlag: '1'},
    ]);
    expect(revised[0]!['result']).toBe(revised[0]!['storedResult']);
    const stored = await columnsOf('values=stored&device=probe');
    expect(stored.map((row) => row['result'])).toEqual(rows.map((row) => row['storedResult']));
  });
  it('keeps flags, elements, devices and times that were asked for', async () => {
    const failed = (await fromApi()).filter(({flag}) => flag === 4).length;
    expect(failed).toBeGreaterThan(1);
    expect((await columnsOf('flags=4')).length).toBe(failed);
    expect((await columnsOf('flags=9')).every((row) => row['result'] === null)).toBe(true);
    const hour = await columnsOf(
      `element=soil_temperature&from=${new Date(START).toISOString()}&to=${new Date(START + HOUR).toISOString()}`,
    );
    expect(hour.length).toBe(8);
    // Before the person's verdict.
    const before = await columnsOf(`flags=4&asOf=${new Date(nowMs - 2 * HOUR).toISOString()}`);
    expect(before.length).toBe(failed - 1);
  });
  it('keeps text from being a formula, numbers as they are', async () => {
    const {body} = await get('device=-gauge');
    expect(body).toContain("\r\n'-gauge:air_temperature:point,'-gauge,'-gauge,air_temperature,");
    expect(body).toContain(',-15.5,');
  });
});

describe('a file that was cut off', () => {
  it.each(['', 'layout=wide', 'format=geojson', 'values=both&time=local&bom=true'])(
    'goes on after a row to the same bytes, also when data came since: %s',
    async (query) => {
      const first = await get(query);
      const asOf = first.headers['eco-as-of'] as string;
      nowMs += 1000;
      const time = new Date(START + 500).toISOString();
      await harness.send(
        'probe',
        {time, readings: {soil_temperature: {value: 1, unit: 'Cel', depthM: 0.1}}},
        nowMs,
      );
      const again = `${query}&asOf=${asOf}`;
      expect((await get(again)).body).toBe(first.body);
      const text = first.body;
      const cut = text.indexOf('\n', text.length / 2);
      const at = new Date(
        Date.parse(
          /20\d\d-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)/.exec(
            text.slice(text.lastIndexOf('\n', cut - 1)),
          )![0],
        ),
      ).toISOString();
      const id = /(?:"datastream":"|\n'?)([a-z-][^",]+:[^",]+:[^",]+)/.exec(
        text.slice(text.lastIndexOf('\n', cut - 1)),
      )?.[1];
      const after = query.includes('wide') ? at : `${at}~${id}`;
      const rest = await get(`${again}&after=${encodeURIComponent(after)}`);
      const kept = query.includes('geojson') ? cut - 1 : cut + 1;
      expect(text.slice(0, kept) + rest.body).toBe(text);
    },
  );
});

describe('the sidecar', () => {
  it('tells units, statistic, datum, flags, licence, credit and, of a file that was sent, rows and checksum', async () => {
    const answer = await get('element=soil_temperature');
    const link = /^<([^>]+)>; rel="describedby"$/.exec(answer.headers['link'] as string)![1]!;
    const sidecar = (await harness.app.inject({url: link})).json<ExportSidecar>();
    expect(sidecar).toMatchObject({
      kind: 'eco-export',
      query: {element: 'soil_temperature', asOf: answer.headers['eco-as-of']},
      asOf: answer.headers['eco-as-of'],
      elements: [{id: 'soil_temperature', unit: 'Cel', standardName: 'soil_temperature'}],
      sites: [{id: SITE, timeZone: 'Australia/Adelaide'}],
      file: {
        rows: answer.body.split('\r\n').length - 2,
        bytes: answer.rawPayload.length,
        sha256: createHash('sha256').update(answer.rawPayload).digest('hex'),
      },
    });
    expect(sidecar.flags.map(({flag}) => flag)).toEqual(FLAGS);
    expect(sidecar.flags.every(({meaning}) => meaning.length > 5)).toBe(true);
    expect(sidecar.datastreams.map(({statistic, unit}) => [statistic, unit])).toEqual([
      ['point', 'Cel'],
      ['point', 'Cel'],
    ]);
    expect(sidecar.sources[0]).toMatchObject({
      of: `site ${SITE}`,
      licence: expect.any(String),
      credit: expect.any(String),
    });
    expect(answer.body.split('\r\n')[0]!.split(',')).toEqual(sidecar.columns.map(({name}) => name));
    // Nobody has made this one.
    expect((await sidecarOf('element=soil_temperature&flags=3')).file).toBeNull();
  });
  it('names the file safely', async () => {
    const answer = await get('from=2026-04-04T00:00:00Z&to=2026-04-05T00:00:00Z');
    expect(answer.headers['content-disposition']).toBe(
      'attachment; filename="observations_20260404T000000Z_20260405T000000Z.csv"',
    );
  });
});

describe('refuses', () => {
  it.each([
    ['format=xlsx', 400, 'parameter_invalid'],
    ['what=ever', 400, 'parameter_unknown'],
    ['format=parquet&layout=wide', 400, 'export_invalid'],
    ['format=geojson&bom=true', 400, 'export_invalid'],
    ['format=parquet&time=local', 400, 'export_invalid'],
    ['after=2026-01-01T00:00:00.000Z~a', 400, 'export_invalid'],
    ['after=x&asOf=2026-01-01T00:00:00Z', 400, 'export_invalid'],
    ['layout=wide&after=2026-01-01T00:00:00.000Z~a&asOf=2026-01-01T00:00:00Z', 400, 'export_invalid'],
    ['asOf=2100-01-01T00:00:00Z', 400, 'time_invalid'],
    ['from=yesterday', 400, 'time_invalid'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 400, 'time_invalid'],
    ['device=nobody', 404, 'export_empty'],
    ['element=nothing', 404, 'element_unknown'],
    ["device=a'%20OR%20'1'='1", 404, 'export_empty'],
    ['flags=7', 400, 'parameter_invalid'],
  ])('%s with %i %s', async (query, status, code) => {
    const answer = await get(query);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect((await harness.app.inject({url: `/api/v1/export/sidecar?${query}`})).statusCode).toBe(status);
  });
});

it('a third export at once is told to wait', async () => {
  const {rowBlocks} = harness.core.store;
  let free: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  harness.core.store.rowBlocks = async function* (
    ...of: Parameters<typeof rowBlocks>
  ): AsyncGenerator<RowColumns> {
    await held;
    yield* rowBlocks.apply(harness.core.store, of);
  };
  try {
    // Parquet gives nothing before its rows are read.
    const slow = [1, 2].map(() => get('format=parquet').then((answer) => answer));
    await expect.poll(async () => (await get('format=parquet')).statusCode).toBe(503);
    expect((await get('')).json()).toMatchObject({code: 'export_busy'});
    free();
    for (const answer of slow) expect((await answer).statusCode).toBe(200);
  } finally {
    harness.core.store.rowBlocks = rowBlocks;
  }
});
