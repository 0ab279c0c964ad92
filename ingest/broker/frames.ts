/** Largest fixed header: one byte of type and flags, four of length. */
const LARGEST_HEADER = 5;

export type FrameHandler = {
  /**
   * A whole packet: `bytes[from, to)`, its body from `bodyAt`. The bytes may be kept; they are never written again.
   */
  frame(bytes: Buffer, from: number, bodyAt: number, to: number): void;
  /** Largest packet now, in bytes with its header. */
  limit(): number;
  /** A packet announces more than the limit: nothing more is read. */
  tooLarge(bytes: number): void;
  /** A length of more than four bytes: nothing more is read. */
  malformed(): void;
};

/**
 * Cuts what comes from a socket into MQTT packets. A packet that is too large is refused by its header, before any of it
 * is kept; one that comes in many pieces is joined once. Reading can be stopped between two packets: the rest waits.
 */
export class FrameReader {
  private readonly handler: FrameHandler;
  /** Bytes of a header that is not whole, or packets that wait while stopped. */
  private rest: Buffer | null = null;
  /** Pieces of a packet that is larger than what came so far, and how many bytes it lacks. */
  private pieces: Buffer[] = [];
  private missing = 0;
  private reading = false;
  private dead = false;
  stopped = false;

  constructor(handler: FrameHandler) {
    this.handler = handler;
  }

  /** Whether a packet has begun that is not whole. */
  get unfinished(): boolean {
    return this.missing > 0 || (this.rest !== null && !this.stopped);
  }

  push(chunk: Buffer): void {
    if (this.dead) return;
    let bytes = chunk;
    if (this.missing > 0) {
      if (chunk.length < this.missing) {
        this.pieces.push(chunk);
        this.missing -= chunk.length;
        return;
      }
      const whole = Buffer.concat([...this.pieces, chunk.subarray(0, this.missing)]);
      bytes = chunk.subarray(this.missing);
      this.pieces = [];
      this.missing = 0;
      this.take(whole);
      if (bytes.length === 0) return;
    }
    this.take(bytes);
  }

  private take(bytes: Buffer): void {
    const all = this.rest === null ? bytes : Buffer.concat([this.rest, bytes]);
    this.rest = null;
    if (this.stopped) this.rest = all;
    else this.read(all);
  }

  /** Goes on after a stop. */
  resume(): void {
    this.stopped = false;
    if (this.rest === null || this.reading || this.dead) return;
    const bytes = this.rest;
    this.rest = null;
    this.read(bytes);
  }

  private read(bytes: Buffer): void {
    this.reading = true;
    const {length} = bytes;
    let at = 0;
    while (at < length) {
      if (this.stopped || this.dead) break;
      let size = 0;
      let place = at + 1;
      let shift = 0;
      let whole = false;
      while (place < length && place < at + LARGEST_HEADER) {
        const byte = bytes[place++]!;
        size |= (byte & 127) << shift;
        shift += 7;
        if (byte < 128) {
          whole = true;
          break;
        }
      }
      if (!whole) {
        if (place === at + LARGEST_HEADER) {
          this.dead = true;
          this.handler.malformed();
        }
        break;
      }
      const to = place + size;
      if (to - at > this.handler.limit()) {
        this.dead = true;
        this.handler.tooLarge(to - at);
        break;
      }
      if (to > length) {
        this.pieces = [bytes.subarray(at)];
        this.missing = to - length;
        at = length;
        break;
      }
      const from = at;
      at = to;
      this.handler.frame(bytes, from, place, to);
    }
    this.reading = false;
    if (at < length && !this.dead) this.rest = at === 0 ? bytes : bytes.subarray(at);
  }
}
