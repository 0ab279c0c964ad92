/**
 * A process that purges series of a store with compacted rows and says so when it is done.
 * Arguments: folder, series, comma-separated.
 */
import {writeSync} from 'node:fs';
import {openEmbeddedStore} from '../../../ingest/store/index.ts';
import {knownSeries} from './rows.ts';

const [folder, series] = process.argv.slice(2);
const store = await openEmbeddedStore({
  folder: folder!,
  seriesInfo: knownSeries,
  commitIntervalMs: 1,
  compactEveryMs: 0,
  compactAfterMs: 0,
});
writeSync(1, 'begun\n');
await store.purge(series!.split(',').map(Number));
writeSync(1, 'done\n');
// A process that has nothing left to do still waits to be killed.
setInterval(() => {}, 1000);
