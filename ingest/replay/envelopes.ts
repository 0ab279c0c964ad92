import {
  type Envelope,
  MAX_ENVELOPES_PER_MESSAGE,
  MAX_READINGS_PER_MESSAGE,
  type Reading,
  type ReadingBody,
} from '#schemas';
import type {Mapped} from '../map/index.ts';

/** A message stays well below the broker's limit of 256 KiB: a reading takes about 100 bytes. */
const MOST_READINGS = Math.min(MAX_READINGS_PER_MESSAGE, 256);

function bodyOf(reading: Reading): ReadingBody {
  const {element: _, ...body} = reading;
  return body as ReadingBody;
}

/** The product's own envelope of what a map made of a row. */
export function envelopeOf(mapped: Mapped & {timeMs: number}): Envelope {
  const readings = Object.create(null) as Record<string, ReadingBody | ReadingBody[]>;
  for (const reading of mapped.readings) {
    const before = readings[reading.element];
    const body = bodyOf(reading);
    if (before === undefined) readings[reading.element] = body;
    else if (Array.isArray(before)) before.push(body);
    else readings[reading.element] = [before, body];
  }
  return {
    time: new Date(mapped.timeMs).toISOString(),
    readings,
    ...(mapped.battery ? {battery: mapped.battery} : {}),
    ...(mapped.link ? {link: mapped.link} : {}),
  };
}

/** Gathers envelopes of each device into messages. */
export type MessageGatherer = {
  /** A message that is full with this envelope, or null. */
  add(device: string, envelope: Envelope, readings: number): Message | null;
  /** What is left, of all devices. */
  rest(): Message[];
};
export type Message = {device: string; payload: string; readings: number};

/** @param most largest number of envelopes in a message; 1 sends each row as it comes. */
export function createMessageGatherer(most: number): MessageGatherer {
  const open = new Map<string, {envelopes: Envelope[]; readings: number}>();
  const limit = Math.min(Math.max(1, most), MAX_ENVELOPES_PER_MESSAGE);
  const close = (device: string): Message => {
    const {envelopes, readings} = open.get(device)!;
    open.delete(device);
    return {device, payload: JSON.stringify(envelopes.length === 1 ? envelopes[0] : envelopes), readings};
  };
  return {
    add: (device, envelope, readings) => {
      const message = open.get(device) ?? {envelopes: [], readings: 0};
      open.set(device, message);
      message.envelopes.push(envelope);
      message.readings += readings;
      // Full when another row like this one would not fit.
      const full = message.envelopes.length >= limit || message.readings + readings > MOST_READINGS;
      return full ? close(device) : null;
    },
    rest: () => [...open.keys()].map(close),
  };
}
