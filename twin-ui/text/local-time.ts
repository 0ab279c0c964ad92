/** Times as the reader types them: on the clocks of the site. */

function clockOf(timeMs: number, timeZone: string): Record<string, string> {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(timeMs);
  return Object.fromEntries(parts.map(({type, value}) => [type, value]));
}

/** `2026-11-29T08:05`, as a field for date and time has it. */
export function localInput(timeMs: number, timeZone: string): string {
  const {year, month, day, hour, minute} = clockOf(timeMs, timeZone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/**
 * The instant, ms, at which the clocks of a zone show this (`2026-11-29` is its midnight); the first of two where clocks
 * go back, the one an hour later where they skip it; NaN for what is no date.
 */
export function instantOfLocal(text: string, timeZone: string): number {
  const asUtc = Date.parse(`${text.length === 10 ? `${text}T00:00` : text}Z`);
  if (Number.isNaN(asUtc)) return Number.NaN;
  const offsetAt = (timeMs: number) => Date.parse(`${localInput(timeMs, timeZone)}Z`) - floorMinute(timeMs);
  const [before, after] = [offsetAt(asUtc - 86_400_000), offsetAt(asUtc + 86_400_000)];
  const found = [before, after].map((offset) => asUtc - offset).sort((a, b) => a - b);
  return found.find((timeMs) => timeMs + offsetAt(timeMs) === asUtc) ?? asUtc - before;
}

const floorMinute = (timeMs: number) => Math.floor(timeMs / 60_000) * 60_000;
