import type {Angstrom} from '#model';
import type {DayColumns} from './days.ts';
import type {GeneratorParameters} from './generator.ts';
import type {MonthNormals} from './normals.ts';

/** How the years of a record serve the simulated ones. */
export type RecordOrder = 'as-dated' | 'repeat' | 'draw';

export type WeatherSource =
  | {kind: 'normals'; normals: MonthNormals}
  /** A normal of its own for each year of a monthly record; drawn days keep each month's mean and rain. */
  | {kind: 'months'; years: readonly number[]; normals: readonly MonthNormals[]; order: RecordOrder}
  | {kind: 'days'; years: readonly number[]; days: readonly DayColumns[]; order: RecordOrder};

/** Twelve figures each, from January. */
export type PlanDelta = {
  temperatureC: readonly number[];
  rainFactor: readonly number[];
  /** Added to the humidity as a share of saturation. */
  humidityFraction: readonly number[];
  radiationFactor: readonly number[];
};

export type PlanEvent = {
  years: readonly number[];
  /** 0–11. */
  months: readonly number[];
  temperatureC: number;
  rainFactor: number;
  humidityFraction: number;
  radiationFactor: number;
};

/** What the weather of any member and year is made from: plain values. */
export type ClimatePlan = {
  latitudeDeg: number;
  elevationM: number;
  angstrom: Angstrom;
  /** Scenarios of one seed share their weather. */
  seed: number;
  source: WeatherSource;
  /** Null: days are as the source has them. */
  generator: GeneratorParameters | null;
  delta: PlanDelta | null;
  events: readonly PlanEvent[];
  co2: {years: readonly number[]; ppm: readonly number[]};
  /** What was filled or estimated, each a sentence. */
  notes: readonly string[];
};
