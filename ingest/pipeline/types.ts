import type {Principal} from '#schemas';

/** A message as it arrived. `receivedMs` is the time of arrival, which stands in where the message has no time. */
export type Uplink = {
  source: 'mqtt' | 'http' | 'file';
  /** `eco/v1/{site}/{device}/up`, or a foreign topic or route that a map answers for. */
  topic: string;
  principal: Principal;
  payload: Uint8Array;
  receivedMs: number;
};

/** What became of a message, told once everything of it is durable. */
export type UplinkOutcome = {
  stored: number;
  duplicate: number;
  conflict: number;
  /** One entry for each reading, envelope or message that could not be understood; all are kept as dead letters. */
  rejected: {code: string; message: string}[];
};

export type LetterReplay = {
  /** Ids that are understood now and marked so. */
  replayed: number[];
  /** Ids that are still wrong, each with what is. */
  rejected: {id: number; code: string; message: string}[];
  /** Ids that do not exist, or were replayed before. */
  skipped: number[];
  stored: number;
  duplicate: number;
  conflict: number;
};

/** What became of a bridge's kept frames when they were run through its map again. */
export type FrameReplay = {
  frames: number;
  stored: number;
  duplicate: number;
  conflict: number;
  /** Dead letters that are understood now and marked so. */
  letters: number;
  /** Frames with something that is still not understood. */
  rejected: number;
  /** The first of what is still wrong, by frame. */
  problems: {received: number; code: string; message: string}[];
};

/** Since the start; what was rejected or marked is counted durably, by the store. */
export type PipelineCounts = {
  messages: number;
  readings: number;
  stored: number;
  duplicate: number;
  conflict: number;
};

/** Who says something on which topic: made once for a connection and topic, so that it is looked at once. */
export type Sender = {
  readonly source: Uplink['source'];
  readonly topic: string;
  readonly principal: Principal;
};

export type Pipeline = {
  /** Takes a message in. `done` is called once, when all of it would survive `kill -9`; never with loss. */
  accept(uplink: Uplink, done: (outcome: UplinkOutcome) => void): void;
  sender(source: Uplink['source'], topic: string, principal: Principal): Sender;
  /**
   * The same for a gateway's many messages: the payload is `bytes[from, to)`, which nobody writes to again, and `receipt`
   * is told the outcome with the `tag` given.
   */
  take(
    sender: Sender,
    message: {bytes: Buffer; from: number; to: number; receivedMs: number},
    receipt: (outcome: UplinkOutcome, tag: number) => void,
    tag: number,
  ): void;
  /**
   * Keeps what could not even be handed in as a message (too large, a topic that is not allowed): counted and durable
   * like every dead letter.
   */
  refuse(uplink: Uplink, code: string, message: string, done: () => void): void;
  /** Runs kept messages through again after a fix; those understood now are marked. Doing so twice changes nothing. */
  replayDeadLetters(ids: readonly number[]): Promise<LetterReplay>;
  /** The same for everything kept of one device, oldest first: after it was approved. */
  replayDevice(device: string): Promise<LetterReplay>;
  /**
   * Runs what a bridge sent in [fromMs, toMs) through its map as that is now, oldest first. What is stored already is a
   * duplicate; where the mended map gives another value, the first stays and the other is kept as a conflict.
   */
  replayBridge(of: {bridge: string; fromMs: number; toMs: number}): Promise<FrameReplay>;
  /** Rows and letters not yet durable, and those that wait for their series to be loaded. Intake pauses above a bound. */
  pending(): number;
  counts(): PipelineCounts;
  /** Drops what is known of these series (purged ones), so that their next row is their first. */
  forget(series: readonly number[]): void;
};
