import type {AddressInfo} from 'node:net';
import {fastify} from 'fastify';
import {expect, it} from 'vitest';
import type {LiveEvent, Registry} from '#schemas';
import {streamRoutes} from '../../../server/routes/stream.ts';

it('a quiet stream is kept open by comments, and ends with the server', async () => {
  const app = fastify();
  const listeners = new Set<(event: LiveEvent) => void>();
  const registry = {sites: () => []} as unknown as Registry;
  await app.register(streamRoutes, {
    registry,
    heartbeatMs: 20,
    live: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  });
  await app.listen({host: '127.0.0.1', port: 0});
  const {port} = app.server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/stream`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (text.split(': still here').length < 4) text += (await reader.read()).value ?? '';
  expect(text).toMatch(/^retry: 3000\n/);
  expect(listeners.size).toBe(1);
  const closed = app.close();
  for (;;) if ((await reader.read()).done) break;
  await closed;
  expect(listeners.size).toBe(0);
});
