import {existsSync, readFileSync} from 'node:fs';
import type {FrameReplay} from '#ingest';
import {createValidator, EcoError, FrameReplayBody, NewBridgeBody, NewBridgeResult} from '#schemas';
import {queryInstant} from '../routes/instants.ts';
import {addBridge} from '../things/add-bridge.ts';
import {callApi} from './api-client.ts';
import {type Command, type Io, type Parsed, parse, textOption, typedPath, UsageError} from './command.ts';
import {onlineOrOffline} from './open-data.ts';

const isNewBridge = createValidator<NewBridgeBody>(NewBridgeBody);

/** A map by the id of one that is there, or from a file. */
function mapOf(said: string, path: string): unknown {
  if (!existsSync(path)) return said;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new EcoError('map_invalid', `${path}: expected a map in JSON: ${(error as Error).message}`);
  }
}

async function replay(id: string, parsed: Parsed, io: Io): Promise<number> {
  const from = textOption(parsed, 'from');
  const to = textOption(parsed, 'to');
  const query = new URLSearchParams({
    ...(from === undefined ? {} : {from}),
    ...(to === undefined ? {} : {to}),
  });
  const report = await onlineOrOffline<Omit<FrameReplay, 'problems'>>(parsed.settings, {
    online: (url) =>
      callApi(url, 'POST', `/bridges/${encodeURIComponent(id)}/replay?${query}`, FrameReplayBody),
    offline: ({pipeline}) =>
      pipeline.replayBridge({
        bridge: id,
        fromMs: from === undefined ? 0 : queryInstant('--from', from),
        toMs: to === undefined ? Date.now() + 1 : queryInstant('--to', to),
      }),
  });
  if (parsed.json) io.out(JSON.stringify(report));
  else {
    const {frames, stored, duplicate, conflict, rejected, letters} = report;
    io.out(
      `${frames} frames: ${stored} values new, ${duplicate} known, ${conflict} in conflict with a first value`,
    );
    io.out(`${letters} dead letters understood now; ${rejected} frames still wrong`);
  }
  return 0;
}

export const bridges: Command = {
  help: `eco bridges add ID [--map MAP] [--devices ID,ID] [--prefix TEXT] [--site ID] [--json]
eco bridges replay ID [--from TIME] [--to TIME] [--json]

A bridge publishes for the devices it names, over MQTT with its own password, or to POST /api/v1/hooks/ID with the same
password as Bearer token. MAP (a JSON file, or the id of a map that is there) turns foreign payloads into readings; its
devicePrefix is the bridge's unless --prefix says. Run again, it gives a new password.
\`replay\` runs what the bridge sent in the last days through its map again, after the map was mended; twice changes nothing.

example:
  npm run eco -- bridges add lorawan --map chirpstack-v4 --json`,
  run: async (argv, io) => {
    const words = argv.map((word) => word.replace(/^--site(?==|$)/, '--of-site'));
    const parsed = parse(words, io, {
      options: {
        map: {type: 'string'},
        devices: {type: 'string'},
        prefix: {type: 'string'},
        'of-site': {type: 'string'},
        from: {type: 'string'},
        to: {type: 'string'},
      },
      positionals: ['add or replay', 'ID'],
    });
    const [action, id] = parsed.positionals;
    if (action === 'replay') return await replay(id!, parsed, io);
    if (action !== 'add') throw new UsageError(`bridges: expected add or replay, got ${action}`);
    const said = textOption(parsed, 'map');
    const devices = textOption(parsed, 'devices');
    const devicePrefix = textOption(parsed, 'prefix');
    const site = textOption(parsed, 'of-site');
    const body: unknown = {
      id,
      ...(said === undefined ? {} : {map: mapOf(said, typedPath(said, io.env))}),
      ...(devices === undefined ? {} : {devices: devices.split(',')}),
      ...(devicePrefix === undefined ? {} : {devicePrefix}),
      ...(site === undefined ? {} : {site}),
    };
    if (!isNewBridge(body)) throw new UsageError(`bridge ${id}: ${isNewBridge.problem()}`);
    const added = await onlineOrOffline<NewBridgeResult>(parsed.settings, {
      online: (url) => callApi(url, 'POST', '/bridges', NewBridgeResult, body),
      offline: (core) => addBridge(core.registry, core.maps, body),
    });
    if (parsed.json) io.out(JSON.stringify(added));
    else {
      io.out(`bridge    ${added.id}${added.map === null ? '' : ` with map ${added.map}`}`);
      io.out(`username  ${added.username}`);
      io.out(`password  ${added.password}   (shown this once)`);
      io.out(`topic     ${added.topic}`);
      io.out(`hook      POST ${added.hook}, Authorization: Bearer PASSWORD`);
    }
    return 0;
  },
};
