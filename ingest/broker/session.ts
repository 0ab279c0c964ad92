import type {Socket} from 'node:net';
import type {Client} from 'aedes';
import type {Credential, Principal} from '#schemas';
import type {Sender, UplinkOutcome} from '../pipeline/types.ts';
import type {FrameReader} from './frames.ts';
import type {Tap} from './tap.ts';

/** Why a connection is not read now; several may hold at once. */
export const STOP = {
  /** It has sent CONNECT and waits for the answer. */
  connecting: 1,
  /** Faster than its rate. */
  rate: 2,
  /** The store is behind. */
  store: 4,
  /** It does not read its acknowledgements. */
  unread: 8,
  /** Too many of its messages are on their way to the disk. */
  outstanding: 16,
  /** The part of it that aedes handles is behind. */
  aedes: 32,
} as const;

/** One connection: who it is, what of it is on its way to the disk, and how fast it sends. */
export type Session = {
  readonly socket: Socket;
  readonly address: string;
  readonly tap: Tap;
  readonly frames: FrameReader;
  client: Client | null;
  /** It sent CONNECT; and was let in. */
  connecting: boolean;
  live: boolean;
  credential: Credential | null;
  principal: Principal | null;
  /** The will it announced, if it may have one. */
  will: object | null;
  /** STOP bits. */
  stops: number;
  /** Messages handed in and not yet durable, and when the last of them became so (or the first came). */
  outstanding: number;
  progressMs: number;
  /** Packet identifiers whose PUBACK goes out with the next flush. */
  acks: number[];
  queued: boolean;
  blockedSinceMs: number;
  /** Time, by the sweep, of the last bytes; and since when a packet is not whole (0: none). */
  heardMs: number;
  unfinishedSinceMs: number;
  /** Longest silence that is allowed, ms; 0: any. */
  keepaliveMs: number;
  /** Messages left in this block before the clock is looked at, and when the block began. */
  budget: number;
  blockMs: number;
  rateTimer: NodeJS.Timeout | null;
  /** Topic of the last message, as bytes and as its sender: most clients have one. */
  topicBytes: Uint8Array;
  sender: Sender | null;
  senders: Map<string, Sender>;
  /** Called for each message that is durable, with its packet identifier (0: none). */
  receipt: (outcome: UplinkOutcome, messageId: number) => void;
  /** Devices shown as connected through it. */
  devices: Set<string>;
};
