import {uniform} from './hash.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** How often something goes wrong for a while: at most once in each slot of days, with this chance, for so many hours. */
export type EpisodeRule = {slotDays: number; chance: number; hours: readonly [number, number]};

export type Episode = {startMs: number; endMs: number; slot: number};

/** Episodes of one kind at one device: each lies within its slot, so that any instant asks one slot alone. */
export class Episodes {
  readonly #key: number;
  readonly #rule: EpisodeRule;
  readonly #shiftMs: number;
  #slot = Number.NaN;
  #episode: Episode | null = null;

  constructor(key: number, rule: EpisodeRule) {
    this.#key = key;
    this.#rule = rule;
    // Slots of different devices do not begin together.
    this.#shiftMs = Math.floor(uniform(key, -1) * rule.slotDays) * DAY_MS;
  }

  /** The episode of the slot that holds an instant, whether it has begun or is over or not; null if there is none. */
  inSlotOf(timeMs: number): Episode | null {
    const slotMs = this.#rule.slotDays * DAY_MS;
    const slot = Math.floor((timeMs - this.#shiftMs) / slotMs);
    if (slot !== this.#slot) {
      this.#slot = slot;
      this.#episode = null;
      if (uniform(this.#key, slot * 4) < this.#rule.chance) {
        const [shortest, longest] = this.#rule.hours;
        const length = Math.min(
          slotMs,
          (shortest + uniform(this.#key, slot * 4 + 1) * (longest - shortest)) * HOUR_MS,
        );
        const startMs =
          slot * slotMs +
          this.#shiftMs +
          Math.floor((uniform(this.#key, slot * 4 + 2) * (slotMs - length)) / 60_000) * 60_000;
        this.#episode = {startMs, endMs: startMs + Math.ceil(length / 60_000) * 60_000, slot};
      }
    }
    return this.#episode;
  }

  /** Episodes that end in [fromMs, toMs). */
  endingIn(fromMs: number, toMs: number): Episode[] {
    const slotMs = this.#rule.slotDays * DAY_MS;
    const found: Episode[] = [];
    // One that fills its slot ends as the next begins.
    for (let at = fromMs - slotMs; at < toMs + slotMs; at += slotMs) {
      const episode = this.inSlotOf(at);
      if (episode && episode.endMs >= fromMs && episode.endMs < toMs) found.push(episode);
    }
    return found;
  }

  /** The episode that an instant lies in. */
  at(timeMs: number): Episode | null {
    const episode = this.inSlotOf(timeMs);
    return episode && timeMs >= episode.startMs && timeMs < episode.endMs ? episode : null;
  }

  /** Share of the slot that has passed: the age of what builds up until someone cleans it. */
  age(timeMs: number): number {
    const slotMs = this.#rule.slotDays * DAY_MS;
    const x = (timeMs - this.#shiftMs) / slotMs;
    return x - Math.floor(x);
  }
}
