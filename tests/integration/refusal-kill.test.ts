import {afterAll, afterEach, expect, it} from 'vitest';
import {getJson, type RunningServer, startProduct, temporaryFolder} from './running-server.ts';

const folder = temporaryFolder('refusal-kill');
let server: RunningServer | undefined;
afterEach(async () => {
  await server?.stop();
});
afterAll(() => folder.remove());

const start = async () => {
  server = await startProduct({dataDir: folder.path, env: {ECO_FLEET: 'off'}});
};

async function post(path: string, body: unknown, token?: string) {
  const answer = await fetch(`${server!.url}/api/v1${path}`, {
    method: 'POST',
    headers: {'content-type': 'application/json', ...(token && {authorization: `Bearer ${token}`})},
    body: JSON.stringify(body),
  });
  return {status: answer.status, body: (await answer.json()) as Record<string, unknown>};
}
async function listed(status: string): Promise<string[]> {
  const {items} = await getJson<{items: {id: string}[]}>(`${server!.url}/api/v1/devices?status=${status}`);
  return items.map(({id}) => id);
}

it('a refusal holds through kill -9, and so does its taking back', async () => {
  await start();
  const made = await post('/bridges', {id: 'zigbee', map: 'zigbee2mqtt'});
  const token = made.body['password'] as string;
  const send = () => post('/hooks/zigbee?topic=zigbee2mqtt/next-door', {temperature: 20}, token);
  const id = 'z2m-next-door';
  expect(await send()).toMatchObject({status: 422, body: {code: 'device_waiting'}});
  expect(await post(`/devices/${id}/refuse`, {who: 'Lin', reason: 'not ours'})).toMatchObject({status: 200});
  await server!.stop('SIGKILL');
  await start();
  expect(await send()).toMatchObject({status: 200, body: {stored: 0, rejected: [{code: 'device_refused'}]}});
  expect([await listed('waiting'), await listed('refused')]).toEqual([[], [id]]);
  expect(await post(`/devices/${id}/wait`, null)).toMatchObject({status: 200});
  await server!.stop('SIGKILL');
  await start();
  expect(await send()).toMatchObject({status: 422, body: {code: 'device_waiting'}});
  expect([await listed('waiting'), await listed('refused')]).toEqual([[id], []]);
}, 120_000);
