/**
 * A 32-bit hash of a text's UTF-8 bytes: MurmurHash3_x86_32.
 * Source: Appleby, SMHasher, MurmurHash3.cpp (public domain).
 */
export function hashText(text: string, seed = 0): number {
  const bytes = new TextEncoder().encode(text);
  const blocks = bytes.length & ~3;
  let hash = seed >>> 0;
  for (let at = 0; at < blocks; at += 4) {
    let block = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    block = Math.imul(block, 0xcc9e2d51);
    block = (block << 15) | (block >>> 17);
    hash ^= Math.imul(block, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= blocks; at -= 1) tail = (tail << 8) | bytes[at]!;
  if (bytes.length > blocks) {
    tail = Math.imul(tail, 0xcc9e2d51);
    tail = (tail << 15) | (tail >>> 17);
    hash ^= Math.imul(tail, 0x1b873593);
  }
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The 32-bit key of a random stream: of a seed and what the stream is for (`randomKey(seed, 'd08-01', 'air_temperature')`).
 * Parts are told apart: ('a', 'bc') is not ('ab', 'c'), and 1 is not '1'.
 */
export function randomKey(seed: number, ...parts: readonly (string | number)[]): number {
  return hashText(JSON.stringify(parts), seed >>> 0);
}
