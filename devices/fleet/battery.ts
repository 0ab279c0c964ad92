import {noise, uniform} from './hash.ts';
import type {Place, World} from './process.ts';

const DAY_MS = 86_400_000;
/** Sun of a day that just keeps a battery, that fills it, and the shares of its charge that a day takes and gives, %. */
const DULL_MJ = 6;
const BRIGHT_MJ = 8;
const LOSS_PERCENT = [1.2, 2.5] as const;
const GAIN_PERCENT = [6, 12] as const;
/** Part of the loss that even a dull day's sun makes good. */
const DULL_SHARE = 0.5;
/** Below this a node saves power by night, below the other it is silent. */
const SAVES_BELOW = 16;
const SILENT_BELOW = 7;

/**
 * Charge of a solar node, %: dull days take, bright ones give (a foggy winter drains the weaker ones), within 3 and 100.
 * Primary cells just age.
 */
export class Battery {
  readonly kind: 'solar' | 'battery';
  readonly #world: World;
  readonly #key: number;
  readonly #loss: number;
  readonly #gain: number;
  readonly #firstNumber: number;
  readonly #percent: number[] = [];

  constructor(world: World, place: Place, kind: 'solar' | 'battery') {
    this.kind = kind;
    this.#world = world;
    this.#key = place.key ^ 0xba77;
    this.#loss = LOSS_PERCENT[0] + uniform(this.#key, 1) * (LOSS_PERCENT[1] - LOSS_PERCENT[0]);
    this.#gain = GAIN_PERCENT[0] + uniform(this.#key, 2) * (GAIN_PERCENT[1] - GAIN_PERCENT[0]);
    this.#firstNumber = world.days.numberAt(world.epochMs);
  }

  percent(timeMs: number): number {
    if (this.kind === 'battery') {
      // Three to five years, from a start before the epoch; then someone changes the cells.
      const years = 3 + 2 * uniform(this.#key, 3);
      const age =
        ((timeMs - this.#world.epochMs) / (365.25 * DAY_MS) + uniform(this.#key, 4) * years) / years;
      return Math.round(100 - 88 * (age - Math.floor(age)));
    }
    const number = this.#world.days.numberAt(timeMs);
    const index = Math.max(0, number - this.#firstNumber);
    while (this.#percent.length <= index) {
      const before = this.#percent.at(-1) ?? 100;
      const {radiationMj} = this.#world.days.day(this.#firstNumber + this.#percent.length);
      let change: number;
      if (radiationMj < DULL_MJ) change = -this.#loss * (1 - DULL_SHARE * (radiationMj / DULL_MJ));
      else if (radiationMj < BRIGHT_MJ) {
        const f = (radiationMj - DULL_MJ) / (BRIGHT_MJ - DULL_MJ);
        change = -this.#loss * (1 - DULL_SHARE) * (1 - f) + this.#gain * f;
      } else change = this.#gain;
      this.#percent.push(Math.min(100, Math.max(3, before + change)));
    }
    return Math.round(this.#percent[index]! * 10) / 10;
  }

  volts(timeMs: number): number {
    const percent = this.percent(timeMs);
    const unrest = 0.01 * noise(this.#key, Math.floor(timeMs / 600_000));
    const volts =
      this.kind === 'solar' ? 11.4 + 1.9 * (percent / 100) ** 0.7 : 3.05 + 0.6 * (percent / 100) ** 0.4;
    return Math.round((volts + unrest) * 100) / 100;
  }

  /** Whether the node is too weak to talk: all day below one charge, by night below another. */
  isDown(timeMs: number, localH: number): boolean {
    if (this.kind === 'battery') return false;
    const percent = this.percent(timeMs);
    return percent < SILENT_BELOW || (percent < SAVES_BELOW && (localH < 9 || localH >= 17));
  }
}
