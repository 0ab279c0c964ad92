import type {Socket} from 'node:net';
import {Duplex} from 'node:stream';

/**
 * What aedes sees of a connection: the packets that we leave to it, and a way to write. It reads at its own pace; while
 * it is behind, `full` tells that the socket should not be read.
 */
export class Tap extends Duplex {
  private readonly socket: Socket;
  private readonly drained: () => void;
  /** aedes has not taken what it was given. */
  full = false;

  constructor(socket: Socket, drained: () => void) {
    super({allowHalfOpen: true});
    this.socket = socket;
    this.drained = drained;
  }

  /** Hands a packet to aedes. */
  give(bytes: Buffer): void {
    if (!this.push(bytes)) this.full = true;
  }

  override _read(): void {
    if (!this.full) return;
    this.full = false;
    this.drained();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.socket.destroyed) return done(new Error('connection closed'));
    if (this.socket.write(chunk)) done();
    else this.socket.once('drain', done);
  }

  override _writev(
    chunks: {chunk: Buffer; encoding: BufferEncoding}[],
    done: (error?: Error | null) => void,
  ): void {
    this._write(
      Buffer.concat(chunks.map(({chunk}) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))),
      'binary',
      done,
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }
}
