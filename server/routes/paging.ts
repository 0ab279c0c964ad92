import {Type} from 'typebox';

export const PAGE_ITEMS = 5000;

/** Query parameters of every list. */
export const Paging = {
  limit: Type.Optional(
    Type.Integer({minimum: 1, maximum: PAGE_ITEMS, description: `Items on a page, at most ${PAGE_ITEMS}`}),
  ),
  after: Type.Optional(
    Type.String({maxLength: 300, description: 'Last id of the page before; as `next` gives it'}),
  ),
};

export type PagingQuery = {limit?: number; after?: string};

/** `path?query` with `after` set, the other parameters as they came. */
export function nextPath(url: string, after: string): string {
  const [path, query] = url.split('?', 2);
  const parameters = new URLSearchParams(query ?? '');
  parameters.set('after', after);
  return `${path}?${parameters}`;
}

/**
 * One page of a list in the order of its ids, and the path of the next one. The cursor is an id, so that items that come
 * or go between two pages neither repeat nor hide others.
 */
export function page<T, B>(
  items: readonly T[],
  idOf: (item: T) => string,
  query: PagingQuery,
  url: string,
  body: (item: T) => B,
): {items: B[]; next?: string} {
  const after = query.after;
  const sorted = items
    .filter((item) => after === undefined || idOf(item) > after)
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
  const limit = query.limit ?? PAGE_ITEMS;
  const shown = sorted.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(body),
    ...(sorted.length > limit && last !== undefined ? {next: nextPath(url, idOf(last))} : {}),
  };
}
