export {SCHEMA_VERSION as STORE_SCHEMA_VERSION} from './embedded/database.ts';
export {copyDurably, hashFile, syncPath} from './embedded/durable-file.ts';
export {openEmbeddedStore} from './embedded/open.ts';
export type {EmbeddedStoreOptions, SeriesInfo} from './embedded/options.ts';
export type {EmbeddedStore, StoreState} from './embedded/store.ts';
export type {BackupOptions, StoreCopy} from './embedded/store-backup.ts';
export {verifyStore} from './embedded/verify-store.ts';
