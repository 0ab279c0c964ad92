import type {
  CategoryBody,
  DatastreamBody,
  DeviceBody,
  ElementBody,
  SiteBody,
  StationBody,
  ZoneFeature,
} from '#schemas';
import {get, getAll} from '../../api/client.ts';
import {askedSite} from '../../state/address.ts';

/** What the page lists: read once, and again after something was changed. */
export type Things = {
  site: SiteBody;
  sites: readonly SiteBody[];
  categories: readonly CategoryBody[];
  elements: ReadonlyMap<string, ElementBody>;
  stations: ReadonlyMap<string, StationBody>;
  zones: ReadonlyMap<string, ZoneFeature>;
  devices: ReadonlyMap<string, DeviceBody>;
  datastreams: ReadonlyMap<string, DatastreamBody>;
};

/** Things of the site that the address asks for, else of the first one. */
export async function readThings(stop: AbortSignal): Promise<Things> {
  const [sites, categories, elements] = await Promise.all([
    get('/sites', {}, stop),
    get('/categories', {}, stop),
    get('/elements', {}, stop),
  ]);
  const site = sites.items.find(({id}) => id === askedSite) ?? sites.items[0];
  if (!site) throw new Error('no site is served');
  const of = {site: site.id};
  const [stations, zones, devices, datastreams] = await Promise.all([
    getAll('/stations', of),
    get('/zones', of, stop),
    getAll('/devices', of),
    getAll('/datastreams', of),
  ]);
  return {
    site,
    sites: sites.items,
    categories: categories.items,
    elements: byId(elements.items),
    stations: byId(stations),
    zones: new Map(zones.features.map((zone) => [zone.properties.id, zone])),
    devices: byId(devices),
    datastreams: byId(datastreams),
  };
}

function byId<T extends {id: string}>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}
