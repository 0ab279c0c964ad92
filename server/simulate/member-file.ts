import {readFileSync} from 'node:fs';
import {crc32} from 'node:zlib';
import {type MemberSummary, type RunPlan, summaryShape} from '#simulation';
import {writeWholeFile} from './whole-file.ts';

/** `ECM1`, member, CRC-32 of what follows; then indicators and parts as 64-bit numbers, little-endian. */
const MAGIC = 'ECM1';
const HEAD_BYTES = 16;

export function writeMember(file: string, {member, indicators, parts}: MemberSummary): void {
  const bytes = new Uint8Array(HEAD_BYTES + indicators.byteLength + parts.byteLength);
  bytes.set(new Uint8Array(indicators.buffer, indicators.byteOffset, indicators.byteLength), HEAD_BYTES);
  const partsAt = HEAD_BYTES + indicators.byteLength;
  bytes.set(new Uint8Array(parts.buffer, parts.byteOffset, parts.byteLength), partsAt);
  const head = Buffer.from(bytes.buffer, 0, HEAD_BYTES);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(member, 4);
  head.writeUInt32LE(crc32(bytes.subarray(HEAD_BYTES)), 8);
  writeWholeFile(file, bytes);
}

/** A member that is done; null where the file is not there, or not whole. */
export function readMember(file: string, plan: RunPlan, member: number): MemberSummary | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return null;
  }
  const shape = summaryShape(plan);
  const [indicators, parts] = [shape.rows * shape.indicators, shape.rows * shape.parts];
  if (bytes.length !== HEAD_BYTES + 8 * (indicators + parts)) return null;
  if (bytes.toString('latin1', 0, 4) !== MAGIC || bytes.readUInt32LE(4) !== member) return null;
  if (bytes.readUInt32LE(8) !== crc32(bytes.subarray(HEAD_BYTES))) return null;
  const numbers = new Float64Array(indicators + parts);
  new Uint8Array(numbers.buffer).set(bytes.subarray(HEAD_BYTES));
  return {member, indicators: numbers.subarray(0, indicators), parts: numbers.subarray(indicators)};
}
