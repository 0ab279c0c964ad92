import {parseInstantMs, timeFlag} from '#model';
import {
  type Batch,
  EcoError,
  type Envelope,
  FLAG,
  flagOf,
  InputError,
  type LimitOverrides,
  type LiveBus,
  type Observation,
  type ObservationStore,
  QC_TIME_SOURCE_SHIFT,
  type Reading,
  type ReadingMap,
  type Registry,
  type Revision,
  TIME_SOURCE,
  withVerdict,
  worseFlag,
} from '#schemas';
import type {FrameLog} from '../frames/index.ts';
import type {HealthBoard} from '../health/health-board.ts';
import {applyMap} from '../map/apply-map.ts';
import type {MapBook} from '../map/map-book.ts';
import type {SeriesInfo} from '../store/index.ts';
import {publishRefusal} from './access.ts';
import {
  checkEnvelope,
  checkNumber,
  checkReadingBody,
  decodeText,
  listEnvelopes,
  parseJson,
  shown,
} from './decode.ts';
import {DeviceContext, type Shape} from './device-context.ts';
import {createSights, FirstSight, requireAdmitted} from './first-sight.ts';
import {Message, type Series} from './message.ts';
import {QuickReader} from './quick-read.ts';
import {createReplay} from './replay.ts';
import {SeriesBook} from './series-book.ts';
import {createSeriesLoader} from './series-loader.ts';
import type {Verdicts} from './series-state.ts';
import {readTopic, type Topic} from './topics.ts';
import type {Pipeline, PipelineCounts, Sender, Uplink, UplinkOutcome} from './types.ts';

/** Readings under one envelope; more is no device's message. */
const MOST_READINGS = 512;
const FROM_ARRIVAL = TIME_SOURCE.arrival << QC_TIME_SOURCE_SHIFT;
const FROM_NETWORK = TIME_SOURCE.network << QC_TIME_SOURCE_SHIFT;
const NOTHING: readonly never[] = [];
const isReady = (series: Series) => series.ready;

/** One bit field of what the time and what the value say before any test; the flag is the worse of both. */
function joinQc(time: number, value: number): number {
  return ((time | value) & ~0xf) | worseFlag(flagOf(time), flagOf(value));
}

/** -0 is 0, and 360° is 0°: one value, one number. */
function plainValue(value: number, {circular}: Series): number {
  return value === 360 && circular ? 0 : value + 0;
}

/** A sender whose topic was read, and once it was found to be allowed, need not be looked at again. */
type KnownSender = Sender & {readonly to: Topic; allowed: boolean};

/**
 * The way of a message: decode → validate → normalise → check → store, in this order below. What cannot be understood
 * becomes a dead letter in the same transaction as the rest of its message; what can is acknowledged once it is durable.
 */
export function createPipeline(options: {
  registry: Registry & {seriesInfo(series: number): SeriesInfo | undefined};
  store: ObservationStore;
  live: LiveBus;
  health: HealthBoard;
  maps: MapBook;
  /** Keeps what bridges send as it came; absent: nothing is kept. */
  frames?: Pick<FrameLog, 'keep' | 'read'>;
  now?: () => number;
  log?: (line: {event: string} & Record<string, unknown>) => void;
}): Pipeline {
  const {registry, store, live, health, maps, frames} = options;
  const log = options.log ?? (() => {});
  const book = new SeriesBook(registry);
  const contexts = new Map<string, DeviceContext>();
  const counts = {messages: 0, readings: 0, stored: 0, duplicate: 0, conflict: 0};
  const sights = createSights({registry});
  const verdicts: Verdicts = {revisions: [], rechecks: [], revised: []};
  const loader = createSeriesLoader({reader: store, loaded: drain, log});
  const quick = new QuickReader();
  let numbers = 0;
  /** Rows and letters of messages that wait for their series to be loaded. */
  let waitingRows = 0;
  let lastTime = '';
  let lastTimeMs = 0;

  // ── decode ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function run(message: Message): void {
    try {
      understand(message);
    } catch (error) {
      if (error instanceof FirstSight) {
        waitingRows++;
        error.added.then(
          () => {
            waitingRows--;
            message.reset();
            run(message);
          },
          (reason: unknown) => {
            waitingRows--;
            message.reset();
            noteProblem(message, reason);
            admit(message);
          },
        );
        return;
      }
      noteProblem(message, error);
    }
    admit(message);
  }

  /** What was wrong from outside becomes a dead letter; any other error is ours, and comes out. */
  function noteProblem(message: Message, error: unknown): void {
    if (error instanceof InputError) message.reject(error.code, error.message);
    else if (error instanceof EcoError) message.reject('map_failed', error.message);
    else throw error;
  }

  /** Looks once at what a sender says where. @throws {InputError} `topic_invalid`, `topic_forbidden`, `map_missing`. */
  function routeOf(sender: KnownSender): Topic {
    if (sender.allowed) return sender.to;
    const refusal = publishRefusal(sender.principal, sender.to, maps);
    if (refusal) throw new InputError(refusal.code, refusal.message);
    sender.allowed = true;
    return sender.to;
  }

  /** The map of a bridge. @throws {InputError} `map_missing`. */
  function mapOf({principal}: Sender): ReadingMap {
    const map = principal.kind === 'bridge' && principal.map !== null ? maps.get(principal.map) : undefined;
    if (map === undefined) throw new InputError('map_missing', `no map for ${principal.username}`);
    return map;
  }

  function contextOf(device: string): DeviceContext | undefined {
    const record = registry.device(device);
    if (record === undefined) return undefined;
    const known = contexts.get(device);
    if (known?.record === record) return known;
    const context = new DeviceContext(record, registry, book);
    contexts.set(device, context);
    return context;
  }

  function understand(message: Message): void {
    const {sender, receivedMs} = message;
    const topic = routeOf(sender as KnownSender);
    if (topic.kind === 'foreign') return takeForeign(message, mapOf(sender));
    if (topic.kind !== 'up') throw new InputError('payload_schema', 'a state is `online` or `offline`');
    const {device, site} = topic;
    message.device = device;
    const context = contextOf(device);
    if (context?.record.site !== site) {
      throw new InputError('device_unknown', `no device ${device} at site ${site}`);
    }
    if (!message.again) health.heard(device, receivedMs);
    requireAdmitted(context.record);
    const {shape} = context;
    const plain = shape !== null && quick.read(message.bytes, message.from, message.to, shape.names);
    if (plain && quick.timeMs >= context.fromMs) {
      shape.misses = 0;
      return takeQuick(message, context, shape);
    }
    const json = parseJson(decodeText(message.payload()));
    if (!Array.isArray(json)) {
      const envelope = checkEnvelope(json);
      takeEnvelope(message, context, envelope);
      return context.learn(envelope, message.series);
    }
    for (const entry of listEnvelopes(json)) {
      try {
        takeEnvelope(message, context, checkEnvelope(entry));
      } catch (error) {
        noteProblem(message, error);
      }
    }
  }

  // ── validate and normalise ───────────────────────────────────────────────────────────────────────────────────────

  function timeOf(text: string): number {
    // Devices share their due instants, so the text before is often the same.
    if (text === lastTime) return lastTimeMs;
    const timeMs = parseInstantMs(text);
    lastTime = text;
    lastTimeMs = timeMs;
    return timeMs;
  }

  /** The bit field of a time before any test of the value. */
  function timeQc(timeMs: number, receivedMs: number, source: number): number {
    const qc = FLAG.notEvaluated | source;
    if (timeFlag(timeMs, receivedMs) === FLAG.pass) return qc;
    return withVerdict(qc, 'time', FLAG.fail);
  }

  function takeEnvelope(message: Message, device: DeviceContext, envelope: Envelope): void {
    const {receivedMs} = message;
    const {time, readings, battery, link} = envelope;
    const timeMs = time === undefined ? receivedMs : timeOf(time);
    const qc = timeQc(timeMs, receivedMs, time === undefined ? FROM_ARRIVAL : 0);
    if ((battery !== undefined || link !== undefined) && !message.again) {
      health.heard(device.record.device.id, receivedMs, battery, link);
    }
    const context = device.at(timeMs);
    let seen = 0;
    for (const element in readings) {
      if (++seen > MOST_READINGS) {
        throw new InputError(
          'payload_too_large',
          `expected at most ${MOST_READINGS} readings in an envelope`,
        );
      }
      const value = readings[element];
      try {
        if (typeof value === 'number') takeNumber(message, context, element, value, timeMs, qc);
        else takeReading(message, context, element, value, timeMs, qc);
      } catch (error) {
        noteProblem(message, error);
      }
    }
    if (seen === 0 && battery === undefined && link === undefined) {
      throw new InputError('payload_empty', 'expected readings, got none');
    }
  }

  /** What the quick reader read: bare numbers of known series. */
  function takeQuick(message: Message, context: DeviceContext, {series}: Shape): void {
    const {timeMs, count: values} = quick;
    const qc = timeQc(timeMs, message.receivedMs, 0);
    for (let i = 0; i < values; i++) {
      addRow(message, context, series[i]!, timeMs, plainValue(quick.values[i]!, series[i]!), qc);
    }
  }

  function takeNumber(
    message: Message,
    context: DeviceContext,
    element: string,
    value: number | null,
    timeMs: number,
    qc: number,
  ): void {
    const series = context.bareSeries(element, timeMs);
    if (value !== null) value = plainValue(checkNumber(element, value), series);
    addRow(message, context, series, timeMs, value, qc);
  }

  function takeReading(
    message: Message,
    context: DeviceContext,
    element: string,
    value: unknown,
    timeMs: number,
    qc: number,
  ): void {
    if (value === null) return takeNumber(message, context, element, null, timeMs, qc);
    if (!Array.isArray(value)) return takeBody(message, context, element, value, timeMs, qc);
    if (value.length === 0)
      throw new InputError('payload_empty', `${element}: expected readings, got an empty list`);
    if (value.length > MOST_READINGS) {
      throw new InputError(
        'payload_too_large',
        `${element}: expected at most ${MOST_READINGS}, got ${value.length}`,
      );
    }
    for (const item of value as unknown[]) {
      try {
        if (typeof item === 'number' || item === null)
          takeNumber(message, context, element, item, timeMs, qc);
        else takeBody(message, context, element, item, timeMs, qc);
      } catch (error) {
        noteProblem(message, error);
      }
    }
  }

  function takeBody(
    message: Message,
    context: DeviceContext,
    element: string,
    value: unknown,
    timeMs: number,
    qc: number,
  ): void {
    const body = checkReadingBody(element, value);
    takeStated(message, context, {element, ...body}, undefined, timeMs, qc);
  }

  function takeStated(
    message: Message,
    context: DeviceContext,
    reading: Reading,
    limits: LimitOverrides | undefined,
    timeMs: number,
    timeBits: number,
  ): void {
    const {normalised, series} = context.normalise(reading, limits, timeMs);
    addRow(message, context, series, timeMs, normalised.value, joinQc(timeBits, normalised.qc));
  }

  function addRow(
    message: Message,
    context: DeviceContext,
    series: Series,
    timeMs: number,
    value: number | null,
    qc: number,
  ): void {
    const {receivedMs} = message;
    if ((qc & 0xf) === FLAG.fail && timeFlag(timeMs, receivedMs) === FLAG.fail) {
      if (timeMs > receivedMs) message.future++;
      else message.impossible++;
    } else if (timeMs < series.deployedFromMs) {
      context.deployFrom(series, timeMs);
    }
    if (series.needsWind) message.needsWind = true;
    message.series.push(series);
    message.rows.push({timeMs, series: series.series, value, receivedMs, qc, datastream: series.id});
  }

  /** Keeps a bridge's payload once, also where its device has to be made known first. */
  function keepFrame(message: Message): void {
    if (!frames || message.again || message.kept) return;
    const {source, topic, principal} = message.sender;
    const {receivedMs} = message;
    message.kept = frames.keep({
      receivedMs,
      source,
      topic,
      principal: principal.username,
      payload: message.payload(),
    });
  }

  /** A foreign payload, or a list of them, through its bridge's map. */
  function takeForeign(message: Message, map: ReadingMap): void {
    keepFrame(message);
    const json = parseJson(decodeText(message.payload()));
    for (const payload of listEnvelopes(json)) {
      try {
        takeMapped(message, map, payload);
      } catch (error) {
        noteProblem(message, error);
      }
    }
  }

  function takeMapped(message: Message, map: ReadingMap, payload: unknown): void {
    const {sender, receivedMs} = message;
    const {principal} = sender;
    const mapped = applyMap(map, {topic: sender.topic, payload});
    message.device = mapped.device;
    const context = contextOf(mapped.device);
    if (context === undefined) throw sights.first(map, mapped.device, principal, mapped.label);
    sights.check(map, context.record, principal);
    if (!message.again) health.heard(mapped.device, receivedMs, mapped.battery, mapped.link);
    for (const {code, message: text} of mapped.rejected) message.reject(code, text);
    const timeMs = mapped.timeMs ?? receivedMs;
    const source = mapped.timeMs === null ? FROM_ARRIVAL : map.time.source === 'network' ? FROM_NETWORK : 0;
    const qc = timeQc(timeMs, receivedMs, source);
    const place = context.at(timeMs);
    for (const reading of mapped.readings) {
      try {
        takeStated(message, place, reading, mapped.limits.get(reading), timeMs, qc);
      } catch (error) {
        noteProblem(message, error);
      }
    }
    if (mapped.readings.length === 0 && mapped.rejected.length === 0) {
      throw new InputError('payload_empty', `map ${map.id} found no reading in ${shown(payload)}`);
    }
  }

  // ── check ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Lets a message go on at once if all its series are in memory, else in its turn once they are. */
  function admit(message: Message): void {
    const {series} = message;
    let free = true;
    for (let i = 0; i < series.length; i++) {
      const one = series[i]!;
      if (one.ready && one.queue.length === 0 && one.others.every(isReady)) continue;
      if (!one.ready && !one.loading && one.queue.length === 0) {
        if (one.others.every((other) => other.ready || loader.tryStart(other)) && loader.tryStart(one))
          continue;
      }
      free = false;
    }
    if (free) return hand(message);
    const waitsFor = new Set<Series>();
    for (const one of series) {
      waitsFor.add(one);
      for (const other of one.others) waitsFor.add(other);
    }
    message.waitsFor = [...waitsFor];
    waitingRows += message.rows.length + message.letters.length;
    for (const one of message.waitsFor) one.queue.push(message);
    for (const one of message.waitsFor) if (!one.ready) loader.load(one);
  }

  /** Hands on what waited for a series and is first in all of its queues; in order of arrival for each series. */
  function drain(loaded: Series): void {
    const work: Series[] = [loaded];
    for (let one = work.pop(); one !== undefined; one = work.pop()) {
      for (;;) {
        const message: Message | undefined = one.queue[0];
        if (message === undefined) break;
        if (!message.waitsFor!.every((other) => other.ready && other.queue[0] === message)) break;
        for (const other of message.waitsFor!) {
          other.queue.shift();
          if (other !== one && other.queue.length > 0) work.push(other);
        }
        waitingRows -= message.rows.length + message.letters.length;
        hand(message);
      }
    }
  }

  /** Judges all rows of a message; those whose verdict depends on the wind after it. */
  function check({rows, series, number, needsWind}: Message): void {
    for (let i = 0; i < rows.length; i++) {
      if (!needsWind || !series[i]!.needsWind) series[i]!.judge(rows[i]!, number, verdicts);
    }
    if (!needsWind) return;
    for (let i = 0; i < rows.length; i++) {
      if (series[i]!.needsWind) series[i]!.judge(rows[i]!, number, verdicts);
    }
  }

  // ── store ────────────────────────────────────────────────────────────────────────────────────────────────────────

  function hand(message: Message): void {
    check(message);
    const {rows, letters} = message;
    let {revisions, rechecks, revised} = verdicts as {
      revisions: readonly Revision[];
      rechecks: Verdicts['rechecks'] | readonly never[];
      revised: readonly Observation[];
    };
    if (revisions.length > 0) verdicts.revisions = [];
    else revisions = NOTHING;
    if (rechecks.length > 0) verdicts.rechecks = [];
    else rechecks = NOTHING;
    if (revised.length > 0) verdicts.revised = [];
    else revised = NOTHING;
    const batch: Batch = {rows, revisions, deadLetters: letters, rechecks};
    if (message.again) batch.replayed = message.settled();
    const counted = message.counted();
    if (counted) batch.counted = counted;
    store.add(batch, (outcome) => finish(message, revised, outcome));
  }

  function finish(
    message: Message,
    revised: readonly Observation[],
    {stored, duplicate, conflict}: {stored: number; duplicate: number; conflict: number},
  ): void {
    const {rows, rejected} = message;
    counts.messages++;
    counts.readings += rows.length;
    counts.stored += stored;
    counts.duplicate += duplicate;
    counts.conflict += conflict;
    if (stored > 0) {
      live.publish({kind: 'observation', observations: revised.length === 0 ? rows : [...revised, ...rows]});
    }
    const outcome = {stored, duplicate, conflict, rejected};
    if (message.kept) void message.kept.then(() => message.done(outcome));
    else message.done(outcome);
  }

  function sender(source: Uplink['source'], topic: string, principal: Uplink['principal']): KnownSender {
    return {source, topic, principal, to: readTopic(topic), allowed: false};
  }

  function start(uplink: Uplink, done: (outcome: UplinkOutcome) => void, again: boolean): Message {
    const {source, topic, principal, payload, receivedMs} = uplink;
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const whole = {bytes, from: 0, to: bytes.length, receivedMs};
    return new Message(++numbers, sender(source, topic, principal), whole, done, 0, again);
  }

  const replay = createReplay({
    reader: store,
    registry,
    maps,
    frames: (of) => frames?.read(of),
    again: (uplink, letters) =>
      new Promise((resolve) => {
        const message: Message = start(
          uplink,
          (outcome) => resolve({outcome, settled: message.settled()}),
          true,
        );
        message.carried = letters;
        run(message);
      }),
  });

  return {
    accept(uplink, done) {
      run(start(uplink, done, false));
    },
    sender,
    take(from, payload, receipt, tag) {
      run(new Message(++numbers, from, payload, receipt, tag, false));
    },
    refuse(uplink, code, text, done) {
      const message = start(uplink, done, false);
      message.reject(code, text);
      hand(message);
    },
    replayDeadLetters: replay.letters,
    replayDevice: replay.device,
    replayBridge: replay.bridge,
    pending: () => store.pending() + waitingRows,
    counts: (): PipelineCounts => ({...counts}),
    forget(series) {
      book.forget(series);
      contexts.clear();
    },
  };
}
