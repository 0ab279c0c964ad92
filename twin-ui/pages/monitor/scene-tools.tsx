import {useState} from 'preact/hooks';
import type {LayerId, SceneHost} from '../../hosts/scene-host.ts';
import {sunHour} from '../../state/page-state.ts';
import {nowMs, site} from '../../state/site-state.ts';
import {timeText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {Icon} from './icons.tsx';

const LAYERS: readonly LayerId[] = [
  'vegetation',
  'illustrated',
  'water',
  'buildings',
  'roads',
  'zones',
  'shadows',
  'surroundings',
];

/** Views, layers and the hour of the sun. */
export function SceneTools({
  host,
  markersOn,
  setMarkersOn,
}: {
  host: SceneHost;
  markersOn: boolean;
  setMarkersOn: (on: boolean) => void;
}) {
  const [open, setOpen] = useState(false);
  const [, redraw] = useState(0);
  const shown = site.value!;
  const switched = new Map(host.layers().map(({id, on}) => [id, on]));
  const hour = sunHour.value;
  const views = shown.views;
  return (
    <div class={`tools card ${open ? 'open' : ''}`}>
      <div class="tools-row">
        <button
          type="button"
          class="round"
          aria-label={t('view.home')}
          title={t('view.home')}
          onClick={() => void host.flyTo(host.homeCamera(), 1200)}
        >
          <Icon name="home" />
        </button>
        <button
          type="button"
          class="round"
          aria-label={t('layers.title')}
          title={t('layers.title')}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Icon name="sun" />
        </button>
      </div>
      {open && (
        <div class="tools-body">
          {views.length > 0 && (
            <section>
              <h3>{t('views.title')}</h3>
              <ul class="chips">
                {views.map((view) => (
                  <li key={view.id}>
                    <button type="button" class="chip" onClick={() => void host.flyTo(view, 1600)}>
                      {named(view.name)}
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <section>
            <h3>{t('layers.title')}</h3>
            <ul class="checks">
              <li>
                <label>
                  <input
                    type="checkbox"
                    checked={markersOn}
                    onChange={(event) => setMarkersOn(event.currentTarget.checked)}
                  />
                  {t('layer.stations')}
                </label>
              </li>
              {LAYERS.filter((id) => switched.has(id)).map((id) => (
                <li key={id}>
                  <label>
                    <input
                      type="checkbox"
                      checked={switched.get(id)}
                      onChange={(event) => {
                        host.setLayer(id, event.currentTarget.checked);
                        redraw((n) => n + 1);
                      }}
                    />
                    {t(`layer.${id}`)}
                  </label>
                </li>
              ))}
            </ul>
          </section>
          <section>
            <h3>{t('sun.title')}</h3>
            <div class="sun">
              <input
                type="range"
                min={0}
                max={24}
                step={0.25}
                value={hour ?? localHour(nowMs.value, shown.timeZone)}
                aria-label={t('sun.title')}
                onInput={(event) => (sunHour.value = event.currentTarget.valueAsNumber)}
              />
              <span class="fine">
                {t('sun.at', {
                  time:
                    hour === null
                      ? timeText(nowMs.value, shown.timeZone, 'time').slice(0, 5)
                      : `${String(Math.floor(hour) % 24).padStart(2, '0')}:${String(Math.round((hour % 1) * 60)).padStart(2, '0')}`,
                })}
              </span>
              <button
                type="button"
                class="quiet"
                aria-pressed={hour === null}
                onClick={() => (sunHour.value = null)}
              >
                {t('sun.now')}
              </button>
            </div>
          </section>
        </div>
      )}
    </div>
  );
}

/** Hours since local midnight, with fraction. */
export function localHour(timeMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(timeMs);
  const part = (type: string) => Number(parts.find((entry) => entry.type === type)?.value ?? 0);
  return part('hour') + part('minute') / 60;
}
