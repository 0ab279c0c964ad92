import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import type {ReadingMap} from '#schemas';
import {readMap} from '../../../ingest/map/index.ts';
import {planReplay, replayFile} from '../../../ingest/replay/index.ts';
import {scratchFolder} from '../registry/scratch-folder.ts';
import {readingsOf} from './sink.ts';

const MAP: ReadingMap = {
  schemaVersion: 1,
  id: 'test',
  device: {path: 'station'},
  time: {path: 'time', zone: 'Europe/Berlin'},
  columns: [
    {path: 't', element: 'air_temperature', unit: 'Cel'},
    {path: 'rh', element: 'relative_humidity', missing: [-9999]},
  ],
};
const FALLBACK = {longitudeDeg: 0, latitudeDeg: 0};

async function csv(content: string | Uint8Array, name = 'data.csv'): Promise<string> {
  const file = join(scratchFolder(), name);
  await writeFile(file, content);
  return file;
}

function recorder() {
  const sent: {device: string; payload: string}[] = [];
  return {sent, publish: async (device: string, payload: string) => void sent.push({device, payload})};
}

async function replay(content: string | Uint8Array, map: Partial<ReadingMap> = {}, more: object = {}) {
  const {sent, publish} = recorder();
  const file = await csv(content);
  const report = await replayFile({file, map: readMap({...MAP, ...map}, 'test'), publish, ...more});
  return {
    report,
    sent,
    values: sent.flatMap(({device, payload}) => readingsOf(payload).map((r) => ({device, ...r}))),
  };
}

const HEAD = 'time,station,t,rh\n';

describe('replayFile', () => {
  it('sends the rows of each device in order, and tells what it left out', async () => {
    const {report, values} = await replay(
      `time,station,t,rh,note\n2024-01-01T00:00Z,a,1,50,x\n2024-01-01T00:00Z,b,2,,y\n2024-01-01T01:00Z,a,NA,-9999,z\n`,
    );
    expect(values.filter(({device}) => device === 'a')).toEqual([
      {
        device: 'a',
        timeMs: Date.UTC(2024, 0, 1, 0),
        element: 'air_temperature',
        body: {value: 1, unit: 'Cel'},
      },
      {device: 'a', timeMs: Date.UTC(2024, 0, 1, 0), element: 'relative_humidity', body: {value: 50}},
      {
        device: 'a',
        timeMs: Date.UTC(2024, 0, 1, 1),
        element: 'air_temperature',
        body: {value: null, unit: 'Cel'},
      },
      {device: 'a', timeMs: Date.UTC(2024, 0, 1, 1), element: 'relative_humidity', body: {value: null}},
    ]);
    expect(values.filter(({device}) => device === 'b')).toHaveLength(1);
    expect(report).toMatchObject({rows: 3, valuesSent: 5, devices: ['a', 'b'], aborted: false});
    expect(report.columns.unknown).toEqual(['note']);
  });

  it('reports rows that cannot be read with line, reason and code, and sends the others', async () => {
    const {report, values} = await replay(
      `${HEAD}2024-01-01T00:00Z,a,1,50\nyesterday,a,2,50\n2024-01-01T02:00Z,,3,50\n2024-01-01T03:00Z,a,4\n` +
        `2024-01-01T04:00Z,a,warm,50\n,a,5,50\n\n2024-01-01T05:00Z,a,6,50\n`,
    );
    expect(values.map(({body}) => body.value)).toEqual([1, 50, 50, 6, 50]);
    expect(report.rejected.first).toMatchObject([
      {line: 3, code: 'time_invalid', message: expect.stringContaining('got "yesterday"')},
      {line: 4, code: 'map_failed'},
      {line: 5, code: 'payload_syntax', message: '4 cells were expected, got 3'},
      {line: 6, column: 't', code: 'value_invalid', message: expect.stringContaining('got "warm"')},
      {line: 7, code: 'time_invalid', message: expect.stringContaining('it is empty')},
    ]);
    expect(report.rejected).toMatchObject({total: 5, byCode: {time_invalid: 2}});
  });

  it('goes on after a broken quote, and keeps one within a cell', async () => {
    const {report, values} = await replay(
      `${HEAD}2024-01-01T00:00Z,a,1,"5"0\n2024-01-01T01:00Z,"a",2,"60"\n`,
    );
    expect(values.map(({body}) => body.value)).toEqual([2, 60]);
    expect(report.rejected).toMatchObject({total: 1, byCode: {payload_syntax: 1}});
  });

  it('reads a byte order mark, semicolons, CRLF and GBK', async () => {
    const gbk = Buffer.from([0xd5, 0xbe, 0xb5, 0xe3]); // 站点
    const file = Buffer.concat([
      Buffer.from('time;'),
      gbk,
      Buffer.from(';t;rh\r\n2024-01-01T00:00Z;'),
      gbk,
      Buffer.from('1;3.5;50\r\n'),
    ]);
    const {values} = await replay(file, {encoding: 'gbk', delimiter: ';', device: {path: '站点'}});
    expect(values).toHaveLength(2);
    expect(values[0]).toMatchObject({body: {value: 3.5}});
    const marked = await replay(`\ufeff${HEAD}2024-01-01T00:00Z,a,1,50\n`);
    expect(marked.report.valuesSent).toBe(2);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /a header with the columns' names was expected/],
    ['two columns of one name', 'time,station,t,t\n', /t stands there twice/],
    [
      'no column of the time',
      'when,station,t\n',
      /expects the time in column time; the file has when, station, t/,
    ],
    ['none of the columns', 'time,station,x\n', /reads t, rh; the file has none of them/],
    [
      'another encoding',
      Buffer.concat([Buffer.from(HEAD), Buffer.from([0xb5, 0xe3, 0x0a])]),
      /text in utf-8 was expected/,
    ],
  ])('refuses %s', async (_name, content, message) => {
    await expect(replay(content)).rejects.toThrow(message);
  });

  it('says that a file is not there', async () => {
    await expect(
      replayFile({file: '/nowhere/x.csv', map: MAP, publish: async () => {}}),
    ).rejects.toMatchObject({
      code: 'file_unknown',
    });
  });

  // Berlin 2024-10-27: 02:00 to 02:59 comes twice.
  it('takes the second pass of a repeated hour for what it is', async () => {
    const rows = ['01:30', '02:00', '02:30', '02:00', '02:30', '03:00'].map(
      (at) => `2024-10-27 ${at},a,1,50`,
    );
    const {report, values} = await replay(`${HEAD}${rows.join('\n')}\n`);
    const times = [...new Set(values.map(({timeMs}) => new Date(timeMs).toISOString().slice(11, 16)))];
    expect(times).toEqual(['23:30', '00:00', '00:30', '01:00', '01:30', '02:00']);
    expect(report.timeNotes).toEqual({ambiguous: 4, skipped: 0});
  });

  it('keeps a bounded number of messages on their way and counts what is acknowledged', async () => {
    let onTheirWay = 0;
    let most = 0;
    const rows = Array.from({length: 2000}, (_, i) => `${new Date(i * 60_000).toISOString()},a,1,50`);
    const file = await csv(`${HEAD}${rows.join('\n')}\n`);
    const report = await replayFile({
      file,
      map: MAP,
      maxInFlight: 5,
      publish: async () => {
        most = Math.max(most, ++onTheirWay);
        await new Promise((resolve) => setTimeout(resolve, 1));
        onTheirWay--;
      },
    });
    expect(most).toBe(5);
    expect(onTheirWay).toBe(0);
    expect(report).toMatchObject({rows: 2000, valuesSent: 4000, messages: 100});
  });

  it('stays within the limits of a message however many readings a row has', async () => {
    const columns = Array.from({length: 150}, (_, i) => ({
      path: `c${i}`,
      element: 'soil_moisture',
      depthM: i / 100,
    }));
    const head = `time,station,${columns.map(({path}) => path).join(',')}`;
    const rows = Array.from(
      {length: 40},
      (_, i) => `${new Date(i * 60_000).toISOString()},a,${'0.25,'.repeat(149)}0.3`,
    );
    const {sent, report} = await replay(`${head}\n${rows.join('\n')}\n`, {columns});
    expect(report.valuesSent).toBe(6000);
    for (const {payload} of sent) {
      expect(payload.length).toBeLessThan(256 * 1024);
      expect(readingsOf(payload).length).toBeLessThanOrEqual(512);
    }
  });

  it('ends with what to do when a message is not taken', async () => {
    const file = await csv(`${HEAD}2024-01-01T00:00Z,a,1,50\n`);
    const publish = async () => {
      throw new Error('connection lost');
    };
    await expect(replayFile({file, map: MAP, publish})).rejects.toThrow(
      /line 2: a message of a was not taken \(connection lost\); a further run sends all again/,
    );
  });

  it('paces by the time of the data', async () => {
    const rows = [0, 60, 120].map((s) => `${new Date(s * 1000).toISOString()},a,1,50`);
    const at: number[] = [];
    const file = await csv(`${HEAD}${rows.join('\n')}\n`);
    const started = performance.now();
    await replayFile({
      file,
      map: MAP,
      speed: 600,
      publish: async () => void at.push(performance.now() - started),
    });
    // A minute at 600 times the speed is 100 ms.
    expect(at).toHaveLength(3);
    expect(at[1]! - at[0]!).toBeGreaterThan(80);
    expect(at[2]! - at[0]!).toBeGreaterThan(180);
    expect(at[2]!).toBeLessThan(1500);
  });

  it('stops at a signal, also while it waits', async () => {
    const file = await csv(
      `${HEAD}2024-01-01T00:00Z,a,1,50\n2025-01-01T00:00Z,a,2,50\n2026-01-01T00:00Z,a,3,50\n`,
    );
    const abort = new AbortController();
    const {sent, publish} = recorder();
    setTimeout(() => abort.abort(), 50);
    const report = await replayFile({file, map: MAP, speed: 1, publish, signal: abort.signal});
    expect(report.aborted).toBe(true);
    expect(sent.length).toBeLessThan(3);
  });
});

it('a replay whose broker says nothing stops at a signal', async () => {
  const file = await csv(`${HEAD}2024-01-01T00:00Z,a,1,50\n`);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 30);
  const report = await replayFile({
    file,
    map: MAP,
    publish: () => new Promise(() => {}),
    signal: abort.signal,
  });
  expect(report).toMatchObject({aborted: true, valuesSent: 0});
});

describe('planReplay', () => {
  it('tells devices, columns, span and repeated keys, and sends nothing', async () => {
    const file = await csv(
      `${HEAD}2024-01-01T00:00Z,a b,1,50\n2024-01-01T00:00Z,a b,1,50\n2024-01-02T00:00Z,c,x,60\n`,
    );
    const plan = await planReplay({file, map: MAP, fallback: FALLBACK});
    expect(plan).toMatchObject({
      rows: 3,
      values: 5,
      repeated: 2,
      fromMs: Date.UTC(2024, 0, 1),
      toMs: Date.UTC(2024, 0, 2),
      rejected: {total: 1},
    });
    expect(plan.devices.map(({id, name}) => [id, name?.en])).toEqual([
      [expect.stringMatching(/^a-b-[0-9a-f]{6}$/), 'test: a b'],
      ['c', 'test: c'],
    ]);
    expect(plan.devices[0]!.sensors!.map(({element}) => element)).toEqual([
      'air_temperature',
      'relative_humidity',
    ]);
  });
});
