/**
 * Secchi transparency (m) from turbidity (NTU): SD = 2.44·NTU^-0.662. Null for a turbidity that is not above zero, where
 * the regression has no answer. General knowledge of such regressions; a site with discs of its own should fit its own.
 */
export function secchiTransparencyM(turbidityNtu: number): number | null {
  return turbidityNtu > 0 ? 2.44 * turbidityNtu ** -0.662 : null;
}
