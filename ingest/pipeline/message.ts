import type {DeadLetter, InputErrorCode, Observation} from '#schemas';
import type {SeriesState} from './series-state.ts';
import type {Sender, UplinkOutcome} from './types.ts';

/** Letters kept of one message; what is wrong beyond that is counted and told in the last of them. */
const MOST_LETTERS = 64;
const SUMMED_UP = /^\d+ more, the last: /;
const NO_BYTES = new Uint8Array();
const NO_LETTERS: readonly DeadLetter[] = [];
const NO_CARRIED: readonly {id: number; code: string; message: string}[] = [];
const NO_PROBLEMS: {code: string; message: string}[] = [];

export type Series = SeriesState<Message>;

/** One message on its way: what was understood of it, series by series, and what was not. */
export class Message {
  readonly number: number;
  readonly sender: Sender;
  /** Its payload is `bytes[from, to)`. */
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  readonly receivedMs: number;
  private readonly receipt: (outcome: UplinkOutcome, tag: number) => void;
  private readonly tag: number;
  /** Rows and, at the same places, their series. */
  rows: Observation[] = [];
  series: Series[] = [];
  /** Some row depends on a wind series. */
  needsWind = false;
  device: string | null = null;
  /** A bridge's payload is being kept as it came; told when it is. */
  kept: Promise<void> | null = null;
  letters: readonly DeadLetter[] = NO_LETTERS;
  rejected: {code: string; message: string}[] = NO_PROBLEMS;
  /** Series it waits for, each once, while some of them are being loaded. */
  waitsFor: Series[] | null = null;
  /** A kept message that is run through again: its problems are told and not kept once more. */
  readonly again: boolean;
  /** With `again`: the letters that its bytes gave rise to. */
  carried: readonly {id: number; code: string; message: string}[] = NO_CARRIED;
  /** Rows whose time lies after their arrival, or before devices had clocks. */
  future = 0;
  impossible = 0;

  constructor(
    number: number,
    sender: Sender,
    payload: {bytes: Buffer; from: number; to: number; receivedMs: number},
    receipt: (outcome: UplinkOutcome, tag: number) => void,
    tag: number,
    again: boolean,
  ) {
    this.number = number;
    this.sender = sender;
    this.bytes = payload.bytes;
    this.from = payload.from;
    this.to = payload.to;
    this.receivedMs = payload.receivedMs;
    this.receipt = receipt;
    this.tag = tag;
    this.again = again;
  }

  payload(): Buffer {
    return this.bytes.subarray(this.from, this.to);
  }

  done(outcome: UplinkOutcome): void {
    this.receipt(outcome, this.tag);
  }

  /** Forgets what was understood, to be read from the beginning. */
  reset(): void {
    this.rows = [];
    this.series = [];
    this.needsWind = false;
    this.letters = NO_LETTERS;
    this.rejected = NO_PROBLEMS;
    this.future = 0;
    this.impossible = 0;
  }

  /** Ids of the carried letters whose problem is gone. */
  settled(): number[] {
    return this.carried
      .filter((letter) => !this.rejected.some((problem) => isSame(letter, problem)))
      .map(({id}) => id);
  }

  /** What is to be counted by code; undefined: nothing. A message that is run through again was counted before. */
  counted(): Record<string, number> | undefined {
    if (this.future === 0 && this.impossible === 0 && this.rejected.length === 0) return undefined;
    const counted: Record<string, number> = {};
    if (this.future > 0) counted['time_future'] = this.future;
    if (this.impossible > 0) counted['time_impossible'] = this.impossible;
    if (!this.again) for (const {code} of this.rejected) counted[code] = (counted[code] ?? 0) + 1;
    return counted;
  }

  /** Notes what could not be understood; the first letter of a message carries its bytes. */
  reject(code: InputErrorCode | string, text: string): void {
    if (this.rejected === NO_PROBLEMS) this.rejected = [];
    this.rejected.push({code, message: text});
    // What a refused device sends is counted and let go: a letter for each message would let it go on filling the store.
    if (this.again || code === 'device_refused') return;
    const {source, topic, principal} = this.sender;
    const letters = this.letters as DeadLetter[];
    if (letters.length >= MOST_LETTERS) {
      const last = letters[MOST_LETTERS - 1]!;
      last.message = `${this.rejected.length - MOST_LETTERS + 1} more, the last: ${text}`;
      return;
    }
    const letter: DeadLetter = {
      receivedMs: this.receivedMs,
      source,
      topic: topic.length > 640 ? `${topic.slice(0, 637)}...` : topic,
      principal: principal.username,
      device: this.device,
      code,
      message: text,
      // A copy: the bytes lie in the chunk that was read from the socket.
      payload: letters.length === 0 ? new Uint8Array(this.payload()) : NO_BYTES,
    };
    if (this.letters === NO_LETTERS) this.letters = [letter];
    else letters.push(letter);
  }
}

/** Whether a kept letter tells of this problem. The letter that sums up a message's last ones tells of any. */
function isSame(letter: {code: string; message: string}, problem: {code: string; message: string}): boolean {
  if (SUMMED_UP.test(letter.message)) return true;
  return letter.code === problem.code && letter.message === problem.message;
}
