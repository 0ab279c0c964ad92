import {createHash} from 'node:crypto';
import type {RunPlan} from '#simulation';

/** A plan's JSON, with typed arrays as their kind and the SHA-256 of their bytes. */
function told(_key: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value;
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return [value.constructor.name, createHash('sha256').update(bytes).digest('hex')];
}

/** SHA-256 (hex) of all that a run follows from: the plan and the program that runs it. */
export function fingerprintOf(plan: RunPlan, program: string): string {
  return createHash('sha256')
    .update(`${program}\n${JSON.stringify(plan, told)}`)
    .digest('hex');
}
