import type {HealthBody} from '#schemas';

export type ComponentState = HealthBody['components'][string];

/** The parts of a running product and how each is; a part's own check is asked when somebody looks. */
export type Components = {
  set(name: string, check: () => ComponentState): void;
  all(): Record<string, ComponentState>;
};

export function createComponents(): Components {
  const checks = new Map<string, () => ComponentState>();
  return {
    set: (name, check) => checks.set(name, check),
    all: () => Object.fromEntries([...checks].map(([name, check]) => [name, check()])),
  };
}

/** The whole is as well as its worst part that is meant to run. */
export function worst(components: Record<string, ComponentState>): HealthBody['status'] {
  const states = Object.values(components).map(({status}) => status);
  if (states.includes('failed')) return 'failed';
  return states.includes('degraded') ? 'degraded' : 'ok';
}

/** The worst of several states of one part, with all their messages. */
export function worstState(states: readonly ComponentState[]): ComponentState {
  const order: readonly ComponentState['status'][] = ['failed', 'degraded', 'ok', 'off'];
  const status = order.find((one) => states.some((state) => state.status === one)) ?? 'off';
  const messages = states.flatMap(({message}) => message ?? []);
  return {status, ...(messages.length === 0 ? {} : {message: messages.join('; ')})};
}
