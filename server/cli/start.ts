import {createLog} from '../log.ts';
import {startServer} from '../main.ts';
import type {Command} from './command.ts';
import {parse} from './command.ts';

/** Longest that a stop may take before the process ends all the same, ms. */
const STOP_MS = 10_000;

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function stopAsked(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const on = (signal: NodeJS.Signals) => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', on);
    process.on('SIGTERM', on);
  });
}

export const start: Command = {
  help: `eco start [SETTINGS]

MQTT broker, virtual devices, pipeline, store, API and twin, for this machine alone. Prints \`ready URL\` when a browser
can use it. Ctrl-C or SIGTERM: everything is flushed, exit 0.

settings, among others (also as ECO_… variables or in --config FILE):
  --data-dir DIR     everything the product writes (./data)
  --http-port N      0 picks a free one (8080)
  --mqtt-port N      0 picks a free one (1883)
  --fleet off        no virtual devices
  --site ID,ID       sites served, by folder name

example:
  npm start
  npm run eco -- start --http-port 0 --data-dir /tmp/eco`,
  run: async (argv, io) => {
    const {settings} = parse(argv, io, {});
    const asked = stopAsked();
    const log = createLog(settings.logLevel);
    const server = await startServer(settings, {log, progress: io.err});
    if (server.mqttUrl !== null) io.out(`mqtt ${server.mqttUrl}`);
    io.out(`ready ${server.httpUrl}`);
    const signal = await asked;
    io.err(`eco: ${signal}, stopping`);
    setTimeout(() => {
      io.err(`eco: not stopped within ${STOP_MS / 1000} s, ended`);
      process.exit(1);
    }, STOP_MS).unref();
    await server.close();
    return 0;
  },
};
