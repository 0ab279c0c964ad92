import {isAscii, isUtf8} from 'node:buffer';
import {Type} from 'typebox';
import {
  createValidator,
  Envelope,
  InputError,
  type InputErrorCode,
  MAX_ENVELOPES_PER_MESSAGE,
  ReadingBody,
  type Validator,
} from '#schemas';

/** The largest payload that is read, bytes: what the broker's largest packet may hold. */
export const LARGEST_PAYLOAD_BYTES = 256 * 1024;
const LARGEST_VALUE = 1e15;

/**
 * The envelope with its readings left open: each of them is looked at on its own, so that a bad one costs no other.
 * Names of elements are looked up in a Map, never as keys of an object.
 */
const OpenEnvelope = Type.Object(
  {...Envelope.properties, readings: Type.Object({}, {additionalProperties: true})},
  {additionalProperties: false},
);
const validEnvelope: Validator<Envelope> = createValidator(OpenEnvelope);
const validBody: Validator<ReadingBody> = createValidator(ReadingBody);

/** A value of unknown shape, short, for a message to a person. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * Text of a payload.
 * @throws {InputError} `payload_empty`, `payload_too_large`, `payload_encoding` unless it is UTF-8.
 */
export function decodeText(payload: Uint8Array): string {
  if (payload.length === 0) throw new InputError('payload_empty', 'expected JSON, got no bytes');
  if (payload.length > LARGEST_PAYLOAD_BYTES) {
    throw new InputError(
      'payload_too_large',
      `expected at most ${LARGEST_PAYLOAD_BYTES} bytes, got ${payload.length}`,
    );
  }
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) throw new InputError('payload_encoding', 'expected UTF-8, got bytes that are none');
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** @throws {InputError} `payload_syntax`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError('payload_syntax', `expected JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}

/**
 * The envelopes of an uplink, not yet validated: one, or a list of them.
 * @throws {InputError} `payload_empty`, `payload_schema`, `payload_too_large`.
 */
export function listEnvelopes(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) return [json];
  if (json.length === 0) throw new InputError('payload_empty', 'expected envelopes, got an empty list');
  if (json.length > MAX_ENVELOPES_PER_MESSAGE) {
    throw new InputError(
      'payload_too_large',
      `expected at most ${MAX_ENVELOPES_PER_MESSAGE} envelopes, got ${json.length}`,
    );
  }
  return json;
}

/** @throws {InputError} `time_invalid`, `payload_schema`, with the field and what was expected. */
export function checkEnvelope(value: unknown): Envelope {
  if (validEnvelope(value)) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError('payload_schema', `expected {"time", "readings": {…}}, got ${shown(value)}`);
  }
  const problem = validEnvelope.problem();
  throw new InputError(problem.startsWith('time ') ? 'time_invalid' : 'payload_schema', problem);
}

/** Code of a problem by the field of the reading that has it. */
const CODE_OF_FIELD: ReadonlyMap<string, InputErrorCode> = new Map([
  ['value', 'value_invalid'],
  ['unit', 'unit_unknown'],
  ['depthM', 'depth_invalid'],
  ['heightM', 'depth_invalid'],
  ['stat', 'statistic_invalid'],
  ['period', 'period_invalid'],
  ['status', 'value_invalid'],
  ['qualifier', 'value_invalid'],
]);

/**
 * A reading that is more than a bare number.
 * @throws {InputError} with the code of the field that is wrong, else `payload_schema`.
 */
export function checkReadingBody(element: string, value: unknown): ReadingBody {
  if (validBody(value)) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(
      'value_invalid',
      `${element}: expected a number, null or {"value"}, got ${shown(value)}`,
    );
  }
  const problem = validBody.problem();
  const field = /^\w+/.exec(problem)?.[0] ?? '';
  throw new InputError(
    (Object.hasOwn(value, field) && CODE_OF_FIELD.get(field)) || 'payload_schema',
    `${element}: ${problem}`,
  );
}

/** @throws {InputError} `value_invalid` for what JSON can hold and no instrument measures (`1e999`). */
export function checkNumber(element: string, value: number): number {
  if (Math.abs(value) <= LARGEST_VALUE) return value;
  throw new InputError('value_invalid', `${element}: expected a number within ±1e15, got ${String(value)}`);
}
