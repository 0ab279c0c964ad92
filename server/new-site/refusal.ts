import {EcoError} from '#schemas';

/** Why a site cannot be made of what was given: which file, what was expected and what came. */
export function refusal(what: string, message: string): EcoError {
  return new EcoError('site_invalid', `${what}: ${message}`);
}
