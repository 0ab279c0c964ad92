import {useEffect, useRef, useState} from 'preact/hooks';
import type {RevisionBody} from '#schemas';
import {revokeRevision} from '../api/client.ts';
import {mayCorrect} from '../state/access-state.ts';
import {timeText} from '../text/format.ts';
import {r} from '../text/revise/index.ts';
import {ReasonForm} from './reason-form.tsx';
import {actsOf, revisionText} from './revision-words.ts';

type Props = {
  datastream: string;
  unit: string;
  timeZone: string;
  revisions: readonly RevisionBody[];
  changed: () => void;
};

/** What was said of the range of a chart later: by whom, when and why; each can be taken back, and that too. */
export function RevisionList({revisions, ...of}: Props) {
  const acts = actsOf(revisions);
  if (acts.length === 0) return null;
  return (
    <section class="revisions" aria-label={r('list.title', {count: acts.length})}>
      <h3>{r('list.title', {count: acts.length})}</h3>
      <ul>
        {acts.map((act) => (
          <Entry key={act.version} act={act} {...of} />
        ))}
      </ul>
    </section>
  );
}

type EntryProps = Omit<Props, 'revisions'> & {act: ReturnType<typeof actsOf>[number]};

function Entry({act, datastream, unit, timeZone, changed}: EntryProps) {
  const {first, undoneBy} = act;
  const time = (text: string, style: 'minute' | 'day' = 'minute') =>
    timeText(Date.parse(text), timeZone, style);
  const range = {from: time(act.from), to: time(act.to)};
  // Taking back what takes it back gives it back.
  const target = undoneBy ?? first;
  /** The version that a reason is being given for: once somebody else took that back, there is nothing to send. */
  const [asked, setAsked] = useState<number | null>(null);
  return (
    <li class={first.revoked ? 'undone' : ''} data-version={act.version} data-revoked={first.revoked}>
      <p>
        <strong class={first.flag === null ? '' : `flag flag-${first.flag}`}>
          {revisionText(first, unit)}
        </strong>
        {first.revoked && <span class="badge">{r('list.undone')}</span>}
      </p>
      <p class="said">{first.reason}</p>
      <p class="fine">
        {act.parts > 1 ? r('list.parts', {count: act.parts, ...range}) : r('list.range', range)}
      </p>
      <p class="fine">
        {r('list.by', {who: first.who, at: time(first.at)})}
        {undoneBy &&
          ` · ${r('list.undone')}: ${r('list.by', {who: undoneBy.who, at: time(undoneBy.at)})}, ${undoneBy.reason}`}
      </p>
      {mayCorrect.value &&
        (asked === target.version ? (
          <UndoForm
            again={undoneBy !== undefined}
            revoke={async (body) => {
              await revokeRevision(datastream, asked, body);
              setAsked(null);
              changed();
            }}
            cancel={() => setAsked(null)}
          />
        ) : (
          <button
            type="button"
            class="quiet"
            aria-label={r('list.undoOf', {who: first.who, reason: first.reason})}
            onClick={() => setAsked(target.version)}
          >
            {r(undoneBy ? 'list.redo' : 'list.undo')}
          </button>
        ))}
    </li>
  );
}

type UndoProps = {
  again: boolean;
  revoke: (body: {reason: string; who: string}) => Promise<void>;
  cancel: () => void;
};

function UndoForm({again, revoke, cancel}: UndoProps) {
  const field = useRef<HTMLInputElement>(null);
  // The reader has just asked for it, and the button that he pressed is gone.
  useEffect(() => field.current?.focus(), []);
  return (
    <ReasonForm send={r(again ? 'list.confirm.again' : 'list.confirm')} onSend={revoke} cancel={cancel}>
      <label>
        <span>{r(again ? 'list.why.again' : 'list.why')}</span>
        <input type="text" name="reason" maxLength={500} required ref={field} />
      </label>
    </ReasonForm>
  );
}
