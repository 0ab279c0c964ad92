/** Days of the months of a year without a leap day. */
export const MONTH_DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Day of the year in the middle of a month (0 is January): the days before it and 15, as monthly evapotranspiration has it. */
export function midMonthDay(month: number): number {
  let day = 15;
  for (let before = 0; before < month; before += 1) day += MONTH_DAYS[before]!;
  return day;
}
