/** Days before each month and after the last, in a year of 365 and of 366 days. */
const ENDS = [365, 366].map((days) => {
  const ends = [0];
  for (const length of [31, days - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    ends.push(ends.at(-1)! + length);
  return ends;
}) as [number[], number[]];

/** Days of a year of the Gregorian calendar, 365 or 366. */
export function daysOfYear(year: number): 365 | 366 {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 366 : 365;
}

/** First day (0 is 1 January) of each month, and at 12 the number of days. */
export function monthStarts(days: number): readonly number[] {
  return days === 366 ? ENDS[1] : ENDS[0];
}

const MONTH_OF_DAY = ENDS.map((ends) => {
  const months = new Uint8Array(ends[12]!);
  for (let m = 0; m < 12; m += 1) months.fill(m, ends[m], ends[m + 1]);
  return months;
}) as [Uint8Array, Uint8Array];

/** Month (0–11) of each day of a year. */
export function monthsOfDays(days: number): Uint8Array {
  return days === 366 ? MONTH_OF_DAY[1] : MONTH_OF_DAY[0];
}

/** Days since 1970-01-01 of a year's first day. */
export function firstDayNumber(year: number): number {
  return Math.round(Date.UTC(year, 0, 1) / 86_400_000);
}

/** Passes over the months: the course is then theirs to rounding. */
const PASSES = 40;

/**
 * Twelve monthly means as a value for each day, linear between the middles of the months, whose knots are moved so that each
 * month's mean is the one given (lines between the means themselves would cut the peaks). The year before and after are taken to
 * be alike.
 */
export function dailyCourse(monthly: readonly number[], days: number): Float64Array {
  const starts = monthStarts(days);
  const middles = monthly.map((_, m) => (starts[m]! + starts[m + 1]!) / 2);
  const knots = Float64Array.from(monthly);
  const course = new Float64Array(days);
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (let m = 0; m < 12; m += 1) {
      const next = (m + 1) % 12;
      const from = middles[m]!;
      const to = next === 0 ? middles[0]! + days : middles[next]!;
      for (let day = Math.ceil(from - 0.5); day + 0.5 < to; day += 1) {
        const f = (day + 0.5 - from) / (to - from);
        course[day % days] = knots[m]! * (1 - f) + knots[next]! * f;
      }
    }
    if (pass === PASSES - 1) break;
    for (let m = 0; m < 12; m += 1) {
      let sum = 0;
      for (let day = starts[m]!; day < starts[m + 1]!; day += 1) sum += course[day]!;
      knots[m] = knots[m]! + 1.3 * (monthly[m]! - sum / (starts[m + 1]! - starts[m]!));
    }
  }
  return course;
}
