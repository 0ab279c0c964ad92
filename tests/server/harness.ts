import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {FastifyInstance} from 'fastify';
import type {UplinkOutcome} from '#ingest';
import type {Principal} from '#schemas';
import {createBackupJobs} from '../../server/backup/backup-jobs.ts';
import {createComponents} from '../../server/components.ts';
import {type Core, openCore} from '../../server/core.ts';
import {createExports} from '../../server/export/exports.ts';
import {createHttp} from '../../server/http.ts';
import {readSettings} from '../../server/settings.ts';
import {createSimulation} from '../../server/simulate/simulation.ts';
import {addDevice} from '../../server/things/add-device.ts';

export const SITES = join(import.meta.dirname, '..', 'fixtures', 'sites');
export const SITE = 'lake-saltmarsh';

export type Harness = {
  core: Core;
  app: FastifyInstance;
  /** Adds a measured device and gives its basic authorization. */
  device(
    id: string,
    more?: {model?: string; intervalS?: number},
  ): Promise<{authorization: string; password: string}>;
  /** Sends an envelope as the device, in process; resolves when durable. */
  send(device: string, envelope: unknown, receivedMs?: number): Promise<UplinkOutcome>;
  close(): Promise<void>;
};

/** The real store, registry and pipeline on the second site, behind the real HTTP side; no port is opened. */
export async function openHarness(
  options: {
    now?: () => number;
    fleet?: 'on' | 'off';
    pageFolder?: string;
    /** Sites of a test's own, which of them is served, and a data folder that outlives the harness. */
    sitesDir?: string;
    site?: string;
    dataDir?: string;
    /** Module with `runMember` in place of the model's. */
    kernel?: string;
  } = {},
): Promise<Harness> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'eco-http-')));
  const now = options.now ?? Date.now;
  const site = options.site ?? SITE;
  const settings = {
    ...readSettings({}, {}),
    dataDir,
    site,
    fleet: options.fleet ?? 'on',
    commitIntervalMs: 0,
  };
  const core = await openCore(settings, {log: () => {}, sitesDir: options.sitesDir ?? SITES, now});
  const components = createComponents();
  components.set('store', () => ({status: 'ok'}));
  const exports = createExports({...core, dataDir, now});
  const simulation = createSimulation({
    observations: {reader: core.store, registry: core.registry},
    ...{sites: core.sites, dataDir, program: 'eco-brain 0.0.0', live: core.live, now},
    ...{log: () => {}, runs: true, kernel: options.kernel ?? null},
  });
  const app = await createHttp({
    ...core,
    components,
    simulation,
    dataDir,
    backups: createBackupJobs({store: core.store, dataDir, program: '0.0.0'}, () => {}),
    exports,
    hosts: new Set(['localhost', '127.0.0.1', '[::1]']),
    connections: () => 0,
    mqttUrl: 'mqtt://127.0.0.1:1883',
    fleetPasswords: () => ({}),
    pageFolder: options.pageFolder ?? join(dataDir, 'page'),
    version: '0.0.0',
    startedMs: now(),
    checkAnswers: true,
    now,
    log: (line) => console.error(line),
  });
  const principals = new Map<string, Principal>();
  return {
    core,
    app,
    device: async (id, more = {}) => {
      const {username, password} = await addDevice(core.registry, {
        id,
        longitudeDeg: 137.25,
        latitudeDeg: -28.95,
        ...more,
      });
      principals.set(id, core.registry.credential(username)!.principal);
      return {password, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`};
    },
    send: (device, envelope, receivedMs = now()) =>
      new Promise((resolve) => {
        const principal = principals.get(device) ?? {kind: 'device', username: device, site, device};
        core.pipeline.accept(
          {
            source: 'mqtt',
            topic: `eco/v1/${site}/${device}/up`,
            principal,
            payload: Buffer.from(JSON.stringify(envelope)),
            receivedMs,
          },
          resolve,
        );
      }),
    close: async () => {
      await app.close();
      await simulation.close();
      await exports.close();
      await core.close();
      if (options.dataDir === undefined) await rm(dataDir, {recursive: true, force: true});
    },
  };
}
