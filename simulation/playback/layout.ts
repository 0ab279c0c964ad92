import type {Channel} from './channels.ts';

/** Where things stand in an `.etw` file (docs/playback-format.md). All numbers are little-endian. */
export const MAGIC = 'ETW1';
export const HEADER_BYTES = 128;
export const AT = {
  trees: 4,
  steps: 8,
  channels: 12,
  firstYear: 16,
  stepYears: 20,
  longitudeDeg: 24,
  latitudeDeg: 32,
  heightM: 40,
  xOffsetM: 48,
  xStepM: 56,
  yOffsetM: 64,
  yStepM: 72,
  zOffsetM: 80,
  zStepM: 88,
  species: 96,
  textBytes: 100,
  idBytes: 104,
  textCrc: 108,
  staticCrc: 112,
  idCrc: 116,
  playbackCrc: 120,
  headerCrc: 124,
} as const;
/** x, y, z and species of a tree. */
export const STATIC_BYTES = 8;

export type PlaybackSpecies = {id: string; scientificName: string};
/** What the file says of itself in JSON, after the header. */
export type PlaybackText = {
  schemaVersion: 1;
  site: string;
  scenario: string;
  /** Trees that stood at the start; those behind them were planted or came up. */
  startTrees: number;
  channels: readonly Channel[];
  species: readonly PlaybackSpecies[];
};

/** A playback, whole: trees in the order of their ids. */
export type Playback = {
  text: PlaybackText;
  firstYear: number;
  stepYears: number;
  origin: {longitudeDeg: number; latitudeDeg: number; heightM: number};
  ids: Uint32Array;
  /** Metres east and north of the origin, and of the ground above the origin's height. */
  xM: Float64Array;
  yM: Float64Array;
  zM: Float64Array;
  species: Uint16Array;
  steps: number;
  /** A channel each, in the order of `text.channels`: byte of tree i at step t is [i · steps + t]. */
  channels: readonly Uint8Array[];
};
