import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, expect, it} from 'vitest';
import type {RunBody} from '#schemas';
import {makeGrove} from '../simulation/grove-site.ts';
import {getJson, type RunningServer, startProduct, temporaryFolder, until} from './running-server.ts';

const folder = temporaryFolder('simulate-kill');
const dataDir = join(folder.path, 'data');
let server: RunningServer | undefined;

afterAll(async () => {
  await server?.stop();
  folder.remove();
});

const start = () =>
  startProduct({
    dataDir,
    env: {ECO_SITES_DIR: join(folder.path, 'sites'), ECO_SITE: 'grove', ECO_FLEET: 'off'},
  });

async function post<T>(path: string, body: object): Promise<T> {
  const answer = await fetch(`${server!.url}/api/v1${path}`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
const runOf = (id: string) => getJson<RunBody>(`${server!.url}/api/v1/runs/${id}`);
const done = (id: string) =>
  until('the run is done', 120_000, async () => {
    const run = await runOf(id);
    if (run.state === 'failed') throw new Error(run.message);
    return run.state === 'done' && run;
  });
const membersOf = (id: string) =>
  readdirSync(join(dataDir, 'runs', id, 'members')).filter((name) => name.endsWith('.bin'));
const sums = (id: string) =>
  ['events.json', 'trees.etw', ...membersOf(id).map((name) => `members/${name}`)].map((name) => [
    name,
    createHash('sha256')
      .update(readFileSync(join(dataDir, 'runs', id, name)))
      .digest('hex'),
  ]);

it('a server that is killed in the middle of a run goes on with it when it starts again, to the same bytes', async () => {
  makeGrove(join(folder.path, 'sites'));
  server = await start();
  const asked = {years: 8, members: 12};
  const first = await post<RunBody>('/scenarios/fewer-trees/runs', asked);
  const waits = await post<RunBody>('/scenarios/fewer-trees/runs', {...asked, seed: 99, members: 1});
  await until('some members are done', 60_000, async () => {
    const count = membersOf(first.id).length;
    return count > 0 && count;
  });
  expect(await server.stop('SIGKILL')).toBeNull();
  const kept = membersOf(first.id).length;
  expect(kept).toBeLessThan(asked.members);

  server = await start();
  const after = await done(first.id);
  expect(after.progress).toEqual({done: 96, total: 96, unit: 'member-years'});
  expect((await done(waits.id)).seed).toBe(99);
  const whole = await post<RunBody>('/scenarios/fewer-trees/runs', asked);
  expect((await done(whole.id)).fingerprint).toBe(after.fingerprint);
  expect(sums(whole.id)).toEqual(sums(first.id));
  const {components} = await getJson<{components: Record<string, {status: string}>}>(
    `${server.url}/api/v1/health`,
  );
  expect(components['simulate']).toMatchObject({status: 'ok'});
});
