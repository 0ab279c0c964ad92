import {useState} from 'preact/hooks';
import type {DeviceDetailBody} from '#schemas';
import {getDevice, post} from '../../api/client.ts';
import {addressOf} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {durationText, numberText, timeText, zoneText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {clockMs, clockText} from '../../text/local-time.ts';
import {useAsked, WhenAsked} from '../asked.tsx';
import {Field, Form, numberOf, textOf} from '../form.tsx';
import {HereLink} from '../views.tsx';
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
          <Actions device={device} things={things} changed={changed} />
        ) : device.status === 'waiting' ? (
          <p class="hint">
            {d('device.waitingText')}{' '}
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

const ACTIONS = ['replace', 'move', 'calibrate'] as const;

/** Replace, move, calibrate: one form at a time. */
function Actions({device, things, changed}: DetailProps) {
  const [open, setOpen] = useState<(typeof ACTIONS)[number] | null>(null);
  const {timeZone} = things.site;
  const at = (fields: FormData) => {
    const text = textOf(fields, 'at');
    const timeMs = text === undefined ? null : clockMs(text, timeZone);
    return timeMs === null ? {} : {at: new Date(timeMs).toISOString()};
  };
  const reason = (fields: FormData) => {
    const text = textOf(fields, 'reason');
    return text === undefined ? {} : {reason: text};
  };
  const moment = (
    <Field label={t('form.at', {zone: zoneText(Date.now(), timeZone)})} hint={t('form.atHint')}>
      {(id) => (
        <input id={id} type="datetime-local" name="at" max={clockText(Date.now(), timeZone).slice(0, 16)} />
      )}
    </Field>
  );
  const why = (
    <Field label={t('form.reason')}>
      {(id) => <input id={id} type="text" name="reason" maxLength={500} />}
    </Field>
  );
  return (
    <>
      <fieldset class="segmented" aria-label={d('device.actions')}>
        {ACTIONS.map((action) => (
          <button
            type="button"
            key={action}
            aria-pressed={open === action}
            onClick={() => setOpen(open === action ? null : action)}
          >
            {d(`device.${action}`)}
          </button>
        ))}
      </fieldset>
      {open === 'replace' && (
        <Form
          label={d('device.replace')}
          send={d('device.replace')}
          onSend={async (fields) => {
            const serial = textOf(fields, 'serial');
            // What is shown stays until the reader has noted the password: it comes this once.
            return await post(
              '/devices/{id}/replace',
              {
                by: textOf(fields, 'by') ?? '',
                ...at(fields),
                ...reason(fields),
                ...(serial === undefined ? {} : {serial}),
              },
              device.id,
            );
          }}
          done={(result) => (
            <>
              <p>{d('device.replaced', {by: result.by, count: result.datastreams.length})}</p>
              {result.credentials && (
                <div class="secret">
                  <p>{t('form.once')}</p>
                  <dl class="facts">
                    <div>
                      <dt>{t('form.username')}</dt>
                      <dd>
                        <code>{result.credentials.username}</code>
                      </dd>
                    </div>
                    <div>
                      <dt>{t('form.password')}</dt>
                      <dd>
                        <code>{result.credentials.password}</code>
                      </dd>
                    </div>
                    <div>
                      <dt>{t('form.topic')}</dt>
                      <dd>
                        <code>{result.credentials.topic}</code>
                      </dd>
                    </div>
                  </dl>
                </div>
              )}
              <button type="button" class="quiet" onClick={changed}>
                {t('form.noted')}
              </button>
            </>
          )}
        >
          <p class="hint">{d('device.replaceText')}</p>
          <Field label={d('device.by')} hint={d('device.byHint')}>
            {(id) => (
              <input
                id={id}
                type="text"
                name="by"
                required
                maxLength={64}
                autocapitalize="off"
                autocomplete="off"
                spellcheck={false}
              />
            )}
          </Field>
          <Field label={d('device.serial')}>
            {(id) => <input id={id} type="text" name="serial" maxLength={64} />}
          </Field>
          {moment}
          {why}
        </Form>
      )}
      {open === 'move' && (
        <Form
          label={d('device.move')}
          send={d('device.move')}
          onSend={async (fields) => {
            const done = await post(
              '/devices/{id}/move',
              {
                longitudeDeg: numberOf(fields, 'longitude')!,
                latitudeDeg: numberOf(fields, 'latitude')!,
                ...at(fields),
                ...reason(fields),
              },
              device.id,
            );
            changed();
            return done;
          }}
          done={() => <p>{d('device.moved')}</p>}
        >
          <p class="hint">{d('device.moveText')}</p>
          <div class="pair">
            <Field label={t('form.longitude')}>
              {(id) => (
                <input
                  id={id}
                  type="number"
                  name="longitude"
                  required
                  step="any"
                  min={-180}
                  max={180}
                  defaultValue={String(device.longitudeDeg)}
                />
              )}
            </Field>
            <Field label={t('form.latitude')}>
              {(id) => (
                <input
                  id={id}
                  type="number"
                  name="latitude"
                  required
                  step="any"
                  min={-90}
                  max={90}
                  defaultValue={String(device.latitudeDeg)}
                />
              )}
            </Field>
          </div>
          {moment}
          {why}
        </Form>
      )}
      {open === 'calibrate' && (
        <Form
          label={d('device.calibrate')}
          send={d('device.calibrate')}
          onSend={async (fields) => {
            const element = textOf(fields, 'element');
            const done = await post(
              '/devices/{id}/calibrations',
              {
                note: textOf(fields, 'note') ?? '',
                who: textOf(fields, 'who') ?? '',
                ...at(fields),
                ...(element === undefined ? {} : {element}),
              },
              device.id,
            );
            changed();
            return done;
          }}
          done={() => <p>{d('device.calibrated')}</p>}
        >
          <p class="hint">{d('device.calibrateText')}</p>
          <Field label={d('element.name')}>
            {(id) => (
              <select id={id} name="element">
                <option value="">{d('device.whole')}</option>
                {[
                  ...new Set([...device.elements, ...device.datastreams.map((stream) => stream.element)]),
                ].map((element) => (
                  <option key={element} value={element}>
                    {elementName(things, element)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={d('device.note')} hint={d('device.noteHint')}>
            {(id) => <textarea id={id} name="note" required rows={3} maxLength={500} />}
          </Field>
          <Field label={t('form.who')}>
            {(id) => <input id={id} type="text" name="who" required maxLength={100} autocomplete="name" />}
          </Field>
          {moment}
        </Form>
      )}
    </>
  );
}
