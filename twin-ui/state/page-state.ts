import {signal} from '@preact/signals';
import {addressed} from './address.ts';

/** What the reader of the twin has chosen. Station and element stand in the address. */
export type PanelId = 'explore' | 'stations' | 'health' | 'about';
const PANELS: readonly PanelId[] = ['explore', 'stations', 'health', 'about'];

export const selectedStation = addressed('station');
export const selectedElement = addressed('element');
const askedPanel = new URLSearchParams(location.search).get('panel');
/** Panel at the left (desktop) or bottom (phone); null: closed. */
export const openPanel = signal<PanelId | null>(
  PANELS.find((panel) => panel === askedPanel) ??
    (matchMedia('(min-width: 900px)').matches ? 'explore' : null),
);

/** Hour of the sun that the reader set by hand; null: that of the clock. */
export const sunHour = signal<number | null>(null);
