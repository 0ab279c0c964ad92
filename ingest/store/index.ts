import type {openInfluxStore as Open} from './influxdb/open.ts';

export {SCHEMA_VERSION as STORE_SCHEMA_VERSION} from './embedded/database.ts';
export {openDuck, quoted} from './embedded/duck.ts';
export {copyDurably, hashFile, syncPath} from './embedded/durable-file.ts';
export {openEmbeddedStore} from './embedded/open.ts';
export type {EmbeddedStoreOptions, SeriesInfo} from './embedded/options.ts';
export type {EmbeddedStore, StoreState} from './embedded/store.ts';
export type {BackupOptions, StoreCopy} from './embedded/store-backup.ts';
export {verifyStore} from './embedded/verify-store.ts';
export type {InfluxAccess, InfluxStoreOptions, SeriesLabels} from './influxdb/options.ts';
export type {InfluxStore} from './influxdb/store.ts';
export * from './migrate/index.ts';

/** The store over InfluxDB, whose parts are read where one is opened: a store in a folder needs none of them. */
export const openInfluxStore: typeof Open = async (options) =>
  await (await import('./influxdb/open.ts')).openInfluxStore(options);
