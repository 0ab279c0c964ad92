import {EcoError, type ObservationStore, type Registry} from '#schemas';

/**
 * Removes every series that holds virtual values, with rows, revisions and conflicts, and nothing else: measured series
 * share none of them. Running it again after an interruption finishes it.
 * @throws {EcoError} `fleet_listed` (409) while virtual devices are listed and could publish meanwhile.
 */
export async function purgeVirtual(parts: {
  registry: Registry;
  store: Pick<ObservationStore, 'purge'>;
  forget?: (series: readonly number[]) => void;
}): Promise<{series: number; rows: number}> {
  const {registry, store} = parts;
  if (registry.devices().some(({device}) => device.origin === 'virtual')) {
    throw new EcoError(
      'fleet_listed',
      'virtual devices are listed and may publish: stop the server, or start it with ECO_FLEET=off, then purge',
      409,
    );
  }
  const virtual = registry.datastreams({hidden: true}).filter(({origin}) => origin === 'virtual');
  const series = virtual.map((stream) => stream.series);
  const {rows} = series.length === 0 ? {rows: 0} : await store.purge(series);
  await registry.removeDatastreams(virtual.map(({id}) => id));
  parts.forget?.(series);
  return {series: series.length, rows};
}
