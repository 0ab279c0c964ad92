import {batch, effect, type Signal, signal} from '@preact/signals';

/**
 * What the reader has chosen stands in the address, so that a link shows the same and the way back works. Signals of
 * one page live as long as the page does.
 */
const chosen = new Map<string, Signal<string | null>>();

const asked = () => new URLSearchParams(location.search);

/** Site that the address asks for; null: the first one. It goes along from page to page. */
export const askedSite = asked().get('site');

/** A choice that stands in the address under `key`; null is left out. The same key gives the same signal. */
export function addressed(key: string): Signal<string | null> {
  const known = chosen.get(key);
  if (known) return known;
  const made = signal(asked().get(key));
  chosen.set(key, made);
  effect(() => write(key, made.value));
  return made;
}

function write(key: string, value: string | null): void {
  const parameters = asked();
  if (parameters.get(key) === value) return;
  if (value === null) parameters.delete(key);
  else parameters.set(key, value);
  history.replaceState(null, '', addressWith(location.pathname, parameters));
}

function addressWith(path: string, parameters: URLSearchParams): string {
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Address of a place of this site: `path`, the site if one was asked for, and `query` without what is null. */
export function addressOf(path: string, query: Readonly<Record<string, string | null>> = {}): string {
  const parameters = new URLSearchParams();
  if (askedSite !== null) parameters.set('site', askedSite);
  for (const [key, value] of Object.entries(query)) if (value !== null) parameters.set(key, value);
  return addressWith(path, parameters);
}

/** Goes to another view of this page: a step that the way back undoes. */
export function visit(address: string): void {
  history.pushState(null, '', address);
  readAddress();
}

function readAddress(): void {
  const parameters = asked();
  batch(() => {
    for (const [key, choice] of chosen) choice.value = parameters.get(key);
  });
}
addEventListener('popstate', readAddress);
