/**
 * A process that keeps raw frames, many at once, and says on stdout the number of each that is durable.
 * Arguments: folder, number of the first frame.
 */
import {writeSync} from 'node:fs';
import {openFrameLog} from '../../ingest/frames/index.ts';
import {frameOf, LARGEST_LOG_BYTES, MOST_FRAMES} from './frames.ts';

const [folder, first] = process.argv.slice(2);
const IN_FLIGHT = 30;
const log = await openFrameLog({folder: folder!, days: 7, mostBytes: LARGEST_LOG_BYTES});

let next = Number(first);
const end = next + MOST_FRAMES;
async function keep(): Promise<void> {
  while (next < end) {
    const number = next++;
    await log.keep(frameOf(number));
    writeSync(1, `${number}\n`);
  }
}
for (let i = 0; i < IN_FLIGHT; i++) keep();
// Until it is killed, also after the last frame.
setInterval(() => {}, 60_000);
