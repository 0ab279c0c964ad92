import {fillHistory, hasFleet, readFleetSite} from '#devices';
import {type Pipeline, startDerivations} from '#ingest';
import {EcoError} from '#schemas';
import {openCore} from '../core.ts';
import {createLog} from '../log.ts';
import {findServer} from '../server-file.ts';
import type {Io, Parsed} from './command.ts';
import {createProgress} from './progress.ts';

/** Rows on their way to the disk at which the past waits, and at which it goes on. */
const MOST_PENDING = 200_000;
const FEW_PENDING = 100_000;
/** Messages taken in and not yet durable: bounds what waits before it becomes rows. */
const MOST_OPEN = 40_000;

/** The same day so many months before, UTC; the month's last day where it has fewer. */
export function monthsBefore(timeMs: number, months: number): number {
  const at = new Date(timeMs);
  const first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months, 1);
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months + 1, 0)).getUTCDate();
  const day = Math.min(at.getUTCDate(), lastDay);
  return first + (day - 1) * 86_400_000 + (timeMs % 86_400_000);
}

/** Hands messages to a pipeline no faster than they become durable. */
function createIntake(pipeline: Pipeline): {
  take(uplink: Omit<Parameters<Pipeline['accept']>[0], 'source'>): Promise<void> | undefined;
  drained(): Promise<void>;
  counts: {messages: number; stored: number; duplicate: number; conflict: number; rejected: number};
} {
  const counts = {messages: 0, stored: 0, duplicate: 0, conflict: 0, rejected: 0};
  let open = 0;
  let wake: (() => void) | null = null;
  let fewEnough: () => boolean = () => true;
  const until = async (enough: () => boolean): Promise<void> => {
    if (enough()) return;
    fewEnough = enough;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  };
  return {
    counts,
    take: (uplink) => {
      open++;
      counts.messages++;
      pipeline.accept({source: 'file', ...uplink}, (outcome) => {
        open--;
        counts.stored += outcome.stored;
        counts.duplicate += outcome.duplicate;
        counts.conflict += outcome.conflict;
        counts.rejected += outcome.rejected.length;
        if (wake && fewEnough()) {
          wake();
          wake = null;
        }
      });
      if (open < MOST_OPEN && pipeline.pending() < MOST_PENDING) return undefined;
      return until(() => open < MOST_OPEN / 2 && (open === 0 || pipeline.pending() < FEW_PENDING));
    },
    drained: () => until(() => open === 0),
  };
}

/** Fills a store that no server has open with the fleet's last months, through the pipeline. */
export async function fillMonths(parsed: Parsed, months: number, io: Io): Promise<number> {
  const {settings, json} = parsed;
  const server = await findServer(settings.dataDir);
  if (server) {
    throw new EcoError(
      'data_dir_in_use',
      `a server runs on ${settings.dataDir} (process ${server.pid}): stop it, fill the store, start it again`,
      409,
    );
  }
  const log = createLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel);
  const core = await openCore(settings, {log, includeVirtual: true});
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const progress = createProgress(io, 'history');
  try {
    const sites = core.sites.filter(hasFleet);
    if (sites.length === 0)
      throw new EcoError('fleet_missing', `${settings.site}: no virtual devices with a climate`);
    const toMs = Date.now();
    const fromMs = monthsBefore(toMs, months);
    const intake = createIntake(core.pipeline);
    const startedMs = performance.now();
    for (const [index, site] of sites.entries()) {
      await fillHistory({
        site: await readFleetSite(site),
        seed: settings.seed,
        fromMs,
        toMs,
        signal: stop.signal,
        accept: ({topic, principal, payload, sentMs}) =>
          intake.take({topic, principal, payload, receivedMs: sentMs}),
        onProgress: ({fraction, atMs}) =>
          progress.update(
            (index + fraction) * 1000,
            sites.length * 1000,
            `${new Date(atMs).toISOString().slice(0, 10)}, ${intake.counts.stored} values`,
          ),
      });
    }
    await intake.drained();
    await core.store.settled();
    if (!stop.signal.aborted) {
      const {registry, store, live} = core;
      const derivations = await startDerivations({
        registry,
        store,
        live,
        sites: core.sites,
        now: Date.now,
        log,
        tickMs: 0,
      });
      await derivations.settled();
      await derivations.close();
      await store.compact();
    }
    progress.stop();
    const seconds = (performance.now() - startedMs) / 1000;
    const done = {...intake.counts, seconds: Math.round(seconds), aborted: stop.signal.aborted};
    if (json) io.out(JSON.stringify(done));
    else {
      io.out(
        `${done.messages} messages, ${done.stored} values stored, ${done.duplicate} there before, in ${done.seconds} s`,
      );
      if (done.conflict + done.rejected > 0) io.err(`${done.conflict} conflicts, ${done.rejected} rejected`);
      if (done.aborted)
        io.err('stopped; run it again and it goes over the same values, which changes nothing');
    }
    return done.aborted ? 1 : 0;
  } finally {
    progress.stop();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    await core.close();
  }
}
