import type {SensorSpec} from '#schemas';
import type {Cursor} from './cursor.ts';
import {keyOf, noise, smoothNoise, uniform} from './hash.ts';
import type {Place, Sampler, World} from './process.ts';
import type {Weather} from './weather.ts';

const MINUTE_MS = 60_000;
const BIN_MS = 5 * MINUTE_MS;
const HOUR_MS = 3_600_000;
/** People are counted from this local hour to the same of the next day. */
const COUNT_FROM_H = 4;
const BINS = 288;
/** How long visitors stay, as shares of arrivals that leave after so many 5-min bins: about 3 h, at most 7 h. */
const STAY_BINS = 84;

type VisitorDay = {
  startMs: number;
  total: number;
  /** People counted since the start, by gate and bin boundary. */
  inAt: Float64Array[];
  outAt: Float64Array[];
};

/** Visitors by gate, day by day, from the site's habits, the weekday and the weather; noise and demand follow them. */
export class People {
  readonly #world: World;
  readonly #weather: Weather;
  readonly #key: number;
  readonly #gatesIn: Place[];
  readonly #gatesOut: Place[];
  readonly #days = new Map<number, VisitorDay>();
  readonly #holidays: Set<string>;

  constructor(world: World, weather: Weather) {
    this.#world = world;
    this.#weather = weather;
    this.#key = keyOf(world.seed, 'visitors');
    const gates = world.places.filter(({device}) => device.countsDirection !== undefined);
    this.#gatesIn = gates.filter(({device}) => device.countsDirection === 'in');
    this.#gatesOut = gates.filter(({device}) => device.countsDirection === 'out');
    this.#holidays = new Set((world.climate.visitors?.holidays ?? []).flatMap(daysOf));
  }

  /** The device that publishes the balance of all gates: the first that counts people in. */
  get controller(): string | undefined {
    return this.#gatesIn[0]?.device.id;
  }

  /** Visitors of the local day that holds an instant; the day counts from 04:00. */
  visitorsOfDay(timeMs: number): number {
    return this.#day(timeMs).total;
  }

  /** People present at an instant: all in minus all out since 04:00. */
  present(timeMs: number): number {
    const day = this.#day(timeMs);
    const bin = Math.min(BINS, Math.max(0, Math.floor((timeMs - day.startMs) / BIN_MS)));
    let sum = 0;
    for (const gate of day.inAt) sum += gate[bin]!;
    for (const gate of day.outAt) sum -= gate[bin]!;
    return sum;
  }

  #day(timeMs: number): VisitorDay {
    const {clock} = this.#world;
    const number = clock.dayNumber(timeMs - COUNT_FROM_H * HOUR_MS);
    let day = this.#days.get(number);
    if (!day) {
      day = this.#make(number);
      if (this.#days.size > 6) this.#days.clear();
      this.#days.set(number, day);
    }
    return day;
  }

  #make(number: number): VisitorDay {
    const {clock, days, climate} = this.#world;
    const startMs = clock.instantOf(number, COUNT_FROM_H);
    const date = new Date(number * 24 * HOUR_MS);
    const month = date.getUTCMonth();
    const weekday = date.getUTCDay();
    const said = climate.visitors;
    const perDay = said?.perDay[month] ?? 400;
    const weekend = said?.weekendFactor ?? 2;
    const isHoliday = this.#holidays.has(monthDay(date));
    const factor = isHoliday
      ? (said?.holidayFactor ?? weekend * 1.4)
      : weekday === 0 || weekday === 6
        ? weekend
        : 1;
    const weather = days.day(days.numberAt(startMs + 8 * HOUR_MS));
    let daytimeRain = 0;
    for (let hour = 7; hour < 17; hour++) daytimeRain += weather.rainByHour[hour]!;
    const dull = 1 - (1 - (said?.rainFactor ?? 0.5)) * Math.min(1, daytimeRain / 4);
    const hot = weather.maxC > 35 ? 0.6 : weather.maxC < 6 ? 0.7 : 1;
    const total = Math.round(perDay * factor * dull * hot * Math.exp(0.16 * noise(this.#key, number)));

    const opens = (said?.opensHour ?? 8) - COUNT_FROM_H;
    const closes = (said?.closesHour ?? 18) - COUNT_FROM_H;
    // People come before the island is fullest: the peak of arrivals lies about an hour and a half before that.
    const peak = (said?.peakHour ?? 14) - 2.2 - COUNT_FROM_H;
    const arrivals = new Float64Array(BINS);
    let sum = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const hour = (bin + 0.5) / 12;
      if (hour < opens || hour > closes - 0.5) continue;
      const shape = Math.exp(-0.5 * ((hour - peak) / 2.1) ** 2);
      arrivals[bin] = shape * (0.7 + 0.6 * uniform(this.#key ^ 1, number * BINS + bin));
      sum += arrivals[bin]!;
    }
    const departures = new Float64Array(BINS);
    for (let bin = 0; bin < BINS; bin++) {
      arrivals[bin] = sum > 0 ? (arrivals[bin]! / sum) * total : 0;
      for (let k = 3; k < STAY_BINS; k++) {
        const share = STAY[k]! * arrivals[bin]!;
        // Those who would stay too long leave soon after closing.
        const leaves = Math.min(Math.max(bin + k, 0), Math.floor((closes + 0.8) * 12) + (k % 9));
        const at = Math.min(BINS - 1, Math.max(bin, leaves));
        departures[at] = departures[at]! + share;
      }
    }
    return {
      startMs,
      total,
      inAt: this.#counts(arrivals, this.#gatesIn),
      outAt: this.#counts(departures, this.#gatesOut),
    };
  }

  /** Whole people counted at each gate since the start; the last gate has what the others leave, so that sums agree. */
  #counts(perBin: Float64Array, gates: readonly Place[]): Float64Array[] {
    const counts = gates.map(() => new Float64Array(BINS + 1));
    let all = 0;
    for (let bin = 0; bin < BINS; bin++) {
      all += perBin[bin]!;
      const whole = Math.round(all);
      let given = 0;
      gates.forEach((_, index) => {
        const isLast = index === gates.length - 1;
        const share = index === 0 ? 0.68 : 0.32 / Math.max(1, gates.length - 1);
        const mine = isLast ? whole - given : Math.floor(whole * share);
        counts[index]![bin + 1] = mine;
        given += mine;
      });
    }
    return counts;
  }

  sampler(place: Place, sensor: SensorSpec): Sampler | undefined {
    const {device, key, kind} = place;
    if (sensor.element === 'visitors_on_island') return (cursor) => this.present(cursor.timeMs);
    if (sensor.element === 'visitor_flow') {
      const gatesIn = this.#gatesIn.indexOf(place);
      const gatesOut = this.#gatesOut.indexOf(place);
      return (cursor) => {
        const day = this.#day(cursor.timeMs);
        const bin = Math.min(BINS - 1, Math.max(0, Math.floor((cursor.timeMs - day.startMs) / BIN_MS)));
        const counts = gatesIn >= 0 ? day.inAt[gatesIn] : day.outAt[gatesOut];
        return counts ? (counts[bin + 1]! - counts[bin]!) * 12 : 0;
      };
    }
    if (sensor.element === 'sound_level') {
      const base = kind === 'built' || kind === 'road' ? 41 : 36.5;
      const nearGate = kind === 'built' ? 1 : 0.25;
      const {columns} = this.#weather;
      return (cursor: Cursor) => {
        const minute = Math.floor(cursor.timeMs / MINUTE_MS);
        const people = this.present(cursor.timeMs) * nearGate;
        const hour = this.#world.clock.hourOfDay(cursor.timeMs);
        const season = this.#world.season[this.#weather.dayOfYear(cursor.timeMs)]!;
        const insects = season > 0.85 ? (hour > 19 || hour < 5 ? 49 : hour > 10 && hour < 17 ? 47 : 40) : 25;
        const powers =
          10 ** (base / 10) +
          10 ** ((36 + 4.5 * Math.log10(1 + people)) / 10) +
          10 ** (insects / 10) +
          10 ** ((33 + 3.2 * cursor.value(columns.wind)) / 10) +
          (cursor.value(columns.rain) > 0
            ? 10 ** ((42 + 7 * Math.log10(1 + cursor.value(columns.rain))) / 10)
            : 0);
        const passing =
          uniform(key ^ 1, minute) < 0.012 * (1 + people / 900) ? 5 + 9 * uniform(key ^ 2, minute) : 0;
        return (
          10 * Math.log10(powers) +
          1.1 * smoothNoise(key ^ 3, minute / 12) +
          0.8 * noise(key ^ 4, minute) +
          passing
        );
      };
    }
    if (device.countsDirection === undefined) return undefined;
    return undefined;
  }
}

/** Share of visitors that leave after k bins of five minutes: a gamma-like hump about three hours. */
const STAY = (() => {
  const weights = Array.from({length: STAY_BINS}, (_, k) =>
    k < 3 ? 0 : (k / 36) ** 4 * Math.exp(-4 * (k / 36)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
})();

function monthDay(date: Date): string {
  return date.toISOString().slice(5, 10);
}

/** `05-01/05-05` → each of its days. */
function daysOf(text: string): string[] {
  const [from, to = from] = text.split('/') as [string, string?];
  const days: string[] = [];
  const last = Date.UTC(2024, Number(to.slice(0, 2)) - 1, Number(to.slice(3)));
  for (
    let at = Date.UTC(2024, Number(from.slice(0, 2)) - 1, Number(from.slice(3)));
    at <= last;
    at += 24 * HOUR_MS
  ) {
    days.push(monthDay(new Date(at)));
  }
  return days;
}
