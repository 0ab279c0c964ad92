import type {LiveBus, LiveEvent} from '#schemas';

/**
 * Live events inside one process, to every listener in the order they subscribed. A listener must return at once: one
 * that writes to a slow reader keeps a bounded queue of its own and drops its oldest. One that throws is a bug of its
 * own and costs nobody else the event: it is told to `onListenerError` and stays subscribed.
 */
export function createLiveBus(
  options: {onListenerError?: (error: unknown) => void} = {},
): LiveBus & {listeners(): number} {
  const onListenerError =
    options.onListenerError ??
    ((error: unknown) => {
      queueMicrotask(() => {
        throw error;
      });
    });
  let listeners: readonly ((event: LiveEvent) => void)[] = [];
  return {
    publish(event) {
      // The list is replaced, never changed, so a listener may unsubscribe while it is called.
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
    subscribe(listener) {
      // A function subscribed twice is called twice: each subscription has an entry of its own.
      const entry = (event: LiveEvent) => listener(event);
      listeners = [...listeners, entry];
      return () => {
        listeners = listeners.filter((other) => other !== entry);
      };
    },
    listeners: () => listeners.length,
  };
}
