import {openPanel, type PanelId} from '../../state/page-state.ts';
import {connected, markedStations, nowMs, site} from '../../state/site-state.ts';
import {timeText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {LanguageSwitch, PageLinks} from '../page-links.tsx';
import {Icon} from './icons.tsx';

const PANELS: readonly PanelId[] = ['explore', 'stations', 'health', 'about'];

export function TopBar() {
  const shown = site.value;
  const states = markedStations.value;
  const count = (state: string) => states.filter((entry) => entry.state === state).length;
  return (
    <header class="bar card">
      <div class="brand">
        <h1>{shown ? named(shown.name) : t('app.title')}</h1>
        <span class="fine">{t('app.title')}</span>
      </div>
      <PageLinks current="/" />
      <nav class="segmented" aria-label={t('chrome.menu')}>
        {PANELS.map((id) => (
          <button
            type="button"
            key={id}
            aria-pressed={openPanel.value === id}
            onClick={() => (openPanel.value = openPanel.value === id ? null : id)}
          >
            <Icon name={id} size={16} />
            <span class="nav-word">{t(`nav.${id}`)}</span>
          </button>
        ))}
      </nav>
      <span class="spread" />
      <p class="bar-status">
        <span>{t('status.stations', {count: states.length})}</span>
        <span>
          <span class="dot state-online" />
          {t('status.online', {count: count('online')})}
        </span>
        {count('late') > 0 && (
          <span>
            <span class="dot state-late" />
            {t('status.late', {count: count('late')})}
          </span>
        )}
        {count('offline') > 0 && (
          <span>
            <span class="dot state-offline" />
            {t('status.offline', {count: count('offline')})}
          </span>
        )}
      </p>
      {shown && (
        <p
          class={`clock ${connected.value ? 'live' : 'lost'}`}
          title={timeText(nowMs.value, shown.timeZone, 'full')}
        >
          <span class="pulse" aria-hidden="true" />
          <span>{connected.value ? t('app.live') : t('app.reconnecting')}</span>
          <time>{timeText(nowMs.value, shown.timeZone, 'time')}</time>
        </p>
      )}
      <LanguageSwitch />
    </header>
  );
}
