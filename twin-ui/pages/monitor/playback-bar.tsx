import {addressOf} from '../../state/address.ts';
import {scenarioName} from '../../state/scenario-names.ts';
import {site} from '../../state/site-state.ts';
import {
  illustratedOn,
  leaveRun,
  playbackYears,
  playing,
  run,
  showYear,
  togglePlay,
  treeCounts,
  treeYear,
} from '../../state/tree-state.ts';
import {numberText} from '../../text/format.ts';
import {t} from '../../text/index.ts';
import {Icon} from './icons.tsx';

/** The years of a run: play, step, scrub. What is shown is simulated, and says so. */
export function PlaybackBar() {
  const years = playbackYears.value;
  const body = run.value;
  if (!years || !body || treeYear.value === null) return null;
  const year = Math.round(treeYear.value);
  const counts = treeCounts.value;
  return (
    <section class="card playback" aria-label={t('playback.title')}>
      <div class="playback-head">
        <strong class="playback-year">{year}</strong>
        <span class="badge simulated">{t('playback.simulated')}</span>
        <a class="playback-name" href={addressOf('/lab', {run: body.id})}>
          {scenarioName(body)}
        </a>
        <button
          type="button"
          class="round"
          aria-label={t('playback.leave')}
          title={t('playback.leave')}
          onClick={() => leaveRun(site.value!.id)}
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="playback-row">
        <button
          type="button"
          class="round"
          aria-label={t('playback.back')}
          title={t('playback.back')}
          disabled={year <= years.first}
          onClick={() => showYear(year - 1)}
        >
          <Icon name="step-back" />
        </button>
        <button
          type="button"
          class="round primary"
          aria-label={t(playing.value ? 'playback.pause' : 'playback.play')}
          title={t(playing.value ? 'playback.pause' : 'playback.play')}
          onClick={togglePlay}
        >
          <Icon name={playing.value ? 'pause' : 'play'} />
        </button>
        <button
          type="button"
          class="round"
          aria-label={t('playback.on')}
          title={t('playback.on')}
          disabled={year >= years.last}
          onClick={() => showYear(year + 1)}
        >
          <Icon name="step-on" />
        </button>
        <input
          type="range"
          min={years.first}
          max={years.last}
          step={1}
          value={year}
          aria-label={t('playback.year')}
          aria-valuetext={String(year)}
          onInput={(event) => showYear(event.currentTarget.valueAsNumber)}
        />
      </div>
      <div class="playback-foot fine">
        {counts && (
          <span>
            {t('playback.trees', {alive: numberText(counts.alive, 0), dead: numberText(counts.dead, 0)})}
          </span>
        )}
        <label>
          <input
            type="checkbox"
            checked={illustratedOn.value}
            onChange={(event) => (illustratedOn.value = event.currentTarget.checked)}
          />
          {t('playback.illustrated')}
        </label>
      </div>
    </section>
  );
}
