import {dailyCourse, monthStarts} from './calendar.ts';
import type {MonthNormals} from './normals.ts';

/** The days of a year, as measured or drawn: what all else of the weather follows from. */
export type DayColumns = {
  maxC: Float64Array;
  minC: Float64Array;
  meanC: Float64Array;
  rainMm: Float64Array;
  radiationMjPerM2: Float64Array;
  /** Vapour pressure as a share of the saturation that FAO-56 (12) gives for the day's extremes. */
  humidityFraction: Float64Array;
  windSpeedAt2mMPerS: Float64Array;
};

export const DAY_QUANTITIES = [
  'maxC',
  'minC',
  'meanC',
  'rainMm',
  'radiationMjPerM2',
  'humidityFraction',
  'windSpeedAt2mMPerS',
] as const satisfies readonly (keyof DayColumns)[];

export type Courses = Omit<DayColumns, 'rainMm'>;

const known = new WeakMap<MonthNormals, Map<number, Courses>>();

/** The course of a mean year, day by day; rain, which comes in days, is left out. */
export function coursesOf(normals: MonthNormals, days: number): Courses {
  let byDays = known.get(normals);
  if (!byDays) {
    byDays = new Map();
    known.set(normals, byDays);
  }
  let courses = byDays.get(days);
  if (!courses) {
    const course = (monthly: readonly number[]) => dailyCourse(monthly, days);
    courses = {
      maxC: course(normals.maxC),
      minC: course(normals.minC),
      meanC: course(normals.meanC),
      radiationMjPerM2: course(normals.radiationMjPerM2).map((value) => Math.max(0, value)),
      humidityFraction: course(normals.humidityFraction).map((value) => Math.min(1, Math.max(0.02, value))),
      windSpeedAt2mMPerS: course(normals.windSpeedAt2mMPerS).map((value) => Math.max(0, value)),
    };
    byDays.set(days, courses);
  }
  return courses;
}

/** A mean year without chance: each day on the course of the normals, each month's rain in equal parts on as many days as it has rain days. */
export function meanDays(normals: MonthNormals, days: number): DayColumns {
  const courses = coursesOf(normals, days);
  const rainMm = new Float64Array(days);
  const starts = monthStarts(days);
  for (let m = 0; m < 12; m += 1) {
    const mm = normals.rainMm[m]!;
    if (mm <= 0) continue;
    const length = starts[m + 1]! - starts[m]!;
    const wet = Math.min(length, Math.max(1, Math.round(normals.rainDays[m]!)));
    for (let k = 0; k < wet; k += 1) rainMm[starts[m]! + Math.floor(((k + 0.5) * length) / wet)] = mm / wet;
  }
  const copy = Object.fromEntries(
    Object.entries(courses).map(([name, course]) => [name, course.slice()]),
  ) as Courses;
  return {...copy, rainMm};
}
