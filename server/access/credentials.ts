import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import type {Credential, Principal} from '#schemas';

/** A random token of 192 bits, and the credential that keeps only its hash. */
export function newCredential(principal: Principal): {password: string; credential: Credential} {
  const password = randomBytes(24).toString('base64url');
  return {password, credential: {principal, secretSha256: sha256Hex(password)}};
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Whether a token is the credential's; takes the same time whatever the token, and for an unknown user. */
export function tokenMatches(credential: Credential | undefined, token: string): boolean {
  const offered = createHash('sha256').update(token, 'utf8').digest();
  const kept = credential ? Buffer.from(credential.secretSha256, 'hex') : Buffer.alloc(32);
  return kept.length === 32 && timingSafeEqual(offered, kept) && credential !== undefined;
}

/** Username and password of `Authorization: Basic …`; null if there is none or it cannot be read. */
export function basicCredentials(header: string | undefined): {username: string; password: string} | null {
  const match = /^Basic ([A-Za-z0-9+/]{1,1000}={0,2})$/i.exec(header ?? '');
  if (!match) return null;
  const text = Buffer.from(match[1]!, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : {username: text.slice(0, colon), password: text.slice(colon + 1)};
}

/** Token of `Authorization: Bearer …`; null if there is none. */
export function bearerToken(header: string | undefined): string | null {
  return /^Bearer ([A-Za-z0-9._~+/-]{1,1000}=*)$/i.exec(header ?? '')?.[1] ?? null;
}
