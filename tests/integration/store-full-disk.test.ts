import {type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {temporaryFolder} from '../ingest/store/temporary-folder.ts';

const CHILD = fileURLToPath(new URL('./store/full-disk-process.ts', import.meta.url));
/** After space returns commits must go through within this. */
const RESUME_MS = 5_000;
const CLOSE_MS = 5_000;

let place: ReturnType<typeof temporaryFolder>;
let child: ChildProcessWithoutNullStreams | undefined;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => {
  child?.kill('SIGKILL');
  place.remove();
});

/** Runs the process to its end; `free` makes room once it says that the disk is full. */
async function run(command: string, args: string[], free: (pid: number) => void) {
  child = spawn(command, args);
  const process = child;
  let complaint = '';
  process.stderr.on('data', (text) => {
    complaint += text;
  });
  const said: Record<string, unknown>[] = [];
  createInterface({input: process.stdout}).on('line', (line) => {
    const found = JSON.parse(line);
    said.push(found);
    if (found.what !== 'full') return;
    free(process.pid!);
    process.stdin.write('go on\n');
  });
  const [code] = await once(process, 'close');
  expect(code, complaint).toBe(0);
  return said;
}

function expectNothingLost(said: Record<string, unknown>[]): void {
  const [full, freed, counted] = said as [
    {
      acknowledged: number;
      whileFull: number;
      pending: number;
      unsure: number;
      stalled: {message: string} | null;
    },
    {afterMs: number; state: string},
    {sent: number; acknowledged: number; rows: number; integrity: string},
  ];
  expect(full.acknowledged).toBeGreaterThan(0);
  expect(full.whileFull).toBe(0);
  expect(full.pending).toBe(full.unsure);
  expect(full.stalled?.message).toMatch(/full|disk I\/O/);
  expect(freed.state).toBe('ok');
  expect(freed.afterMs).toBeLessThan(RESUME_MS);
  expect(counted.acknowledged).toBe(counted.sent);
  expect(counted.rows).toBe(counted.sent);
  expect(counted.integrity).toBe('ok');
}

/** A mount of one's own needs the right to make a name space; containers may lack it. */
const mayMount = spawnSync('unshare', ['-rm', 'true']).status === 0;

it.skipIf(!mayMount)(
  'holds everything while a file system is full, and goes on when there is room',
  async () => {
    const script = 'mount -t tmpfs -o size=24m none "$1" && exec "$2" "$3" "$1"';
    const said = await run(
      'unshare',
      ['-rm', 'sh', '-c', script, 'sh', place.folder, process.execPath, CHILD],
      () => {},
    );
    expectNothingLost(said);
  },
  60_000,
);

it('holds everything while files may not grow, and goes on when they may', async () => {
  const limit = 12 << 20;
  const said = await run(
    'prlimit',
    [`--fsize=${limit}:unlimited`, process.execPath, CHILD, place.folder],
    (pid) => execFileSync('prlimit', [`--pid=${pid}`, '--fsize=unlimited:unlimited']),
  );
  expectNothingLost(said);
}, 60_000);

it('closes in time while nothing goes through; what was not acknowledged is left to those who sent it', async () => {
  const limit = 12 << 20;
  const said = await run(
    'prlimit',
    [`--fsize=${limit}:unlimited`, process.execPath, CHILD, place.folder, 'close'],
    () => {},
  );
  expect(said[1]).toMatchObject({what: 'closed'});
  expect(said[1]!['afterMs']).toBeLessThan(CLOSE_MS);
}, 60_000);
