import {restore as restoreBackup} from '../backup/restore.ts';
import {type Command, parse, textOption, typedPath, UsageError} from './command.ts';
import {createProgress} from './progress.ts';

export const restore: Command = {
  help: `eco restore DIR --to DATA_DIR [--json]

Makes the data folder DATA_DIR, new or empty, of the backup in DIR. Every file's checksum is compared and the store looked
over before DATA_DIR appears. A backup of a newer program is refused.

example:
  npm run eco -- restore /mnt/usb/eco-2026-11-29 --to ./data-again
  npm start -- --data-dir ./data-again`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {options: {to: {type: 'string'}}, positionals: ['DIR']});
    const to = textOption(parsed, 'to');
    if (to === undefined) throw new UsageError('--to is missing: the data folder to make');
    const backup = typedPath(parsed.positionals[0]!, io.env);
    const dataDir = typedPath(to, io.env);
    const progress = createProgress(io, 'restore');
    try {
      const {marked, store, files} = restoreBackup({backup, dataDir}, (done, total) =>
        progress.update(done, total, `${done} files`),
      );
      progress.stop();
      const done = {dataDir, marked, rows: store.rows, files: files.length};
      if (parsed.json) io.out(JSON.stringify(done));
      else io.out(`${done.rows} rows up to ${done.marked} restored to ${done.dataDir}`);
    } finally {
      progress.stop();
    }
    return 0;
  },
};
