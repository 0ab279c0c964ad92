import type {ComponentChildren} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import {ApiRefusal} from '../api/client.ts';
import {t} from '../text/index.ts';

/** What a question to the server has come to: its answer stays while it is asked again. */
export type Asked<T> = {
  answer: T | null;
  error: Error | null;
  busy: boolean;
  /** Asks again. */
  again: () => void;
};

/** Asks when shown, and again whenever one of `of` is another; what comes late of an earlier question is left out. */
export function useAsked<T>(ask: (signal: AbortSignal) => Promise<T>, of: readonly unknown[]): Asked<T> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Omit<Asked<T>, 'again'>>({answer: null, error: null, busy: true});
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({...before, busy: true}));
    latest.current(stop.signal).then(
      (answer) => !stop.signal.aborted && setState({answer, error: null, busy: false}),
      (error: Error) => !stop.signal.aborted && setState((before) => ({...before, error, busy: false})),
    );
    return () => stop.abort();
  }, [...of, round]);
  return {...state, again: () => setRound((n) => n + 1)};
}

type Props<T> = {of: Asked<T>; children: (answer: T) => ComponentChildren};

/** The answer once it is there; until then that it is being read, or what went wrong and a way to try again. */
export function WhenAsked<T>({of, children}: Props<T>) {
  return (
    <>
      {of.error && <Problem error={of.error} again={of.again} />}
      {of.answer === null && of.busy && (
        <p class="waiting" role="status">
          {t('load.reading')}
        </p>
      )}
      {of.answer !== null && children(of.answer)}
    </>
  );
}

export function Problem({error, again}: {error: Error; again?: () => void}) {
  return (
    <div class="trouble" role="alert">
      <p>{troubleText(error)}</p>
      {error instanceof ApiRefusal && (
        <p class="fine" lang="en">
          {`${error.code}: ${error.message}`}
        </p>
      )}
      {again && (
        <button type="button" class="quiet" onClick={again}>
          {t('error.retry')}
        </button>
      )}
    </div>
  );
}

/** What is wrong, in the reader's language; what exactly, the server says beside it. */
function troubleText(error: Error): string {
  // A request that never came to an answer.
  if (error instanceof TypeError) return t('error.load');
  if (!(error instanceof ApiRefusal)) return error.message;
  if (error.status === 401 || error.status === 403) return t('error.right');
  return t(error.status >= 500 ? 'error.server' : 'error.refused');
}
