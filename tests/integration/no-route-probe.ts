/** Run inside a network namespace that has a loopback and no route: starts the product, looks at it, ends it. */
import {getJson, startProduct, until} from './running-server.ts';

const server = await startProduct({dataDir: process.argv[2]!});
try {
  const devices = await until('devices connected', 90_000, async () => {
    const {items} = await getJson<{items: {connected: boolean; state: string}[]}>(
      `${server.url}/api/v1/devices`,
    );
    return items.every(({state}) => state === 'online') && items.length;
  });
  const page = (await fetch(server.url)).status;
  process.stdout.write(`${JSON.stringify({devices, page})}\n`);
} finally {
  await server.stop();
}
