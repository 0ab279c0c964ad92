import {type Principal, TOPIC_ROOT} from '#schemas';

/** What a topic is about. Levels are compared whole, never by prefix of the text. */
export type Topic =
  | {kind: 'up'; site: string; device: string}
  | {kind: 'state'; site: string; device: string}
  | {kind: 'cmd'; site: string; device: string}
  | {kind: 'foreign'; name: string}
  | {kind: 'invalid'; reason: string};

/** A topic of ours: no wildcard, no `$`, no empty level, nothing that needs escaping anywhere. */
const LEVEL = /^[A-Za-z0-9_-]{1,64}$/;
/** Foreign topics may also hold `.`, `@`, `:`, `=` and spaces; they never name a file, a row or a query. */
const FOREIGN_LEVEL = /^[A-Za-z0-9_.@:= -]{1,64}$/;
const LARGEST_TOPIC = 640;
const MOST_LEVELS = 10;
const ROOT = TOPIC_ROOT.split('/');

/** Reads a topic of a PUBLISH, a will or a SUBSCRIBE (where a filter with a wildcard is `invalid`, as it is nobody's). */
export function readTopic(topic: string): Topic {
  if (topic.length === 0) return {kind: 'invalid', reason: 'the topic is empty'};
  if (topic.length > LARGEST_TOPIC) {
    return {kind: 'invalid', reason: `the topic has ${topic.length} characters, at most ${LARGEST_TOPIC}`};
  }
  const levels = topic.split('/');
  if (levels.length > MOST_LEVELS) {
    return {kind: 'invalid', reason: `the topic has ${levels.length} levels, at most ${MOST_LEVELS}`};
  }
  if (levels[0] === ROOT[0]) {
    const [, version, site, device, kind] = levels;
    if (version !== ROOT[1] || levels.length !== 5 || !levels.every((level) => LEVEL.test(level))) {
      return {
        kind: 'invalid',
        reason: `expected ${TOPIC_ROOT}/{site}/{device}/up or …/state, of letters, digits, _ and -`,
      };
    }
    if (kind === 'up' || kind === 'state' || kind === 'cmd') return {kind, site: site!, device: device!};
    return {kind: 'invalid', reason: `the last level is up or state, got ${kind}`};
  }
  for (const level of levels) {
    if (!FOREIGN_LEVEL.test(level) || level === '.' || level === '..') {
      return {
        kind: 'invalid',
        reason: 'each level has 1 to 64 letters, digits, spaces or _ - . @ : =, and is not . or ..',
      };
    }
  }
  return {kind: 'foreign', name: topic};
}

/** Whether a principal speaks for a device: its own, or one of a bridge's list or prefix. */
export function speaksFor(principal: Principal, site: string, device: string): boolean {
  if (principal.site !== site) return false;
  if (principal.kind === 'device') return principal.device === device;
  if (principal.devices?.includes(device)) return true;
  const prefix = principal.devicePrefix;
  return prefix !== null && prefix !== '' && device.startsWith(prefix);
}
