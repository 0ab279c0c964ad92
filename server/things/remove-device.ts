import {EcoError, type ObservationStore, type Registry} from '#schemas';

/**
 * Removes an added device, its credentials and the series that it alone fed, with their rows.
 * @throws {EcoError} `device_unknown` (404); `device_of_site` (409) if the site's own file lists it; `device_has_data`
 * (409) if it has series and `withData` does not say that they may go.
 */
export async function removeDevice(
  parts: {
    registry: Registry;
    store: Pick<ObservationStore, 'purge'>;
    /** Drops what the pipeline knows of purged series. */
    forget?: (series: readonly number[]) => void;
  },
  id: string,
  withData: boolean,
): Promise<{rows: number}> {
  const {registry, store} = parts;
  const record = registry.device(id);
  if (!record) throw new EcoError('device_unknown', `no device ${id}`, 404);
  if (record.device.origin === 'virtual') {
    throw new EcoError(
      'device_of_site',
      `${id} is a virtual device of site ${record.site}; ECO_FLEET=off leaves them out, \`eco fleet purge\` removes their data`,
      409,
    );
  }
  const own = registry
    .datastreams({device: id})
    .filter((stream) => registry.deployments(stream.id).every((deployment) => deployment.device === id));
  if (own.length > 0 && !withData) {
    throw new EcoError(
      'device_has_data',
      `${id} has ${own.length} series; with data=delete (eco devices remove ${id} --with-data) they are removed with it`,
      409,
      {datastreams: own.map((stream) => stream.id)},
    );
  }
  const series = own.map((stream) => stream.series);
  const purged = own.length === 0 ? {rows: 0} : await store.purge(series);
  await registry.removeDevices([id]);
  parts.forget?.(series);
  if (registry.device(id)) {
    throw new EcoError(
      'device_of_site',
      `${id} stands in the devices file of site ${record.site}: remove it there`,
      409,
    );
  }
  return purged;
}
