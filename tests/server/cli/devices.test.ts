import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runEco} from '../../../server/cli/eco.ts';
import {writeServerFile} from '../../../server/server-file.ts';
import {type Harness, openHarness, SITE, SITES} from '../harness.ts';

let folder: string;
let harness: Harness;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-devices-'));
  harness = await openHarness({fleet: 'off'});
  const httpUrl = await harness.app.listen({host: '127.0.0.1', port: 0});
  await mkdir(join(folder, 'online'));
  writeServerFile(join(folder, 'online'), {pid: process.pid, httpUrl, mqttUrl: null});
  const {registry} = harness.core;
  await registry.addDevice(
    {id: 'stranger', model: 'generic-json', longitudeDeg: 137.25, latitudeDeg: -28.95, origin: 'measured'},
    {site: SITE, status: 'waiting'},
  );
});
afterAll(async () => {
  await harness.close();
  await rm(folder, {recursive: true, force: true});
});

async function eco(dataDir: string, ...argv: string[]): Promise<{code: number; out: string; err: string}> {
  const said = {out: '', err: ''};
  const code = await runEco(argv, {
    out: (line) => {
      said.out += `${line}\n`;
    },
    err: (line) => {
      said.err += `${line}\n`;
    },
    env: {
      ECO_DATA_DIR: dataDir,
      ECO_SITE: SITE,
      ECO_SITES_DIR: SITES,
      ECO_FLEET: 'off',
      USER: 'ranger',
    },
    isTerminal: false,
  });
  return {code, ...said};
}

describe('eco devices', () => {
  it('refuses a waiting device through the running server, lists it so, and lets it wait again', async () => {
    const data = join(folder, 'online');
    const refused = await eco(data, 'devices', 'refuse', 'stranger', '--reason', 'not ours');
    expect(refused).toMatchObject({code: 0, err: ''});
    expect(refused.out).toMatch(
      /^stranger is refused by ranger at \S+Z: not ours; `eco devices wait stranger`/,
    );
    const list = await eco(data, 'devices', 'list');
    expect(list.out).toMatch(/^stranger .* refused {2}by ranger at \S+Z: not ours$/m);
    const json = JSON.parse((await eco(data, 'devices', 'list', '--json')).out);
    expect(json).toMatchObject([{id: 'stranger', refusal: {who: 'ranger', reason: 'not ours'}}]);
    expect(await eco(data, 'devices', 'approve', 'stranger')).toMatchObject({code: 1});
    expect((await eco(data, 'devices', 'wait', 'stranger')).out).toContain('stranger waits again');
    expect((await eco(data, 'devices', 'list')).out).toMatch(/^stranger .* waiting {2}never heard$/m);
    const twice = await eco(data, 'devices', 'wait', 'stranger');
    expect(twice).toMatchObject({code: 1, err: expect.stringContaining('stranger is not refused')});
  });

  it('does the same on a folder that no server runs on', async () => {
    const data = join(folder, 'offline');
    await mkdir(data);
    await eco(data, 'devices', 'add', 'own', '--lon', '137.25', '--lat', '-28.95');
    const refused = await eco(data, 'devices', 'refuse', 'own', '--who', 'Lin');
    expect(refused).toMatchObject({code: 1, err: expect.stringContaining('own is active')});
  });
});
