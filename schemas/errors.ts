/**
 * Codes of what can be wrong with a message or one of its readings. They are counted, kept with dead letters, shown
 * and documented; never renamed.
 */
export const INPUT_ERROR_CODES = [
  'payload_too_large',
  'payload_encoding',
  'payload_syntax',
  'payload_schema',
  'payload_empty',
  'payload_length',
  'topic_invalid',
  'topic_forbidden',
  'device_unknown',
  'device_waiting',
  'device_refused',
  'device_not_deployed',
  'element_unknown',
  'unit_unknown',
  'unit_unconvertible',
  'value_invalid',
  'time_invalid',
  'depth_invalid',
  'statistic_invalid',
  'period_invalid',
  'map_missing',
  'map_failed',
] as const;
export type InputErrorCode = (typeof INPUT_ERROR_CODES)[number];

/** What came from outside and cannot be understood: thrown at the edge, caught in one place, counted, kept. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code: InputErrorCode;
  constructor(code: InputErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A refusal that a person or program can act on: a stable code, what was expected and what came. */
export class EcoError extends Error {
  override readonly name = 'EcoError';
  readonly code: string;
  readonly status: number;
  readonly details: unknown;
  constructor(code: string, message: string, status = 400, details?: unknown) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}
