import {createHash} from 'node:crypto';
import type {
  Credential,
  Device,
  DeviceModel,
  LiveEvent,
  ObservationStore,
  Principal,
  ReadingMap,
} from '#schemas';
import {DEVICE_MODELS} from '../../../devices/models/device-models.ts';
import {createHealthBoard} from '../../../ingest/health/index.ts';
import {createLiveBus} from '../../../ingest/live/index.ts';
import {createMapBook} from '../../../ingest/map/index.ts';
import {createPipeline, type UplinkOutcome} from '../../../ingest/pipeline/index.ts';
import {type LoadedSite, openRegistry} from '../../../ingest/registry/index.ts';

export const SITE = 'testsite';
/** 2026-11-22T08:00:00Z. */
export const NOW = Date.UTC(2026, 10, 22, 8);

/** A site without files: what the gateway needs to know of a place. */
export function siteWith(devices: readonly Device[]): LoadedSite {
  return {
    folder: '/nowhere',
    site: {
      schemaVersion: 1,
      id: SITE,
      name: {en: 'Test site', zh: '测试'},
      timeZone: 'Asia/Shanghai',
      origin: {longitudeDeg: 106.7, latitudeDeg: 29.6, heightM: 200},
      days: [{id: 'local', startHour: 0, name: {en: 'day', zh: '日'}}],
    } as unknown as LoadedSite['site'],
    zones: [],
    devices: [...devices],
    gateways: [],
    terrain: () => Promise.reject(new Error('no terrain')),
    surveys: async () => null,
  };
}

export function device(id: string, model = 'generic-json', more: Partial<Device> = {}): Device {
  return {id, model, longitudeDeg: 106.71, latitudeDeg: 29.58, origin: 'measured', ...more};
}

export function tokenOf(username: string): string {
  return `secret-of-${username}`;
}
export function credential(principal: Principal): Credential {
  return {principal, secretSha256: createHash('sha256').update(tokenOf(principal.username)).digest('hex')};
}
export function deviceCredential(id: string): Credential {
  return credential({kind: 'device', username: id, site: SITE, device: id});
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Registry, live bus, health board and pipeline around a store; messages go in through `send`. */
export async function createWorld(options: {
  store: ObservationStore;
  devices: readonly Device[];
  maps?: readonly ReadingMap[];
  models?: ReadonlyMap<string, DeviceModel>;
  credentials?: readonly Credential[];
}) {
  const clock = {nowMs: NOW};
  const now = () => clock.nowMs;
  const {store} = options;
  const registry = await openRegistry({
    documents: store.documents,
    sites: [siteWith(options.devices)],
    models: options.models ?? DEVICE_MODELS,
    includeVirtual: true,
    now,
  });
  for (const one of options.devices) await registry.addCredential(deviceCredential(one.id));
  for (const one of options.credentials ?? []) await registry.addCredential(one);
  const live = createLiveBus();
  const events: LiveEvent[] = [];
  live.subscribe((event) => events.push(event));
  const health = createHealthBoard({registry, now, live, everyMs: 3_600_000});
  const maps = await createMapBook({maps: options.maps ?? []});
  const pipeline = createPipeline({registry, store, live, health, maps, now});

  function sendRaw(
    topic: string,
    payload: Uint8Array | string,
    principal: Principal,
    receivedMs = clock.nowMs,
  ): Promise<UplinkOutcome> {
    return new Promise((resolve) => {
      pipeline.accept({source: 'mqtt', topic, principal, payload: Buffer.from(payload), receivedMs}, resolve);
    });
  }
  function send(id: string, message: unknown, receivedMs?: number): Promise<UplinkOutcome> {
    const principal: Principal = {kind: 'device', username: id, site: SITE, device: id};
    return sendRaw(`eco/v1/${SITE}/${id}/up`, JSON.stringify(message), principal, receivedMs);
  }
  return {clock, registry, live, events, health, maps, pipeline, send, sendRaw, close: () => health.close()};
}
