import {useState} from 'preact/hooks';
import type {DeviceBody} from '#schemas';
import {selectedStation} from '../../state/page-state.ts';
import {devices, nowMs, STATE_SEVERITY, type StationState, stations, zones} from '../../state/site-state.ts';
import {durationText, numberText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {useSearch} from './use-search.tsx';

const STATES: readonly StationState[] = ['offline', 'late', 'online'];

/** Every device, worst first, by state and words. */
export function HealthPanel() {
  const {field, wanted} = useSearch(t('health.filter'));
  const [state, setState] = useState<StationState | null>(null);
  const all = [...devices.value.values()];
  const shown = all
    .filter(
      (device) =>
        (state === null || device.state === state) && (wanted === '' || words(device).includes(wanted)),
    )
    .sort((a, b) => STATE_SEVERITY[b.state] - STATE_SEVERITY[a.state] || (a.id < b.id ? -1 : 1));
  return (
    <div class="panel-body">
      <fieldset class="segmented">
        <button
          type="button"
          aria-pressed={state === null}
          onClick={() => setState(null)}
        >{`${t('health.all')} ${all.length}`}</button>
        {STATES.map((id) => (
          <button type="button" key={id} aria-pressed={state === id} onClick={() => setState(id)}>
            <span class={`dot state-${id}`} />
            {`${t(`state.${id}`)} ${all.filter((device) => device.state === id).length}`}
          </button>
        ))}
      </fieldset>
      {field}
      {shown.length === 0 && <p class="hint">{t('health.empty')}</p>}
      <ul class="devices">
        {shown.map((device) => (
          <li key={device.id}>
            <button type="button" onClick={() => (selectedStation.value = device.station)}>
              <span class={`dot state-${device.state}`} />
              <span class="device-row">
                <span class="device-name">{named(device.name)}</span>
                <span class="fine">
                  {`${device.id} · ${t(`state.${device.state}`)} · `}
                  {device.lastSeen === null
                    ? t('health.never')
                    : t('health.seen', {age: durationText(nowMs.value - Date.parse(device.lastSeen))})}
                  {device.battery?.percent !== undefined &&
                    ` · ${t('station.battery')} ${numberText(device.battery.percent, 0)} %`}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function words(device: DeviceBody): string {
  const zone = device.zone === null ? undefined : zones.value.get(device.zone)?.properties.name;
  const station = stations.value.get(device.station)?.name;
  return [
    device.id,
    device.model,
    device.modelName.en,
    device.modelName.zh,
    device.name.en,
    device.name.zh,
    zone?.en,
    zone?.zh,
    station?.en,
    station?.zh,
  ]
    .join(' ')
    .toLowerCase();
}
