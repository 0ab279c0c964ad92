import {hostname} from 'node:os';
import {EcoError} from '#schemas';

/** An external broker, read from its URL. */
export type Upstream = {
  host: string;
  port: number;
  tls: boolean;
  username: string | undefined;
  password: string | undefined;
  /** Names our session at the broker, which keeps messages for it while we are away: the same after every start. */
  clientId: string;
  /** Name of the group that shares the messages. */
  share: string;
};

const PORTS: Readonly<Record<string, number>> = {'mqtt:': 1883, 'mqtts:': 8883};

/**
 * `mqtt://user:password@host:1883?clientId=…&share=…` (or `mqtts://`). Workers of one share group divide the messages,
 * each under a `clientId` of its own; it is made of the host's name if it is not given.
 * @throws {EcoError} `setting_invalid`.
 */
export function readUpstream(url: string): Upstream {
  const fail = (why: string) => new EcoError('setting_invalid', `ECO_MQTT_UPSTREAM: ${why}`);
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw fail('expected a URL such as mqtt://user:password@host:1883');
  }
  const standard = PORTS[parsed.protocol];
  if (standard === undefined) throw fail(`expected mqtt:// or mqtts://, got ${parsed.protocol}//`);
  if (parsed.hostname === '') throw fail('expected a host');
  const named = (key: string, byDefault: string): string => {
    const value = parsed.searchParams.get(key) ?? byDefault;
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(value)) {
      throw fail(
        `${key}: expected 1 to 64 letters, digits, _ or -, got ${JSON.stringify(value.slice(0, 64))}`,
      );
    }
    return value;
  };
  for (const key of parsed.searchParams.keys()) {
    if (key !== 'clientId' && key !== 'share') throw fail(`expected clientId or share, got ${key}`);
  }
  return {
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: parsed.port === '' ? standard : Number(parsed.port),
    tls: parsed.protocol === 'mqtts:',
    username: parsed.username === '' ? undefined : decodeURIComponent(parsed.username),
    password: parsed.password === '' ? undefined : decodeURIComponent(parsed.password),
    clientId: named('clientId', `eco-brain-${hostname().replace(/[^A-Za-z0-9_-]/g, '-')}`.slice(0, 64)),
    share: named('share', 'eco'),
  };
}
