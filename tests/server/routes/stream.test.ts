import type {AddressInfo} from 'node:net';
import {connect} from 'node:net';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Harness, openHarness} from '../harness.ts';

let harness: Harness;
let base: string;
beforeAll(async () => {
  harness = await openHarness();
  await harness.device('a-1', {intervalS: 60});
  await harness.device('b-1', {intervalS: 60});
  await harness.app.listen({host: '127.0.0.1', port: 0});
  base = `http://127.0.0.1:${(harness.app.server.address() as AddressInfo).port}/api/v1`;
});
afterAll(() => harness.close());

type Event = {event: string; data: Record<string, unknown>};

/** Reads events of a stream until `count` are there. */
async function listen(query: string) {
  const abort = new AbortController();
  const response = await fetch(`${base}/stream${query}`, {signal: abort.signal});
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events: Event[] = [];
  let text = '';
  return {
    response,
    events,
    async until(count: number): Promise<Event[]> {
      while (events.length < count) {
        const {value, done} = await reader.read();
        if (done) break;
        text += value;
        const frames = text.split('\n\n');
        text = frames.pop()!;
        for (const frame of frames) {
          const event = /^event: (.*)$/m.exec(frame)?.[1];
          const data = /^data: (.*)$/m.exec(frame)?.[1];
          if (event && data) events.push({event, data: JSON.parse(data) as Record<string, unknown>});
        }
      }
      return events;
    },
    close: () => abort.abort(),
  };
}

let minute = 0;
function envelope(readings: Record<string, unknown>) {
  return {time: new Date(Date.now() - 3_600_000 + minute++ * 60_000).toISOString(), readings};
}

describe('/stream', () => {
  it('sends observations as /latest tells them, once they are durable', async () => {
    const stream = await listen('?events=observation');
    await harness.send('a-1', envelope({air_temperature: 21.5, relative_humidity: 60}));
    const events = await stream.until(2);
    stream.close();
    expect(events.map(({event}) => event)).toEqual(['observation', 'observation']);
    const {items} = (await (await fetch(`${base}/latest?device=a-1`)).json()) as {
      items: Record<string, unknown>[];
    };
    const byStream = new Map(items.map((item) => [item['datastream'], item]));
    for (const {data} of events) expect(data).toEqual(byStream.get(data['datastream']));
  });

  it('sends what the filters choose and nothing else', async () => {
    const stream = await listen('?events=observation&device=b-1&element=air_temperature');
    await harness.send('a-1', envelope({air_temperature: 1}));
    await harness.send('b-1', envelope({relative_humidity: 50, air_temperature: 2}));
    await harness.send('b-1', envelope({air_temperature: 3}));
    const events = await stream.until(2);
    stream.close();
    expect(events.map(({data}) => [data['device'], data['element'], data['result']])).toEqual([
      ['b-1', 'air_temperature', 2],
      ['b-1', 'air_temperature', 3],
    ]);
  });

  it('tells a device’s state as it changes', async () => {
    await harness.device('c-1', {intervalS: 60});
    const stream = await listen('?events=device&device=c-1');
    await harness.send('c-1', envelope({air_temperature: 1}));
    const [first] = await stream.until(1);
    stream.close();
    expect(first).toMatchObject({event: 'device', data: {id: 'c-1', state: 'online'}});
  });

  it('is not compressed or kept, and passes the security headers', async () => {
    const stream = await listen('');
    const {headers} = stream.response;
    expect(headers.get('content-encoding')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    stream.close();
  });

  it('a reader that stops reading costs others nothing and loses its oldest events', async () => {
    const {port} = harness.app.server.address() as AddressInfo;
    const slow = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) => slow.once('connect', resolve));
    slow.pause();
    slow.write('GET /api/v1/stream?events=observation HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stream = harness.core.registry.datastreams({device: 'a-1', element: 'air_temperature'})[0]!;
    const row = (timeMs: number) => ({
      timeMs,
      series: stream.series,
      value: 1,
      receivedMs: timeMs,
      qc: 1,
      datastream: stream.id,
    });
    // 40,000 events of about 450 bytes: more than the socket's buffers and the queue hold.
    for (let block = 0; block < 400; block++) {
      const observations = Array.from({length: 100}, (_, index) =>
        row(1_700_000_000_000 + block * 100 + index),
      );
      harness.core.live.publish({kind: 'observation', observations});
      await new Promise((resolve) => setImmediate(resolve));
    }
    let text = '';
    slow.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    slow.resume();
    await expect.poll(() => text, {timeout: 10_000}).toMatch(/event: dropped\r?\ndata: \{"count":\d+\}/);
    const newest = new Date(1_700_000_000_000 + 39_999).toISOString();
    await expect.poll(() => text, {timeout: 10_000}).toContain(newest);
    slow.destroy();
  });

  it('has a bounded number of readers', async () => {
    const open: {close(): void}[] = [];
    try {
      for (;;) {
        const abort = new AbortController();
        const response = await fetch(`${base}/stream`, {signal: abort.signal});
        if (response.status === 503) {
          expect(await response.json()).toMatchObject({code: 'streams_full'});
          break;
        }
        open.push({close: () => abort.abort()});
        expect(open.length).toBeLessThanOrEqual(64);
      }
      expect(open.length).toBeGreaterThanOrEqual(60);
    } finally {
      for (const one of open) one.close();
    }
    await expect
      .poll(async () => {
        const abort = new AbortController();
        const {status} = await fetch(`${base}/stream`, {signal: abort.signal});
        abort.abort();
        return status;
      })
      .toBe(200);
  });
});
