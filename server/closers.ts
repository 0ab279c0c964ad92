/** What must be closed again, in the opposite order of its making. */
export type Closers = {
  /** Gives the thing back, and remembers how to close it. */
  keep<T>(thing: T, close: (thing: T) => Promise<unknown> | unknown): T;
  /** Closes everything, also after one of them failed; called again, it waits for the first call. */
  closeAll(): Promise<void>;
};

export function createClosers(): Closers {
  const closers: (() => Promise<unknown> | unknown)[] = [];
  let closing: Promise<void> | null = null;
  async function closeEach(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, 'several parts could not be closed');
  }
  return {
    keep: (thing, close) => {
      closers.push(() => close(thing));
      return thing;
    },
    closeAll: () => {
      closing ??= closeEach();
      return closing;
    },
  };
}
