import {
  CARBON_FRACTION,
  deadWoodDecayPerYear,
  deadWoodYear,
  decaySpeed,
  SOIL_CARBON_PARAMETERS,
  soilCarbonYear,
} from '#model';
import type {PlanUnit} from '../plan.ts';

/** Carbon of dry matter. */
export const CARBON = CARBON_FRACTION.all;
/** A diameter in each class of decay of dead wood, cm: below 10, below 30, thicker. */
const CLASSES_CM = [5, 20, 50] as const;

/** Dry mass of the parts of one stem, kg. */
export type Parts = {
  foliageKg: number;
  fineRootKg: number;
  coarseRootKg: number;
  stemKg: number;
  branchKg: number;
  reserveKg: number;
};

/**
 * The carbon of each unit, kg: what flows in a year, and what lies in dead wood and soil. Who moves carbon books it here; at the
 * year's end dead wood and soil decay, and `close` tells what is left unexplained.
 */
export class CarbonBooks {
  /** Flows of the year. */
  readonly production: Float64Array;
  readonly litter: Float64Array;
  readonly mortality: Float64Array;
  readonly harvest: Float64Array;
  readonly planted: Float64Array;
  readonly respiredDead: Float64Array;
  readonly respiredSoil: Float64Array;
  /** Stocks: living stems as the report counts them, dead and standing, and lying by class at [3 · unit + class]. */
  readonly living: Float64Array;
  readonly standing: Float64Array;
  readonly lying: Float64Array;
  readonly young: Float64Array;
  readonly old: Float64Array;
  /** Of the ground layer, which keeps it. */
  readonly ground: Float64Array;
  /** Litter that reached the soil, wood that came to lie. */
  readonly #toSoil: Float64Array;
  readonly #toLying: Float64Array;
  readonly #areaM2: Float64Array;
  readonly #decay = CLASSES_CM.map((cm) => deadWoodDecayPerYear(cm));
  #total = Number.NaN;

  constructor(units: readonly PlanUnit[], ground: Float64Array) {
    const column = () => new Float64Array(units.length);
    this.production = column();
    this.litter = column();
    this.mortality = column();
    this.harvest = column();
    this.planted = column();
    this.respiredDead = column();
    this.respiredSoil = column();
    this.living = column();
    this.standing = column();
    this.lying = new Float64Array(3 * units.length);
    this.#areaM2 = Float64Array.from(units, ({areaM2}) => areaM2);
    this.young = Float64Array.from(units, ({areaM2, soilCarbon}) => areaM2 * soilCarbon.youngKgPerM2);
    this.old = Float64Array.from(units, ({areaM2, soilCarbon}) => areaM2 * soilCarbon.oldKgPerM2);
    this.ground = ground;
    this.#toSoil = column();
    this.#toLying = new Float64Array(3 * units.length);
  }

  begin(): void {
    for (const flow of [
      this.production,
      this.litter,
      this.mortality,
      this.harvest,
      this.planted,
      this.respiredDead,
      this.respiredSoil,
    ]) {
      flow.fill(0);
    }
    this.#toSoil.fill(0);
    this.#toLying.fill(0);
  }

  /** Growth and litter of a stem, times stems, or of the ground layer; kg dry mass. */
  grew(unit: number, netProductionKg: number, litterKg: number): void {
    this.production[unit] = this.production[unit]! + CARBON * netProductionKg;
    this.litter[unit] = this.litter[unit]! + CARBON * litterKg;
    this.#toSoil[unit] = this.#toSoil[unit]! + CARBON * litterKg;
  }

  /** Stems that came up from seedlings, whose growth was not followed: their carbon is production of the year. */
  cameUp(unit: number, massKg: number): void {
    this.production[unit] = this.production[unit]! + CARBON * massKg;
  }

  brought(unit: number, massKg: number): void {
    this.planted[unit] = this.planted[unit]! + CARBON * massKg;
  }

  /** A stem that died: leaves, fine roots and reserve are litter, coarse roots lie, the wood stands on or lies. */
  died(unit: number, dbhCm: number, parts: Parts, stems: number, standsOn: boolean): void {
    const soft = CARBON * stems * (parts.foliageKg + parts.fineRootKg + parts.reserveKg);
    const wood = CARBON * stems * (parts.stemKg + parts.branchKg);
    const roots = CARBON * stems * parts.coarseRootKg;
    this.#toSoil[unit] = this.#toSoil[unit]! + soft;
    this.#lies(unit, dbhCm, roots + (standsOn ? 0 : wood));
    this.mortality[unit] = this.mortality[unit]! + soft + wood + roots;
  }

  /** A dead tree that stood falls. */
  fell(unit: number, dbhCm: number, woodKg: number): void {
    this.#lies(unit, dbhCm, CARBON * woodKg);
  }

  /** A stem that was cut: its wood is carried away, the rest stays. */
  cut(unit: number, dbhCm: number, parts: Parts, stems: number): void {
    const soft = CARBON * stems * (parts.foliageKg + parts.fineRootKg + parts.reserveKg);
    const wood = CARBON * stems * (parts.stemKg + parts.branchKg);
    const roots = CARBON * stems * parts.coarseRootKg;
    this.#toSoil[unit] = this.#toSoil[unit]! + soft;
    this.#lies(unit, dbhCm, roots);
    this.litter[unit] = this.litter[unit]! + soft + roots;
    this.harvest[unit] = this.harvest[unit]! + wood;
  }

  /** Parts of a tree that goes on: what is left lies as litter, or is carried away. Dry mass, kg. */
  tended(unit: number, left: {litterKg: number; carriedKg: number}): void {
    const litter = CARBON * left.litterKg;
    this.#toSoil[unit] = this.#toSoil[unit]! + litter;
    this.litter[unit] = this.litter[unit]! + litter;
    this.harvest[unit] = this.harvest[unit]! + CARBON * left.carriedKg;
  }

  #lies(unit: number, dbhCm: number, carbonKg: number): void {
    const at = 3 * unit + (dbhCm < 10 ? 0 : dbhCm < 30 ? 1 : 2);
    this.#toLying[at] = this.#toLying[at]! + carbonKg;
  }

  /**
   * Decay of the year: dead wood by diameter (`deadWoodYear`), of which what ICBM's humification keeps becomes old carbon of the soil;
   * then the soil under the year's litter (`soilCarbonYear`).
   */
  decay(meanAnnualC: number): void {
    const speed = decaySpeed(meanAnnualC);
    for (let unit = 0; unit < this.young.length; unit += 1) {
      const area = this.#areaM2[unit]!;
      let decayedKg = 0;
      for (let k = 0; k < 3; k += 1) {
        const at = 3 * unit + k;
        const wood = deadWoodYear(this.lying[at]!, this.#toLying[at]!, this.#decay[k]!);
        this.lying[at] = wood.massKg;
        decayedKg += wood.decayedKg;
      }
      const kept = SOIL_CARBON_PARAMETERS.humification * decayedKg;
      this.respiredDead[unit] = decayedKg - kept;
      const before = {youngKgPerM2: this.young[unit]! / area, oldKgPerM2: this.old[unit]! / area};
      const soil = soilCarbonYear(before, this.#toSoil[unit]! / area, speed);
      this.young[unit] = area * soil.youngKgPerM2;
      this.old[unit] = area * soil.oldKgPerM2 + kept;
      this.respiredSoil[unit] = area * soil.respiredKgPerM2;
    }
  }

  /** Carbon of dead wood of a unit, kg. */
  dead(unit: number): number {
    return (
      this.standing[unit]! + this.lying[3 * unit]! + this.lying[3 * unit + 1]! + this.lying[3 * unit + 2]!
    );
  }

  /** All carbon of a unit, kg. */
  total(unit: number): number {
    return this.living[unit]! + this.ground[unit]! + this.dead(unit) + this.young[unit]! + this.old[unit]!;
  }

  /** What the year leaves unexplained, as a share of all stocks: in − out − change. `living` and `standing` are of the year's end. */
  close(): number {
    let total = 0;
    let net = 0;
    for (let unit = 0; unit < this.young.length; unit += 1) {
      total += this.total(unit);
      net +=
        this.production[unit]! +
        this.planted[unit]! -
        this.harvest[unit]! -
        this.respiredDead[unit]! -
        this.respiredSoil[unit]!;
    }
    const gap = Number.isNaN(this.#total) ? 0 : Math.abs(net - (total - this.#total)) / Math.max(1, total);
    this.#total = total;
    return gap;
  }
}
