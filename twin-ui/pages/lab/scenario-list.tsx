import {useState} from 'preact/hooks';
import type {ScenarioSummary} from '#schemas';
import {named} from '../../text/index.ts';
import {l} from '../../text/lab/index.ts';
import {Problem} from '../asked.tsx';
import {type RunWish, scenarioFile, scenarios, startRun} from './lab-data.ts';

type Props = {
  /** Hands a scenario's file over to be changed. */
  onCopy: (json: string) => void;
};

export function ScenarioList({onCopy}: Props) {
  return (
    <section aria-label={l('scenarios.title')}>
      <h2>{l('scenarios.title')}</h2>
      {scenarios.value.length === 0 && <p class="empty">{l('scenarios.none')}</p>}
      <ul class="scenarios">
        {scenarios.value.map((scenario) => (
          <ScenarioCard key={scenario.id} scenario={scenario} onCopy={onCopy} />
        ))}
      </ul>
    </section>
  );
}

function ScenarioCard({scenario, onCopy}: Props & {scenario: ScenarioSummary}) {
  const [wish, setWish] = useState<RunWish>({});
  const [problem, setProblem] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const name = named(scenario.name);
  const doing = async (what: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    await what().catch(setProblem);
    setBusy(false);
  };
  const number = (key: keyof RunWish, least: number, most: number, usual: number | string) => (
    <label>
      {l(`scenario.${key}`)}
      <input
        type="number"
        min={least}
        max={most}
        step={1}
        placeholder={String(usual)}
        value={wish[key] ?? ''}
        onInput={(event) => {
          const value = event.currentTarget.valueAsNumber;
          const {[key]: _, ...rest} = wish;
          setWish(Number.isNaN(value) ? rest : {...rest, [key]: value});
        }}
      />
    </label>
  );
  return (
    <li class="scenario card">
      <h3>
        {name} <span class="badge">{l(`scenario.${scenario.origin}`)}</span>
      </h3>
      <p>{named(scenario.description)}</p>
      <p class="fine">
        {l('scenario.facts', {years: scenario.years, members: scenario.members, runs: scenario.runs})}
      </p>
      <details>
        <summary>{l('scenario.options')}</summary>
        <div class="wish">
          {number('years', 1, 500, scenario.years)}
          {number('members', 1, 256, scenario.members)}
          {number('seed', 0, 4_294_967_295, '–')}
        </div>
      </details>
      <div class="row">
        <button
          type="button"
          class="primary"
          disabled={busy}
          aria-label={l('scenario.run.of', {name})}
          onClick={() => void doing(() => startRun(scenario.id, wish))}
        >
          {l('scenario.run')}
        </button>
        <button
          type="button"
          class="quiet"
          aria-label={l('scenario.copy.of', {name})}
          onClick={() =>
            void doing(async () => onCopy(JSON.stringify(await scenarioFile(scenario.id), null, 2)))
          }
        >
          {l('scenario.copy')}
        </button>
      </div>
      {problem && <Problem error={problem} />}
    </li>
  );
}
