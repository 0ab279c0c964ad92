import {addressOf} from '../../state/address.ts';
import type {Things} from './site-things.ts';

/** Parts of the page `/data`. */
export type ViewId =
  | 'quality'
  | 'elements'
  | 'stations'
  | 'devices'
  | 'series'
  | 'letters'
  | 'storage'
  | 'download';

export type ViewProps = {
  things: Things;
  /** Reads the things again, after one was changed. */
  again: () => void;
};

/** Address of a part of the page. */
export function viewAddress(view: ViewId, query: Readonly<Record<string, string | null>> = {}): string {
  return addressOf('/data', {view, ...query});
}
