import {computed, effect, signal} from '@preact/signals';

/** What the reader has chosen. It stands in the address, so that a link shows the same. */
export type PanelId = 'explore' | 'stations' | 'health' | 'about';
const PANELS: readonly PanelId[] = ['explore', 'stations', 'health', 'about'];

const asked = new URLSearchParams(location.search);

export const selectedStation = signal<string | null>(asked.get('station'));
export const selectedElement = signal<string | null>(asked.get('element'));
/** Panel at the left (desktop) or bottom (phone); null: closed. */
export const openPanel = signal<PanelId | null>(
  PANELS.find((panel) => panel === asked.get('panel')) ??
    (matchMedia('(min-width: 900px)').matches ? 'explore' : null),
);
export const askedSite = asked.get('site');

/** Hour of the sun that the reader set by hand; null: that of the clock. */
export const sunHour = signal<number | null>(null);

const address = computed(() => {
  const parameters = new URLSearchParams(location.search);
  const put = (key: string, value: string | null) =>
    value === null ? parameters.delete(key) : parameters.set(key, value);
  put('station', selectedStation.value);
  put('element', selectedElement.value);
  const text = parameters.toString();
  return `${location.pathname}${text === '' ? '' : `?${text}`}`;
});
effect(() => history.replaceState(null, '', address.value));
