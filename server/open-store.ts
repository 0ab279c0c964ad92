import {join} from 'node:path';
import {
  type EmbeddedStore,
  type EmbeddedStoreOptions,
  type InfluxAccess,
  type InfluxStore,
  type InfluxStoreOptions,
  openEmbeddedStore,
  openInfluxStore,
  type SeriesLabels,
} from '#ingest';
import {type Datastream, EcoError, type Settings} from '#schemas';

/** What a row costs while it waits for InfluxDB: in the outbox, and as a hot row beside it. */
const SPOOL_ROW_BYTES = 60;

/** The folder of each store: they live side by side, so that one can be moved to the other. */
export const STORE_FOLDERS = {embedded: 'store', influxdb: 'store-influxdb'} as const;

export type StoreChoice = Omit<EmbeddedStoreOptions, 'folder'> & Pick<InfluxStoreOptions, 'labels'>;

/**
 * The store that the settings name.
 * @throws {EcoError} `setting_invalid` for InfluxDB without an address.
 */
export async function openStore(
  settings: Settings,
  {labels, ...options}: StoreChoice,
): Promise<EmbeddedStore | InfluxStore> {
  const folder = join(settings.dataDir, STORE_FOLDERS[settings.store]);
  if (settings.store === 'embedded') return await openEmbeddedStore({...options, folder});
  return await openInfluxStore({
    ...options,
    folder,
    influx: influxAccess(settings),
    spoolRows: Math.floor((settings.influxSpoolMb * 1e6) / SPOOL_ROW_BYTES),
    ...(labels === undefined ? {} : {labels}),
  });
}

/** @throws {EcoError} `setting_invalid` without an address. */
function influxAccess({influxUrl, influxToken, influxOrg, influxBucket}: Settings): InfluxAccess {
  if (influxUrl === undefined) {
    throw new EcoError(
      'setting_invalid',
      'ECO_INFLUX_URL: expected the URL of InfluxDB, with ECO_STORE=influxdb, got none',
    );
  }
  return {
    url: influxUrl,
    org: influxOrg ?? 'eco',
    bucket: influxBucket ?? 'eco',
    ...(influxToken === undefined ? {} : {token: influxToken}),
  };
}

/** What other programs find a series by; of its key alone, which never changes. */
export function labelsOf(stream: Datastream | undefined): SeriesLabels | undefined {
  if (!stream) return undefined;
  return {datastream: stream.id, station: stream.station, element: stream.element};
}
