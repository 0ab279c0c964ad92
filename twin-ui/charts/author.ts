const STORED = 'eco.who';

/** The name under which the reader judged last, on this machine; there are no accounts yet. */
export const authorName = (): string => localStorage.getItem(STORED) ?? '';

export function keepAuthorName(name: string): void {
  localStorage.setItem(STORED, name);
}
