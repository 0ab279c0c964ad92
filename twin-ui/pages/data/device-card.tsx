import type {DeviceDetailBody} from '#schemas';
import {getDevice} from '../../api/client.ts';
import {addressOf} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {durationText, numberText, timeText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {useAsked, WhenAsked} from '../asked.tsx';
import {HereLink} from '../views.tsx';
import {DeviceActions} from './device-actions.tsx';
import {Standing} from './devices-view.tsx';
import {elementName, seriesDetail, stationName, zoneName} from './names.ts';
import type {Things} from './site-things.ts';
import {placeText} from './stations-view.tsx';
import {viewAddress} from './view.ts';

type Props = {id: string; things: Things; changed: () => void};

/** One device: how it is, where it stood and when, when it was calibrated, its series, and what can be done to it. */
export function DeviceCard({id, things, changed}: Props) {
  const device = useAsked((stop) => getDevice(id, stop), [id]);
  const again = () => {
    device.again();
    changed();
  };
  return (
    <>
      <p class="back">
        <HereLink class="link" href={viewAddress('devices')}>
          {d('device.all')}
        </HereLink>
      </p>
      <WhenAsked of={device}>
        {(known) => <Detail device={known} things={things} changed={again} />}
      </WhenAsked>
    </>
  );
}

type DetailProps = {device: DeviceDetailBody; things: Things; changed: () => void};

function Detail({device, things, changed}: DetailProps) {
  const facts: [string, string][] = [
    [t('station.model'), `${named(device.modelName)} (${device.model})`],
    [d('device.serial'), device.serial ?? '—'],
    [d('station.name'), `${stationName(things, device.station)} (${device.station})`],
    [t('station.zone'), zoneName(things, device.zone)],
    [d('station.place'), placeText(device)],
    [
      t('station.lastSeen'),
      device.lastSeen === null
        ? t('health.never')
        : t('value.age', {age: durationText(Date.now() - Date.parse(device.lastSeen))}),
    ],
    [
      t('station.battery'),
      device.battery?.percent === undefined ? '—' : `${numberText(device.battery.percent, 0)} %`,
    ],
    [t('station.link'), device.link?.rssiDbm === undefined ? '—' : `${device.link.rssiDbm} dBm`],
  ];
  return (
    <article class="device-card">
      <header>
        <h2>{named(device.name)}</h2>
        <p class="tags">
          <code>{device.id}</code>
          <Standing of={device.status === 'active' ? device.state : device.status} />
          {device.origin === 'virtual' && <span class="badge">{t('origin.virtual')}</span>}
          <a class="link" href={addressOf('/', {station: device.station})}>
            {d('show.map')}
          </a>
        </p>
      </header>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="columns">
        <section>
          <h3>{d('device.placements')}</h3>
          <Placements device={device} things={things} />
        </section>
        <section>
          <h3>{d('device.calibrations')}</h3>
          <Calibrations device={device} things={things} />
        </section>
      </div>
      <section>
        <h3>{d('device.actions')}</h3>
        {device.origin === 'virtual' ? (
          <p class="hint">{d('device.virtualText')}</p>
        ) : device.status === 'active' ? (
          <DeviceActions device={device} things={things} changed={changed} />
        ) : device.status === 'waiting' || device.status === 'refused' ? (
          <p class="hint">
            {d(device.status === 'waiting' ? 'device.waitingText' : 'device.refusedText')}{' '}
            <a class="link" href={addressOf('/data/connect', {view: 'waiting'})}>
              {d('device.toWaiting')}
            </a>
          </p>
        ) : (
          <p class="hint">{d('device.retiredText')}</p>
        )}
      </section>
      <section>
        <h3>{d('device.series', {count: device.datastreams.length})}</h3>
        {device.datastreams.length === 0 && <p class="hint">{d('device.noSeries')}</p>}
        <ul class="series-list">
          {device.datastreams.map((stream) => (
            <li key={stream.id}>
              <span>
                {elementName(things, stream.element)} <span class="fine">{seriesDetail(stream)}</span>
              </span>
              <HereLink
                class="link"
                href={viewAddress('quality', {datastream: stream.id})}
                label={d('series.qualityOf', {series: stream.id})}
              >
                {d('view.quality')}
              </HereLink>
            </li>
          ))}
        </ul>
      </section>
    </article>
  );
}

function spanText(
  {from, to}: {from: string | null; to: string | null},
  day: (time: string) => string,
): string {
  if (from === null) return to === null ? d('span.always') : d('span.until', {to: day(to)});
  return to === null ? d('span.since', {from: day(from)}) : d('span.fromTo', {from: day(from), to: day(to)});
}

function Placements({device, things}: {device: DeviceDetailBody; things: Things}) {
  const {timeZone} = things.site;
  const day = (time: string) => timeText(Date.parse(time), timeZone, 'day');
  return (
    <ol class="timeline">
      {[...device.placements].reverse().map((placement) => (
        <li key={placement.from ?? ''} class={placement.to === null ? 'now' : ''}>
          <strong>{spanText(placement, day)}</strong>
          <span>
            {placement.station === null ? d('device.nowhere') : stationName(things, placement.station)}
          </span>
          <span class="fine">{placeText(placement)}</span>
          {placement.reason !== null && <q class="fine">{placement.reason}</q>}
        </li>
      ))}
    </ol>
  );
}

function Calibrations({device, things}: {device: DeviceDetailBody; things: Things}) {
  if (device.calibrations.length === 0) return <p class="hint">{d('device.noCalibration')}</p>;
  const {timeZone} = things.site;
  return (
    <ol class="timeline">
      {[...device.calibrations].reverse().map((calibration) => (
        <li key={calibration.said}>
          <strong>{timeText(Date.parse(calibration.at), timeZone, 'full')}</strong>
          {calibration.element !== null && <span>{elementName(things, calibration.element)}</span>}
          <q>{calibration.note}</q>
          <span class="fine">{calibration.who}</span>
        </li>
      ))}
    </ol>
  );
}
