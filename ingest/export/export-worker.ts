/** Turns rows into the bytes of an export, beside the loop that serves everybody else. */
import {parentPort, receiveMessageOnPort, workerData} from 'node:worker_threads';
import type {RowColumns} from '#schemas';
import type {ExportTask, FromExport, ToExport} from './export-protocol.ts';

/** Pieces on their way at once: one is taken while the next is made. */
const PIECES = 2;
const PIECE_BYTES = 320 * 1024;

const port = parentPort!;
const {plan, scratch, answers} = workerData as ExportTask;
const answered = new Int32Array(answers);
const say = (message: FromExport, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

/** What makes the text. The parts of each format are read where it is asked for: DuckDB's alone take some MB. */
async function maker() {
  if (plan.format === 'geojson') return (await import('./geojson.ts')).geoJson;
  const {csvLong, csvWide} = await import('./csv.ts');
  return plan.layout === 'wide' ? csvWide : csvLong;
}

/** Writes a text as pieces, with an event loop that answers are heard on. */
async function writeText(): Promise<void> {
  const free = Array.from({length: PIECES}, () => new ArrayBuffer(PIECE_BYTES));
  let onBlock: ((rows: RowColumns | null) => void) | null = null;
  let onFree: (() => void) | null = null;
  port.on('message', (message: ToExport) => {
    if (message.kind === 'stop') process.exit();
    if (message.kind === 'block') return onBlock?.(message.rows);
    free.push(message.buffer);
    onFree?.();
  });
  const read = (index: number) =>
    new Promise<RowColumns | null>((resolve) => {
      onBlock = resolve;
      say({kind: 'read', index});
    });
  const taken = () =>
    new Promise<void>((resolve) => {
      onFree = resolve;
    });
  const encoder = new TextEncoder();
  const make = await maker();
  for await (const {data, rows} of make(plan, read)) {
    while (free.length === 0) await taken();
    let buffer = free.pop()!;
    let {read: characters, written} = encoder.encodeInto(data, new Uint8Array(buffer));
    if (characters < data.length) {
      // Rows that are long, or in another script: at most three bytes a UTF-16 unit.
      buffer = new ArrayBuffer(data.length * 3);
      ({read: characters, written} = encoder.encodeInto(data, new Uint8Array(buffer)));
    }
    say({kind: 'piece', buffer, bytes: written, rows}, [buffer]);
  }
}

/** Asks for rows and stands still until they are there. */
function readNow(index: number): RowColumns | null {
  const before = Atomics.load(answered, 0);
  say({kind: 'read', index});
  for (;;) {
    const message = receiveMessageOnPort(port)?.message as ToExport | undefined;
    if (message?.kind === 'block') return message.rows;
    if (message?.kind === 'stop') throw new Error('nobody wants the rest');
    Atomics.wait(answered, 0, before);
  }
}

try {
  if (plan.format === 'parquet') {
    const {parquetFile} = await import('./parquet.ts');
    say({kind: 'file', ...(await parquetFile(plan, readNow, scratch!))});
  } else await writeText();
  say({kind: 'end'});
} catch (error) {
  say({kind: 'failed', message: (error as Error).message});
}
port.close();
