import type {Datastream, Registry} from '#schemas';

/** Elements whose values are heights in a vertical datum. */
const LEVELS: ReadonlySet<string> = new Set(['water_level']);

/** The vertical datum that a level's values are in: the device's, else the site's; null for what is no level. */
export function verticalDatum(
  registry: Registry,
  datastream: Pick<Datastream, 'element' | 'device' | 'site'>,
): string | null {
  if (!LEVELS.has(datastream.element)) return null;
  const levels = datastream.device === null ? undefined : registry.device(datastream.device)?.device.levels;
  return levels?.verticalDatum ?? siteDatum(registry, datastream.site);
}

export function siteDatum(registry: Registry, site: string): string | null {
  return registry.sites().find((one) => one.site.id === site)?.site.verticalDatum.id ?? null;
}
