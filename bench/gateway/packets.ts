import mqttPacket from 'mqtt-packet';
import {upTopic} from '#schemas';

/** A PUBLISH with its places for packet identifier, time and values: encoded once, then patched for every message. */
export type Template = {bytes: Buffer; idAt: number; timeAt: number; valuesAt: readonly number[]};

/** Six values a message: name, lowest value, digits after the point. All have five characters. */
const VALUES = [
  ['air_temperature', 20, 2],
  ['relative_humidity', 55, 2],
  ['air_pressure', 985, 1],
  ['wind_speed', 3.5, 3],
  ['wind_direction', 120, 1],
  ['soil_moisture', 0.25, 3],
] as const;
export const VALUES_A_MESSAGE = VALUES.length;

/** Texts of a triangle of 101 steps, each value's five characters wide: below every limit of spike and rate, never flat. */
const PHASES = 202;
const TEXTS: readonly (readonly string[])[] = VALUES.map(([, low, digits]) =>
  Array.from({length: PHASES}, (_, phase) => {
    const step = phase < PHASES / 2 ? phase : PHASES - phase;
    return (low + (step * 4) / 10 ** (digits + 1)).toFixed(digits);
  }),
);

const TIME = '2026-01-01T00:00:00.000Z';

export function connectPacket(username: string, password: string): Buffer {
  return mqttPacket.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: `load-${username}`,
    keepalive: 60,
    username,
    password: Buffer.from(password),
  });
}

export function publishTemplate(site: string, device: string): Template {
  const readings = Object.fromEntries(VALUES.map(([name], i) => [name, `#${i}###`]));
  const text = JSON.stringify({time: TIME, seq: 100_000, readings}).replaceAll(/"(#\d###)"/g, '$1');
  const payload = Buffer.from(text);
  const bytes = mqttPacket.generate({
    cmd: 'publish',
    topic: upTopic(site, device),
    payload,
    qos: 1,
    messageId: 0x7fff,
    dup: false,
    retain: false,
  });
  const payloadAt = bytes.length - payload.length;
  return {
    bytes,
    idAt: payloadAt - 2,
    timeAt: payloadAt + payload.indexOf(TIME),
    valuesAt: VALUES.map((_, i) => payloadAt + payload.indexOf(`#${i}###`)),
  };
}

/**
 * Writes message `n` of a device into `out` at `at`: its own identifier, time, and values that wander slowly, as an
 * instrument's do. Returns the place after it.
 */
export function patch(
  template: Template,
  out: Buffer,
  at: number,
  message: {id: number; n: number; timeText: string; salt: number},
): number {
  const {bytes, idAt, timeAt, valuesAt} = template;
  out.set(bytes, at);
  out[at + idAt] = message.id >> 8;
  out[at + idAt + 1] = message.id & 0xff;
  out.write(message.timeText, at + timeAt, 'latin1');
  for (let i = 0; i < valuesAt.length; i++) {
    const text = TEXTS[i]![(message.n * (i + 3) + message.salt) % PHASES]!;
    out.write(text, at + valuesAt[i]!, 'latin1');
  }
  return at + bytes.length;
}
