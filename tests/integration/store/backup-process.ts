/**
 * A process that writes to a store without end and backs it up again and again, or restores one backup. It keeps a ledger
 * in a file: a line `from to` (numbers of rows, see rows.ts) for each acknowledged batch, `begin N` before the backup
 * number N is begun and `done N` after it. On stdout it says `begun` and `done` with the number.
 * Arguments: `backup`, data folder, ledger, number of the first row, folder for backups, number of the first backup;
 * or `restore`, backup, data folder.
 */
import {openSync, writeSync} from 'node:fs';
import path from 'node:path';
import {openEmbeddedStore} from '../../../ingest/store/index.ts';
import {backUp} from '../../../server/backup/back-up.ts';
import {restore} from '../../../server/backup/restore.ts';
import {BATCH_ROWS, knownSeries, rowOf} from './rows.ts';

const [what, first, second, ...more] = process.argv.slice(2);
const IN_FLIGHT = 40;

async function backUpAgainAndAgain(dataDir: string, ledgerFile: string, [row, folder, number]: string[]) {
  const ledger = openSync(ledgerFile, 'a');
  const store = await openEmbeddedStore({
    folder: path.join(dataDir, 'store'),
    seriesInfo: knownSeries,
    commitIntervalMs: 1,
    compactEveryMs: 0,
    compactAfterMs: 0,
  });
  let next = Number(row);
  const send = () => {
    const from = next;
    next += BATCH_ROWS;
    const rows = Array.from({length: BATCH_ROWS}, (_, i) => rowOf(from + i));
    store.add({rows, revisions: [], deadLetters: [], rechecks: []}, () => {
      writeSync(ledger, `${from} ${from + BATCH_ROWS}\n`);
      setTimeout(send, 1);
    });
  };
  for (let i = 0; i < IN_FLIGHT; i++) send();
  const move = async () => {
    for (;;) {
      await store.compact();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  move();
  for (let n = Number(number); ; n++) {
    writeSync(ledger, `begin ${n}\n`);
    writeSync(1, `begun ${n}\n`);
    await backUp(
      {store, dataDir, program: 'test'},
      {folder: path.join(folder!, String(n)), link: n % 2 === 1},
    );
    writeSync(ledger, `done ${n}\n`);
    writeSync(1, `done ${n}\n`);
  }
}

if (what === 'backup') await backUpAgainAndAgain(first!, second!, more);
else {
  writeSync(1, 'begun 0\n');
  restore({backup: first!, dataDir: second!});
  writeSync(1, 'done 0\n');
  setInterval(() => {}, 1000);
}
