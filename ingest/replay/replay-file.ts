import {setTimeout as sleep} from 'node:timers/promises';
import {EcoError, type ReadingMap} from '#schemas';
import {createMessageGatherer, envelopeOf, type Message} from './envelopes.ts';
import {type Columns, checkColumns, createRejections, mappedRows, type Rejections} from './mapped-rows.ts';
import {openRows} from './rows.ts';

/** Sends one message of a device; resolves once the broker has acknowledged it (QoS 1). */
export type Publish = (device: string, payload: string) => Promise<void>;

export type ReplayProgress = {
  /** Share of the file that was read, 0 to 1. */
  fraction: number;
  rows: number;
  /** Values in messages that are acknowledged. */
  valuesSent: number;
  messages: number;
  atMs: number | null;
};

export type ReplayReport = {
  rows: number;
  /** Values acknowledged by the broker, those said to be missing among them. */
  valuesSent: number;
  messages: number;
  devices: string[];
  columns: Columns;
  timeNotes: {ambiguous: number; skipped: number};
  rejected: Rejections;
  /** True if a signal ended it before the file did. A further run goes over the same keys again, which changes nothing. */
  aborted: boolean;
};

/** Envelopes in a message where time does not matter; each row has one of its own with `speed`. */
const ENVELOPES_PER_MESSAGE = 20;
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * Sends the measurements of a CSV file as messages of the devices it speaks for, at QoS 1 with a bounded number on their
 * way. Without `speed` as fast as they are acknowledged; with it paced by the data's own time (60: an hour a minute).
 * What cannot be read is reported with its line; the rest is sent.
 * @throws {EcoError} if the file cannot be read, the map does not fit it, or `replay_failed` where publishing fails.
 */
export async function replayFile(options: {
  file: string;
  map: ReadingMap;
  publish: Publish;
  speed?: number;
  maxInFlight?: number;
  onProgress?: (progress: ReplayProgress) => void;
  signal?: AbortSignal;
}): Promise<ReplayReport> {
  const {file, map, publish, speed, maxInFlight = 64, onProgress, signal} = options;
  if (speed !== undefined && !(speed > 0 && Number.isFinite(speed))) {
    throw new EcoError('speed_invalid', `a speed above 0 was expected, got ${speed}`);
  }
  const open = await openRows(file, map);
  const columns = checkColumns(file, map, open.header);
  const rejected = createRejections();
  const gatherer = createMessageGatherer(speed === undefined ? ENVELOPES_PER_MESSAGE : 1);
  const devices = new Set<string>();
  const timeNotes = {ambiguous: 0, skipped: 0};
  const report = {rows: 0, valuesSent: 0, messages: 0};
  let atMs: number | null = null;

  let aborted = false;
  let onTheirWay = 0;
  let failure: EcoError | undefined;
  /** Called when a message has arrived or failed, or the signal came. */
  let wake = (): void => {};
  const change = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const stop = (): void => {
    aborted = true;
    wake();
  };
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  const send = async (message: Message, line: number): Promise<void> => {
    while (onTheirWay >= maxInFlight && !failure && !aborted) await change();
    if (failure) throw failure;
    if (aborted) return;
    onTheirWay++;
    publish(message.device, message.payload)
      .then(
        () => {
          report.valuesSent += message.readings;
          report.messages++;
        },
        (error: unknown) => {
          failure ??= new EcoError(
            'replay_failed',
            `${file}, line ${line}: a message of ${message.device} was not taken (${(error as Error).message}); a further run sends all again and changes nothing that is stored`,
          );
        },
      )
      .finally(() => {
        onTheirWay--;
        wake();
      });
  };

  const pace = startPace(speed, signal);
  const told = {
    rejected: (row: Parameters<typeof rejected.add>[0]) => rejected.add(row),
    row: () => {
      report.rows++;
    },
  };
  const progress = (): void =>
    onProgress?.({fraction: open.bytes === 0 ? 1 : open.read() / open.bytes, ...report, atMs});
  let line = 1;
  try {
    for await (const row of mappedRows({file, map, open}, told)) {
      if (aborted) break;
      line = row.line;
      const {mapped} = row;
      if (mapped.timeNote) timeNotes[mapped.timeNote]++;
      if (mapped.readings.length > 0) {
        await pace(mapped.timeMs);
        devices.add(mapped.device);
        atMs = mapped.timeMs;
        const full = gatherer.add(mapped.device, envelopeOf(mapped), mapped.readings.length);
        if (full) await send(full, line);
      }
      if (report.rows % 1000 === 0) progress();
    }
    for (const message of gatherer.rest()) await send(message, line);
    while (onTheirWay > 0 && !failure && !aborted) await change();
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  if (failure) throw failure;
  progress();
  return {
    ...report,
    devices: [...devices],
    columns,
    timeNotes,
    rejected: {total: rejected.total, byCode: rejected.byCode, first: rejected.first},
    aborted,
  };
}

/** Waits until a value is due: the first at once, each later one as much later as the data say. Earlier ones do not wait. */
function startPace(
  speed: number | undefined,
  signal: AbortSignal | undefined,
): (timeMs: number) => Promise<void> {
  if (speed === undefined) return async () => {};
  let firstMs: number | null = null;
  let startMs = 0;
  return async (timeMs) => {
    if (firstMs === null) {
      firstMs = timeMs;
      startMs = performance.now();
      return;
    }
    for (;;) {
      const waitMs = startMs + (timeMs - firstMs) / speed - performance.now();
      if (waitMs < 1 || signal?.aborted) return;
      await sleep(Math.min(waitMs, LONGEST_WAIT_MS), undefined, signal ? {signal} : {}).catch(
        (error: Error) => {
          if (error.name !== 'AbortError') throw error;
        },
      );
    }
  };
}
