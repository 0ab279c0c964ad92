/** A clock time and an instant: what a field of type `datetime-local` holds, in a zone of time. */

type Parts = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>;

function partsOf(timeMs: number, timeZone: string): Parts {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return Object.fromEntries(format.formatToParts(timeMs).map(({type, value}) => [type, value])) as Parts;
}

/** `2026-11-29T08:00:00`, the clock of the zone at an instant. */
export function clockText(timeMs: number, timeZone: string): string {
  const {year, month, day, hour, minute, second} = partsOf(timeMs, timeZone);
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
}

/**
 * The instant at which the clock of the zone shows a text, with or without seconds; null if it is no such text. Where a clock
 * that is set back shows it twice, the first; where one that is set forward never shows it, that much later.
 */
export function clockMs(text: string, timeZone: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return null;
  const wantedMs = Date.parse(`${text}Z`);
  if (Number.isNaN(wantedMs)) return null;
  const offsetMs = (timeMs: number) => Date.parse(`${clockText(timeMs, timeZone)}Z`) - timeMs;
  // Offsets of the day before and after: at a change of clocks they are the two that come into question.
  const before = wantedMs - offsetMs(wantedMs - 86_400_000);
  const after = wantedMs - offsetMs(wantedMs + 86_400_000);
  const shown = [before, after].filter((timeMs) => timeMs + offsetMs(timeMs) === wantedMs);
  return shown.length > 0 ? Math.min(...shown) : before;
}
