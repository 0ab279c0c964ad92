import {expect, it} from 'vitest';
import {QC_TEST} from '#schemas';
import {hostileMessages} from './hostile-messages.ts';
import {createMemoryStore} from './memory-store.ts';
import {createWorld, device, SITE} from './world.ts';

const MESSAGES = 10_000;

it('10,000 hostile messages: no crash, each counted by its code, good readings beside bad ones kept', async () => {
  const namesBefore = Object.getOwnPropertyNames(Object.prototype).toSorted();
  const store = createMemoryStore();
  const world = await createWorld({store, devices: [device('d1'), device('other')]});
  const principal = {kind: 'device', username: 'd1', site: SITE, device: 'd1'} as const;
  const expected: Record<string, number> = {};
  const lettersExpected: Record<string, number> = {};
  const kinds = new Set<string>();
  let stored = 0;
  const add = (to: Record<string, number>, code: string) => (to[code] = (to[code] ?? 0) + 1);

  for (const {kind, topic, payload, codes, stored: good, marks} of hostileMessages(
    'd1',
    MESSAGES,
    20_261_122,
  )) {
    kinds.add(kind);
    stored += good;
    for (const code of [...codes, ...marks]) add(expected, code);
    // The letters of one message are bounded; the last tells how many more there were.
    for (const code of codes.slice(0, 64)) add(lettersExpected, code);
    const lettersBefore = store.letters.length;
    const outcome = await world.sendRaw(topic, payload, principal);
    expect(
      {...outcome, rejected: outcome.rejected.map((one) => one.code).toSorted()},
      `${kind}: ${payload.subarray(0, 120)}`,
    ).toEqual({stored: good, duplicate: 0, conflict: 0, rejected: codes.toSorted()});
    for (const {message} of outcome.rejected) expect(message.length, kind).toBeGreaterThan(10);
    if (codes.length > 0)
      expect(Buffer.from(store.letters[lettersBefore]!.payload).equals(payload)).toBe(true);
  }

  expect(kinds.size).toBe(40);
  expect(world.pipeline.counts()).toMatchObject({messages: MESSAGES, stored, duplicate: 0, conflict: 0});
  expect(store.counts().byCode).toEqual(expected);
  expect(store.counts().deadLetters).toEqual(lettersExpected);
  expect(world.pipeline.pending()).toBe(0);
  // What was kept is what was good: one series, its values as they were sent, and the marked times flagged.
  const rows = store.all();
  expect(rows).toHaveLength(stored);
  expect(new Set(rows.map((row) => row.series)).size).toBe(1);
  expect(rows.every((row) => row.value! >= 20 && row.value! < 25)).toBe(true);
  expect(rows.filter((row) => (row.qc & QC_TEST.time) !== 0)).toHaveLength(
    expected['time_future']! + expected['time_impossible']!,
  );
  expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(namesBefore);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  world.close();
}, 60_000);
