import {startBroker, startSubscriber} from '#ingest';
import type {Registry, Settings} from '#schemas';
import {bracketed, isLoopback} from './access/index.ts';
import type {ComponentState} from './components.ts';
import type {Core} from './core.ts';
import type {Log} from './log.ts';

export type Gateway = {
  /** Null where an external broker is consumed or this process is no gateway. */
  mqttUrl: string | null;
  mqttPort: number | null;
  /** MQTT connections now. */
  connections(): number;
  state(): ComponentState;
  close(): Promise<void>;
};

const NO_GATEWAY: Gateway = {
  mqttUrl: null,
  mqttPort: null,
  connections: () => 0,
  state: () => ({status: 'off'}),
  close: async () => {},
};

/** Where messages come in: the embedded broker, or a subscription at an external one. */
export async function startGateway(
  settings: Settings,
  parts: Pick<Core, 'pipeline' | 'health' | 'maps'> & {registry: Registry; log: Log; now: () => number},
): Promise<Gateway> {
  const {log} = parts;
  if (!settings.roles.split(',').includes('gateway')) return NO_GATEWAY;
  if (settings.mqttUpstream !== undefined) {
    const subscriber = await startSubscriber({url: settings.mqttUpstream, ...parts});
    return {...NO_GATEWAY, state: subscriber.state, close: subscriber.close};
  }
  const {mqttHost: host, mqttPort: port} = settings;
  if (!isLoopback(host)) {
    const message = `the MQTT broker listens on ${host} without TLS: passwords can be read on the way`;
    log({level: 'warn', message});
  }
  const broker = await startBroker({host, port, ...parts});
  return {
    mqttUrl: `mqtt://${bracketed(host)}:${broker.port}`,
    mqttPort: broker.port,
    connections: () => broker.stats().clients,
    state: () => {
      const {clients, stalled} = broker.stats();
      return {status: stalled ? 'degraded' : 'ok', message: `${clients} MQTT connections`};
    },
    close: broker.close,
  };
}
