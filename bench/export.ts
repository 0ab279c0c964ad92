import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {openDuck, quoted} from '../ingest/store/embedded/duck.ts';
import {layoutOf} from '../ingest/store/embedded/layout.ts';
import type {Bench} from './result.ts';

const ECO = path.join(import.meta.dirname, '..', 'server', 'cli', 'eco.ts');
const LOOK_MS = 50;
const GOAL_MB = 300;
/** What DuckDB by itself writes of the same rows, with the fewest columns, in each format. */
const FORMATS = {
  csv: '(FORMAT csv)',
  parquet: '(FORMAT parquet, COMPRESSION zstd)',
  geojson: '(FORMAT json)',
};

type Run = {seconds: number; peakMb: number | null; output: string};

/** Runs a command of the product to its end, with the most memory that it had at any moment (Linux tells). */
async function eco(args: readonly string[], dataDir: string): Promise<Run> {
  const began = performance.now();
  const child = spawn(process.execPath, [ECO, ...args, '--json', '--data-dir', dataDir], {
    // The settings of whoever measures are not those of what is measured.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ECO_'))),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  let peakKb: number | null = null;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakKb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? peakKb);
    } catch {
      // Not Linux, or it ended just now.
    }
  }, LOOK_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`eco ${args.join(' ')} ended with ${code}`);
  return {seconds: (performance.now() - began) / 1000, peakMb: peakKb && peakKb / 1024, output};
}

/** Seconds that DuckDB takes to read the column files and write them out in order, on one thread. */
async function bareSeconds(cold: string, out: string, format: keyof typeof FORMATS): Promise<number> {
  const files = readdirSync(cold).filter((name) => name.startsWith('raw-'));
  // Within one folder: it may touch no other.
  const duck = await openDuck({folder: path.dirname(cold), threads: 1, memoryMb: 1024});
  const connection = await duck.connect();
  const list = files.map((name) => quoted(path.join(cold, name))).join(', ');
  const began = performance.now();
  await connection.run(
    `COPY (SELECT series, make_timestamp_ms(ts) AS time, value, qc FROM read_parquet([${list}]) ORDER BY series, ts) ` +
      `TO ${quoted(out)} ${FORMATS[format]}`,
  );
  const seconds = (performance.now() - began) / 1000;
  connection.closeSync();
  duck.closeSync();
  return seconds;
}

/**
 * Export of the whole history of the virtual island as each format by the command line: rows a second, bytes a value, peak
 * memory of the process, and beside it DuckDB alone writing time, value and bit field of the same column files in the same
 * run. `ECO_BENCH_MONTHS` of history (default 1; a year takes some ten minutes to make and as long to write), or
 * `ECO_BENCH_DATA` for a data folder that is there, which is only read.
 */
export const bench: Bench = async ({result, progress}) => {
  const root = mkdtempSync(path.join(tmpdir(), 'eco-bench-export-'));
  try {
    const months = process.env['ECO_BENCH_MONTHS'] ?? '1';
    const given = process.env['ECO_BENCH_DATA'];
    const dataDir = given ?? path.join(root, 'data');
    if (given === undefined) {
      progress(`making ${months} months of the island`);
      await eco(['fleet', '--months', months], dataDir);
    }
    const {cold} = layoutOf(path.join(dataDir, 'store'));
    mkdirSync(path.join(root, 'out'));
    for (const format of ['csv', 'parquet', 'geojson'] as const) {
      progress(`export as ${format}`);
      const out = path.join(root, 'out', `all.${format}`);
      const run = await eco(['export', 'observations', out], dataDir);
      const {rows} = JSON.parse(run.output) as {rows: number};
      const bytes = statSync(out).size;
      rmSync(out);
      const bareOut = path.join(path.dirname(cold), `.bench.${format}`);
      const bare = await bareSeconds(cold, bareOut, format).finally(() => rmSync(bareOut, {force: true}));
      result({
        id: `export.${format}`,
        value: rows / run.seconds,
        unit: 'rows/s',
        against: 'DuckDB alone, four columns',
        ratio: bare / run.seconds,
      });
      result({id: `export.${format}.rows`, value: rows, unit: 'rows'});
      result({id: `export.${format}.bytes_per_row`, value: bytes / rows, unit: 'byte'});
      if (run.peakMb !== null) {
        result({
          id: `export.${format}.peak`,
          value: run.peakMb,
          unit: 'MB',
          against: `goal ${GOAL_MB} MB`,
          ratio: run.peakMb / GOAL_MB,
        });
      }
    }
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
};
