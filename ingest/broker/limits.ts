/** Bounds of the gateway, each with a test in tests/ingest/broker/bounds.test.ts. */
export type BrokerLimits = {
  /** Largest packet, bytes with its header, once a client is known; a larger one closes the connection. */
  packetBytes: number;
  /** The same before that. */
  packetBytesBeforeConnect: number;
  /** Open sockets in all, and from one address. */
  sockets: number;
  socketsPerAddress: number;
  /** Sockets of one address that are read and have not yet shown a credential; beyond it the oldest of them goes. */
  unknownPerAddress: number;
  /** New sockets handed to the broker per second; more wait, unread. */
  acceptsPerS: number;
  /** Time to send a whole CONNECT, and to finish a packet once announced, ms. */
  connectTimeoutMs: number;
  packetTimeoutMs: number;
  /** A client that does not read is closed after this, ms. */
  drainTimeoutMs: number;
  /** Messages per second above which a client's socket is paused: of a device, of a bridge. */
  messagesPerS: number;
  bridgeMessagesPerS: number;
  /** Messages of one connection on their way to the disk above which it is not read. */
  outstandingMessages: number;
  /** Rows on their way to the store above which no connection is read. */
  pendingRows: number;
  /** A store that answers nothing for this long, ms: connections are closed, so that devices keep their data. */
  storeStallMs: number;
  /** Wrong passwords of one address or user in a minute that are answered at once; later ones wait. */
  promptRefusals: number;
  /** Longest such wait, ms. */
  longestRefusalMs: number;
  /** Commands kept for a device that is away. */
  queuedCommands: number;
};

export const BROKER_LIMITS: BrokerLimits = {
  packetBytes: 256 * 1024,
  packetBytesBeforeConnect: 4096,
  sockets: 8192,
  socketsPerAddress: 4096,
  unknownPerAddress: 1000,
  acceptsPerS: 1000,
  connectTimeoutMs: 5000,
  packetTimeoutMs: 30_000,
  drainTimeoutMs: 2000,
  messagesPerS: 2500,
  bridgeMessagesPerS: 25_000,
  outstandingMessages: 1000,
  pendingRows: 100_000,
  storeStallMs: 30_000,
  promptRefusals: 10,
  longestRefusalMs: 5000,
  queuedCommands: 100,
};
