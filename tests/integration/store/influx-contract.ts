/** The one contract suite on a real InfluxDB: as the store runs, and with every row gone from the local database. */
import {afterAll, beforeAll} from 'vitest';
import {openInfluxStore} from '#ingest';
import {storeContract} from '../../ingest/store/contract.ts';
import {temporaryFolder} from '../../ingest/store/temporary-folder.ts';
import {findProgram, testWith} from '../../needs.ts';
import {type InfluxServer, influxServer} from './influx-server.ts';

export function influxContract(major: 1 | 2): void {
  const name = major === 1 ? 'InfluxDB 1.x' : 'InfluxDB 2.7';
  const program = major === 1 ? 'influxd' : 'influxd-2.7';
  if (findProgram(program) === undefined) {
    testWith(program)(`${name}: the store port`, () => {});
    return;
  }
  let server: InfluxServer;
  let buckets = 0;
  beforeAll(async () => {
    server = await influxServer(major);
    await server.start();
  });
  afterAll(() => server?.remove());

  storeContract(name, {
    async make() {
      const {folder, remove} = temporaryFolder();
      const influx = server.access(`eco ${++buckets}`);
      return {
        open: (options) =>
          openInfluxStore({folder, influx, commitIntervalMs: 1, compactEveryMs: 0, ...options}),
        remove: async () => remove(),
      };
    },
  });

  // The same, with all rows in InfluxDB alone as soon as anything is asked of them.
  storeContract(`${name}, nothing kept here`, {
    async make() {
      const {folder, remove} = temporaryFolder();
      const influx = server.access(`eco ${++buckets}`);
      return {
        async open(options) {
          const store = await openInfluxStore({
            folder,
            influx,
            commitIntervalMs: 1,
            compactEveryMs: 0,
            compactAfterMs: 0,
            ...options,
          });
          for (const ask of ['rows', 'series', 'rollUp', 'settled'] as const) {
            const straight = store[ask].bind(store) as (...of: unknown[]) => Promise<unknown>;
            store[ask] = (async (...of: unknown[]) => {
              await store.compact();
              const {hotRows} = await store.stats();
              // Rows with an impossible time stay; the suite has one.
              if (hotRows > 1) throw new Error(`${hotRows} rows are still here`);
              return straight(...of);
            }) as never;
          }
          return store;
        },
        remove: async () => remove(),
      };
    },
  });
}
