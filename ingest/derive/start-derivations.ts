import {join} from 'node:path';
import type {Datastream, LiveBus, ObservationStore, Registry} from '#schemas';
import type {LoadedSite} from '../registry/site-files.ts';
import {BACKLOG_INTERVAL_MS, countBacklog} from './backlog.ts';
import {createDerivedWriter, type Written} from './derived-writer.ts';
import {deriveErosion, rainSeries} from './erosion.ts';
import {type SiteErosion, siteErosion} from './erosion-factors.ts';
import {closedUntilMs} from './local-days.ts';
import {importSurveys} from './surveys.ts';
import {deriveTransparency, isLakeTurbidity, lakeTurbidities, sinceMs} from './transparency.ts';

export type Derivations = {
  /** What the clock calls: works out what has become due. */
  tick(): void;
  /** Resolves when everything that is due has been worked out. */
  settled(): Promise<void>;
  state(): {status: 'ok' | 'degraded'; message: string};
  close(): Promise<void>;
};

const TICK_MS = 5000;
/** Late data are worked in once none have come for so long, ms: a back-fill is worked in once and not a hundred times. */
const QUIET_MS = 5000;
/** Before something that failed is tried again, ms. */
const RETRY_MS = 60_000;

/** Times of a series, or of a site's rain, that came after their day was closed. */
type Stale = {fromMs: number; toMs: number; touchedMs: number};

/**
 * Works out what no device measures, on a clock and after late data: water transparency of each lake sonde and closed
 * day, soil erosion of each zone and closed day, open work orders every five minutes; takes in the sites' survey tables
 * at the start. Values are keyed by time, so working them out again changes nothing unless the data changed.
 */
export async function startDerivations(options: {
  registry: Registry;
  store: ObservationStore;
  live: LiveBus;
  sites: readonly LoadedSite[];
  now: () => number;
  log?: (line: {level: 'info' | 'warn' | 'error'; message: string} & Record<string, unknown>) => void;
  /** Milliseconds between looks at the clock; 0: only by `tick`. */
  tickMs?: number;
}): Promise<Derivations> {
  const {registry, store, live, sites, now, log = () => {}, tickMs = TICK_MS} = options;
  const write = createDerivedWriter({registry, store, live, now});
  const parts = {registry, reader: store, write, documents: store.documents};
  const problems = new Map<string, string>();
  const counts = {added: 0, revised: 0};

  // ── one thing after the other ──
  let queue = Promise.resolve();
  let closed = false;
  function run(name: string, job: () => Promise<Written | undefined>, again?: () => void): void {
    queue = queue.then(async () => {
      if (closed) return;
      try {
        const written = await job();
        counts.added += written?.added ?? 0;
        counts.revised += written?.revised ?? 0;
        problems.delete(name);
      } catch (error) {
        const {message, stack} = error as Error;
        problems.set(name, message);
        log({level: 'error', message: `${name} could not be worked out`, error: stack ?? message});
        again?.();
      }
    });
  }

  // ── what came after its day was closed ──
  const closedMs = new Map<string, number>();
  const staleTurbidity = new Map<number, Stale>();
  const staleRain = new Map<string, Stale>();
  /** What a series is to us; asked once. */
  const kinds = new Map<number, {kind: 'turbidity' | 'rain' | 'other'; stream: Datastream}>();
  const kindOf = (series: number): {kind: 'turbidity' | 'rain' | 'other'; stream: Datastream} | undefined => {
    const known = kinds.get(series);
    if (known) return known;
    const stream = registry.datastreamBySeries(series);
    if (!stream) return undefined;
    const rain = stream.element === 'precipitation' && stream.statistic === 'sum';
    const kind = rain ? 'rain' : isLakeTurbidity(registry, stream) ? 'turbidity' : 'other';
    kinds.set(series, {kind, stream});
    return {kind, stream};
  };
  function touch<K>(stale: Map<K, Stale>, key: K, timeMs: number, touchedMs = now()): void {
    const known = stale.get(key);
    if (!known) {
      stale.set(key, {fromMs: timeMs, toMs: timeMs + 1, touchedMs});
      return;
    }
    known.fromMs = Math.min(known.fromMs, timeMs);
    known.toMs = Math.max(known.toMs, timeMs + 1);
    known.touchedMs = touchedMs;
  }
  function touchSeries(series: number, timeMs: number): void {
    const known = kindOf(series);
    if (!known || known.kind === 'other') return;
    const {site} = known.stream;
    if (timeMs >= (closedMs.get(site) ?? Number.NEGATIVE_INFINITY)) return;
    if (known.kind === 'turbidity') touch(staleTurbidity, series, timeMs);
    else touch(staleRain, site, timeMs);
  }
  const unsubscribe = live.subscribe((event) => {
    if (event.kind === 'observation') {
      for (const {series, timeMs} of event.observations) touchSeries(series, timeMs);
    } else if (event.kind === 'revision') {
      const {site} = kindOf(event.series)?.stream ?? {};
      const closed = site === undefined ? undefined : closedMs.get(site);
      touchSeries(event.series, event.fromMs);
      // The part of a range that reaches into the open day is worked out when the day closes.
      if (closed !== undefined) touchSeries(event.series, Math.min(event.toMs, closed - 1));
    }
  });

  // ── what is worked out ──
  const erosions = new Map<string, Promise<SiteErosion | null>>();
  /** End of the days that erosion was worked out for; a site whose gauges have not yet told of themselves has none. */
  const eroded = new Map<string, number>();
  function erode({site}: LoadedSite): void {
    const until = closedMs.get(site.id)!;
    if (rainSeries(registry, site.id).length === 0) return;
    eroded.set(site.id, until);
    const again = () => touch(staleRain, site.id, until, now() + RETRY_MS);
    run(
      `soil erosion of ${site.id}`,
      async () => {
        const erosion = await erosions.get(site.id);
        if (!erosion) return undefined;
        return await deriveErosion(parts, {
          site: site.id,
          timeZone: site.timeZone,
          erosion,
          closedMs: until,
        });
      },
      again,
    );
  }
  function clear(source: Datastream, timeZone: string, stretch: {fromMs: number; toMs: number}): void {
    const until = closedMs.get(source.site)!;
    run(
      `water transparency of ${source.station}`,
      () => deriveTransparency(parts, {source, timeZone, ...stretch, closedMs: until}),
      () => {
        touch(staleTurbidity, source.series, stretch.fromMs, now() + RETRY_MS);
        touch(staleTurbidity, source.series, stretch.toMs - 1, now() + RETRY_MS);
      },
    );
  }

  const counted = new Map<string, number>();
  function tick(): void {
    if (closed) return;
    const nowMs = now();
    for (const loaded of sites) {
      const {site} = loaded;
      const until = closedUntilMs(nowMs, site.timeZone);
      const before = closedMs.get(site.id);
      if (before === undefined || until > before) {
        closedMs.set(site.id, until);
        for (const source of lakeTurbidities(registry, site.id)) {
          const fromMs = before ?? sinceMs(registry, source, until, site.timeZone);
          clear(source, site.timeZone, {fromMs, toMs: until});
        }
      }
      if (eroded.get(site.id) !== until) erode(loaded);

      const rain = staleRain.get(site.id);
      if (rain && nowMs - rain.touchedMs >= QUIET_MS) {
        staleRain.delete(site.id);
        erode(loaded);
      }
      for (const [series, stretch] of staleTurbidity) {
        if (kindOf(series)?.stream.site !== site.id || nowMs - stretch.touchedMs < QUIET_MS) continue;
        staleTurbidity.delete(series);
        // Of a sonde with several depths one series counts.
        const source = lakeTurbidities(registry, site.id).find((one) => one.series === series);
        if (source) clear(source, site.timeZone, {fromMs: stretch.fromMs, toMs: stretch.toMs});
      }

      const slotMs = Math.floor(nowMs / BACKLOG_INTERVAL_MS) * BACKLOG_INTERVAL_MS;
      if (counted.get(site.id) !== slotMs) {
        counted.set(site.id, slotMs);
        run(
          `work orders of ${site.id}`,
          () => countBacklog(parts, {site: site.id, atMs: slotMs}),
          () => counted.delete(site.id),
        );
      }
    }
  }

  for (const loaded of sites) {
    const {site, folder} = loaded;
    erosions.set(
      site.id,
      siteErosion(loaded).catch((error: Error) => {
        problems.set(`soil erosion of ${site.id}`, error.message);
        log({level: 'error', message: `soil erosion of ${site.id} has no factors`, error: error.message});
        return null;
      }),
    );
    run(`surveys of ${site.id}`, async () => {
      const text = await loaded.surveys();
      if (text === null) return undefined;
      return await importSurveys(parts, {site: site.id, text, where: join(folder, site.surveys!)});
    });
  }
  tick();
  const timer = tickMs > 0 ? setInterval(tick, tickMs) : null;
  timer?.unref();

  return {
    tick,
    settled: async () => {
      let seen: Promise<void>;
      do {
        seen = queue;
        await seen;
      } while (seen !== queue);
    },
    state: () => {
      const [problem] = problems;
      if (problem) return {status: 'degraded', message: `${problem[0]}: ${problem[1]}`};
      return {status: 'ok', message: `${counts.added} values worked out, ${counts.revised} worked out again`};
    },
    close: async () => {
      closed = true;
      if (timer) clearInterval(timer);
      unsubscribe();
      await queue;
    },
  };
}
