import {ApiRefusal} from '../api/client.ts';
import {type ReviseTextKey, r} from '../text/revise/index.ts';

/** Refusals that a reader meets, in his words. */
const WORDS: Readonly<Record<string, ReviseTextKey>> = {
  access_forbidden: 'error.forbidden',
  origin_forbidden: 'error.forbidden',
  host_forbidden: 'error.forbidden',
  rows_none: 'error.gone',
  revision_revoked: 'error.again',
  range_too_long: 'error.long',
  time_invalid: 'range.invalid',
};

/** What went wrong, as a reader can understand it; a refusal that has no words of its own in the server's. */
export function problemText(error: unknown): string {
  if (error instanceof ApiRefusal) {
    const key = WORDS[error.code];
    return key === undefined ? error.message : r(key);
  }
  return r('error.reach');
}
