/** Phenology of what may burn: how much water is in the plants. */
export type Greenness = 'full' | 'green' | 'turning' | 'dormant' | 'dead';

/** One edition of the standard's tables: points of each band, from the band named first to the last. */
export type FireGradeTables = {
  standard: string;
  /** By daily maximum °C: up to each limit (inclusive), and above the last. */
  temperature: {upToC: readonly number[]; points: readonly number[]};
  /** By relative humidity %: from each limit (inclusive) up, and below the last. */
  humidity: {fromPercent: readonly number[]; points: readonly number[]};
  pointsPerDryDay: number;
  mostDryDayPoints: number;
  pointsPerForce: number;
  mostForcePoints: number;
  greenness: Readonly<Record<Greenness, number>>;
  /** Least sum of grades 2, 3, 4 and 5. */
  gradesFrom: readonly [number, number, number, number];
};

/**
 * China's forest fire weather grade, LY/T 1172-95: HTZ = A + B + C + D − E.
 * `literature`: tables from a paper that reproduces and partly adapts them (wjf.2020.93016, tables 5–11), grades from second
 * hand; the points of greenness are a guess. A newer edition is another entry.
 */
export const LYT_1172_1995: FireGradeTables = {
  standard: 'LY/T 1172-95',
  temperature: {upToC: [5, 10, 15, 20, 25], points: [0, 4, 8, 12, 16, 20]},
  humidity: {fromPercent: [65, 55, 45, 35, 25], points: [0, 4, 8, 12, 16, 20]},
  pointsPerDryDay: 5,
  mostDryDayPoints: 50,
  pointsPerForce: 5,
  mostForcePoints: 40,
  greenness: {full: 20, green: 15, turning: 10, dormant: 5, dead: 0},
  gradesFrom: [26, 51, 73, 91],
};

export type FireGradeDay = {
  maximumTemperatureC: number;
  /** The day's minimum so far (the standard) or the value of 14:00 (the paper); name it with the grade. */
  relativeHumidityPercent: number;
  /** Days since the last with more than 0.1 mm. */
  dryDays: number;
  /** The day's largest Beaufort force of the 10-min mean. */
  beaufort: number;
  greenness: Greenness;
};

/**
 * Sum and grade, 1 (none) to 5 (extreme); null where an input was not measured.
 * @throws {RangeError} for a humidity outside 0–100 %, and for days or forces that are not whole numbers of 0 or more.
 */
export function fireWeatherGrade(
  day: FireGradeDay,
  tables: FireGradeTables = LYT_1172_1995,
): {index: number; grade: 1 | 2 | 3 | 4 | 5} | null {
  const {maximumTemperatureC: t, relativeHumidityPercent: h, dryDays, beaufort} = day;
  if (![t, h, dryDays, beaufort].every(Number.isFinite)) return null;
  const whole = Number.isInteger(dryDays) && dryDays >= 0 && Number.isInteger(beaufort) && beaufort >= 0;
  if (!(whole && h >= 0 && h <= 100)) {
    throw new RangeError(
      `expected 0–100 % humidity, whole dry days and forces of 0 or more, got ${h}, ${dryDays}, ${beaufort}`,
    );
  }
  const warm = tables.temperature.upToC.filter((limit) => t > limit).length;
  const dry = tables.humidity.fromPercent.filter((limit) => h < limit).length;
  const index =
    tables.temperature.points[warm]! +
    tables.humidity.points[dry]! +
    Math.min(tables.mostDryDayPoints, tables.pointsPerDryDay * dryDays) +
    Math.min(tables.mostForcePoints, tables.pointsPerForce * beaufort) -
    tables.greenness[day.greenness];
  const grade = (1 + tables.gradesFrom.filter((least) => index >= least).length) as 1 | 2 | 3 | 4 | 5;
  return {index, grade};
}
