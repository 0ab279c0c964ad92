import {intolerantResponse, responseBetween, tolerantResponse} from '../tree/light-response.ts';
import {mostSaplings, treeHeightM} from '../tree/sapling.ts';

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
  /** Share of species s on unit u that age, drought and flood leave, 0–1, at [u · species + s]. */
  survival: Float64Array;
  /** Light at the ground of each cell, 0–1. */
  groundLight: Float64Array;
  /** Share of each unit's ground that no tree has taken, 0–1. */
  room: Float64Array;
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
/** From this diameter on saplings are stems that a census counts, cm. Source: Condit (1998), Tropical forest census plots. */
export const COUNTED_FROM_CM = 1;

/**
 * Saplings of many cells as columns: each cell has `SLOTS` cohorts of one species, number and height. `growSaplings` and
 * `saplingsWithGround` of model/forest/tree are the definition; this is the same on typed arrays that are written in place.
 */
export class SaplingColumns {
  readonly cells: number;
  readonly areaM2: number;
  /** Cohort k of a cell is at [cell · SLOTS + k]; no stems: none. */
  readonly species: Int16Array;
  readonly count: Float64Array;
  readonly heightM: Float64Array;
  readonly stressYears: Uint8Array;
  /** Stems from `COUNTED_FROM_CM` on, by unit: that stand, that grew to it in the last year, that died in it. */
  readonly counted: {stems: Float64Array; came: Float64Array; died: Float64Array};
  readonly #unit: Uint16Array;
  /** Of each species. */
  readonly #maxHeightM: Float64Array;
  readonly #heightOverDiameter: Float64Array;
  /** What a year in full light leaves of the way to the greatest height, of cube roots. */
  readonly #lagLeft: Float64Array;
  /** Place of its light response between that of who bears no shade, 0, and much, 1. */
  readonly #tolerance: Float64Array;
  /** Share of a cell that one sapling of each species takes; height at which it is a tree, and at which it is counted, m. */
  readonly #ground: Float64Array;
  readonly #treeM: Float64Array;
  readonly #countedM: Float64Array;
  /** Seedlings of the year that have not yet found ground, by cohort. */
  readonly #seedlings: Float64Array;

  constructor(unit: Uint16Array, species: readonly SaplingSpecies[], areaM2: number) {
    this.cells = unit.length;
    this.areaM2 = areaM2;
    this.#unit = unit;
    this.#maxHeightM = Float64Array.from(species, ({maxHeightM}) => maxHeightM);
    this.#heightOverDiameter = Float64Array.from(species, ({heightOverDiameter}) => heightOverDiameter);
    this.#lagLeft = Float64Array.from(species, ({rate}) => Math.exp(-rate));
    this.#tolerance = Float64Array.from(species, ({lightClass}) => 0.25 * (lightClass - 1));
    this.species = new Int16Array(unit.length * SLOTS).fill(-1);
    this.count = new Float64Array(unit.length * SLOTS);
    this.heightM = new Float64Array(unit.length * SLOTS);
    this.stressYears = new Uint8Array(unit.length * SLOTS);
    this.#seedlings = new Float64Array(unit.length * SLOTS);
    this.#treeM = Float64Array.from(species, ({maxHeightM}) => treeHeightM(maxHeightM));
    this.#countedM = Float64Array.from(
      species,
      ({heightOverDiameter}) => (COUNTED_FROM_CM * heightOverDiameter) / 100,
    );
    this.#ground = Float64Array.from(species, ({maxHeightM}) => 1 / mostSaplings(maxHeightM, areaM2));
    const units = unit.reduce((most, one) => Math.max(most, one), -1) + 1;
    const column = () => new Float64Array(units);
    this.counted = {stems: column(), came: column(), died: column()};
  }

  /** Whether all places of a cell are taken by saplings too tall to give way: `establish` changes nothing. */
  isFull(cell: number): boolean {
    const {count, heightM} = this;
    for (let at = cell * SLOTS; at < (cell + 1) * SLOTS; at += 1) {
      if (count[at] === 0 || heightM[at]! < STILL_SEEDLINGS_M) return false;
    }
    return true;
  }

  /**
   * Seedlings that came up: those of a species that has low ones there join them, others go to an empty place or to that of the
   * fewest that came in the same year. Who has no place is gone. `settle` gives them ground.
   */
  establish(cell: number, species: number, count: number): void {
    if (!(count > 0)) return;
    let empty = -1;
    let fewest = -1;
    const from = cell * SLOTS;
    for (let at = from; at < from + SLOTS; at += 1) {
      if (this.count[at] === 0 && this.#seedlings[at] === 0) {
        if (empty < 0) empty = at;
        continue;
      }
      if (this.species[at] === species && this.heightM[at]! < STILL_SEEDLINGS_M) {
        this.#seedlings[at] = this.#seedlings[at]! + count;
        return;
      }
      if (this.count[at] === 0 && (fewest < 0 || this.#seedlings[at]! < this.#seedlings[fewest]!))
        fewest = at;
    }
    let at = empty;
    if (at < 0 && fewest >= 0 && this.#seedlings[fewest]! < count) at = fewest;
    if (at < 0) return;
    this.species[at] = species;
    this.#seedlings[at] = count;
    this.heightM[at] = SEEDLING_HEIGHT_M;
    this.stressYears[at] = 0;
  }

  /** The year's seedlings on the ground that saplings leave. `room`: see `SaplingYear`. */
  settle(room: Float64Array): void {
    const {count, heightM} = this;
    const seedlings = this.#seedlings;
    for (let cell = 0; cell < this.cells; cell += 1) {
      const first = cell * SLOTS;
      let taken = 0;
      let wanted = 0;
      for (let at = first; at < first + SLOTS; at += 1) {
        if (count[at] === 0 && seedlings[at] === 0) continue;
        const ground = this.#ground[this.species[at]!]!;
        taken += count[at]! * ground;
        wanted += seedlings[at]! * ground;
      }
      if (wanted === 0) continue;
      const come = Math.min(1, Math.max(0, room[this.#unit[cell]!]! - taken) / wanted);
      for (let at = first; at < first + SLOTS; at += 1) {
        const added = come * seedlings[at]!;
        seedlings[at] = 0;
        const all = count[at]! + added;
        if (added > 0) heightM[at] = (heightM[at]! * count[at]! + SEEDLING_HEIGHT_M * added) / all;
        count[at] = all;
      }
    }
  }

  /** Cohorts that stand, one after another. */
  *rows(): Generator<{unit: number; species: number; stems: number; dbhCm: number}> {
    for (let at = 0; at < this.count.length; at += 1) {
      const stems = this.count[at]!;
      if (stems === 0) continue;
      const species = this.species[at]!;
      const dbhCm = (COUNTED_FROM_CM * this.heightM[at]!) / this.#countedM[species]!;
      yield {unit: this.#unit[Math.floor(at / SLOTS)]!, species, stems, dbhCm};
    }
  }

  /** Saplings from a diameter on left out, `belowCm` of each unit; what is counted is what stands. */
  leave(belowCm: (unit: number) => number): void {
    const {stems} = this.#countAnew();
    for (let cell = 0; cell < this.cells; cell += 1) {
      const unit = this.#unit[cell]!;
      const below = belowCm(unit);
      for (let at = cell * SLOTS; at < (cell + 1) * SLOTS; at += 1) {
        if (this.count[at] === 0) continue;
        const dbhCm = (COUNTED_FROM_CM * this.heightM[at]!) / this.#countedM[this.species[at]!]!;
        if (dbhCm >= below) this.count[at] = 0;
        else if (dbhCm >= COUNTED_FROM_CM) stems[unit] = stems[unit]! + this.count[at]!;
      }
    }
  }

  #countAnew(): SaplingColumns['counted'] {
    for (const column of Object.values(this.counted)) column.fill(0);
    return this.counted;
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
    const {stems, came, died} = this.#countAnew();
    const {groundLight, room, environment, survival} = year;
    const unitOf = this.#unit;
    const ground = this.#ground;
    const maxHeight = this.#maxHeightM;
    const lagLeft = this.#lagLeft;
    const tolerance = this.#tolerance;
    const counted = this.#countedM;
    const tree = this.#treeM;
    const speciesCount = maxHeight.length;
    for (let cell = 0; cell < this.cells; cell += 1) {
      const first = cell * SLOTS;
      let taken = 0;
      for (let at = first; at < first + SLOTS; at += 1) {
        if (count[at]! > 0) taken += count[at]! * ground[speciesOf[at]!]!;
      }
      if (taken === 0) continue;
      const unit = unitOf[cell]!;
      const stay = Math.min(1, room[unit]! / taken);
      const light = groundLight[cell]!;
      const low = intolerantResponse(light);
      const high = tolerantResponse(light);
      for (let at = first; at < first + SLOTS; at += 1) {
        const before = count[at]!;
        if (before === 0) continue;
        const s = speciesOf[at]!;
        const maxHeightM = maxHeight[s]!;
        const pair = unit * speciesCount + s;
        const use = responseBetween(low, high, tolerance[s]!);
        const share = use * environment[pair]!;
        const height = heightM[at]!;
        const grows = 1 - (1 - Math.cbrt(height / maxHeightM)) * lagLeft[s]!;
        const tall = height + (maxHeightM * grows * grows * grows - height) * share;
        const stress = share < STRESS_BELOW ? stressYears[at]! + 1 : 0;
        const left = stress > MAX_STRESS_YEARS ? 0 : before * stay * survival[pair]!;
        const isCounted = tall >= counted[s]!;
        if (height >= counted[s]!) died[unit] = died[unit]! + before - left;
        else if (isCounted) came[unit] = came[unit]! + left;
        count[at] = left;
        stressYears[at] = stress;
        heightM[at] = tall;
        if (tall >= tree[s]!) {
          if (left > 0) grown(cell, s, left, tall, (100 * tall) / this.#heightOverDiameter[s]!);
          count[at] = 0;
        } else if (isCounted) stems[unit] = stems[unit]! + left;
      }
    }
  }
}
