/**
 * The value at a dotted path of a payload, or of the column of that name in a row of a file: own keys only, so that no
 * name reaches a prototype. A key that itself has dots is found first. Undefined if there is none.
 */
export function valueAt(payload: unknown, path: string, segments: readonly string[]): unknown {
  if (typeof payload !== 'object' || payload === null) return undefined;
  if (Object.hasOwn(payload, path)) return (payload as Record<string, unknown>)[path];
  if (segments.length === 1) return undefined;
  let value: unknown = payload;
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}

const MOST_LEAVES = 200;
const DEEPEST = 8;

/** Dotted paths of all values of a payload that are no object, at most 200 of them and 8 levels deep. */
export function leafPaths(payload: unknown): string[] {
  const found: string[] = [];
  const walk = (value: unknown, path: string, depth: number): void => {
    if (found.length >= MOST_LEAVES) return;
    if (typeof value !== 'object' || value === null) {
      if (path !== '') found.push(path);
      return;
    }
    if (depth >= DEEPEST) return;
    for (const key of Object.keys(value)) {
      walk((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`, depth + 1);
      if (found.length >= MOST_LEAVES) return;
    }
  };
  walk(payload, '', 0);
  return found;
}
