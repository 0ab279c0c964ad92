const DEG = Math.PI / 180;
export const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const DAYS_OF_YEAR = 365;
/** Temperature sums count what is above it, °C. */
const GROWING_DEGREE_BASE_C = 5;
/** Leaves fall when the day is shorter than this or ten days are colder than that. Own choice within the usual range. */
const FALL_DAY_LENGTH_H = 10.5;
const FALL_TEMPERATURE_C = 8;
const FALL_WINDOW_DAYS = 10;

/** Month (1–12) in which leaves come, and month in which they fall. */
export type LeafMonths = {leafOut: number; leafFall: number};

/**
 * Share in leaf of each month, January first, by calendar: 1 between, a half in the two months themselves, 0 outside; the
 * season may run over the end of the year. Without months (evergreen): 1 throughout.
 */
export function leafFractionsByCalendar(months: LeafMonths | null): number[] {
  if (months === null) return DAYS_OF_MONTHS.map(() => 1);
  const length = (((months.leafFall - months.leafOut) % 12) + 12) % 12;
  return DAYS_OF_MONTHS.map((_, index) => {
    const since = (((index + 1 - months.leafOut) % 12) + 12) % 12;
    if (since === 0 || since === length) return 0.5;
    return since < length ? 1 : 0;
  });
}

/** Day length (sunrise to sunset), h, on a day of the year (1–365). Source: FAO-56, eq. 24, 25 and 34. */
export function dayLengthH(latitudeDeg: number, dayOfYear: number): number {
  const declinationRad = 0.409 * Math.sin((2 * Math.PI * dayOfYear) / DAYS_OF_YEAR - 1.39);
  const cosine = -Math.tan(latitudeDeg * DEG) * Math.tan(declinationRad);
  return (24 / Math.PI) * Math.acos(Math.max(-1, Math.min(1, cosine)));
}

/** Temperature (°C) of each day of the year, from twelve monthly means laid at the middle of their months, linear between. */
export function dailyFromMonthly(monthlyC: readonly number[]): Float64Array {
  const middles: number[] = [];
  let start = 0;
  for (const days of DAYS_OF_MONTHS) {
    middles.push(start + days / 2);
    start += days;
  }
  const daily = new Float64Array(DAYS_OF_YEAR);
  for (let day = 0; day < DAYS_OF_YEAR; day += 1) {
    const at = day + 0.5;
    let after = middles.findIndex((middle) => middle > at);
    if (after === -1) after = 12;
    const before = after - 1;
    const from = before < 0 ? middles[11]! - DAYS_OF_YEAR : middles[before]!;
    const to = after > 11 ? middles[0]! + DAYS_OF_YEAR : middles[after]!;
    const share = (at - from) / (to - from);
    daily[day] = monthlyC[(before + 12) % 12]! * (1 - share) + monthlyC[after % 12]! * share;
  }
  return daily;
}

/** First day (index 0–364) from which the year is counted: midwinter of the hemisphere. */
function yearStart(latitudeDeg: number): number {
  return latitudeDeg < 0 ? 181 : 0;
}

/** Growing degree days above 5 °C from midwinter to the end of a day (index 0–364), °C·d. */
export function growingDegreeDays(dailyC: Float64Array, day: number, latitudeDeg: number): number {
  const start = yearStart(latitudeDeg);
  const days = (day - start + DAYS_OF_YEAR) % DAYS_OF_YEAR;
  let sum = 0;
  for (let since = 0; since <= days; since += 1) {
    sum += Math.max(0, dailyC[(start + since) % DAYS_OF_YEAR]! - GROWING_DEGREE_BASE_C);
  }
  return sum;
}

/**
 * Share in leaf of each month, January first, by thermal time: leaves open when the growing degree days since midwinter reach
 * `budburstDegreeDays`, and fall after midsummer when the day is shorter than 10.5 h or the last ten days were colder than
 * 8 °C. `dailyC`: 365 daily means. A year that never reaches the sum stays bare.
 */
export function leafFractionsByThermalTime(year: {
  dailyC: Float64Array;
  latitudeDeg: number;
  budburstDegreeDays: number;
}): number[] {
  const {dailyC, latitudeDeg, budburstDegreeDays} = year;
  const start = yearStart(latitudeDeg);
  const inLeaf = new Uint8Array(DAYS_OF_YEAR);
  let sum = 0;
  let out = false;
  for (let since = 0; since < DAYS_OF_YEAR; since += 1) {
    const day = (start + since) % DAYS_OF_YEAR;
    sum += Math.max(0, dailyC[day]! - GROWING_DEGREE_BASE_C);
    if (!out && sum >= budburstDegreeDays) out = true;
    if (out && since > DAYS_OF_YEAR / 2) {
      let mean = 0;
      for (let back = 0; back < FALL_WINDOW_DAYS; back += 1) {
        mean += dailyC[(day - back + DAYS_OF_YEAR) % DAYS_OF_YEAR]! / FALL_WINDOW_DAYS;
      }
      if (dayLengthH(latitudeDeg, day + 1) < FALL_DAY_LENGTH_H || mean < FALL_TEMPERATURE_C) break;
    }
    if (out) inLeaf[day] = 1;
  }
  let day = 0;
  return DAYS_OF_MONTHS.map((days) => {
    let count = 0;
    for (const end = day + days; day < end; day += 1) count += inLeaf[day]!;
    return count / days;
  });
}
