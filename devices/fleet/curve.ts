const MONTH_DAYS = [31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
export const YEAR_DAYS = 365.25;

/** Middle of each month as day of year (0 = start of 1 January). */
export const MID_MONTHS: readonly number[] = MONTH_DAYS.map(
  (days, month) => MONTH_DAYS.slice(0, month).reduce((sum, each) => sum + each, 0) + days / 2,
);
export const DAYS_OF_MONTH: readonly number[] = MONTH_DAYS;

/** A monthly table as a value for each day of the year (366 entries, by whole day of year): linear between mid-months. */
export function seasonal(monthly: readonly number[]): Float64Array {
  const table = new Float64Array(366);
  for (let day = 0; day < 366; day++) {
    const x = day + 0.5;
    let month = 11;
    while (month >= 0 && MID_MONTHS[month]! > x) month--;
    const from = month < 0 ? MID_MONTHS[11]! - YEAR_DAYS : MID_MONTHS[month]!;
    const next = (month + 1) % 12;
    const to = next === 0 ? MID_MONTHS[0]! + (month === 11 ? YEAR_DAYS : 0) : MID_MONTHS[next]!;
    const f = (x - from) / (to - from);
    table[day] = monthly[(month + 12) % 12]! * (1 - f) + monthly[next]! * f;
  }
  return table;
}

/**
 * The same, with the knots moved so that the mean over each month is the table's figure again (a straight line between
 * mid-months cuts the peaks: the mean of a month is about (k₋ + 6k + k₊)/8).
 */
export function seasonalMean(monthly: readonly number[]): Float64Array {
  const knots = [...monthly];
  for (let round = 0; round < 60; round++) {
    for (let m = 0; m < 12; m++) {
      knots[m] = (8 * monthly[m]! - knots[(m + 11) % 12]! - knots[(m + 1) % 12]!) / 6;
    }
  }
  return seasonal(knots);
}
