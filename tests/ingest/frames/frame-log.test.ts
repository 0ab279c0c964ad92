import {appendFileSync, readdirSync, readFileSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type FrameLog, openFrameLog, type RawFrame} from '../../../ingest/frames/index.ts';
import {scratchFolder} from '../registry/scratch-folder.ts';

const DAY_MS = 86_400_000;
/** 2026-11-22T08:00:00Z. */
const NOW = Date.UTC(2026, 10, 22, 8);

let folder: string;
let nowMs: number;
let log: FrameLog;
const open = (more: {days?: number; mostBytes?: number} = {}) =>
  openFrameLog({folder, days: 3, mostBytes: 1_000_000, now: () => nowMs, ...more});
beforeEach(async () => {
  folder = join(scratchFolder(), 'frames');
  nowMs = NOW;
  log = await open();
});
afterEach(() => log.close());

const frame = (receivedMs: number, more: Partial<RawFrame> = {}): RawFrame => ({
  receivedMs,
  source: 'mqtt',
  topic: 'zigbee2mqtt/pond',
  principal: 'b',
  payload: Buffer.from([0, 255, 10, 123]),
  ...more,
});
async function read(
  of: Partial<{principal: string; fromMs: number; toMs: number}> = {},
): Promise<RawFrame[]> {
  const frames: RawFrame[] = [];
  for await (const one of log.read({principal: 'b', fromMs: 0, toMs: 8e15, ...of})) frames.push(one);
  return frames;
}

describe('frame log', () => {
  it('gives back every byte of a bridge’s frames, in order, by time of arrival', async () => {
    await Promise.all([
      log.keep(frame(NOW)),
      log.keep(frame(NOW + 1, {principal: 'other'})),
      log.keep(frame(NOW + 2, {topic: 'a "quoted"\nname', payload: new Uint8Array()})),
    ]);
    expect(await read()).toEqual([
      frame(NOW),
      frame(NOW + 2, {topic: 'a "quoted"\nname', payload: Buffer.of()}),
    ]);
    expect(await read({fromMs: NOW + 1})).toHaveLength(1);
    expect(await read({toMs: NOW})).toEqual([]);
    expect(await read({principal: 'other'})).toHaveLength(1);
  });

  it('is there after a start, also with half a line that a kill left', async () => {
    await log.keep(frame(NOW));
    await log.close();
    const [name] = readdirSync(folder);
    appendFileSync(join(folder, name!), '{"receivedMs":12,"sou');
    log = await open();
    await log.keep(frame(NOW + 5));
    expect((await read()).map(({receivedMs}) => receivedMs)).toEqual([NOW, NOW + 5]);
  });

  it('keeps what came together in one write, and tells each when it is on disk', async () => {
    const kept = Array.from({length: 1000}, (_, i) => log.keep(frame(NOW + i)));
    await kept[999];
    const lines = readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(1000);
  });

  it('forgets whole days after the days kept', async () => {
    for (let day = 0; day < 5; day++) {
      nowMs = NOW + day * DAY_MS;
      await log.keep(frame(nowMs));
    }
    await log.prune();
    expect((await read()).map(({receivedMs}) => (receivedMs - NOW) / DAY_MS)).toEqual([1, 2, 3, 4]);
    // After a start, the time of the last write tells.
    await log.close();
    const names = readdirSync(folder).toSorted();
    for (const [i, name] of names.entries()) {
      const written = new Date(NOW + (i + 1) * DAY_MS);
      utimesSync(join(folder, name), written, written);
    }
    nowMs = NOW + 6.5 * DAY_MS;
    log = await open();
    expect((await read()).map(({receivedMs}) => (receivedMs - NOW) / DAY_MS)).toEqual([4]);
  });

  it('lets the oldest go above its bytes', async () => {
    await log.close();
    log = await open({mostBytes: 16_000});
    for (let i = 0; i < 200; i++) await log.keep(frame(NOW + i, {payload: Buffer.alloc(200)}));
    const {bytes, files} = log.stats();
    expect(bytes).toBeLessThanOrEqual(18_000);
    expect(files).toBeGreaterThan(5);
    const left = (await read()).map(({receivedMs}) => receivedMs - NOW);
    expect(left.at(-1)).toBe(199);
    expect(left.length).toBeGreaterThan(30);
    expect(left).toEqual(Array.from({length: left.length}, (_, i) => 200 - left.length + i));
  });

  it('keeps nothing where no day is kept', async () => {
    await log.close();
    log = await open({days: 0});
    await log.keep(frame(NOW));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('counts what cannot be written, and holds nobody up', async () => {
    await log.close();
    const lines: object[] = [];
    log = await openFrameLog({
      folder,
      days: 3,
      mostBytes: 1_000_000,
      now: () => nowMs,
      log: (line) => lines.push(line),
    });
    const {rmSync, writeFileSync} = await import('node:fs');
    rmSync(folder, {recursive: true});
    writeFileSync(folder, 'no folder');
    await log.keep(frame(NOW));
    expect(log.stats().lost).toBe(1);
    expect(lines).toMatchObject([{level: 'error', frames: 1}]);
  });
});
