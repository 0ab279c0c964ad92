import {expect, it} from 'vitest';
import {createClosers} from '../../server/closers.ts';

it('closes in the opposite order, once, also after one has failed', async () => {
  const closed: string[] = [];
  const closers = createClosers();
  expect(closers.keep('store', (name) => closed.push(name))).toBe('store');
  closers.keep('broker', async () => {
    throw new Error('broker stuck');
  });
  closers.keep('http', async (name) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    closed.push(name);
  });
  const first = closers.closeAll();
  await expect(first).rejects.toThrow('broker stuck');
  await expect(closers.closeAll()).rejects.toThrow('broker stuck');
  expect(closed).toEqual(['http', 'store']);
});
