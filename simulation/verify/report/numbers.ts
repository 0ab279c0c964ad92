/** A number for people: three significant digits, nothing below the noise of floating point. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : 'none';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  return text.replace('-', '−').replace('e−', 'e-').replace('e+', 'e');
}
