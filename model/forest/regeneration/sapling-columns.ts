import {SAPLING_TREE_HEIGHT_M} from '../tree/sapling.ts';

/** A species as its saplings take it. */
export type SaplingSpecies = {
  maxHeightM: number;
  /** Bertalanffy rate, a⁻¹. */
  rate: number;
  /** Height over diameter, m per m. */
  heightOverDiameter: number;
  lightClass: number;
};

/** What a year is like for saplings. */
export type SaplingYear = {
  /** Growth that unit u allows species s, 0–1, at [u · species + s]. */
  environment: Float64Array;
  /** Use of the light of a cell by a species, 0–1, worked out on the spot from the cell's ground light. */
  groundLight: Float64Array;
};

/** Cohorts of saplings that a cell may hold at once. */
export const SLOTS = 6;
/** Height of a seedling after its first year, m. */
export const SEEDLING_HEIGHT_M = 0.1;
/** Saplings lower than this take newcomers of their species in. */
const STILL_SEEDLINGS_M = 0.5;
/** Growth below this share of the potential is a year of stress; more of them in a row kill. */
const STRESS_BELOW = 0.1;
const MAX_STRESS_YEARS = 3;
/** Stems of 25 cm that a hectare bears (Reineke's R). Guess, of temperate and subtropical broadleaves. */
const DENSITY = 1200;
/** Reineke (1933). */
const REINEKE = -1.605;

/**
 * Saplings of many cells as columns: each cell has `SLOTS` cohorts of one species, number and height. `growSaplings` of model/forest/tree
 * is the definition; this is the same on typed arrays that are written in place.
 */
export class SaplingColumns {
  readonly cells: number;
  readonly areaM2: number;
  /** Cohort k of a cell is at [cell · SLOTS + k]; no stems: none. */
  readonly species: Int16Array;
  readonly count: Float64Array;
  readonly heightM: Float64Array;
  readonly stressYears: Uint8Array;
  readonly #unit: Uint16Array;
  readonly #table: readonly SaplingSpecies[];

  constructor(unit: Uint16Array, species: readonly SaplingSpecies[], areaM2: number) {
    this.cells = unit.length;
    this.areaM2 = areaM2;
    this.#unit = unit;
    this.#table = species;
    this.species = new Int16Array(unit.length * SLOTS).fill(-1);
    this.count = new Float64Array(unit.length * SLOTS);
    this.heightM = new Float64Array(unit.length * SLOTS);
    this.stressYears = new Uint8Array(unit.length * SLOTS);
  }

  /**
   * Takes seedlings in: with those of their species that are still low, else into an empty place, else in place of the fewest
   * low ones. A cell that is full of taller saplings has no room.
   */
  establish(cell: number, species: number, count: number): void {
    if (!(count > 0)) return;
    let empty = -1;
    let fewest = -1;
    const from = cell * SLOTS;
    for (let at = from; at < from + SLOTS; at += 1) {
      if (this.count[at] === 0) {
        if (empty < 0) empty = at;
        continue;
      }
      if (this.heightM[at]! >= STILL_SEEDLINGS_M) continue;
      if (this.species[at] === species) {
        const all = this.count[at]! + count;
        this.heightM[at] = (this.heightM[at]! * this.count[at]! + SEEDLING_HEIGHT_M * count) / all;
        this.count[at] = all;
        return;
      }
      if (fewest < 0 || this.count[at]! < this.count[fewest]!) fewest = at;
    }
    let at = empty;
    if (at < 0 && fewest >= 0 && this.count[fewest]! < count) at = fewest;
    if (at < 0) return;
    this.species[at] = species;
    this.count[at] = count;
    this.heightM[at] = SEEDLING_HEIGHT_M;
    this.stressYears[at] = 0;
  }

  /**
   * A year of growth and death. `grown(cell, species, count, heightM, dbhCm)` is told of saplings that became trees; they leave
   * the columns.
   */
  step(
    year: SaplingYear,
    grown: (cell: number, species: number, count: number, heightM: number, dbhCm: number) => void,
  ): void {
    const {count, heightM, stressYears, species: speciesOf} = this;
    const speciesCount = this.#table.length;
    for (let cell = 0; cell < this.cells; cell += 1) {
      const light = year.groundLight[cell]!;
      const low = 1 - Math.exp(-5.5 * (light - 0.05));
      const high = Math.min(10 * light, Math.max(0.1613 * light + 0.7871, light));
      for (let at = cell * SLOTS; at < (cell + 1) * SLOTS; at += 1) {
        if (count[at] === 0) continue;
        const s = speciesOf[at]!;
        const p = this.#table[s]!;
        const use = Math.max(0, Math.min(1, low + 0.25 * (p.lightClass - 1) * (high - low)));
        const share = use * year.environment[this.#unit[cell]! * speciesCount + s]!;
        const height = heightM[at]!;
        const left = 1 - (1 - Math.cbrt(height / p.maxHeightM)) * Math.exp(-p.rate);
        const tall = height + (p.maxHeightM * left * left * left - height) * share;
        const stress = share < STRESS_BELOW ? stressYears[at]! + 1 : 0;
        if (stress > MAX_STRESS_YEARS) {
          count[at] = 0;
          continue;
        }
        stressYears[at] = stress;
        heightM[at] = tall;
        const dbhCm = (100 * tall) / p.heightOverDiameter;
        const most = (this.areaM2 / 10_000) * DENSITY * Math.exp(REINEKE * Math.log(dbhCm / 25));
        if (count[at]! > most) count[at] = most;
        // a species that ends lower than saplings of others grow to is a tree at half its height
        if (tall >= Math.min(SAPLING_TREE_HEIGHT_M, p.maxHeightM / 2)) {
          grown(cell, s, count[at]!, tall, dbhCm);
          count[at] = 0;
        }
      }
    }
  }
}
