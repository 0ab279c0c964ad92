import {setTimeout as sleep} from 'node:timers/promises';
import {EcoError} from '#schemas';
import {backUp} from '../backup/back-up.ts';
import {BackupBody} from '../routes/backups.ts';
import {PROGRAM_VERSION} from '../version.ts';
import {callApi} from './api-client.ts';
import {type Command, parse, typedPath} from './command.ts';
import {onlineOrOffline} from './open-data.ts';
import {createProgress} from './progress.ts';

const POLL_MS = 200;
type Made = {folder: string; marked: string; rows: number; bytes: number; files: number};

export const backup: Command = {
  help: `eco backup DIR [--link] [--json]

Copies observations, registry, imported trees, maps, raw frames, own elements and models, and scenarios into DIR, new or empty,
while the server runs. What was acknowledged before the marked moment is in it; the server goes on writing. Runs of scenarios are
not in it: run again they give the same. DIR appears when it is complete, with a checksum of every file in backup.json.
--link gives the column files, which never change, a second name instead of a copy: at once and without room, on the same
disk alone. Move such a backup to another disk to be safe from this one.

example:
  npm run eco -- backup /mnt/usb/eco-2026-11-29
  npm run eco -- restore /mnt/usb/eco-2026-11-29 --to ./data-again`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {options: {link: {type: 'boolean'}}, positionals: ['DIR']});
    const folder = typedPath(parsed.positionals[0]!, io.env);
    const link = parsed.values['link'] === true;
    const progress = createProgress(io, 'backup');
    const show = (done: number, total: number) => progress.update(done, Math.max(1, total), `${done} files`);
    let made: Made;
    try {
      made = await onlineOrOffline<Made>(parsed.settings, {
        online: async (url) => {
          let job = await callApi<BackupBody>(url, 'POST', '/backups', BackupBody, {folder, link});
          while (job.state === 'running') {
            await sleep(POLL_MS);
            job = await callApi<BackupBody>(url, 'GET', `/backups/${job.id}`, BackupBody);
            show(job.files.done, job.files.total);
          }
          if (job.error) throw new EcoError(job.error.code, job.error.message);
          return {folder, marked: job.marked!, rows: job.rows!, bytes: job.bytes!, files: job.files.total};
        },
        offline: async ({store}) => {
          const {settings} = parsed;
          const parts = {store, dataDir: settings.dataDir, program: PROGRAM_VERSION};
          const {marked, files, store: of} = await backUp(parts, {folder, link}, show);
          const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
          return {folder, marked, rows: of.rows, bytes, files: files.length};
        },
      });
    } finally {
      progress.stop();
    }
    if (parsed.json) io.out(JSON.stringify(made));
    else io.out(`${made.rows} rows up to ${made.marked} in ${made.folder} (${made.bytes} bytes)`);
    return 0;
  },
};
