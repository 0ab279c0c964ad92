import {useEffect, useState} from 'preact/hooks';
import type {DeviceBody, ObservationBody} from '#schemas';
import {SeriesPanel} from '../../charts/series-panel.tsx';
import {selectedElement, selectedStation} from '../../state/page-state.ts';
import {
  ageMs,
  categories,
  datumName,
  devices,
  elements,
  nowMs,
  observationsOf,
  site,
  stations,
  zones,
} from '../../state/site-state.ts';
import {durationText, numberText, timeText, valueText} from '../../text/format.ts';
import {named, type TextKey, t} from '../../text/index.ts';
import {Icon} from './icons.tsx';

/** One station: what it is, how it is, its newest values with flag, unit and age, and the chart of one of them. */
export function StationPanel({id}: {id: string}) {
  const station = stations.value.get(id);
  const observations = observationsOf(id);
  const preferred = observations.find(({element}) => element === selectedElement.value) ?? observations[0];
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => setChosen(null), [id, selectedElement.value]);
  const charted = observations.find(({datastream}) => datastream === chosen) ?? preferred;
  if (!station) return null;
  const own = [...devices.value.values()].filter((device) => device.station === id);
  const zone = station.zone === null ? undefined : zones.value.get(station.zone);
  const timeZone = site.value!.timeZone;
  return (
    <aside class="card station" aria-label={named(station.name)}>
      <header class="card-head">
        <div>
          <h2>{named(station.name)}</h2>
          <p class="fine">
            <code>{id}</code>
            {zone && ` · ${named(zone.properties.name)}`}
            {station.groundM !== null && ` · ${t('station.ground')} ${numberText(station.groundM, 1)} m`}
          </p>
        </div>
        {station.origin === 'virtual' && (
          <span class="badge" title={t('origin.virtual.text')}>
            {t('origin.virtual')}
          </span>
        )}
        <button
          type="button"
          class="round"
          aria-label={t('station.close')}
          onClick={() => (selectedStation.value = null)}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="card-scroll">
        {own.map((device) => (
          <DeviceLine key={device.id} device={device} />
        ))}
        {charted && <SeriesPanel key={charted.datastream} observation={charted} timeZone={timeZone} />}
        <h3>{t('station.values')}</h3>
        {observations.length === 0 && <p class="hint">{t('station.novalues')}</p>}
        <ul class="values">
          {observations.map((observation) => (
            <ValueRow
              key={observation.datastream}
              observation={observation}
              chosen={observation === charted}
              timeZone={timeZone}
              choose={() => setChosen(observation.datastream)}
            />
          ))}
        </ul>
      </div>
    </aside>
  );
}

function DeviceLine({device}: {device: DeviceBody}) {
  const seen =
    device.lastSeen === null
      ? t('health.never')
      : t('value.age', {age: durationText(nowMs.value - Date.parse(device.lastSeen))});
  const battery = device.battery?.percent ?? null;
  const signal = device.link?.rssiDbm ?? null;
  return (
    <p class="device-line">
      <span class={`state state-${device.state}`}>{t(`state.${device.state}`)}</span>
      <span>{`${device.model} ${named(device.modelName)}`}</span>
      <span class="fine">{`${t('station.lastSeen')}: ${seen}`}</span>
      {battery !== null && <span class="fine">{`${t('station.battery')} ${numberText(battery, 0)} %`}</span>}
      {signal !== null && <span class="fine">{`${t('station.link')} ${numberText(signal, 0)} dBm`}</span>}
      <span class="fine">{t(device.connected ? 'state.connected' : 'state.disconnected')}</span>
    </p>
  );
}

type ValueRowProps = {observation: ObservationBody; chosen: boolean; timeZone: string; choose: () => void};

function ValueRow({observation, chosen, timeZone, choose}: ValueRowProps) {
  const element = elements.value.get(observation.element);
  const category = categories.value.find(({id}) => id === element?.category);
  const details = [
    observation.depthM === undefined ? null : t('value.depth', {depth: observation.depthM}),
    observation.heightM === undefined ? null : t('value.height', {height: observation.heightM}),
    observation.statistic === 'point'
      ? null
      : `${statisticText(observation.statistic)}${observation.period === null ? '' : ` ${observation.period.replace(/^PT?/, '').toLowerCase()}`}`,
    observation.verticalDatum === undefined ? null : named(datumName(observation.verticalDatum)),
  ].filter((detail) => detail !== null);
  const failed = observation.failed.map((test) => t(`test.${test}`)).join(', ');
  return (
    <li>
      <button
        type="button"
        class="value"
        aria-pressed={chosen}
        data-datastream={observation.datastream}
        onClick={choose}
      >
        <span class="category-mark" style={{color: category?.colour ?? 'inherit'}}>
          <Icon name={element?.category ?? 'stations'} size={15} />
        </span>
        <span class="value-name">
          {element ? named(element.name) : observation.element}
          {details.length > 0 && <span class="fine">{` ${details.join(' · ')}`}</span>}
        </span>
        <span class={`flag flag-${observation.flag}`} title={failed}>
          {t(`flag.${observation.flag}` as TextKey)}
          {failed !== '' && <span class="fine">{` (${failed})`}</span>}
        </span>
        <span class="value-number">
          {valueText(observation.result, observation.unit, observation.censored)}
        </span>
        <time
          class="fine"
          dateTime={observation.phenomenonTime}
          title={timeText(Date.parse(observation.phenomenonTime), timeZone, 'full')}
        >
          {t('value.age', {age: durationText(ageMs(observation))})}
        </time>
      </button>
    </li>
  );
}

function statisticText(statistic: string): string {
  return ['mean', 'min', 'max', 'sum', 'sd'].includes(statistic)
    ? t(`stat.${statistic}` as TextKey)
    : statistic;
}
