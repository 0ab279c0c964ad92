/**
 * Column files that count no more, kept as long as somebody who began before they were replaced may still need them by
 * name (a backup). Readers of the store itself are looked after by the reader worker.
 */
export class FileHolds {
  readonly #delete: (files: string[]) => Promise<unknown>;
  readonly #open = new Set<symbol>();
  #kept: {files: string[]; for: Set<symbol>}[] = [];

  constructor(remove: (files: string[]) => Promise<unknown>) {
    this.#delete = remove;
  }

  /** From now on no file goes away until the function it gives is called. */
  hold(): () => void {
    const one = Symbol();
    this.#open.add(one);
    return () => {
      if (!this.#open.delete(one)) return;
      for (const entry of this.#kept) entry.for.delete(one);
      const free = this.#kept.filter((entry) => entry.for.size === 0);
      this.#kept = this.#kept.filter((entry) => entry.for.size > 0);
      // What cannot be deleted now is an orphan at the next start.
      if (free.length > 0) this.#delete(free.flatMap(({files}) => files)).catch(() => {});
    };
  }

  async retire(files: string[]): Promise<void> {
    if (this.#open.size === 0) await this.#delete(files);
    else this.#kept.push({files, for: new Set(this.#open)});
  }
}
