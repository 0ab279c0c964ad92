import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, expect, it} from 'vitest';
import {openFrameLog} from '../../ingest/frames/index.ts';
import {seeded} from '../ingest/store/stream.ts';
import {frameOf, LARGEST_LOG_BYTES, MOST_FRAMES} from './frames.ts';
import {getJson, type RunningServer, startProduct, temporaryFolder} from './running-server.ts';

const place = temporaryFolder('frames-kill');
let server: RunningServer | undefined;
afterAll(async () => {
  await server?.stop('SIGKILL');
  place.remove();
});

const KILLS = 8;
/** Most acknowledged frames before a kill. */
const LATEST_KILL = 600;

it(`after ${KILLS} kills -9 every raw frame that was acknowledged is there, once, as it came`, async () => {
  const folder = join(place.path, 'frames');
  const random = seeded(5);
  const acknowledged: number[] = [];
  let first = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'frames-process.ts'), folder, String(first)],
      {stdio: ['ignore', 'pipe', 'inherit']},
    );
    const ended = once(child, 'close');
    const lines = createInterface({input: child.stdout});
    const killAt = acknowledged.length + 1 + Math.floor(random() * LATEST_KILL);
    lines.on('line', (line) => {
      if (acknowledged.push(Number(line)) === killAt) child.kill('SIGKILL');
    });
    const [, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    expect(signal).toBe('SIGKILL');
    first += MOST_FRAMES;
  }
  const log = await openFrameLog({folder, days: 7, mostBytes: LARGEST_LOG_BYTES});
  const found = new Set<number>();
  for (const principal of ['bridge-0', 'bridge-1']) {
    let before = Number.NEGATIVE_INFINITY;
    for await (const frame of log.read({principal, fromMs: 0, toMs: Number.POSITIVE_INFINITY})) {
      const number = Buffer.from(frame.payload).readUInt32BE();
      const {receivedMs: _, ...same} = frameOf(number);
      expect({...frame, payload: Buffer.from(frame.payload)}).toMatchObject(same);
      expect(found.has(number)).toBe(false);
      found.add(number);
      expect(number).toBeGreaterThan(before);
      before = number;
    }
  }
  await log.close();
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(acknowledged.filter((number) => !found.has(number))).toEqual([]);
}, 60_000);

const SENDERS = 8;
const FRAMES_A_SENDER = 60;
const START_MS = Date.now() - 86_400_000;

it('frames that a killed server acknowledged are read by a mended map, each value once', async () => {
  const dataDir = join(place.path, 'data');
  const env = {ECO_FLEET: 'off'};
  const map = (path: string) => ({
    ...{schemaVersion: 1, id: 'soil-net', device: {path: 'id'}, devicePrefix: 'soil-', autoApprove: true},
    time: {path: 't', format: 'iso'},
    columns: [{path, element: 'soil_moisture', unit: 'm3/m3'}],
  });
  const post = (path: string, body: unknown, token?: string) =>
    fetch(`${server!.url}/api/v1${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : {authorization: `Bearer ${token}`}),
      },
      body: JSON.stringify(body),
    });
  server = await startProduct({dataDir, env});
  expect((await post('/maps', map('vwc.wrong'))).ok).toBe(true);
  const added = await post('/bridges', {id: 'soil', map: 'soil-net'});
  const {password} = (await added.json()) as {password: string};

  // Each sender stops at the first frame that is not acknowledged: the server was killed over it.
  const acknowledged: number[] = [];
  const sender = async (n: number) => {
    for (let i = 0; i < FRAMES_A_SENDER; i++) {
      const number = n * FRAMES_A_SENDER + i;
      const t = new Date(START_MS + number * 1000).toISOString();
      const answer = await post('/hooks/soil', {id: 'a', t, vwc: {right: number / 10_000}}, password).catch(
        () => null,
      );
      if (answer === null) return;
      await answer.arrayBuffer();
      acknowledged.push(number);
    }
  };
  const sending = Promise.all(Array.from({length: SENDERS}, (_, n) => sender(n)));
  while (acknowledged.length < (SENDERS * FRAMES_A_SENDER) / 3) await sleep(5);
  await server.stop('SIGKILL');
  await sending;
  expect(acknowledged.length).toBeLessThan(SENDERS * FRAMES_A_SENDER);

  server = await startProduct({dataDir, env});
  expect((await post('/maps', map('vwc.right'))).ok).toBe(true);
  type Replay = {frames: number; stored: number; duplicate: number; conflict: number; rejected: number};
  const replay = async () => (await (await post('/bridges/soil/replay', {})).json()) as Replay;
  const first = await replay();
  // Of those that were under way when the server was killed some were kept: as a frame, a dead letter, or both.
  expect(first.stored).toBeGreaterThanOrEqual(acknowledged.length);
  expect(first.stored).toBeLessThanOrEqual(acknowledged.length + SENDERS);
  expect(first.frames).toBeGreaterThanOrEqual(acknowledged.length);
  expect(first).toMatchObject({conflict: 0, rejected: 0});
  expect(await replay()).toMatchObject({
    frames: first.frames,
    stored: 0,
    duplicate: first.frames,
    conflict: 0,
  });

  const {points} = await getJson<{points: {time: string; mean: number}[]}>(
    `${server.url}/api/v1/series?device=soil-a&element=soil_moisture&points=5000` +
      `&from=${new Date(START_MS).toISOString()}&to=${new Date(START_MS + 86_400_000).toISOString()}`,
  );
  const values = new Map(points.map(({time, mean}) => [(Date.parse(time) - START_MS) / 1000, mean]));
  expect(values.size).toBe(first.stored);
  for (const number of acknowledged) expect(values.get(number)).toBe(number / 10_000);
}, 60_000);
