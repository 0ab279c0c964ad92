import type {MqttClient} from 'mqtt';
import {EcoError, upTopic} from '#schemas';
import type {Publish} from './replay-file.ts';

export type MqttPublisher = {publish: Publish; close(): Promise<void>};

export type DeviceLogin = {username: string; password: string};

/** Time a broker may take to let a device in, ms. */
const CONNECT_TIMEOUT_MS = 15_000;
/** Time that a connection may stay away before what waits for it is given up, ms. */
const AWAY_MS = 30_000;

type Connection = {client: MqttClient; send(topic: string, payload: string): Promise<void>};

/** A client whose messages fail once it has had no connection for `awayMs`, instead of waiting for ever. */
function watch(client: MqttClient, of: {url: string; awayMs: number}): Connection {
  const waiting = new Set<(error: EcoError) => void>();
  let timer: NodeJS.Timeout | undefined;
  client.on('connect', () => {
    clearTimeout(timer);
    timer = undefined;
  });
  client.on('close', () => {
    timer ??= setTimeout(() => {
      const lost = new EcoError('broker_lost', `${of.url} has not answered for ${of.awayMs / 1000} s`);
      for (const fail of waiting) fail(lost);
    }, of.awayMs).unref();
  });
  return {
    client,
    send: (topic, payload) =>
      new Promise((resolve, reject) => {
        waiting.add(reject);
        client.publish(topic, payload, {qos: 1}, (error) => {
          waiting.delete(reject);
          if (error) reject(error);
          else resolve();
        });
      }),
  };
}

/**
 * One MQTT connection for each device, opened when its first message goes out; messages at QoS 1 on the device's own
 * topic. A connection that breaks comes back by itself and sends again what was not acknowledged; one that stays away
 * fails what waits for it.
 */
export function createMqttPublisher(options: {
  /** `mqtt://127.0.0.1:1883` */
  url: string;
  site: string;
  logins: ReadonlyMap<string, DeviceLogin>;
  /** Longest time without a connection, ms. */
  awayMs?: number;
}): MqttPublisher {
  const {url, site, logins, awayMs = AWAY_MS} = options;
  const connections = new Map<string, Promise<Connection>>();

  function connectionOf(device: string): Promise<Connection> {
    const known = connections.get(device);
    if (known) return known;
    const login = logins.get(device);
    if (!login) {
      return Promise.reject(
        new EcoError('credential_missing', `device ${device} has no credentials to publish with`),
      );
    }
    // read where somebody publishes: most of what the product does needs no client
    const opening = import('mqtt').then(({connectAsync}) =>
      connectAsync(
        url,
        {
          clientId: `replay-${device}`,
          username: login.username,
          password: login.password,
          clean: true,
          reconnectPeriod: 1000,
          connectTimeout: CONNECT_TIMEOUT_MS,
        },
        false,
      ),
    );
    const connection = opening.then(
      (client) => watch(client, {url, awayMs}),
      (error: Error) => {
        connections.delete(device);
        throw new EcoError('broker_refused', `${url} did not let ${login.username} in: ${error.message}`);
      },
    );
    connections.set(device, connection);
    return connection;
  }

  return {
    publish: async (device, payload) => {
      const connection = await connectionOf(device);
      await connection.send(upTopic(site, device), payload);
    },
    close: async () => {
      const open = await Promise.allSettled(connections.values());
      connections.clear();
      await Promise.all(
        open.map(async (one) => {
          if (one.status === 'rejected') return;
          const {client} = one.value;
          // Without a connection there is nobody to take leave of.
          await client.endAsync(!client.connected);
        }),
      );
    },
  };
}
