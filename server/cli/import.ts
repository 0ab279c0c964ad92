import {basename} from 'node:path';
import {planReplay, type ReplayReport, replayFile} from '#ingest';
import {
  EcoError,
  listOf,
  type NewDeviceResult,
  type Principal,
  type ReadingMap,
  SiteBody,
  upTopic,
} from '#schemas';
import {MapDevicesResult} from '../routes/map-devices.ts';
import {addMapDevices} from '../things/add-map-devices.ts';
import {callApi} from './api-client.ts';
import {type Command, type Io, parse, textOption, typedPath, UsageError} from './command.ts';
import {importTrees} from './import-trees.ts';
import {onlineOrOffline} from './open-data.ts';
import {createProgress} from './progress.ts';
import {mapOf, tell} from './replay.ts';

type Plan = Awaited<ReturnType<typeof planReplay>>;
type Publish = (device: string, payload: string) => Promise<void>;
/** What takes the sheet in: adds its devices, then takes each message once it is durable. */
type Way = {
  origin(): Promise<{site: string; longitudeDeg: number; latitudeDeg: number}>;
  open(plan: Plan, site: string): Promise<Publish>;
};

const SiteList = listOf(SiteBody);

function chosen<T extends {id: string}>(sites: readonly T[], said: string | undefined): T {
  const site = said === undefined ? sites[0] : sites.find(({id}) => id === said);
  if (site && (said !== undefined || sites.length === 1)) return site;
  throw new UsageError(
    `--site: one of ${sites.map(({id}) => id).join(', ')} was expected, got ${said ?? 'none'}`,
  );
}

function throughServer(url: string, said: string | undefined): Way {
  return {
    origin: async () => {
      const {items} = await callApi<{items: SiteBody[]}>(url, 'GET', '/sites', SiteList);
      const {id, origin} = chosen(items, said);
      return {site: id, longitudeDeg: origin.longitudeDeg, latitudeDeg: origin.latitudeDeg};
    },
    open: async ({devices}, site) => {
      const {items} = await callApi<{items: NewDeviceResult[]}>(
        url,
        'POST',
        '/map-devices',
        MapDevicesResult,
        {
          site,
          devices,
        },
      );
      const logins = new Map(
        items.map(({id, username, password}) => [
          id,
          `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        ]),
      );
      return async (device, payload) => {
        const answer = await fetch(`${url}/api/v1/readings`, {
          method: 'POST',
          headers: {'content-type': 'application/json', authorization: logins.get(device)!},
          body: payload,
        });
        // 422: nothing of it was understood; it is kept with the reason, like any other message.
        if (!answer.ok && answer.status !== 422) throw new Error(`${answer.status} ${await answer.text()}`);
        await answer.arrayBuffer();
      };
    },
  };
}

async function take(way: Way, {file, map}: {file: string; map: ReadingMap}, io: Io): Promise<ReplayReport> {
  const {site, ...fallback} = await way.origin();
  const progress = createProgress(io, basename(file));
  try {
    const plan = await planReplay({
      file,
      map,
      fallback,
      onProgress: ({fraction, rows}) => progress.update(fraction * 100, 200, `${rows} rows looked through`),
    });
    if (plan.devices.length === 0) {
      throw new EcoError('map_failed', `${file}: map ${map.id} finds no value in it`);
    }
    return await replayFile({
      file,
      map,
      publish: await way.open(plan, site),
      onProgress: ({fraction, valuesSent}) =>
        progress.update(100 + fraction * 100, 200, `${valuesSent} values taken in`),
    });
  } finally {
    progress.stop();
  }
}

export const importSheet: Command = {
  help: `eco import FILE --map MAP [--site ID] [--json]

Takes a CSV sheet in through MAP (a JSON file, or the id of one under sites/maps): each value is validated, put into its
catalogue unit, flagged and stored as any other. The server may run or not. A second import changes nothing; another value for
the same place and time is kept beside the first as a conflict. \`<0.01\` stays what it is: below a limit (censoredPrefix).
The map \`lab-water\` reads a laboratory's sheet: site, sampled, NH3-N (mg/L), TP (mg/L), TN (mg/L), CODMn (mg/L).

example:
  npm run eco -- import nutrients-2026.csv --map lab-water

${importTrees.help}`,
  run: async (argv, io) => {
    if (argv[0] === 'trees') return await importTrees.run(argv.slice(1), io);
    const renamed = argv.map((word) => word.replace(/^--site(?==|$)/, '--of-site'));
    const parsed = parse(renamed, io, {
      options: {map: {type: 'string'}, 'of-site': {type: 'string'}},
      positionals: ['FILE'],
    });
    const said = textOption(parsed, 'of-site');
    const named = textOption(parsed, 'map');
    if (named === undefined) {
      throw new UsageError('--map is missing: a JSON file, or the id of one under sites/maps');
    }
    const sheet = {file: typedPath(parsed.positionals[0]!, io.env), map: await mapOf(named, io)};
    const report = await onlineOrOffline<ReplayReport>(parsed.settings, {
      online: (url) => take(throughServer(url, said), sheet, io),
      offline: ({registry, pipeline}) =>
        take(
          {
            origin: async () => {
              const {site} = chosen(
                registry.sites().map(({site: one}) => ({id: one.id, site: one})),
                said,
              );
              const {longitudeDeg, latitudeDeg} = site.origin;
              return {site: site.id, longitudeDeg, latitudeDeg};
            },
            open: async ({devices}, site) => {
              await addMapDevices(registry, {site, devices});
              return (device, payload) =>
                new Promise((resolve) => {
                  const principal: Principal = {kind: 'device', username: device, site, device};
                  pipeline.accept(
                    {
                      source: 'file',
                      topic: upTopic(site, device),
                      principal,
                      payload: Buffer.from(payload),
                      receivedMs: Date.now(),
                    },
                    () => resolve(),
                  );
                });
            },
          },
          sheet,
          io,
        ),
    });
    if (parsed.json) io.out(JSON.stringify(report));
    else tell(report, io);
    return 0;
  },
};
