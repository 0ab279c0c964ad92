/** The whole product over InfluxDB: started while it is away, and what it tells of it. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest';
import {findProgram, testWith} from '../needs.ts';
import {type RunningServer, startProduct, temporaryFolder} from './running-server.ts';
import {type InfluxServer, influxServer} from './store/influx-server.ts';

type Login = {id: string; username: string; password: string};
const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;

// On the one that asks for a token.
if (findProgram('influxd-2.7') === undefined) testWith('influxd-2.7')('the product over InfluxDB', () => {});
else {
  describe('the product over InfluxDB', () => {
    const data = temporaryFolder('influxdb');
    let influx: InfluxServer;
    let product: RunningServer;
    let login: Login;

    const start = async () => {
      const {url, token, org, bucket} = influx.access('island');
      const file = join(data.path, 'token');
      if (token !== undefined) writeFileSync(file, `${token}\n`);
      product = await startProduct({
        dataDir: data.path,
        env: {
          ECO_FLEET: 'off',
          ECO_STORE: 'influxdb',
          ECO_INFLUX_URL: url,
          ECO_INFLUX_ORG: org,
          ECO_INFLUX_BUCKET: bucket,
          ...(token === undefined ? {} : {ECO_INFLUX_TOKEN_FILE: file}),
        },
      });
    };
    const api = (path: string, init?: RequestInit) => fetch(`${product.url}/api/v1${path}`, init);
    const send = (celsius: number, time: Date) =>
      api('/readings', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`,
        },
        body: JSON.stringify({time: time.toISOString(), readings: {air_temperature: celsius}}),
      });
    const storeHealth = async () => {
      const {components} = await json<{components: {store: {status: string; message: string}}}>(
        await api('/health'),
      );
      return components.store;
    };

    beforeAll(async () => {
      influx = await influxServer(2);
      // 2.x is set up once, so that there is somebody to let us in.
      await influx.start();
      await influx.stop('SIGKILL');
      await start();
      login = await json<Login>(
        await api('/devices', {
          method: 'POST',
          headers: {'content-type': 'application/json'},
          body: JSON.stringify({
            id: 'probe',
            model: 'generic-json',
            longitudeDeg: 106.71,
            latitudeDeg: 29.58,
          }),
        }),
      );
    });
    afterAll(async () => {
      await product?.stop('SIGTERM');
      await influx?.remove();
      data.remove();
    });

    it('takes observations and shows them while InfluxDB is away, and says that it is', async () => {
      const began = new Date(Date.now() - 600_000);
      expect((await send(21.5, began)).status).toBe(200);
      const {items} = await json<{items: {result: number}[]}>(await api('/latest?device=probe'));
      expect(items.map(({result}) => result)).toEqual([21.5]);
      const {points} = await json<{points: {mean: number}[]}>(
        await api(
          `/series?device=probe&element=air_temperature&from=${began.toISOString()}&to=${new Date().toISOString()}`,
        ),
      );
      expect(points.map(({mean}) => mean)).toEqual([21.5]);
      await vi.waitFor(async () => expect(await storeHealth()).toMatchObject({status: 'degraded'}));
      expect((await storeHealth()).message).toMatch(/rows wait for InfluxDB/);
      expect(await (await fetch(`${product.url}/metrics`)).text()).toMatch(/^eco_forward_up 0$/m);
    });

    it('starts again while it is away, and sends all of it when it is back, by names that others find', async () => {
      expect(await product.stop('SIGTERM')).toBe(0);
      await start();
      expect((await send(22, new Date(Date.now() - 300_000))).status).toBe(200);
      await influx.start();
      await vi.waitFor(async () => expect(await storeHealth()).toMatchObject({status: 'ok'}), {
        timeout: 30_000,
      });
      const there = () =>
        influx.query(
          'island',
          `SELECT "value", "datastream" FROM "eco_observation" WHERE "station" = 'probe' AND "element" = 'air_temperature'`,
        );
      await vi.waitFor(async () => expect((await there()).length).toBe(2), {timeout: 30_000});
      expect((await there()).map(([, value, datastream]) => [value, datastream])).toEqual([
        [21.5, 'probe:air_temperature:point'],
        [22, 'probe:air_temperature:point'],
      ]);
      const metrics = await (await fetch(`${product.url}/metrics`)).text();
      expect(metrics).toMatch(/^eco_forward_up 1$/m);
      expect(metrics).toMatch(/^eco_forward_rows\{of="waiting"\} 0$/m);
      const {store} = await json<{store: {forwarding: {state: string}}}>(await api('/stats'));
      expect(store.forwarding.state).toBe('sending');
      const {token} = influx.access('island');
      if (token !== undefined) expect(product.output()).not.toContain(token);
    });
  });
}
