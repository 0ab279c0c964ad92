/** What other parts may lean on: archives, brokers, pipeline, registry, maps, replay and the store. */
export * from './archive/index.ts';
export * from './broker/index.ts';
export * from './catalogue/index.ts';
export * from './derive/index.ts';
export * from './export/index.ts';
export * from './frames/index.ts';
export * from './geo/index.ts';
export * from './health/index.ts';
export * from './live/index.ts';
export * from './map/index.ts';
export * from './pipeline/index.ts';
export * from './registry/index.ts';
export * from './replay/index.ts';
export * from './revise/index.ts';
export {
  type Checksum,
  checksumOf,
  copyDurably,
  copyRows,
  copySideTables,
  type EmbeddedStore,
  type EmbeddedStoreOptions,
  finishSideTables,
  hashFile,
  hasStore,
  type InfluxAccess,
  type InfluxStore,
  type InfluxStoreOptions,
  MIGRATION,
  openDuck,
  openEmbeddedStore,
  openInfluxStore,
  quoted,
  type SeriesInfo,
  type SeriesLabels,
  STORE_SCHEMA_VERSION,
  type StoreState,
  syncPath,
  verifyStore,
} from './store/index.ts';
export * from './subscriber/index.ts';
