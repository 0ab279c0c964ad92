import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {openEmbeddedStore} from '#ingest';
import {checkSeries} from '#model';
import {flagOf, type ObservationStore, QC_LATE, QC_VERDICT_MASK} from '#schemas';
import {pick, seeded} from '../ingest/pipeline/hostile-messages.ts';
import {createWorld, device, NOW, type World} from '../ingest/pipeline/world.ts';

const DAY_START = NOW - 86_400_000;
const MINUTE = 60_000;
const DEVICES = ['met', 'other'];
type Sent = {id: string; message: {time: string; readings: Record<string, unknown>}};

/** A day of two stations, every 2 min: calm nights, spikes, steps, a stuck stretch, missing values, a future time. */
function day(): Sent[] {
  const random = seeded(42);
  const sent: Sent[] = [];
  for (const id of DEVICES) {
    let temperature = 15;
    let direction = 200;
    for (let i = 0; i < 720; i++) {
      temperature += (random() - 0.5) * 0.3;
      const calm = i < 240;
      const stuck = i >= 400 && i < 520;
      const odd = random();
      if (!calm) direction = (direction + random() * 20) % 360;
      const spike = odd < 0.02 ? pick(random, [3, -8, 90]) : 0;
      const time = new Date(DAY_START + i * 2 * MINUTE + (odd > 0.999 ? 3 * 86_400_000 : 0)).toISOString();
      const readings: Record<string, unknown> = {
        air_temperature: odd > 0.99 ? null : stuck ? 20 : Number((temperature + spike).toFixed(2)),
        wind_direction: Number(direction.toFixed(1)),
        soil_moisture: [{value: 0.3 + ((i * 7) % 11) / 1000, depthM: 0.1}],
      };
      // Sometimes the wind comes in a message of its own.
      const wind = {wind_speed: calm ? 0.2 : 3 + random()};
      if (odd < 0.3) sent.push({id, message: {time, readings: wind}});
      else Object.assign(readings, wind);
      sent.push({id, message: {time, readings}});
    }
  }
  return sent;
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eco-order-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

async function open(
  name: string,
): Promise<{store: ObservationStore; world: World; close: () => Promise<void>}> {
  let world: World | undefined;
  const store = await openEmbeddedStore({
    folder: join(folder, name),
    seriesInfo: (series) => world?.registry.seriesInfo(series),
    commitIntervalMs: 0,
  });
  world = await createWorld({store, devices: DEVICES.map((id) => device(id))});
  const opened = world;
  return {
    store,
    world: opened,
    close: async () => {
      opened.close();
      await store.close();
    },
  };
}

/** What a reader sees, by the series' name: rows with their verdicts, and what is kept of every quarter and hour. */
async function contents({store, world}: {store: ObservationStore; world: World}) {
  await store.settled();
  const all: Record<string, unknown> = {};
  for (const {id, series} of world.registry.datastreams()) {
    const rows = await store.rows({series, fromMs: 0, toMs: 8e15});
    const range = {series, fromMs: DAY_START, toMs: DAY_START + 86_400_000};
    all[id] = {
      timeMs: [...rows.timeMs],
      value: [...rows.value],
      verdict: [...rows.qc].map((qc) => qc & QC_VERDICT_MASK),
      quarters: await store.rollUp({...range, bucket: 'PT15M'}),
      hours: await store.rollUp({...range, bucket: 'PT1H'}),
    };
  }
  return all;
}

it('a shuffled, doubled day, with restarts in between, reads as the ordered one', async () => {
  const sent = day();
  const ordered = await open('ordered');
  for (const {id, message} of sent) await ordered.world.send(id, message, NOW);
  const expected = await contents(ordered);

  // The stream says what the tests say of the whole series.
  const flags = new Set<number>();
  for (const {id, series} of ordered.world.registry.datastreams()) {
    const rows = await ordered.store.rows({series, fromMs: 0, toMs: 8e15});
    const info = ordered.world.registry.seriesInfo(series)!;
    const wind =
      info.companion === null
        ? null
        : await ordered.store.rows({series: info.companion, fromMs: 0, toMs: 8e15});
    const whole = checkSeries(rows, info.limits, info, wind);
    expect(
      [...rows.qc].map((qc) => qc & QC_VERDICT_MASK),
      id,
    ).toEqual([...whole].map((qc) => qc & QC_VERDICT_MASK));
    for (const qc of rows.qc) flags.add(flagOf(qc));
  }
  expect([...flags].toSorted()).toEqual([1, 3, 4, 9]);
  await ordered.close();

  const random = seeded(43);
  const mixed = shuffled([...sent, ...sent], random);
  let other = await open('shuffled');
  const part = Math.ceil(mixed.length / 3);
  let late = 0;
  for (let from = 0; from < mixed.length; from += part) {
    // Many at once, as they come from many sockets.
    for (let at = from; at < Math.min(from + part, mixed.length); at += 50) {
      const chunk = mixed.slice(at, Math.min(at + 50, from + part, mixed.length));
      await Promise.all(chunk.map(({id, message}) => other.world.send(id, message, NOW)));
    }
    await other.close();
    other = await open('shuffled');
  }
  expect(await contents(other)).toEqual(expected);
  for (const {series} of other.world.registry.datastreams()) {
    const rows = await other.store.rows({series, fromMs: 0, toMs: 8e15});
    for (const qc of rows.qc) if ((qc & QC_LATE) !== 0) late++;
  }
  expect(late).toBeGreaterThan(1000);
  expect(other.store.counts().conflict).toBe(0);
  await other.close();
}, 120_000);

it('in order again after late rows, the stream goes on as the whole series would', async () => {
  const {world, store, close} = await open('resumed');
  const at = (i: number, value: number) => ({
    time: new Date(DAY_START + i * MINUTE).toISOString(),
    readings: {air_temperature: value},
  });
  // Every third value comes ten values late; a stretch is flat only if they are counted in.
  const values = Array.from({length: 900}, (_, i) =>
    i > 300 && i < 700 ? (i % 3 === 0 && i < 500 ? 21 : 20) : 15 + (i % 20) / 10,
  );
  const held: number[] = [];
  for (const [i, value] of values.entries()) {
    if (i % 3 === 0) held.push(i);
    else await world.send('met', at(i, value), NOW);
    if (held.length > 3) {
      const old = held.shift()!;
      await world.send('met', at(old, values[old]!), NOW);
    }
  }
  for (const old of held) await world.send('met', at(old, values[old]!), NOW);
  await store.settled();
  const {series} = world.registry.datastream('met:air_temperature:point')!;
  const rows = await store.rows({series, fromMs: 0, toMs: 8e15});
  const info = world.registry.seriesInfo(series)!;
  const whole = checkSeries(rows, info.limits, info, null);
  expect([...rows.qc].map((qc) => qc & QC_VERDICT_MASK)).toEqual(
    [...whole].map((qc) => qc & QC_VERDICT_MASK),
  );
  expect([...rows.value]).toEqual(values);
  await close();
}, 60_000);
