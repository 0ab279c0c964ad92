/**
 * A process that rules on the rows of a store without end: each act is two revisions of one version and a recheck; every
 * third takes the act before it back. It keeps a ledger of the versions that were acknowledged, in a file, and says
 * `acknowledged` on stdout at the first of these. Arguments: folder, ledger.
 */
import {openSync, writeSync} from 'node:fs';
import {openEmbeddedStore} from '../../../ingest/store/index.ts';
import {FLAG, QC_REVISED_BY_PERSON, QC_TEST, type Revision} from '../../../schemas/index.ts';
import {END_MS, REVISED, rowsToRevise, START_MS} from './revised-rows.ts';
import {knownSeries} from './rows.ts';

const [folder, ledgerFile] = process.argv.slice(2);
const ledger = openSync(ledgerFile!, 'a');
const store = await openEmbeddedStore({
  folder: folder!,
  seriesInfo: knownSeries,
  commitIntervalMs: 1,
  compactEveryMs: 0,
  compactAfterMs: 0,
});
await new Promise<void>((resolve) =>
  store.add({rows: rowsToRevise(), revisions: [], deadLetters: [], rechecks: []}, () => resolve()),
);
const known = await store.revisions({series: REVISED, fromMs: 0, toMs: 8.64e15});
let version = Math.max(10, ...known.map((revision) => revision.version + 1));

for (let said = false; ; version++) {
  const base = {
    series: REVISED,
    version,
    value: null,
    qc: 0,
    reason: 'kill',
    who: 'test',
    atMs: START_MS + version,
  };
  const revisions: Revision[] =
    version % 3 === 2
      ? [{...base, fromMs: START_MS, toMs: END_MS, revokes: version - 1}]
      : [
          {...base, fromMs: START_MS, toMs: END_MS, qc: FLAG.fail | QC_TEST.manual | QC_REVISED_BY_PERSON},
          {
            ...base,
            fromMs: START_MS,
            toMs: END_MS,
            correction: {startMs: START_MS, endMs: END_MS, offset: [0, version], gain: [1, 1]},
          },
        ];
  const rechecks = [{series: REVISED, fromMs: START_MS, toMs: END_MS}];
  await new Promise<void>((resolve) =>
    store.add({rows: [], revisions, deadLetters: [], rechecks}, () => resolve()),
  );
  writeSync(ledger, `${version}\n`);
  if (!said) process.stdout.write('acknowledged\n');
  said = true;
  if (version % 5 === 0) await store.compact();
}
