import type {Principal} from '#schemas';
import {createFleet, type Fleet} from './fleet.ts';
import {fleetPrincipals} from './principals.ts';
import type {FleetSite} from './site.ts';

/** Messages are made and handed on in blocks of so much time. */
const BLOCK_MS = 3_600_000;

/** One message of the past, as the pipeline takes it. */
export type HistoryMessage = {
  topic: string;
  principal: Principal;
  payload: Uint8Array;
  /** When it was sent: time of arrival for the pipeline. */
  sentMs: number;
};

export type HistoryOptions = {
  site: FleetSite;
  seed: number;
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  faults?: 'on' | 'off';
  /** Takes one message; a promise holds the next back until it settles. */
  accept: (message: HistoryMessage) => Promise<void> | void;
  onProgress?: (progress: {atMs: number; messages: number; fraction: number}) => void;
  signal?: AbortSignal;
  fleet?: Fleet;
};

/**
 * Sends the fleet's past through `accept`: all devices together in order of time, block after block, no faster than it is
 * taken. Returns what was sent; an aborted signal ends it after the message in hand.
 */
export async function fillHistory(options: HistoryOptions): Promise<{messages: number; reachedMs: number}> {
  const {site, seed, accept, onProgress, signal} = options;
  const fleet = options.fleet ?? createFleet({site, seed, faults: options.faults ?? 'on'});
  const fromMs = Math.max(options.fromMs, fleet.island.epochMs);
  const {toMs} = options;
  const principals = new Map<string, Principal>();
  for (const principal of fleetPrincipals(site)) {
    if (principal.kind === 'device') principals.set(principal.device, principal);
    else for (const device of principal.devices ?? []) principals.set(device, principal);
  }
  const encoder = new TextEncoder();
  let messages = 0;
  for (let atMs = fromMs; atMs < toMs; atMs = Math.min(toMs, atMs + BLOCK_MS)) {
    const endMs = Math.min(toMs, atMs + BLOCK_MS);
    for (const {device, topic, payload, sentMs} of fleet.block(atMs, endMs)) {
      if (signal?.aborted) return {messages, reachedMs: atMs};
      const taken = accept({
        topic,
        principal: principals.get(device)!,
        payload: encoder.encode(payload),
        sentMs,
      });
      messages++;
      if (taken) await taken;
    }
    onProgress?.({atMs: endMs, messages, fraction: (endMs - fromMs) / (toMs - fromMs)});
    // Timers, sockets and signals have their turn between blocks.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
  return {messages, reachedMs: toMs};
}
