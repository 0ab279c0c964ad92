import {parseArgs} from 'node:util';
import {type Bench, type Result, table} from './result.ts';

/** Benchmarks by name; each file exports `bench`. */
const BENCHES: Readonly<Record<string, () => Promise<{bench: Bench}>>> = {
  export: () => import('./export.ts'),
  ingest: () => import('./ingest.ts'),
  store: () => import('./store.ts'),
};

const USAGE = `usage: npm run bench -- NAME [--json]
  NAME   ${Object.keys(BENCHES).join(', ')}
  --json a list of {"id","value","unit","against"?,"ratio"?} on stdout
example: npm run bench -- ingest --json`;

function usage(message: string): never {
  process.stderr.write(`${message}\n${USAGE}\n`);
  process.exit(2);
}

async function main(): Promise<void> {
  let name: string | undefined;
  let json = false;
  try {
    const {positionals, values} = parseArgs({
      allowPositionals: true,
      options: {json: {type: 'boolean'}, help: {type: 'boolean', short: 'h'}},
    });
    if (values.help) {
      process.stdout.write(`${USAGE}\n`);
      return;
    }
    [name] = positionals;
    json = values.json ?? false;
  } catch (error) {
    usage((error as Error).message);
  }
  if (name === undefined || !Object.hasOwn(BENCHES, name)) {
    usage(name === undefined ? 'which benchmark?' : `no benchmark ${name}`);
  }
  const results: Result[] = [];
  const {bench} = await BENCHES[name]!();
  await bench({
    result: (result) => results.push(result),
    progress: (text) => {
      if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
    },
  });
  process.stdout.write(json ? `${JSON.stringify(results)}\n` : `${table(results)}\n`);
}

await main();
