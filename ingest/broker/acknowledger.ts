import type {Session} from './session.ts';

/**
 * Sends PUBACKs. Those that one commit allows go out as one write per connection; aedes would write each in three pieces
 * and wait a turn of the loop for it. From a connection that does not read them nothing more is read.
 */
export function createAcknowledger(options: {
  /** The client does not read what we send. */
  blocked: (session: Session) => void;
  /** It does again. */
  drained: (session: Session) => void;
}) {
  const {blocked, drained} = options;
  let ready: Session[] = [];
  let scheduled = false;

  function write(session: Session): void {
    const {acks, socket} = session;
    session.queued = false;
    if (socket.destroyed) {
      acks.length = 0;
      return;
    }
    const bytes = Buffer.allocUnsafe(acks.length * 4);
    for (let i = 0, at = 0; i < acks.length; i++, at += 4) {
      const id = acks[i]!;
      bytes[at] = 0x40;
      bytes[at + 1] = 2;
      bytes[at + 2] = id >> 8;
      bytes[at + 3] = id & 0xff;
    }
    acks.length = 0;
    if (socket.write(bytes)) return;
    blocked(session);
    socket.once('drain', () => drained(session));
  }

  function flush(): void {
    scheduled = false;
    const sessions = ready;
    ready = [];
    for (let i = 0; i < sessions.length; i++) write(sessions[i]!);
  }

  return {
    /** The message with this packet identifier is durable. */
    acknowledge(session: Session, messageId: number): void {
      session.acks.push(messageId);
      if (session.queued) return;
      session.queued = true;
      ready.push(session);
      if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
    },
  };
}
