/** Brings the outbox to InfluxDB, in order, as long as there is something in it. */
import {parentPort, workerData} from 'node:worker_threads';
import {rangeToMove} from '../embedded/compaction-snapshot.ts';
import {openForReading} from '../embedded/database.ts';
import {buffersIn} from '../embedded/row-arrays.ts';
import type {ForwardQuestion, FromForwarder, ToForwarder} from './forward-protocol.ts';
import {InfluxApi} from './influx-api.ts';
import {InfluxRows} from './influx-rows.ts';
import {MonthWriter} from './month-writer.ts';
import type {InfluxAccess} from './options.ts';
import {Sender} from './sender.ts';
import {writeTiers} from './tier-writer.ts';
import {TrimSnapshot} from './trim-snapshot.ts';

const port = parentPort!;
const {database, influx, instance} = workerData as {
  database: string;
  influx: InfluxAccess;
  instance: string;
};
const say = (message: FromForwarder) => port.postMessage(message);
/** The outbox is read on a connection of its own: the other one looks at the past. */
const outboxDb = openForReading(database);
const db = openForReading(database);
const api = new InfluxApi(influx);
const sender = new Sender({db: outboxDb, api, access: influx, instance, say});
/** Quarter hours are made from rows as readers see them, in transactions of their own. */
const tierDb = openForReading(database);
const rows = new InfluxRows(api, influx);
let snapshot: TrimSnapshot | null = null;
let loading: MonthWriter | null = null;

async function answer(question: ForwardQuestion): Promise<unknown> {
  switch (question.kind) {
    case 'range':
      return rangeToMove(db, question);
    case 'snapshot':
      snapshot = new TrimSnapshot(db, question.fromMs, question.toMs);
      return null;
    case 'summary':
      return snapshot!.summary();
    case 'tiers':
      return await writeTiers({db: tierDb, rows, sender}, question.add, question.kinds);
    case 'load':
      loading = new MonthWriter(question.month, {db: tierDb, sender});
      return null;
    case 'put':
      return await loading!.put(question.series, question.rows, question.rollUp);
    case 'finish':
      return loading!.finish();
    case 'close':
      return null;
  }
}

port.on('message', async (message: ToForwarder | {id: number; question: ForwardQuestion}) => {
  if (!('id' in message)) {
    if (message.event === 'poke') sender.poke();
    else if (message.event === 'labels') sender.label(message.labels);
    else sender.stop();
    return;
  }
  const {id, question} = message;
  try {
    const value = await answer(question);
    if (question.kind === 'close') {
      await sender.stopped;
      outboxDb.close();
      db.close();
      tierDb.close();
    }
    port.postMessage({id, value}, buffersIn(value));
  } catch (error) {
    port.postMessage({id, error: (error as Error).message});
  }
});
sender.start();
