import type {Reviser, Ruling} from '#ingest';
import {driftCorrection} from '#model';
import {
  type Correction,
  EcoError,
  type NewRevisionBody,
  type Registry,
  type Revision,
  type RevokeBody,
} from '#schemas';
import {queryInstant} from '../routes/instants.ts';

function streamOf(registry: Registry, id: string) {
  const stream = registry.datastream(id);
  if (stream) return stream;
  throw new EcoError('datastream_unknown', `no datastream ${id}`, 404);
}

/** The rule of a body: given, or from what two calibrations found. The range's ends are those of the calibrations. */
function correctionOf(body: NewRevisionBody, fromMs: number, endMs: number): Correction | undefined {
  const {correction, drift} = body;
  if (correction !== undefined && drift !== undefined) {
    throw new EcoError('revision_invalid', 'one of correction and drift was expected, got both');
  }
  if (drift !== undefined) {
    try {
      return driftCorrection({startMs: fromMs, endMs, ...drift});
    } catch (error) {
      if (error instanceof RangeError) throw new EcoError('revision_invalid', `drift: ${error.message}`);
      throw error;
    }
  }
  if (correction === undefined) return undefined;
  const startMs = correction.from === undefined ? fromMs : queryInstant('correction.from', correction.from);
  const stopMs = correction.to === undefined ? endMs : queryInstant('correction.to', correction.to);
  if (startMs > stopMs) throw new EcoError('time_invalid', 'correction: from must not be after to');
  return {startMs, endMs: stopMs, offset: correction.offset, gain: correction.gain ?? [1, 1]};
}

/**
 * Makes what a body asks for of one series; resolves when it is durable.
 * @throws {EcoError} `datastream_unknown`, `rows_none` (404), `time_invalid`, `revision_empty`, `revision_invalid`.
 */
export async function revise(
  {registry, reviser}: {registry: Registry; reviser: Reviser},
  id: string,
  body: NewRevisionBody,
): Promise<Revision> {
  const stream = streamOf(registry, id);
  const fromMs = queryInstant('from', body.from);
  const endMs = queryInstant('to', body.to);
  if (fromMs >= endMs) throw new EcoError('time_invalid', 'from must be before to; to is exclusive');
  const {flag, test, value, qualifier, reason, who} = body;
  if (test !== undefined && flag === undefined) {
    throw new EcoError('revision_invalid', 'a test belongs to the flag that it gives');
  }
  if (qualifier !== undefined && value === undefined) {
    throw new EcoError('revision_invalid', 'a qualifier belongs to a value');
  }
  const correction = correctionOf(body, fromMs, endMs);
  const ruling: Ruling = {
    fromMs,
    toMs: endMs - 1,
    reason,
    who,
    ...(flag === undefined ? {} : {flag}),
    ...(test === undefined ? {} : {test}),
    ...(value === undefined ? {} : {value}),
    ...(qualifier === undefined ? {} : {qualifier}),
    ...(correction === undefined ? {} : {correction}),
  };
  return await reviser.rule(stream, ruling);
}

/** @throws {EcoError} `datastream_unknown`, `revision_unknown` (404), `revision_revoked` (409). */
export async function revoke(
  {registry, reviser}: {registry: Registry; reviser: Reviser},
  id: string,
  version: number,
  body: RevokeBody,
): Promise<Revision> {
  return await reviser.revoke(streamOf(registry, id), {version, ...body});
}
