import {
  EcoError,
  type ObservationReader,
  type Principal,
  type Registry,
  type StoredDeadLetter,
} from '#schemas';
import type {RawFrame} from '../frames/index.ts';
import type {MapBook} from '../map/map-book.ts';
import {networkOf, senderByTopic} from './network-sender.ts';
import type {FrameReplay, LetterReplay, Uplink, UplinkOutcome} from './types.ts';

/** Letters of one message stand one after another, at most that many. */
const MOST_OF_ONE_MESSAGE = 64;
const PAGE = 500;
/** Frames on their way at one time, and problems told of a replay. */
const FRAMES_AT_ONCE = 64;
const MOST_PROBLEMS = 20;

/**
 * Runs kept messages through again. The letters of one message share its bytes, which the first of them carries; the
 * message is read once, as of its own arrival, and each letter whose problem is gone is marked. What is already stored
 * is a duplicate, so doing it twice changes nothing.
 */
export function createReplay(options: {
  reader: Pick<ObservationReader, 'deadLetters'>;
  registry: Registry;
  maps: Pick<MapBook, 'all' | 'forTopic'>;
  /** Kept frames of a bridge, oldest first; undefined: none are kept. */
  frames: (of: {principal: string; fromMs: number; toMs: number}) => AsyncIterable<RawFrame> | undefined;
  /** Reads a message again; `settled` are the letters whose problem is gone. */
  again: (
    uplink: Uplink,
    letters: readonly StoredDeadLetter[],
  ) => Promise<{outcome: UplinkOutcome; settled: readonly number[]}>;
}) {
  const {reader, registry, maps, again, frames} = options;

  async function find(id: number): Promise<StoredDeadLetter | undefined> {
    const [letter] = await reader.deadLetters({limit: 1, beforeId: id + 1});
    return letter?.id === id ? letter : undefined;
  }

  /** The letter that has the bytes of this one's message; undefined: they were not kept. */
  async function carrierOf(letter: StoredDeadLetter): Promise<StoredDeadLetter | undefined> {
    if (letter.payload.length > 0) return letter;
    const before = await reader.deadLetters({limit: MOST_OF_ONE_MESSAGE, beforeId: letter.id});
    for (const other of before) {
      if (other.receivedMs !== letter.receivedMs || other.topic !== letter.topic) return undefined;
      if (other.principal !== letter.principal) return undefined;
      if (other.payload.length > 0) return other;
    }
    return undefined;
  }

  /** Who sent a letter: by the credential, or, if there is none (any more), by the topic. */
  function senderOf(letter: StoredDeadLetter): Principal | null {
    const known = letter.principal === null ? undefined : registry.credential(letter.principal);
    if (known) return known.principal;
    const sender = senderByTopic(letter.topic, {registry, maps});
    if (sender === null || sender.kind === 'device') {
      return sender && {...sender, username: letter.principal ?? sender.username};
    }
    // A network that came by an external broker under this name; what somebody else said on its topic is not its own.
    return sender.username === letter.principal ? sender : null;
  }

  /** A bridge by its name: that of its credential, or of the network that comes by an external broker. */
  function bridgeOf(name: string): Principal | null {
    const known = registry.credential(name)?.principal;
    if (known?.kind === 'bridge') return known;
    const map = maps.all().find(({id, bridge = id}) => bridge === name);
    return map ? networkOf(map, registry) : null;
  }

  async function letters(ids: readonly number[]): Promise<LetterReplay> {
    const report: LetterReplay = {
      replayed: [],
      rejected: [],
      skipped: [],
      stored: 0,
      duplicate: 0,
      conflict: 0,
    };
    const byCarrier = new Map<number, {carrier: StoredDeadLetter; letters: StoredDeadLetter[]}>();
    for (const id of new Set(ids)) {
      const letter = await find(id);
      if (letter === undefined || letter.replayedMs !== null) {
        report.skipped.push(id);
        continue;
      }
      const carrier = await carrierOf(letter);
      if (carrier === undefined) {
        report.rejected.push({id, code: letter.code, message: 'its bytes were not kept'});
        continue;
      }
      const group = byCarrier.get(carrier.id);
      if (group) group.letters.push(letter);
      else byCarrier.set(carrier.id, {carrier, letters: [letter]});
    }
    for (const {carrier, letters: group} of byCarrier.values()) {
      const principal = senderOf(carrier);
      if (principal === null) {
        for (const {id, code} of group) {
          report.rejected.push({id, code, message: `no sender ${carrier.principal} any more`});
        }
        continue;
      }
      const {topic, payload, receivedMs} = carrier;
      const source = carrier.source as Uplink['source'];
      const {outcome, settled} = await again({source, topic, principal, payload, receivedMs}, group);
      report.stored += outcome.stored;
      report.duplicate += outcome.duplicate;
      report.conflict += outcome.conflict;
      for (const {id, code, message} of group) {
        if (settled.includes(id)) report.replayed.push(id);
        else report.rejected.push({id, code, message});
      }
    }
    return report;
  }

  /** Ids of letters that were not yet replayed and are chosen, oldest first. */
  async function pending(chosen: (letter: StoredDeadLetter) => boolean): Promise<number[]> {
    const ids: number[] = [];
    for (let beforeId: number | undefined; ; ) {
      const page = await reader.deadLetters({limit: PAGE, ...(beforeId === undefined ? {} : {beforeId})});
      for (const letter of page) if (letter.replayedMs === null && chosen(letter)) ids.push(letter.id);
      if (page.length < PAGE) return ids.reverse();
      beforeId = page.at(-1)!.id;
    }
  }

  return {
    letters,

    async device(device: string): Promise<LetterReplay> {
      return await letters(await pending((letter) => letter.device === device));
    },

    async bridge(of: {bridge: string; fromMs: number; toMs: number}): Promise<FrameReplay> {
      const {bridge, fromMs, toMs} = of;
      const principal = bridgeOf(bridge);
      if (principal === null) throw new EcoError('bridge_unknown', `no bridge ${bridge}`, 404);
      // Letters first: what is understood now is marked, also where its frame is no longer kept.
      const ids = await pending(
        ({principal: sender, receivedMs}) => sender === bridge && receivedMs >= fromMs && receivedMs < toMs,
      );
      const first = await letters(ids);
      const report: FrameReplay = {
        frames: 0,
        stored: first.stored,
        duplicate: 0,
        conflict: first.conflict,
        letters: first.replayed.length,
        rejected: 0,
        problems: [],
      };
      const take = async ({topic, source, payload, receivedMs}: RawFrame): Promise<void> => {
        const {outcome} = await again({source, topic, principal, payload, receivedMs}, []);
        report.frames++;
        report.stored += outcome.stored;
        report.duplicate += outcome.duplicate;
        report.conflict += outcome.conflict;
        if (outcome.rejected.length > 0) report.rejected++;
        for (const {code, message} of outcome.rejected) {
          if (report.problems.length < MOST_PROBLEMS)
            report.problems.push({received: receivedMs, code, message});
        }
      };
      let underWay: Promise<void>[] = [];
      for await (const frame of frames({principal: bridge, fromMs, toMs}) ?? []) {
        underWay.push(take(frame));
        if (underWay.length < FRAMES_AT_ONCE) continue;
        await Promise.all(underWay);
        underWay = [];
      }
      await Promise.all(underWay);
      return report;
    },
  };
}
