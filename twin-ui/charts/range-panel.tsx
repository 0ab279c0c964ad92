import {useEffect, useId, useState} from 'preact/hooks';
import type {VerdictsBody} from '#schemas';
import {makeRevision, verdictsOf} from '../api/client.ts';
import {Icon} from '../pages/monitor/icons.tsx';
import {mayCorrect} from '../state/access-state.ts';
import {numberText, zoneText} from '../text/format.ts';
import {clockMs, clockText} from '../text/local-time.ts';
import {r} from '../text/revise/index.ts';
import type {Range} from './brush.ts';
import {useClosable} from './closable.ts';
import {problemText} from './problem-words.ts';
import {ReasonForm} from './reason-form.tsx';
import {flagText, testText} from './revision-words.ts';

/** Flags that a person may give, worst last. */
const JUDGEMENTS = [1, 3, 4] as const;
export type Judgement = (typeof JUDGEMENTS)[number];
/** While a range is drawn or typed, what lies in it is asked for when that rests. */
const REST_MS = 250;

type Props = {
  datastream: string;
  timeZone: string;
  range: Range;
  judgement: Judgement | null;
  /** How often something of the series was judged or corrected since it is shown. */
  changes: number;
  setRange: (range: Range) => void;
  setJudgement: (judgement: Judgement) => void;
  close: () => void;
  saved: () => void;
};

/** What lies in a range of a series and, for whom may, a new verdict on it. */
export function RangePanel(props: Props) {
  const {datastream, range, changes, close} = props;
  const {heading, onKeyDown} = useClosable(close);
  const [found, setFound] = useState<VerdictsBody | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => setFound(null), [datastream, range.fromMs, range.toMs]);
  // What was found stays while it is read again: a verdict that is being written must not be lost over somebody else's.
  useEffect(() => {
    setProblem(null);
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const asked = {from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString()};
      try {
        setFound(await verdictsOf(datastream, asked, abort.signal));
      } catch (error) {
        if (!abort.signal.aborted) setProblem(r('error.read', {message: problemText(error)}));
      }
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [datastream, range.fromMs, range.toMs, changes]);
  return (
    <section class="judge" aria-label={r('range.title')} onKeyDown={onKeyDown}>
      <header>
        <h3 ref={heading} tabIndex={-1}>
          {r('range.title')}
        </h3>
        <button type="button" class="round" aria-label={r('range.close')} onClick={close}>
          <Icon name="close" size={16} />
        </button>
      </header>
      <RangeFields {...props} />
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div aria-live="polite">
        {found === null ? (
          problem === null && <p class="hint">{r('range.reading')}</p>
        ) : (
          <Found found={found} />
        )}
      </div>
      {mayCorrect.value && found !== null && found.count > 0 && <JudgeForm {...props} found={found} />}
    </section>
  );
}

/** Start and end as clock times of the site: the way to choose a range without a pointer. */
function RangeFields({range, timeZone, setRange}: Props) {
  const note = useId();
  const shown = [clockText(range.fromMs, timeZone), clockText(range.toMs, timeZone)] as const;
  /** What is typed over a range, which for a while may be no range itself; forgotten once another is chosen. */
  const [draft, setDraft] = useState<{over: Range; texts: typeof shown} | null>(null);
  const typed = draft?.over === range ? draft.texts : shown;
  const rangeOf = ([from, to]: typeof shown): Range | null => {
    const [fromMs, toMs] = [clockMs(from, timeZone), clockMs(to, timeZone)];
    return fromMs !== null && toMs !== null && fromMs < toMs ? {fromMs, toMs} : null;
  };
  const wrong = rangeOf(typed) === null;
  const type = (place: 0 | 1, text: string) => {
    const next: typeof shown = place === 0 ? [text, typed[1]] : [typed[0], text];
    const valid = rangeOf(next);
    if (valid === null) setDraft({over: range, texts: next});
    else setRange(valid);
  };
  return (
    <div class="judge-range">
      {([0, 1] as const).map((place) => (
        <label key={place}>
          <span>{r(place === 0 ? 'range.from' : 'range.to')}</span>
          <input
            type="datetime-local"
            step={1}
            value={typed[place]}
            aria-describedby={note}
            aria-invalid={wrong}
            onChange={(event) => type(place, event.currentTarget.value)}
          />
        </label>
      ))}
      <p class={wrong ? 'problem' : 'fine'} id={note} role={wrong ? 'alert' : undefined}>
        {wrong ? r('range.invalid') : r('range.zone', {zone: zoneText(range.fromMs, timeZone)})}
      </p>
    </div>
  );
}

const count = (rows: number) => numberText(rows, 0);

function Found({found}: {found: VerdictsBody}) {
  if (found.count === 0) return <p class="hint">{r('range.none')}</p>;
  const notes = [
    ...(found.byPerson > 0 ? [r('range.byPerson', {count: count(found.byPerson)})] : []),
    ...(found.corrected > 0 ? [r('range.corrected', {count: count(found.corrected)})] : []),
  ];
  return (
    <>
      <p>{r('range.count', {count: count(found.count)})}</p>
      <ul class="tally">
        {found.flags.map(({flag, count: rows}) => (
          <li key={flag} class={`flag flag-${flag}`} data-flag={flag} data-count={rows}>
            {`${flagText(flag)} ${count(rows)}`}
          </li>
        ))}
      </ul>
      <p class="fine">
        {found.failed.length === 0
          ? r('range.failed.none')
          : `${r('range.failed')}: ${found.failed.map((of) => `${testText(of.test)} ${count(of.count)}`).join(' · ')}`}
      </p>
      {notes.length > 0 && <p class="fine">{notes.join(' ')}</p>}
    </>
  );
}

/** What would become of the values of a range. */
function changesText(found: VerdictsBody, judgement: Judgement): string {
  return found.flags
    .map(({flag, count: rows}) => {
      if (flag === judgement) return r('judge.same', {count: count(rows), flag: flagText(flag)});
      const from = flagText(flag);
      return r('judge.change', {count: count(rows), from, to: flagText(judgement)});
    })
    .join(' · ');
}

function JudgeForm(props: Props & {found: VerdictsBody}) {
  const {datastream, range, judgement, setJudgement, close, saved, found} = props;
  const name = useId();
  return (
    <ReasonForm
      preview={
        judgement !== null && (
          <p class="preview" role="status">
            {r('judge.preview', {changes: changesText(found, judgement)})}
          </p>
        )
      }
      send={r('judge.save')}
      disabled={judgement === null}
      onSend={async (said) => {
        await makeRevision(datastream, {
          from: new Date(range.fromMs).toISOString(),
          to: new Date(range.toMs).toISOString(),
          flag: judgement!,
          ...said,
        });
        saved();
      }}
      cancel={close}
    >
      <fieldset class="judgements">
        <legend>{r('judge.flag')}</legend>
        {JUDGEMENTS.map((flag) => (
          <label key={flag}>
            <input
              type="radio"
              name={name}
              value={flag}
              checked={judgement === flag}
              onChange={() => setJudgement(flag)}
            />
            <span class={`flag flag-${flag}`}>{r(`judge.${flag}`)}</span>
            {flag === 1 && <span class="fine">{r('judge.1.text')}</span>}
          </label>
        ))}
      </fieldset>
      <label>
        <span>{r('judge.reason')}</span>
        <textarea name="reason" rows={2} maxLength={500} required placeholder={r('judge.reason.hint')} />
      </label>
    </ReasonForm>
  );
}
