import {useEffect, useRef, useState} from 'preact/hooks';
import type {ScenarioProblem} from '#schemas';
import {ApiRefusal} from '../../api/client.ts';
import {l} from '../../text/lab/index.ts';
import {Problem} from '../asked.tsx';
import {saveScenario} from './lab-data.ts';

type Props = {draft: string; setDraft: (json: string) => void};

/** A scenario as text, to be changed and saved; what is wrong with it is told place by place. */
export function ScenarioWriter({draft, setDraft}: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [open, setOpen] = useState(false);
  const [saved, setSaved] = useState<string | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  useEffect(() => {
    if (draft === '') return;
    setOpen(true);
    setSaved(null);
    setProblem(null);
    requestAnimationFrame(() => field.current?.focus());
  }, [draft]);
  const save = async () => {
    setSaved(null);
    setProblem(null);
    try {
      setSaved(await saveScenario(parsed(field.current!.value)));
    } catch (error) {
      setProblem(error as Error);
    }
  };
  return (
    <details class="writer card" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{l('write.title')}</h2>
      </summary>
      <p class="hint">{l('write.hint')}</p>
      <textarea
        ref={field}
        rows={18}
        spellcheck={false}
        aria-label={l('write.label')}
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
      <div class="row">
        <button type="button" class="primary" onClick={() => void save()}>
          {l('write.save')}
        </button>
        {saved !== null && <span role="status">{l('write.saved', {id: saved})}</span>}
      </div>
      {problem && <Wrong error={problem} />}
    </details>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(l('write.notjson', {message: (error as Error).message}));
  }
}

function Wrong({error}: {error: Error}) {
  const problems =
    error instanceof ApiRefusal && Array.isArray(error.details) ? (error.details as ScenarioProblem[]) : [];
  if (problems.length === 0) return <Problem error={error} />;
  return (
    <div class="trouble" role="alert">
      <p>{l('write.problems', {count: problems.length})}</p>
      <ul>
        {problems.map(({path, message, allowed}) => (
          <li key={`${path}${message}`}>
            <code>{path === '' ? '/' : path}</code> {message}
            {allowed !== undefined && (
              <span class="under">
                {l('write.allowed', {
                  allowed: typeof allowed === 'string' ? allowed : JSON.stringify(allowed),
                })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
