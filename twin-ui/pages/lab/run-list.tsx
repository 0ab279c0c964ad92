import {useState} from 'preact/hooks';
import type {RunBody} from '#schemas';
import {addressOf} from '../../state/address.ts';
import {numberText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {l} from '../../text/lab/index.ts';
import {Problem} from '../asked.tsx';
import {changeRun, otherRun, runs, scenarios, shownRun} from './lab-data.ts';

/** Runs, newest first, with how far they are. */
export function RunList() {
  const [problem, setProblem] = useState<Error | null>(null);
  return (
    <section aria-label={l('runs.title')}>
      <h2>{l('runs.title')}</h2>
      {runs.value.length === 0 && <p class="empty">{l('runs.none')}</p>}
      <ul class="runs">
        {runs.value.map((run) => (
          <RunCard key={run.id} run={run} onProblem={setProblem} />
        ))}
      </ul>
      {problem && <Problem error={problem} />}
    </section>
  );
}

/** What a run is called: its scenario, in the reader's language. */
export function runName({scenario}: RunBody): string {
  const known = scenarios.value.find(({id}) => id === scenario);
  return known ? named(known.name) : scenario;
}

function RunCard({run, onProblem}: {run: RunBody; onProblem: (error: Error | null) => void}) {
  const {done, total} = run.progress;
  const shown = shownRun.value === run.id;
  const change = (to: 'cancel' | 'resume') => {
    onProblem(null);
    changeRun(run.id, to).catch(onProblem);
  };
  const active = run.state === 'queued' || run.state === 'running';
  return (
    <li class={`run card ${shown ? 'shown' : ''}`}>
      <h3>{runName(run)}</h3>
      <p class="fine">
        {l('run.facts', {
          first: run.years[0],
          last: run.years[1],
          members: run.members,
          seed: run.seed,
        })}
      </p>
      <p class={`state ${run.state}`}>
        {l(`run.state.${run.state}`)}
        {active && (
          <progress
            max={total}
            value={done}
            aria-label={l('run.progress', {done: numberText(done, 0), total: numberText(total, 0)})}
          />
        )}
        {run.message !== undefined && <span class="under">{run.message}</span>}
      </p>
      {run.skipped.length > 0 && <p class="fine">{l('run.skipped', {count: run.skipped.length})}</p>}
      <div class="row">
        {run.state === 'done' && (
          <>
            <button
              type="button"
              class="quiet"
              aria-pressed={shown}
              onClick={() => {
                shownRun.value = run.id;
                if (otherRun.value === run.id) otherRun.value = null;
              }}
            >
              {l('run.show')}
            </button>
            <a class="quiet" href={addressOf('/', {run: run.id})}>
              {l('run.watch')}
            </a>
          </>
        )}
        {active && (
          <button type="button" class="quiet" onClick={() => change('cancel')}>
            {l('run.cancel')}
          </button>
        )}
        {(run.state === 'cancelled' || run.state === 'failed') && (
          <button type="button" class="quiet" onClick={() => change('resume')}>
            {run.state === 'failed' ? t('error.retry') : l('run.resume')}
          </button>
        )}
      </div>
    </li>
  );
}
