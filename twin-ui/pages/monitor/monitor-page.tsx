import {effect} from '@preact/signals';
import {useEffect, useRef, useState} from 'preact/hooks';
import type {LoadProgress, SceneHost} from '../../hosts/scene-host.ts';
import {openPanel, selectedElement, selectedStation, sunHour} from '../../state/page-state.ts';
import {loadError, loadSite, nowMs, site, stations, waterLevel} from '../../state/site-state.ts';
import {
  askedRun,
  illustratedOn,
  leaveRun,
  loadTrees,
  run,
  runComing,
  treeError,
  trees,
  treeYear,
} from '../../state/tree-state.ts';
import {named, t} from '../../text/index.ts';
import {AboutPanel} from './about-panel.tsx';
import {ExplorePanel} from './explore-panel.tsx';
import {HealthPanel} from './health-panel.tsx';
import {Icon} from './icons.tsx';
import {MarkerLayer, marked} from './marker-layer.tsx';
import {NowStrip} from './now-strip.tsx';
import {PlaybackBar} from './playback-bar.tsx';
import {localHour, SceneTools} from './scene-tools.tsx';
import {StationList} from './station-list.tsx';
import {StationPanel} from './station-panel.tsx';
import {TopBar} from './top-bar.tsx';

const PANEL = {explore: ExplorePanel, stations: StationList, health: HealthPanel, about: AboutPanel} as const;
/** The sun and the season move this often; a frame is drawn for it. */
const SUN_STEP_MS = 60_000;

/** The twin: the site in 3-D with its stations, live. */
export function MonitorPage() {
  const holder = useRef<HTMLDivElement>(null);
  const [host, setHost] = useState<SceneHost | null>(null);
  const [progress, setProgress] = useState<LoadProgress | null>(null);
  const [sceneError, setSceneError] = useState<Error | null>(null);
  const [markersOn, setMarkersOn] = useState(true);
  const shown = site.value;

  useEffect(() => void loadSite(), []);
  useEffect(() => {
    if (shown) void loadTrees(shown.id);
  }, [shown]);

  useEffect(() => {
    if (!shown) return;
    document.title = `${named(shown.name)} · ${t('app.title')}`;
    let made: SceneHost | null = null;
    let gone = false;
    const stops: (() => void)[] = [];
    // The scene's code comes after the page's own, so that words and lists are there first.
    void import('../../hosts/local-host.ts').then(async ({createLocalHost}) => {
      if (gone) return;
      try {
        made = await createLocalHost({
          container: holder.current!,
          site: shown,
          label: t('scene.label', {site: named(shown.name)}),
          timeMs: Date.now(),
          waterLevelM: waterLevel.peek()?.result ?? null,
          onProgress: setProgress,
        });
        const scene = made;
        scene.ready.catch((error: Error) => setSceneError(error));
        stops.push(
          effect(() => scene.setTime(sceneTime())),
          effect(() => scene.setWaterLevel(waterLevel.value?.result ?? null)),
          effect(() => {
            scene.setTrees(trees.value).catch((error: Error) => setSceneError(error));
          }),
          effect(() => {
            if (treeYear.value !== null) scene.setTreeYear(treeYear.value);
          }),
          // a run tells of single trees: what only illustrates the rest would hide them
          effect(() => scene.setLayer('illustrated', !run.value || illustratedOn.value)),
          effect(() =>
            scene.setStationColours(
              selectedElement.value === null
                ? null
                : marked.value.flatMap(({station, colour}) =>
                    colour === null
                      ? []
                      : [
                          {
                            id: station.id,
                            longitudeDeg: station.longitudeDeg,
                            latitudeDeg: station.latitudeDeg,
                            colour,
                          },
                        ],
                  ),
            ),
          ),
        );
        if (gone) scene.dispose();
        else setHost(scene);
      } catch (error) {
        setSceneError(error as Error);
      }
    });
    return () => {
      gone = true;
      for (const stop of stops) stop();
      made?.dispose();
      setHost(null);
    };
  }, [shown]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      if (selectedStation.value !== null) selectedStation.value = null;
      else if (openPanel.value !== null && matchMedia('(max-width: 899px)').matches) openPanel.value = null;
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const Panel = openPanel.value === null ? null : PANEL[openPanel.value];
  const done = progress?.stage === 'ready' || sceneError !== null;
  return (
    <div
      class={`monitor ${selectedStation.value !== null ? 'with-station' : ''} ${Panel ? 'with-panel' : ''} ${run.value ? 'with-playback' : ''}`}
    >
      <button type="button" class="skip" onClick={() => (openPanel.value = 'stations')}>
        {t('app.skip')}
      </button>
      <main class="scene" ref={holder} aria-busy={!done}>
        {host && markersOn && <MarkerLayer host={host} />}
      </main>
      <TopBar />
      {shown && <NowStrip />}
      {shown && Panel && (
        <section class="card panel" id="stations" aria-label={t(`nav.${openPanel.value!}`)}>
          <header class="card-head">
            <h2>
              {t(
                openPanel.value === 'explore'
                  ? 'explore.title'
                  : openPanel.value === 'health'
                    ? 'health.title'
                    : `nav.${openPanel.value!}`,
              )}
            </h2>
            <button
              type="button"
              class="round"
              aria-label={t('chrome.hide')}
              onClick={() => (openPanel.value = null)}
            >
              <Icon name="close" />
            </button>
          </header>
          <Panel />
        </section>
      )}
      {shown && selectedStation.value !== null && stations.value.has(selectedStation.value) && (
        <StationPanel id={selectedStation.value} />
      )}
      {host && <SceneTools host={host} markersOn={markersOn} setMarkersOn={setMarkersOn} />}
      {loadError.value && (
        <div class="card notice" role="alert">
          <p>{t('error.load')}</p>
          <p class="fine">{loadError.value.message}</p>
          <button type="button" class="primary" onClick={() => void loadSite()}>
            {t('error.retry')}
          </button>
        </div>
      )}
      {sceneError && (
        <div class="card notice" role="alert">
          <p>{t('error.scene')}</p>
          <p class="fine">{sceneError.message}</p>
        </div>
      )}
      {!done && !loadError.value && (
        <div class="card loading" role="status">
          <span>{t(shown ? `load.${progress?.stage ?? 'data'}` : 'load.site')}</span>
          <progress max={1} value={progress?.fraction ?? 0} />
        </div>
      )}
      {shown && <PlaybackBar />}
      {runComing.value && (
        <p class="card playback" role="status">
          {t('playback.reading')}
        </p>
      )}
      {shown && treeError.value && (
        <div class="card notice" role="alert">
          <p>{t('error.trees', {message: treeError.value.message})}</p>
          <button type="button" class="primary" onClick={() => void loadTrees(shown.id)}>
            {t('error.retry')}
          </button>
          {askedRun.value !== null && (
            <button type="button" class="quiet" onClick={() => leaveRun(shown.id)}>
              {t('playback.leave')}
            </button>
          )}
        </div>
      )}
      {shown && shown.synthetic.length > 0 && (
        <button
          type="button"
          class="synthetic badge"
          title={t('about.synthetic')}
          onClick={() => (openPanel.value = 'about')}
        >
          {t('origin.synthetic')}
        </button>
      )}
    </div>
  );
}

/** Instant whose sun is shown: now, in steps, or today at the hour set by hand. */
function sceneTime(): number {
  const now = Math.floor(nowMs.value / SUN_STEP_MS) * SUN_STEP_MS;
  return sunHour.value === null
    ? now
    : now + (sunHour.value - localHour(now, site.value!.timeZone)) * 3_600_000;
}
