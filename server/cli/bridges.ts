import {existsSync, readFileSync} from 'node:fs';
import {createValidator, EcoError} from '#schemas';
import {addBridge, NewBridgeBody, NewBridgeResult} from '../things/add-bridge.ts';
import {callApi} from './api-client.ts';
import {type Command, parse, textOption, typedPath, UsageError} from './command.ts';
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

export const bridges: Command = {
  help: `eco bridges add ID [--map MAP] [--devices ID,ID] [--prefix TEXT] [--site ID] [--json]

A bridge publishes for the devices it names, over MQTT with its own password, or to POST /api/v1/hooks/ID with the same
password as Bearer token. MAP (a JSON file, or the id of a map that is there) turns foreign payloads into readings; its
devicePrefix is the bridge's unless --prefix says. Run again, it gives a new password.

example:
  npm run eco -- bridges add chirpstack --map chirpstack.json --prefix cs- --json`,
  run: async (argv, io) => {
    const words = argv.map((word) => word.replace(/^--site(?==|$)/, '--of-site'));
    const parsed = parse(words, io, {
      options: {
        map: {type: 'string'},
        devices: {type: 'string'},
        prefix: {type: 'string'},
        'of-site': {type: 'string'},
      },
      positionals: ['add', 'ID'],
    });
    const [action, id] = parsed.positionals;
    if (action !== 'add') throw new UsageError(`bridges: expected add, got ${action}`);
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
