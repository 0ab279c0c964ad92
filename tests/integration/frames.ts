import type {RawFrame} from '../../ingest/frames/index.ts';

/** A sixteenth of it is a file: small enough for several. */
export const LARGEST_LOG_BYTES = 4 * 1024 * 1024;
/** Most frames that one process keeps: those of eight stay below the bound of the log, however fast the disk is. */
export const MOST_FRAMES = 1000;
/** An hour ago, so that the frames of one run are of one day or two. */
const FIRST_MS = Date.now() - 3_600_000;

/** Frame `number`, whose bytes are told by it alone. */
export function frameOf(number: number): RawFrame {
  const payload = Buffer.alloc(20 + (number % 400), number % 251);
  payload.writeUInt32BE(number);
  return {
    ...{receivedMs: FIRST_MS + number, source: 'mqtt', principal: `bridge-${number % 2}`, payload},
    topic: `zigbee2mqtt/室外-${number % 7}`,
  };
}
