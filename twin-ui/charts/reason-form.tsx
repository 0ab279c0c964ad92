import type {ComponentChildren} from 'preact';
import {useState} from 'preact/hooks';
import {textOf} from '../pages/form.tsx';
import {r} from '../text/revise/index.ts';
import {authorName, keepAuthorName} from './author.ts';
import {problemText} from './problem-words.ts';

type Props = {
  /** The fields above the name; one of them is called `reason`. */
  children: ComponentChildren;
  /** What would come of it. */
  preview?: ComponentChildren;
  send: string;
  disabled?: boolean;
  onSend: (said: {reason: string; who: string}) => Promise<void>;
  cancel: () => void;
};

/** A form for what a person says of values: it asks why and by whom, and says what is missing or went wrong. */
export function ReasonForm({children, preview, send, disabled = false, onSend, cancel}: Props) {
  const [problem, setProblem] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    const fields = new FormData(form);
    const [reason, who] = [textOf(fields, 'reason'), textOf(fields, 'who')];
    if (reason === undefined) return setProblem(r('judge.needs.reason'));
    if (who === undefined) return setProblem(r('judge.needs.who'));
    setProblem(null);
    setSending(true);
    try {
      await onSend({reason, who});
      keepAuthorName(who);
    } catch (error) {
      setProblem(r('error.save', {message: problemText(error)}));
      setSending(false);
    }
  };
  return (
    <form
      class="judge-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      {children}
      <label>
        <span>{r('judge.who')}</span>
        <input
          type="text"
          name="who"
          maxLength={100}
          required
          autocomplete="name"
          defaultValue={authorName()}
        />
      </label>
      {preview}
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="judge-buttons">
        <button type="submit" class="primary" disabled={disabled || sending}>
          {sending ? r('judge.saving') : send}
        </button>
        <button type="button" class="quiet" onClick={cancel}>
          {r('judge.cancel')}
        </button>
      </div>
    </form>
  );
}
