import {existsSync} from 'node:fs';
import {basename, join} from 'node:path';
import {createMqttPublisher, planReplay, readMapFile, replayFile} from '#ingest';
import {EcoError, listOf, type NewDeviceResult, type ReadingMap, SiteBody} from '#schemas';
import {OWN_SITES} from '../core.ts';
import {MapDevicesResult} from '../routes/map-devices.ts';
import {findServer} from '../server-file.ts';
import {callApi} from './api-client.ts';
import {
  type Command,
  type Io,
  numberOption,
  type Parsed,
  parse,
  textOption,
  typedPath,
  UsageError,
} from './command.ts';
import {createProgress} from './progress.ts';

const SiteList = listOf(SiteBody);
type Report = Awaited<ReturnType<typeof replayFile>>;

/** A map by its file, or by the id of one that comes with the product. */
export async function mapOf(said: string, io: Io): Promise<ReadingMap> {
  const own = join(OWN_SITES, 'maps', `${basename(said, '.json')}.json`);
  const path = typedPath(said, io.env);
  return await readMapFile(existsSync(path) || !existsSync(own) ? path : own);
}

export function tell(report: Report, io: Io): void {
  const {columns, rejected} = report;
  io.out(
    `${report.rows} rows read, ${report.valuesSent} values of ${report.devices.length} devices acknowledged`,
  );
  if (columns.ignored.length > 0) io.out(`left out, no element: ${columns.ignored.join(', ')}`);
  if (columns.unknown.length > 0) io.out(`left out, unknown to the map: ${columns.unknown.join(', ')}`);
  if (columns.absent.length > 0) io.out(`not in the file: ${columns.absent.join(', ')}`);
  const {ambiguous, skipped} = report.timeNotes;
  if (ambiguous + skipped > 0) io.out(`local times that clocks show twice: ${ambiguous}, never: ${skipped}`);
  for (const [code, count] of Object.entries(rejected.byCode)) io.err(`rejected ${code}: ${count}`);
  for (const {line, column, code, message} of rejected.first.slice(0, 10)) {
    io.err(`  line ${line}${column === undefined ? '' : `, ${column}`}: ${code}: ${message}`);
  }
}

async function siteOf(parsed: Parsed, httpUrl: string): Promise<SiteBody> {
  const {items} = await callApi<{items: SiteBody[]}>(httpUrl, 'GET', '/sites', SiteList);
  const said = textOption(parsed, 'of-site');
  const site = said === undefined ? items[0] : items.find(({id}) => id === said);
  if (site && (said !== undefined || items.length === 1)) return site;
  throw new UsageError(
    `--site: expected one of ${items.map(({id}) => id).join(', ')}, got ${said ?? 'none'}`,
  );
}

export const replay: Command = {
  help: `eco replay FILE --map MAP [--speed N] [--site ID] [--json]

Reads FILE through MAP (a JSON file, or the id of one under sites/maps) and publishes its values over MQTT as devices that
it adds on the running server. --speed 60 plays an hour in a minute; without it, as fast as the server acknowledges.
A second run changes nothing.

example:
  npm run eco -- replay tests/fixtures/real/logan-river/mendon.csv --map logan-river --speed 3600`,
  run: async (argv, io) => {
    const renamed = argv.map((word) => word.replace(/^--site(?==|$)/, '--of-site'));
    const parsed = parse(renamed, io, {
      options: {map: {type: 'string'}, speed: {type: 'string'}, 'of-site': {type: 'string'}},
      positionals: ['FILE'],
    });
    const said = textOption(parsed, 'map');
    if (said === undefined)
      throw new UsageError('--map is missing: a JSON file, or the id of one under sites/maps');
    const speed = numberOption(parsed, 'speed', {least: 1e-3, most: 1e9});
    const file = typedPath(parsed.positionals[0]!, io.env);
    const map = await mapOf(said, io);
    const server = await findServer(parsed.settings.dataDir);
    if (!server) {
      throw new EcoError(
        'server_missing',
        `no server runs on ${parsed.settings.dataDir}: start it with npm start`,
      );
    }
    if (server.mqttUrl === null) {
      throw new EcoError(
        'broker_missing',
        `the server ${server.httpUrl} has no MQTT broker of its own (ECO_MQTT_UPSTREAM)`,
      );
    }
    const site = await siteOf(parsed, server.httpUrl);

    const stop = new AbortController();
    const onSignal = () => stop.abort();
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    const progress = createProgress(io, basename(file));
    try {
      const {longitudeDeg, latitudeDeg} = site.origin;
      const plan = await planReplay({
        file,
        map,
        fallback: {longitudeDeg, latitudeDeg},
        signal: stop.signal,
        onProgress: ({fraction, rows}) => progress.update(fraction * 100, 200, `${rows} rows looked through`),
      });
      if (plan.devices.length === 0)
        throw new EcoError('map_failed', `${file}: map ${map.id} finds no value in it`);
      const {items} = await callApi<{items: NewDeviceResult[]}>(
        server.httpUrl,
        'POST',
        '/map-devices',
        MapDevicesResult,
        {site: site.id, devices: plan.devices},
      );
      const publisher = createMqttPublisher({
        url: server.mqttUrl,
        site: site.id,
        logins: new Map(items.map(({id, username, password}) => [id, {username, password}])),
      });
      let report: Report;
      try {
        report = await replayFile({
          file,
          map,
          publish: publisher.publish,
          signal: stop.signal,
          ...(speed === undefined ? {} : {speed}),
          onProgress: ({fraction, valuesSent}) =>
            progress.update(100 + fraction * 100, 200, `${valuesSent} values sent`),
        });
      } finally {
        await publisher.close();
      }
      progress.stop();
      if (parsed.json) io.out(JSON.stringify(report));
      else tell(report, io);
      return report.aborted ? 1 : 0;
    } finally {
      progress.stop();
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    }
  },
};
