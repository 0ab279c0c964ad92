import {Type} from 'typebox';
import {type Datastream, EcoError, type Registry} from '#schemas';

const list = (text: string) =>
  Type.Optional(Type.String({minLength: 1, maxLength: 20_000, description: `${text}; several with commas`}));

/** Query parameters that choose things; each takes one id or several with commas. */
export const SiteFilter = {site: list('Id of the site')};
export const ThingFilter = {
  ...SiteFilter,
  zone: list('Id of the zone; zones inside it count'),
};
export const DatastreamFilter = {
  ...ThingFilter,
  station: list('Id of the station'),
  device: list('Id of the device'),
  element: list('Id of the element'),
  datastream: list('Id of the datastream'),
};

export type FilterQuery = {
  site?: string;
  zone?: string;
  station?: string;
  device?: string;
  element?: string;
  datastream?: string;
};

type Wanted = ReadonlySet<string> | null;

function wanted(text: string | undefined): Wanted {
  return text === undefined ? null : new Set(text.split(',').filter((id) => id !== ''));
}

function requireKnown(kind: string, ids: Wanted, known: (id: string) => boolean, all: () => string): void {
  for (const id of ids ?? []) {
    if (!known(id)) throw new EcoError(`${kind}_unknown`, `no ${kind} ${id}; there are ${all()}`, 404);
  }
}

/** The zones named and all that lie inside them, as `site/zone`. */
function zonesInside(registry: Registry, sites: Wanted, zones: ReadonlySet<string>): ReadonlySet<string> {
  const inside = new Set<string>();
  for (const {site, zones: features} of registry.sites()) {
    if (sites && !sites.has(site.id)) continue;
    const parents = new Map(features.map(({properties}) => [properties.id, properties.parent ?? null]));
    for (const id of parents.keys()) {
      // A chain of parents is no longer than the list of zones, whatever a file says.
      let at: string | null = id;
      for (let step = 0; at !== null && step <= parents.size; step++) {
        if (zones.has(at)) {
          inside.add(`${site.id}/${id}`);
          break;
        }
        at = parents.get(at) ?? null;
      }
    }
  }
  return inside;
}

export type Choice = {
  site(id: string): boolean;
  place(of: {site: string; zone: string | null}): boolean;
  datastream(of: Datastream): boolean;
  device(of: {site: string; zone: string | null; id: string; station: string}): boolean;
};

/**
 * What a query's filters choose. Sites, zones and elements are known from the start, so a name that is none of them is
 * an error; a device, station or datastream may come any moment, so an unknown one chooses nothing.
 * @throws {EcoError} `site_unknown`, `zone_unknown`, `element_unknown` (404).
 */
export function choiceOf(registry: Registry, query: FilterQuery): Choice {
  const sites = wanted(query.site);
  const zones = wanted(query.zone);
  const stations = wanted(query.station);
  const devices = wanted(query.device);
  const elements = wanted(query.element);
  const datastreams = wanted(query.datastream);
  const siteIds = registry.sites().map(({site}) => site.id);
  requireKnown(
    'site',
    sites,
    (id) => siteIds.includes(id),
    () => siteIds.join(', '),
  );
  requireKnown(
    'element',
    elements,
    (id) => registry.element(id) !== undefined,
    () => 'those of /api/v1/elements',
  );
  const zoneIds = new Set(
    registry.sites().flatMap(({zones: features}) => features.map(({properties}) => properties.id)),
  );
  requireKnown(
    'zone',
    zones,
    (id) => zoneIds.has(id),
    () => 'those of /api/v1/zones',
  );
  const inZones = zones && zonesInside(registry, sites, zones);

  const site = (id: string) => sites === null || sites.has(id);
  const place = (of: {site: string; zone: string | null}) =>
    site(of.site) && (inZones === null || (of.zone !== null && inZones.has(`${of.site}/${of.zone}`)));
  return {
    site,
    place,
    datastream: (of) =>
      place(of) &&
      (stations === null || stations.has(of.station)) &&
      (devices === null || (of.device !== null && devices.has(of.device))) &&
      (elements === null || elements.has(of.element)) &&
      (datastreams === null || datastreams.has(of.id)),
    device: (of) =>
      place(of) &&
      (stations === null || stations.has(of.station)) &&
      (devices === null || devices.has(of.id)),
  };
}
