import {describe, expect, it, vi} from 'vitest';
import {createFleet, fillHistory, fleetPrincipals, type HistoryMessage} from '#devices';
import {fleetSite, ISLAND_FOLDER} from '../fleet-site.ts';

vi.setConfig({testTimeout: 120_000});
const HOUR_MS = 3_600_000;
const site = await fleetSite(ISLAND_FOLDER);
const fleet = createFleet({site, seed: 1});
const fromMs = Date.parse('2025-09-01T00:00:00Z');
const toMs = fromMs + 5 * HOUR_MS;

describe('history', () => {
  it('is what the fleet would have sent, in order, each message by its own principal', async () => {
    const got: HistoryMessage[] = [];
    const progress: number[] = [];
    const result = await fillHistory({
      site,
      seed: 1,
      fromMs,
      toMs,
      fleet,
      accept: (message) => {
        got.push(message);
      },
      onProgress: ({fraction}) => progress.push(fraction),
    });
    const decoder = new TextDecoder();
    expect(got.map(({topic, payload, sentMs}) => [topic, decoder.decode(payload), sentMs])).toEqual(
      fleet.block(fromMs, toMs).map(({topic, payload, sentMs}) => [topic, payload, sentMs]),
    );
    expect(result).toEqual({messages: got.length, reachedMs: toMs});
    expect(progress).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    const usernames = new Set(fleetPrincipals(site).map(({username}) => username));
    const spoken = got.map(({topic, principal}) => {
      const device = topic.split('/')[3]!;
      const speaks =
        principal.kind === 'device' ? principal.device === device : principal.devices!.includes(device);
      return speaks && usernames.has(principal.username);
    });
    expect(spoken.every(Boolean)).toBe(true);
  });

  it('waits for who takes it', async () => {
    let inHand = 0;
    let most = 0;
    await fillHistory({
      site,
      seed: 1,
      fromMs,
      toMs: fromMs + HOUR_MS / 6,
      fleet,
      accept: async () => {
        inHand++;
        most = Math.max(most, inHand);
        await Promise.resolve();
        inHand--;
      },
    });
    expect(most).toBe(1);
  });

  it('ends when it is told to', async () => {
    const controller = new AbortController();
    let messages = 0;
    const result = await fillHistory({
      site,
      seed: 1,
      fromMs,
      toMs,
      fleet,
      signal: controller.signal,
      accept: () => {
        messages++;
        if (messages === 100) controller.abort();
      },
    });
    expect(messages).toBe(100);
    expect(result.messages).toBe(100);
  });

  it('passes on what its taker throws', async () => {
    const broken = fillHistory({
      site,
      seed: 1,
      fromMs,
      toMs,
      fleet,
      accept: () => Promise.reject(new Error('disk full')),
    });
    await expect(broken).rejects.toThrow('disk full');
  });

  it('starts no earlier than the island', async () => {
    let first = Number.POSITIVE_INFINITY;
    const {epochMs} = fleet.island;
    await fillHistory({
      site,
      seed: 1,
      fromMs: epochMs - 1000 * HOUR_MS,
      toMs: epochMs + HOUR_MS,
      fleet,
      accept: ({sentMs}) => {
        first = Math.min(first, sentMs);
      },
    });
    expect(first).toBeGreaterThanOrEqual(epochMs);
  });
});
