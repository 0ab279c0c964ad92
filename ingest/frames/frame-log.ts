import {createReadStream} from 'node:fs';
import {type FileHandle, mkdir, open, readdir, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

/** A message of a bridge as it came, before any map. */
export type RawFrame = {
  receivedMs: number;
  source: 'mqtt' | 'http' | 'file';
  topic: string;
  principal: string;
  payload: Uint8Array;
};

export type FrameStats = {files: number; bytes: number; oldestMs: number | null; lost: number};

/** What bridges sent in the last days, so that a mended map can be applied to it. */
export type FrameLog = {
  /** Keeps a frame; resolves when it would survive `kill -9`, or when it cannot be written (`stats().lost` counts those). */
  keep(frame: RawFrame): Promise<void>;
  /** Frames of a bridge that came in [fromMs, toMs), oldest first. */
  read(of: {principal: string; fromMs: number; toMs: number}): AsyncIterable<RawFrame>;
  stats(): FrameStats;
  /** Removes files of which every frame is older than the days kept. */
  prune(): Promise<void>;
  close(): Promise<void>;
};

const DAY_MS = 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
/** A file holds a part of a day; the oldest goes as a whole when there is too much. */
const FILES_IN_BOUND = 16;
const LARGEST_FILE_BYTES = 8 * 1024 * 1024;
const NAME = /^(\d{15})\.jsonl$/;

/** A file of frames: named by its first frame's arrival, ended by its last one's. */
type Segment = {path: string; firstMs: number; lastMs: number; bytes: number};
type Waiting = {line: Buffer; receivedMs: number; done: () => void};

function lineOf({receivedMs, source, topic, principal, payload}: RawFrame): Buffer {
  const base64 = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('base64');
  return Buffer.from(`${JSON.stringify({receivedMs, source, topic, principal, payload: base64})}\n`);
}

/** A frame of a line; null for the half of one that a kill left behind. */
function frameOf(line: string): RawFrame | null {
  try {
    const {payload, ...frame} = JSON.parse(line) as Omit<RawFrame, 'payload'> & {payload: string};
    return {...frame, payload: Buffer.from(payload, 'base64')};
  } catch {
    return null;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Frames in files of one line each, in a folder of their own: apart from the store, whichever that is. Frames that come
 * while one write is on its way share the next one.
 */
export async function openFrameLog(options: {
  folder: string;
  /** Days that a frame is kept; 0: none is. */
  days: number;
  /** Most bytes of all files; above them the oldest file goes. */
  mostBytes: number;
  now?: () => number;
  log?: (line: object) => void;
}): Promise<FrameLog> {
  const {folder, days, mostBytes, now = Date.now, log = () => {}} = options;
  const fileBytes = Math.min(LARGEST_FILE_BYTES, Math.ceil(mostBytes / FILES_IN_BOUND));
  await mkdir(folder, {recursive: true});
  const segments: Segment[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const match = NAME.exec(name);
    if (!match) continue;
    const path = join(folder, name);
    const {size, mtimeMs} = await stat(path);
    segments.push({path, firstMs: Number(match[1]), lastMs: mtimeMs, bytes: size});
  }

  let waiting: Waiting[] = [];
  let writing: Promise<void> | null = null;
  let current: {segment: Segment; handle: FileHandle} | null = null;
  let lost = 0;

  async function prune(): Promise<void> {
    let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    while (segments.length > 0) {
      const oldest = segments[0]!;
      const stale = oldest.lastMs < now() - days * DAY_MS;
      if ((!stale && bytes <= mostBytes) || oldest === current?.segment) return;
      segments.shift();
      bytes -= oldest.bytes;
      await rm(oldest.path, {force: true});
    }
  }

  async function end(): Promise<void> {
    const ended = current;
    current = null;
    await ended?.handle.close();
  }

  /** The file that a frame of this time goes into: the one before, unless it is full or of another day. */
  async function fileFor(receivedMs: number): Promise<NonNullable<typeof current>> {
    if (current) {
      const {firstMs, bytes} = current.segment;
      if (bytes < fileBytes && Math.floor(firstMs / DAY_MS) === Math.floor(receivedMs / DAY_MS))
        return current;
      await end();
    }
    let firstMs = Math.max(0, receivedMs);
    const taken = new Set(segments.map((segment) => segment.firstMs));
    while (taken.has(firstMs)) firstMs++;
    const path = join(folder, `${String(firstMs).padStart(15, '0')}.jsonl`);
    const handle = await open(path, 'wx', 0o600);
    const segment = {path, firstMs, lastMs: receivedMs, bytes: 0};
    segments.push(segment);
    segments.sort((a, b) => a.firstMs - b.firstMs);
    current = {segment, handle};
    await syncFolder(folder);
    await prune();
    return current;
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const {segment, handle} = await fileFor(batch[0]!.receivedMs);
        const bytes = Buffer.concat(batch.map(({line}) => line));
        await handle.appendFile(bytes);
        await handle.datasync();
        segment.bytes += bytes.length;
        for (const {receivedMs} of batch) segment.lastMs = Math.max(segment.lastMs, receivedMs);
      } catch (error) {
        lost += batch.length;
        log({
          level: 'error',
          message: 'raw frames could not be kept',
          frames: batch.length,
          error: String(error),
        });
        await end().catch(() => {});
      }
      for (const {done} of batch) done();
    }
    writing = null;
  }

  const timer = setInterval(() => {
    prune().catch((error: unknown) =>
      log({level: 'error', message: 'old frames stay', error: String(error)}),
    );
  }, PRUNE_EVERY_MS);
  timer.unref();
  await prune();

  return {
    keep: (frame) => {
      if (days === 0) return Promise.resolve();
      return new Promise((done) => {
        waiting.push({line: lineOf(frame), receivedMs: frame.receivedMs, done});
        writing ??= writeAll();
      });
    },
    async *read({principal, fromMs, toMs}) {
      for (const {path, firstMs, lastMs} of [...segments]) {
        if (firstMs >= toMs || lastMs < fromMs) continue;
        const lines = createInterface({input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY});
        try {
          for await (const line of lines) {
            const frame = frameOf(line);
            if (frame === null || frame.principal !== principal) continue;
            if (frame.receivedMs >= fromMs && frame.receivedMs < toMs) yield frame;
          }
        } finally {
          lines.close();
        }
      }
    },
    stats: () => ({
      files: segments.length,
      bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
      oldestMs: segments[0]?.firstMs ?? null,
      lost,
    }),
    prune,
    close: async () => {
      clearInterval(timer);
      await writing;
      await end();
    },
  };
}
