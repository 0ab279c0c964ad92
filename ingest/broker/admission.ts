import type {Socket} from 'node:net';
import type {BrokerLimits} from './limits.ts';

/**
 * Who may open a socket. Counts sockets by itself (the broker's own count drifts), caps them in all and by address, lets
 * the oldest stranger of an address go when too many of them wait, and hands sockets on at a bounded rate: what waits is
 * not read, so it costs no memory beyond the socket.
 */
export function createAdmission(options: {
  limits: BrokerLimits;
  hand: (socket: Socket, address: string) => void;
  refused: (why: 'sockets_total' | 'sockets_address' | 'stranger_evicted', address: string) => void;
}) {
  const {limits, hand, refused} = options;
  const open = new Map<Socket, string>();
  const byAddress = new Map<string, {sockets: number; strangers: Set<Socket>}>();
  const queue: Socket[] = [];
  /** Every 10 ms that many sockets are handed on. */
  const perTurn = Math.max(1, Math.ceil(limits.acceptsPerS / 100));
  let budget = perTurn;
  let timer: NodeJS.Timeout | null = null;

  function pass(socket: Socket): void {
    const address = open.get(socket);
    if (address === undefined || socket.destroyed) return;
    const {strangers} = byAddress.get(address)!;
    if (strangers.size >= limits.unknownPerAddress) {
      const oldest = strangers.values().next().value!;
      strangers.delete(oldest);
      refused('stranger_evicted', address);
      oldest.destroy();
    }
    strangers.add(socket);
    hand(socket, address);
  }

  function turn(): void {
    budget = perTurn;
    while (budget > 0 && queue.length > 0) {
      budget--;
      pass(queue.shift()!);
    }
    if (queue.length === 0 && timer) {
      clearInterval(timer);
      timer = null;
      budget = perTurn;
    }
  }

  return {
    /** A socket was opened. */
    enter(socket: Socket): void {
      const address = (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
      socket.on('error', () => {});
      if (open.size >= limits.sockets) {
        refused('sockets_total', address);
        socket.destroy();
        return;
      }
      let here = byAddress.get(address);
      if (!here) {
        here = {sockets: 0, strangers: new Set()};
        byAddress.set(address, here);
      }
      if (here.sockets >= limits.socketsPerAddress) {
        refused('sockets_address', address);
        socket.destroy();
        return;
      }
      here.sockets++;
      open.set(socket, address);
      const place = here;
      socket.once('close', () => {
        open.delete(socket);
        place.sockets--;
        place.strangers.delete(socket);
        if (place.sockets === 0) byAddress.delete(address);
      });
      if (budget > 0 && queue.length === 0) {
        budget--;
        pass(socket);
      } else {
        queue.push(socket);
      }
      timer ??= setInterval(turn, 10).unref();
    },

    /** Its credential was right: no longer a stranger. */
    known(socket: Socket): void {
      const address = open.get(socket);
      if (address !== undefined) byAddress.get(address)?.strangers.delete(socket);
    },

    sockets: () => open.keys(),
    count: () => open.size,
    waiting: () => queue.length,

    close(): void {
      if (timer) clearInterval(timer);
      timer = null;
      for (const socket of open.keys()) socket.destroy();
    },
  };
}
