import {useEffect, useState} from 'preact/hooks';
import {l} from '../../text/lab/index.ts';
import {useAsked, WhenAsked} from '../asked.tsx';
import {ReadingPage} from '../reading-page.tsx';
import {followRuns, readLab} from './lab-data.ts';
import {ResultsView} from './results-view.tsx';
import {RunList} from './run-list.tsx';
import {ScenarioList} from './scenario-list.tsx';
import {ScenarioWriter} from './scenario-writer.tsx';

/** Scenarios, their runs, and what comes of them. */
export function LabPage() {
  const known = useAsked(readLab, []);
  const [draft, setDraft] = useState('');
  useEffect(() => {
    if (known.answer) followRuns();
  }, [known.answer]);
  return (
    <ReadingPage path="/lab" title={l('title')} siteName={known.answer?.name ?? null}>
      <h1>{l('title')}</h1>
      <p class="lead">{l('lead')}</p>
      <WhenAsked of={known}>
        {() => (
          <div class="lab">
            <div class="lab-side">
              <ScenarioList onCopy={setDraft} />
              <RunList />
              <ScenarioWriter draft={draft} setDraft={setDraft} />
            </div>
            <ResultsView />
          </div>
        )}
      </WhenAsked>
    </ReadingPage>
  );
}
