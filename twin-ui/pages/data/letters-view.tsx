import {useState} from 'preact/hooks';
import type {DeadLetterBody, ReplayBody} from '#schemas';
import {get, post} from '../../api/client.ts';
import {addressed, addressOf} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {numberText, timeText} from '../../text/format.ts';
import {t} from '../../text/index.ts';
import {Problem, useAsked, WhenAsked} from '../asked.tsx';
import {CodeBlock} from '../code-block.tsx';
import {codeText, ReplayOutcome} from '../replay-outcome.tsx';
import {hexLines} from './hex-lines.ts';
import type {ViewProps} from './view.ts';

const PAGE_LETTERS = 50;
const MOST_LETTERS = 5000;
const code = addressed('code');
const done = addressed('done');

/** What could not be understood: the bytes, what was expected, and another try once the cause is mended. */
export function LettersView({things}: ViewProps) {
  const [limit, setLimit] = useState(PAGE_LETTERS);
  const asked = useAsked(
    async (stop) => {
      const [letters, stats] = await Promise.all([
        get('/dead-letters', {code: code.value ?? undefined, limit}, stop),
        get('/stats', {}, stop),
      ]);
      return {...letters, rejected: stats.rejected};
    },
    [code.value, limit],
  );
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set());
  const [result, setResult] = useState<ReplayBody | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);

  async function replay(ids: number[]): Promise<void> {
    setBusy(true);
    setError(null);
    setResult(null);
    try {
      setResult(await post('/dead-letters/replay', {ids}));
      setMarked(new Set());
      asked.again();
    } catch (reason) {
      setError(reason as Error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <p class="lead">{d('letter.lead')}</p>
      <WhenAsked of={asked}>
        {(known) => {
          const counts = Object.entries(known.rejected)
            .filter(([, n]) => n > 0)
            .sort(([, a], [, b]) => b - a);
          const shown = known.items.filter(({replayed}) => done.value === 'shown' || replayed === null);
          const open = shown.filter(({replayed}) => replayed === null).map(({id}) => id);
          const chosen = open.filter((id) => marked.has(id));
          return (
            <>
              <div class="choose">
                <fieldset class="chips" aria-label={d('letter.code')}>
                  <button
                    type="button"
                    class="chip"
                    aria-pressed={code.value === null}
                    onClick={() => (code.value = null)}
                  >
                    {t('health.all')}{' '}
                    <span class="count">
                      {numberText(
                        counts.reduce((sum, [, n]) => sum + n, 0),
                        0,
                      )}
                    </span>
                  </button>
                  {counts.map(([id, n]) => (
                    <button
                      type="button"
                      class="chip"
                      key={id}
                      title={id}
                      aria-pressed={code.value === id}
                      onClick={() => (code.value = id)}
                    >
                      {codeText(id)} <span class="count">{numberText(n, 0)}</span>
                    </button>
                  ))}
                </fieldset>
                <label class="check">
                  <input
                    type="checkbox"
                    checked={done.value === 'shown'}
                    onChange={(event) => (done.value = event.currentTarget.checked ? 'shown' : null)}
                  />
                  {d('letter.done')}
                </label>
              </div>
              {error && <Problem error={error} />}
              {result && <ReplayOutcome of={result} />}
              {shown.length === 0 ? (
                <p class="empty">{d(known.items.length === 0 ? 'letter.none' : 'letter.allDone')}</p>
              ) : (
                <>
                  <div class="choose">
                    <button
                      type="button"
                      class="primary"
                      disabled={busy || open.length === 0}
                      onClick={() => void replay(chosen.length > 0 ? chosen : open)}
                    >
                      {busy
                        ? t('form.busy')
                        : chosen.length > 0
                          ? d('letter.replayMarked', {count: chosen.length})
                          : d('letter.replayAll', {count: open.length})}
                    </button>
                    <span class="fine count" role="status">
                      {d('letter.shown', {count: numberText(shown.length, 0)})}
                    </span>
                  </div>
                  <ul class="letters">
                    {shown.map((letter) => (
                      <Letter
                        key={letter.id}
                        letter={letter}
                        timeZone={things.site.timeZone}
                        marked={marked.has(letter.id)}
                        mark={(on) => {
                          const next = new Set(marked);
                          if (on) next.add(letter.id);
                          else next.delete(letter.id);
                          setMarked(next);
                        }}
                      />
                    ))}
                  </ul>
                </>
              )}
              {known.next !== undefined && limit < MOST_LETTERS && (
                <p class="pages">
                  <button
                    type="button"
                    class="quiet"
                    disabled={asked.busy}
                    onClick={() => setLimit(Math.min(MOST_LETTERS, limit + 4 * PAGE_LETTERS))}
                  >
                    {d('letter.more')}
                  </button>
                </p>
              )}
            </>
          );
        }}
      </WhenAsked>
    </>
  );
}

type LetterProps = {
  letter: DeadLetterBody;
  timeZone: string;
  marked: boolean;
  mark: (on: boolean) => void;
};

function Letter({letter, timeZone, marked, mark}: LetterProps) {
  const when = timeText(Date.parse(letter.received), timeZone, 'full');
  return (
    <li class="letter">
      <input
        type="checkbox"
        checked={marked}
        disabled={letter.replayed !== null}
        aria-label={d('letter.mark', {id: letter.id})}
        onChange={(event) => mark(event.currentTarget.checked)}
      />
      <details>
        <summary>
          <span class="letter-head">
            <strong>{codeText(letter.code)}</strong>
            <code>{letter.code}</code>
            {letter.replayed !== null && <span class="badge">{d('letter.understood')}</span>}
            <span class="spread" />
            <time class="fine" dateTime={letter.received}>
              {when}
            </time>
          </span>
          <span class="letter-text" lang="en">
            {letter.message}
          </span>
          <span class="fine">
            {[letter.device, letter.topic].filter((part) => part !== null && part !== '').join(' · ')}
          </span>
        </summary>
        <dl class="facts">
          <div>
            <dt>{d('letter.sender')}</dt>
            <dd>{letter.principal ?? '—'}</dd>
          </div>
          <div>
            <dt>{d('letter.source')}</dt>
            <dd>{letter.source}</dd>
          </div>
          <div>
            <dt>{d('letter.number')}</dt>
            <dd>{letter.id}</dd>
          </div>
          {letter.replayed !== null && (
            <div>
              <dt>{d('letter.understood')}</dt>
              <dd>{timeText(Date.parse(letter.replayed), timeZone, 'full')}</dd>
            </div>
          )}
        </dl>
        <p class="links">
          {letter.encoding === 'utf-8' && letter.payload !== '' && (
            <a
              class="link"
              href={addressOf('/data/connect', {view: 'paste', letter: String(letter.id)})}
              aria-label={d('letter.tryOf', {id: letter.id})}
            >
              {d('letter.try')}
            </a>
          )}
          {letter.code === 'device_waiting' && letter.replayed === null && (
            <a class="link" href={addressOf('/data/connect', {view: 'waiting'})}>
              {d('device.toWaiting')}
            </a>
          )}
        </p>
        {letter.payload === '' ? (
          <p class="hint">{d('letter.noBytes')}</p>
        ) : (
          <CodeBlock
            label={d('letter.bytes')}
            text={letter.encoding === 'base64' ? hexLines(letter.payload) : letter.payload}
          />
        )}
      </details>
    </li>
  );
}
