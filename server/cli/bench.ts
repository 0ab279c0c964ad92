import {spawn} from 'node:child_process';
import {join} from 'node:path';
import type {Command} from './command.ts';

export const bench: Command = {
  help: `eco bench NAME [--json] [OPTIONS]

Runs a benchmark; \`eco bench\` alone lists them. With --json stdout holds a list of {"id","value","unit","against"?,"ratio"?}.

example:
  npm run bench -- ingest --json`,
  run: (argv) =>
    new Promise((resolve, reject) => {
      const file = join(import.meta.dirname, '..', '..', 'bench', 'run.ts');
      const child = spawn(process.execPath, [file, ...argv], {stdio: 'inherit'});
      child.on('error', reject);
      child.on('exit', (code) => resolve(code ?? 1));
    }),
};
