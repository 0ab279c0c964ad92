import {createHash, timingSafeEqual} from 'node:crypto';

/** Compared where there is no such user, so that the answer takes as long. */
const NOBODY = createHash('sha256').update('no such user').digest();

/**
 * Whether a token is the one whose SHA-256 (hex) is kept; `undefined`: no such user. Tokens are long and random, so one
 * fast hash is enough, and a slow one would let strangers stop the broker's thread.
 */
export function tokenMatches(token: Uint8Array | undefined, secretSha256: string | undefined): boolean {
  const kept = secretSha256 === undefined ? NOBODY : Buffer.from(secretSha256, 'hex');
  const given = createHash('sha256')
    .update(token ?? '')
    .digest();
  const same = kept.length === given.length && timingSafeEqual(kept, given);
  return same && secretSha256 !== undefined && token !== undefined;
}
