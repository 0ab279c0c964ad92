import {useEffect, useState} from 'preact/hooks';
import type {ExplanationBody, SeriesBody} from '#schemas';
import {explain, get} from '../api/client.ts';
import {Icon} from '../pages/monitor/icons.tsx';
import {numberText, timeText} from '../text/format.ts';
import {r} from '../text/revise/index.ts';
import {useClosable} from './closable.ts';
import {problemText} from './problem-words.ts';
import {checkText, flagText} from './revision-words.ts';
import {storyOf} from './story-words.ts';

/** A point of a chart: one value, or several between its time and `nextTime`. */
export type PointOfChart = {time: string; count: number; nextTime: string | null};

const WORST = [4, 3, 9, 2, 1];
/** Values of one point that are looked through for its worst. */
const MOST_VALUES = 5000;

/** The time of the value that a point stands for: its own, or that of the first value with its worst flag. */
async function timeOfValue(datastream: string, point: PointOfChart, signal: AbortSignal): Promise<string> {
  if (point.count === 1 || point.nextTime === null) return point.time;
  const query = {datastream, from: point.time, to: point.nextTime, points: MOST_VALUES, bucket: 'raw'};
  const {points}: SeriesBody = await get('/series', query, signal);
  for (const flag of WORST) {
    const found = points.find((one) => one.flag === flag);
    if (found) return found.time;
  }
  return point.time;
}

type Props = {
  datastream: string;
  point: PointOfChart;
  /** How often something of the series was judged or corrected since it is shown. */
  changes: number;
  timeZone: string;
  close: () => void;
};

/** One value from its arrival to the flag that is shown, in plain words. */
export function StoryPanel({datastream, point, changes, timeZone, close}: Props) {
  const {heading, onKeyDown} = useClosable(close);
  const [body, setBody] = useState<ExplanationBody | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => setBody(null), [datastream, point]);
  useEffect(() => {
    const abort = new AbortController();
    setProblem(null);
    timeOfValue(datastream, point, abort.signal)
      .then((time) => explain(datastream, time, abort.signal))
      .then(setBody, (error: unknown) => {
        if (!abort.signal.aborted) setProblem(r('error.read', {message: problemText(error)}));
      });
    return () => abort.abort();
  }, [datastream, point, changes]);
  const story = body && storyOf(body, timeZone);
  return (
    <section class="judge story" aria-label={r('story.title')} onKeyDown={onKeyDown}>
      <header>
        <h3 ref={heading} tabIndex={-1}>
          {body === null ? r('story.title') : timeText(Date.parse(body.time), timeZone, 'full')}
        </h3>
        <button type="button" class="round" aria-label={r('story.close')} onClick={close}>
          <Icon name="close" size={16} />
        </button>
      </header>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {problem === null && story === null && <p class="hint">{r('story.reading')}</p>}
      {story && (
        <>
          {point.count > 1 && <p class="fine">{r('story.many', {count: numberText(point.count, 0)})}</p>}
          <p>
            <strong>{story.shown}</strong>
          </p>
          <ul class="plain">
            {story.arrival.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          {story.later.length > 0 && (
            <>
              <h4>{r('story.revisions')}</h4>
              <ul class="plain">
                {story.later.map(({text, state}) => (
                  <li key={text} class={state === 'undone' ? 'undone' : ''}>
                    {text} <span class="badge">{r(`state.${state}`)}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
          <h4>{r('story.tests')}</h4>
          <ul class="plain">
            {story.tests.map(({test, flag, named, text}) => (
              <li key={test} class={named ? 'named' : ''}>
                <span class={`flag flag-${flag}`}>
                  {r('story.test', {check: checkText(test), flag: flagText(flag)})}
                </span>
                {text !== '' && <span class="fine">{` — ${text}`}</span>}
              </li>
            ))}
          </ul>
          <p class="fine">{story.notKept}</p>
        </>
      )}
    </section>
  );
}
