import type {Device, DeviceModel} from '#schemas';
import {DEVICE_MODELS} from '../models/device-models.ts';
import {createIsland, type Island} from './island.ts';
import type {FleetMessage} from './message.ts';
import type {FleetSite} from './site.ts';
import {type CollectOptions, Transmitter} from './transmitter.ts';

export type Fleet = {
  site: FleetSite;
  island: Island;
  /** The site's virtual devices. */
  devices: readonly Device[];
  /** What a device sends in [fromMs, toMs), oldest first. The same range gives the same messages, in any process. */
  messagesBetween(device: string, fromMs: number, toMs: number, options?: CollectOptions): FleetMessage[];
  /** What was due last at an instant, of each kind of report of a device. */
  lastDue(device: string, atMs: number): FleetMessage[];
  /** What all devices send in [fromMs, toMs), oldest first. */
  block(fromMs: number, toMs: number, options?: CollectOptions): FleetMessage[];
};

const bySent = (a: FleetMessage, b: FleetMessage) => a.sentMs - b.sentMs || a.dueMs - b.dueMs;

/** The virtual fleet of a site: pure, no clock, no network. Live, fast and historical running all read it. */
export function createFleet(options: {
  site: FleetSite;
  seed: number;
  faults?: 'on' | 'off';
  models?: ReadonlyMap<string, DeviceModel>;
}): Fleet {
  const {site, seed, models = DEVICE_MODELS} = options;
  const faults = options.faults !== 'off';
  const island = createIsland({site, seed, models});
  const cursor = island.cursor();
  const devices = site.devices.filter((device) => device.origin === 'virtual');
  const transmitters = new Map<string, Transmitter>();
  for (const device of devices) {
    const model = models.get(device.model);
    if (!model) continue;
    transmitters.set(
      device.id,
      new Transmitter({
        island,
        cursor,
        device,
        model,
        siteId: site.site.id,
        seed,
        faults,
        gateways: site.gateways,
      }),
    );
  }
  const transmitterOf = (device: string): Transmitter => {
    const found = transmitters.get(device);
    if (!found) throw new RangeError(`${device} is no virtual device of site ${site.site.id}`);
    return found;
  };
  return {
    site,
    island,
    devices: devices.filter((device) => transmitters.has(device.id)),
    messagesBetween: (device, fromMs, toMs, collect) => {
      const out: FleetMessage[] = [];
      transmitterOf(device).collect(fromMs, toMs, out, collect);
      return out.sort(bySent);
    },
    lastDue: (device, atMs) => {
      const out: FleetMessage[] = [];
      transmitterOf(device).lastDue(atMs, out);
      return out.sort(bySent);
    },
    block: (fromMs, toMs, collect) => {
      const out: FleetMessage[] = [];
      for (const transmitter of transmitters.values()) transmitter.collect(fromMs, toMs, out, collect);
      return out.sort(bySent);
    },
  };
}
