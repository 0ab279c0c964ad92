/**
 * Colours for values: a ramp that grows lighter and warmer with the value, so that it reads in grey and with red-green
 * blindness alike (stops close to viridis, kept off the darkest end so that it shows on dark and on green).
 */
const STOPS: readonly (readonly [number, number, number])[] = [
  [52, 66, 135],
  [45, 112, 142],
  [32, 144, 140],
  [53, 183, 121],
  [144, 215, 67],
  [253, 231, 37],
];

/** Colour at a share of the range, clamped to 0–1, as #rrggbb. */
export function rampColour(fraction: number): string {
  const at = Math.min(1, Math.max(0, fraction)) * (STOPS.length - 1);
  const i = Math.min(STOPS.length - 2, Math.floor(at));
  const part = at - i;
  const channels = STOPS[i]!.map((value, channel) =>
    Math.round(value + (STOPS[i + 1]![channel]! - value) * part),
  );
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Text colour that reads on a ramp colour (WCAG relative luminance, threshold where black and white contrast alike). */
export function inkOn(colour: string): '#08120f' | '#ffffff' {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#08120f' : '#ffffff';
}

/** CSS gradient of the whole ramp, low to high. */
export const RAMP_GRADIENT = `linear-gradient(90deg, ${Array.from({length: 11}, (_, i) => rampColour(i / 10)).join(', ')})`;

/**
 * Range that colours cover: what is usual for the element, or what is there now where less than half of it lies in
 * the usual range (another climate, another site).
 */
export function colourRange(values: readonly number[], usual: readonly [number, number]): [number, number] {
  const inside = values.filter((value) => value >= usual[0] && value <= usual[1]).length;
  if (values.length === 0 || inside * 2 >= values.length) return [usual[0], usual[1]];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
