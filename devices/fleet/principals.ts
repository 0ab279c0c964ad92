import type {Device, Principal} from '#schemas';

/** What the fleet must know of a site to say who speaks: its id, devices and LoRaWAN gateways. */
export type PrincipalSource = {
  site: {id: string};
  devices: readonly Device[];
  gateways?: readonly {id: string}[];
};

/** The bridge connections of a site and the devices that each speaks for. */
export type FleetBridge = {username: string; gateways: readonly string[]; devices: readonly string[]};

const isVirtual = (device: Device) => device.origin === 'virtual';

/**
 * LoRaWAN devices come through bridge connections, as in life: the first gateway of the site's file has one of its own,
 * all others share one. A device without a gateway belongs to the first. Names are `{site}-bridge-{gateway}` and
 * `{site}-bridge-heads`, unique in the instance as device ids are.
 */
export function fleetBridges(source: PrincipalSource): FleetBridge[] {
  const gateways = (source.gateways ?? []).map((gateway) => gateway.id);
  const [first, ...others] = gateways;
  if (first === undefined) return [];
  const shortName = (id: string) => (id.startsWith('gw-') ? id.slice(3) : id);
  const carried = source.devices.filter((device) => isVirtual(device) && device.gateway !== undefined);
  const bridges: FleetBridge[] = [
    {
      username: `${source.site.id}-bridge-${shortName(first)}`,
      gateways: [first],
      devices: carried.filter((device) => !others.includes(device.gateway!)).map((device) => device.id),
    },
  ];
  if (others.length > 0) {
    bridges.push({
      username: `${source.site.id}-bridge-${others.length === 1 ? shortName(others[0]!) : 'heads'}`,
      gateways: others,
      devices: carried.filter((device) => others.includes(device.gateway!)).map((device) => device.id),
    });
  }
  return bridges.filter((bridge) => bridge.devices.length > 0);
}

/**
 * Everyone who publishes for the virtual fleet of a site: one principal for each virtual device that connects itself
 * (username = device id), one for each bridge. The server makes a credential for each.
 */
export function fleetPrincipals(source: PrincipalSource): Principal[] {
  const bridges = fleetBridges(source);
  const carried = new Set(bridges.flatMap((bridge) => bridge.devices));
  const site = source.site.id;
  return [
    ...source.devices
      .filter((device) => isVirtual(device) && !carried.has(device.id))
      .map((device): Principal => ({kind: 'device', username: device.id, site, device: device.id})),
    ...bridges.map(
      (bridge): Principal => ({
        kind: 'bridge',
        username: bridge.username,
        site,
        devices: bridge.devices,
        devicePrefix: null,
        map: null,
      }),
    ),
  ];
}
