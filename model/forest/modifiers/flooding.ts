/** Days of a flooded root zone after which its full effect is reached. Own choice, to be calibrated. */
const FULL_EFFECT_DAYS = 30;

/**
 * Share 0–1 of growth left while the root zone is under water. `floodedDays`: in the month or season looked at;
 * `sensitivity`: share of growth lost when it stays so (0 none, 1 all).
 * Own form; classes of tolerance: Niinemets & Valladares (2006), doi:10.1890/0012-9615(2006)076[0521:TTSDAW]2.0.CO;2, and
 * Glenz, Schlaepfer, Iorgulescu & Kienast (2006), doi:10.1016/j.foreco.2006.05.065.
 */
export function floodModifier(floodedDays: number, sensitivity: number): number {
  return 1 - sensitivity * Math.min(1, floodedDays / FULL_EFFECT_DAYS);
}
