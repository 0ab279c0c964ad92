export {openEmbeddedStore} from './embedded/open.ts';
export type {EmbeddedStoreOptions, SeriesInfo} from './embedded/options.ts';
export type {EmbeddedStore, StoreState} from './embedded/store.ts';
