import type {ServerResponse} from 'node:http';
import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {
  type DeviceEventBody,
  EcoError,
  type LiveBus,
  type LiveEvent,
  type Registry,
  type RevisionEventBody,
} from '#schemas';
import {instant, instantOrNull} from '../bodies/instant.ts';
import {observationBody} from '../bodies/observation.ts';
import {type Choice, choiceOf, DatastreamFilter} from './filters.ts';

/** Streams open at once. */
const MOST_STREAMS = 64;
/** Events that wait for a slow reader; the oldest are dropped beyond. */
const MOST_WAITING = 2000;
const HEARTBEAT_MS = 15_000;

type Kind = LiveEvent['kind'];
type Reader = {choice: Choice; kinds: ReadonlySet<Kind>; send(frame: string): void; end(): void};

/**
 * Writes frames to one response without ever holding more than a bounded number back: a reader that does not keep up
 * loses its oldest events and is told how many.
 */
function writerOf(response: ServerResponse): (frame: string) => void {
  let waiting: string[] = [];
  let dropped = 0;
  let blocked = false;
  const flush = (): void => {
    blocked = false;
    if (response.writableEnded || response.destroyed) return;
    if (dropped > 0) {
      waiting.unshift(`event: dropped\ndata: {"count":${dropped}}\n\n`);
      dropped = 0;
    }
    const frames = waiting;
    waiting = [];
    if (frames.length > 0) blocked = !response.write(frames.join(''));
  };
  response.on('drain', flush);
  return (frame) => {
    if (response.writableEnded || response.destroyed) return;
    if (!blocked) {
      blocked = !response.write(frame);
      return;
    }
    if (waiting.length >= MOST_WAITING) {
      // Half at once: shifting one by one would cost as much as the events themselves.
      dropped += MOST_WAITING / 2;
      waiting = waiting.slice(MOST_WAITING / 2);
    }
    waiting.push(frame);
  };
}

type Options = {registry: Registry; live: Pick<LiveBus, 'subscribe'>; heartbeatMs?: number};

/** Frames of an event, by what a reader's filter must know. Made once, whatever the number of readers. */
function* framesOf(
  registry: Registry,
  event: LiveEvent,
): Generator<{frame: string; chosen: (by: Choice) => boolean}> {
  if (event.kind === 'observation') {
    for (const row of event.observations) {
      const stream = registry.datastreamBySeries(row.series);
      if (!stream) continue;
      const data = JSON.stringify(observationBody(registry, stream, row));
      yield {frame: `event: observation\ndata: ${data}\n\n`, chosen: (by) => by.datastream(stream)};
    }
    return;
  }
  if (event.kind === 'revision') {
    const stream = registry.datastreamBySeries(event.series);
    if (!stream) return;
    const body: RevisionEventBody = {
      datastream: stream.id,
      from: instant(event.fromMs),
      to: instant(event.toMs + 1),
    };
    yield {
      frame: `event: revision\ndata: ${JSON.stringify(body)}\n\n`,
      chosen: (by) => by.datastream(stream),
    };
    return;
  }
  if (event.kind === 'run') {
    const {site, run} = event;
    yield {frame: `event: run\ndata: ${JSON.stringify(run)}\n\n`, chosen: (by) => by.site(site)};
    return;
  }
  const record = registry.device(event.device);
  if (!record) return;
  const {health} = event;
  const body: DeviceEventBody = {
    id: event.device,
    site: record.site,
    state: health.state,
    connected: health.connected,
    lastSeen: instantOrNull(health.lastSeenMs),
    battery: health.battery,
    link: health.link,
  };
  const {site, zone, station} = record;
  yield {
    frame: `event: device\ndata: ${JSON.stringify(body)}\n\n`,
    chosen: (by) => by.device({id: event.device, site, zone, station}),
  };
}

export const streamRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  const {registry, live, heartbeatMs = HEARTBEAT_MS} = options;
  const readers = new Set<Reader>();

  const unsubscribe = live.subscribe((event) => {
    if (readers.size === 0) return;
    for (const {frame, chosen} of framesOf(registry, event)) {
      for (const reader of readers) {
        if (reader.kinds.has(event.kind) && chosen(reader.choice)) reader.send(frame);
      }
    }
  });
  const heartbeat = setInterval(() => {
    for (const reader of readers) reader.send(': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();
  app.addHook('preClose', async () => {
    clearInterval(heartbeat);
    unsubscribe();
    for (const reader of readers) reader.end();
  });

  app.get(
    '/stream',
    {
      exposeHeadRoute: false,
      schema: {
        action: 'observe',
        sameOrigin: true,
        tags: ['observations'],
        summary:
          'Server-sent events `observation` (as in /latest), `device` (state) and, if asked for, `revision` (a range that ' +
          'was judged or corrected later) and `run` (a run of a scenario as it goes on, as in /runs/{id}), once they are ' +
          'durable',
        description:
          'A reader that does not keep up loses its oldest events and gets `dropped` with their number. After a new ' +
          'connection, ask /latest for what came between.',
        querystring: Type.Object(
          {
            ...DatastreamFilter,
            events: Type.Optional(
              Type.String({
                pattern: '^(observation|device|revision|run)(,(observation|device|revision|run))*$',
                description: 'Kinds of events',
              }),
            ),
          },
          {additionalProperties: false},
        ),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      if (readers.size >= MOST_STREAMS) {
        throw new EcoError('streams_full', `expected at most ${MOST_STREAMS} open streams; close one`, 503);
      }
      const choice = choiceOf(registry, request.query);
      const kinds = new Set((request.query.events ?? 'observation,device').split(',') as Kind[]);
      const headers = reply.getHeaders();
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        ...(headers as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const reader: Reader = {choice, kinds, send: writerOf(response), end: () => response.end()};
      readers.add(reader);
      response.on('close', () => readers.delete(reader));
      response.on('error', () => readers.delete(reader));
      reader.send('retry: 3000\n: eco-brain\n\n');
    },
  );
};
