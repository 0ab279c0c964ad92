import {openEmbeddedStore} from '../../../ingest/store/index.ts';
import {storeContract} from './contract.ts';
import {temporaryFolder} from './temporary-folder.ts';

storeContract('embedded', {
  async make() {
    const {folder, remove} = temporaryFolder();
    return {
      open: (options) => openEmbeddedStore({folder, commitIntervalMs: 1, compactEveryMs: 0, ...options}),
      remove: async () => remove(),
    };
  },
});

// The same, with all rows in column files as soon as anything is asked of them.
storeContract('embedded, compacted', {
  async make() {
    const {folder, remove} = temporaryFolder();
    return {
      async open(options) {
        const store = await openEmbeddedStore({
          folder,
          commitIntervalMs: 1,
          compactEveryMs: 0,
          compactAfterMs: 0,
          ...options,
        });
        for (const ask of ['rows', 'series', 'rollUp', 'verdicts', 'settled'] as const) {
          const straight = store[ask].bind(store) as (...of: unknown[]) => Promise<unknown>;
          store[ask] = (async (...of: unknown[]) => {
            await store.compact();
            return straight(...of);
          }) as never;
        }
        return store;
      },
      remove: async () => remove(),
    };
  },
});
