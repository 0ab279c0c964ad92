/**
 * Position in the growing year as a fraction: 0 mid-winter (about 1 January in the north), 0.25 spring, 0.5 high
 * summer, 0.75 autumn. South of the equator it is shifted by half a year.
 */
export function yearFraction(timeMs: number, latitudeDeg: number): number {
  const year = new Date(timeMs).getUTCFullYear();
  const start = Date.UTC(year, 0, 1);
  const fraction = (timeMs - start) / (Date.UTC(year + 1, 0, 1) - start);
  return latitudeDeg < 0 ? (fraction + 0.5) % 1 : fraction;
}

/** How much the year shows in plants: none within 8° of the equator, all from 25° on. */
export function seasonality(latitudeDeg: number): number {
  return Math.min(1, Math.max(0, (Math.abs(latitudeDeg) - 8) / 17));
}
