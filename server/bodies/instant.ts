/** ISO 8601 UTC with `Z`; whole seconds without a fraction. */
export function instant(timeMs: number): string {
  const text = new Date(timeMs).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}

export function instantOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : instant(timeMs);
}
