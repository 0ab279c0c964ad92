import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {readdir, rename, rm, stat} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'twin-ui');
/** Folder of the built page. */
export const PAGE_FOLDER = join(PAGE, 'dist');
const SKIPPED = new Set(['dist', 'node_modules']);

/** Newest change of any file below a folder, ms; what a build made and what it came from are told apart by it. */
async function newestMs(folder: string): Promise<number> {
  let newest = 0;
  for (const entry of await readdir(folder, {withFileTypes: true})) {
    if (SKIPPED.has(entry.name) || entry.name.startsWith('dist-')) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? await newestMs(path) : (await stat(path)).mtimeMs);
  }
  return newest;
}

async function isFresh(): Promise<boolean> {
  const index = join(PAGE_FOLDER, 'index.html');
  if (!existsSync(index)) return false;
  return (await stat(index)).mtimeMs >= (await newestMs(PAGE));
}

/** Start file of Vite; null where it is not installed (a packaged product). */
function viteBin(): string | null {
  try {
    const bin = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
    return existsSync(bin) ? bin : null;
  } catch {
    return null;
  }
}

function run(
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{code: number; output: string}> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : {signal}),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-4000);
      });
    }
    child.on('error', reject);
    child.on('exit', (code) => resolve({code: code ?? 1, output}));
  });
}

/** The line that says what is wrong, without colours. */
function firstError(output: string): string {
  const lines = stripVTControlCharacters(output).split('\n');
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '').trim().slice(0, 300);
}

/**
 * Makes sure of the built page; gives what is wrong with it, or null. Builds it once if it is missing or older than its sources, in a folder of its own that
 * takes the old one's place when it is whole. Without the builder (a packaged product) what is there is served.
 */
export async function buildPage(options: {
  progress: (line: string) => void;
  signal?: AbortSignal;
}): Promise<string | null> {
  if (!existsSync(join(PAGE, 'index.html')) || (await isFresh())) return null;
  const vite = viteBin();
  if (vite === null) return existsSync(PAGE_FOLDER) ? null : 'not built, and Vite is not installed';
  options.progress('eco: building the page (once) …');
  const fresh = `${PAGE_FOLDER}-${process.pid}`;
  try {
    const {code, output} = await run(
      [vite, 'build', PAGE, '--outDir', fresh, '--logLevel', 'warn'],
      options.signal,
    );
    if (code !== 0) return `its build failed: ${firstError(output)}`;
    await rm(PAGE_FOLDER, {recursive: true, force: true});
    // Another server that built it meanwhile was first: its page is as good.
    await rename(fresh, PAGE_FOLDER).catch(() => {});
    return null;
  } finally {
    await rm(fresh, {recursive: true, force: true});
  }
}
