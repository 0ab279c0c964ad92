import {describe, expect, it} from 'vitest';
import {readUpstream} from '../../../ingest/subscriber/index.ts';

describe('ECO_MQTT_UPSTREAM', () => {
  it('tells host, port, credentials, session and group', () => {
    expect(readUpstream('mqtts://eco:p%40ss@broker.example:8884?clientId=worker-1&share=city')).toEqual({
      host: 'broker.example',
      port: 8884,
      tls: true,
      username: 'eco',
      password: 'p@ss',
      clientId: 'worker-1',
      share: 'city',
    });
    expect(readUpstream('mqtt://[::1]')).toMatchObject({
      host: '::1',
      port: 1883,
      tls: false,
      username: undefined,
      share: 'eco',
      clientId: expect.stringMatching(/^eco-brain-/),
    });
    expect(readUpstream('mqtts://h').port).toBe(8883);
  });

  it.each([
    ['broker', /expected a URL/],
    ['http://broker', /expected mqtt:\/\/ or mqtts:\/\/, got http:/],
    ['mqtt://broker?clientId=a%20b', /clientId: expected 1 to 64 letters/],
    ['mqtt://broker?share=%23', /share: expected/],
    ['mqtt://broker?clean=true', /expected clientId or share, got clean/],
  ])('%s is refused', (url, message) => {
    expect(() => readUpstream(url)).toThrow(
      expect.objectContaining({code: 'setting_invalid', message: expect.stringMatching(message)}),
    );
  });
});
