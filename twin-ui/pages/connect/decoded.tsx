import type {MapPreviewBody} from '#schemas';
import {c} from '../../text/connect/index.ts';
import {numberText, timeText, unitText, valueText} from '../../text/format.ts';
import {named, type TextKey, t} from '../../text/index.ts';
import {codeText} from '../replay-outcome.tsx';
import type {Known} from './connect-page.tsx';

type Message = MapPreviewBody['items'][number];
type Reading = Message['readings'][number];

/** What a map makes of a payload: each message with its device, its values as they would be stored, and its faults. */
export function Decoded({of, known}: {of: MapPreviewBody; known: Known}) {
  return (
    <div role="status">
      {of.items.map((message, place) => (
        <DecodedMessage
          // Messages of one payload have no other name than their place.
          key={place}
          message={message}
          number={of.items.length === 1 ? null : place + 1}
          known={known}
        />
      ))}
    </div>
  );
}

function DecodedMessage({message, number, known}: {message: Message; number: number | null; known: Known}) {
  const {timeZone} = known.site;
  const faults = message.rejected.length + message.readings.filter(({problem}) => problem !== null).length;
  return (
    <article class="message">
      {number !== null && <h3>{c('decoded.message', {number})}</h3>}
      <dl class="facts">
        <div>
          <dt>{c('decoded.device')}</dt>
          <dd>
            {message.device === null ? '—' : <code>{message.device}</code>}
            {message.label !== null && ` ${message.label}`}
          </dd>
        </div>
        <div>
          <dt>{c('decoded.time')}</dt>
          <dd>
            {message.time === null
              ? c('decoded.arrival')
              : timeText(Date.parse(message.time), timeZone, 'full')}
          </dd>
        </div>
        {message.battery && (
          <div>
            <dt>{t('station.battery')}</dt>
            <dd>
              {[
                message.battery.volts === undefined ? null : `${numberText(message.battery.volts)} V`,
                message.battery.percent === undefined ? null : `${numberText(message.battery.percent)} %`,
              ]
                .filter((part) => part !== null)
                .join(', ')}
            </dd>
          </div>
        )}
        {message.link && (
          <div>
            <dt>{t('station.link')}</dt>
            <dd>
              {[
                message.link.rssiDbm === undefined ? null : `${numberText(message.link.rssiDbm)} dBm`,
                message.link.snrDb === undefined ? null : `${numberText(message.link.snrDb)} dB`,
              ]
                .filter((part) => part !== null)
                .join(', ')}
            </dd>
          </div>
        )}
      </dl>
      <p class={faults > 0 ? 'outcome partly' : 'outcome'}>
        {c('decoded.counts', {values: message.readings.length - faultsIn(message.readings), faults})}
      </p>
      {message.readings.length > 0 && (
        <table class="small">
          <caption>{c('decoded.values')}</caption>
          <thead>
            <tr>
              <th scope="col">{c('decoded.element')}</th>
              <th scope="col" class="number">
                {c('decoded.stored')}
              </th>
              <th scope="col" class="number">
                {c('decoded.stated')}
              </th>
              <th scope="col">{c('decoded.flag')}</th>
              <th scope="col">{c('decoded.from')}</th>
            </tr>
          </thead>
          <tbody>
            {message.readings.map((reading) => (
              <ReadingRow
                key={`${reading.path} ${reading.element} ${reading.depthM} ${reading.instance}`}
                reading={reading}
                known={known}
              />
            ))}
          </tbody>
        </table>
      )}
      {message.rejected.length > 0 && (
        <ul class="faults">
          {message.rejected.map((fault) => (
            <li key={`${fault.path} ${fault.code}`}>
              <strong>{codeText(fault.code)}</strong> <code>{fault.code}</code>
              {fault.path !== null && <Where path={fault.path} line={fault.line} />}
              <span lang="en">{fault.message}</span>
            </li>
          ))}
        </ul>
      )}
      {message.unmapped.length > 0 && (
        <details>
          <summary>{c('decoded.unmapped', {count: message.unmapped.length})}</summary>
          <ul class="paths">
            {message.unmapped.map((path) => (
              <li key={path}>
                <code>{path}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </article>
  );
}

const faultsIn = (readings: readonly Reading[]) => readings.filter(({problem}) => problem !== null).length;

function ReadingRow({reading, known}: {reading: Reading; known: Known}) {
  const element = known.elements.get(reading.element);
  const details = [
    reading.depthM === null ? null : t('value.depth', {depth: reading.depthM}),
    reading.heightM === null ? null : t('value.height', {height: reading.heightM}),
    reading.instance,
    reading.statistic === null || reading.statistic === 'point' ? null : statisticText(reading.statistic),
    reading.period,
  ].filter((part) => part !== null);
  return (
    <tr>
      <td data-head={c('decoded.element')}>
        <strong>{element ? named(element.name) : reading.element}</strong>{' '}
        <span class="fine">{details.join(' · ')}</span>
      </td>
      <td class="number" data-head={c('decoded.stored')}>
        <strong>
          {reading.problem === null && reading.resultUnit !== null
            ? valueText(reading.result, reading.resultUnit)
            : '—'}
        </strong>
      </td>
      <td class="number" data-head={c('decoded.stated')}>
        {reading.value === null
          ? '—'
          : `${numberText(reading.value)} ${reading.unit === null ? '' : unitText(reading.unit)}`}
      </td>
      <td data-head={c('decoded.flag')}>
        {reading.problem ? (
          <span class="fault">
            <strong>{codeText(reading.problem.code)}</strong> <span lang="en">{reading.problem.message}</span>
          </span>
        ) : (
          reading.flag !== null && (
            <span class={`flag flag-${reading.flag}`}>
              {t(`flag.${reading.flag}` as TextKey)}
              {reading.failed.length > 0 &&
                ` (${reading.failed.map((test) => t(`test.${test}` as TextKey)).join(', ')})`}
            </span>
          )
        )}
      </td>
      <td data-head={c('decoded.from')}>
        <Where path={reading.path} line={reading.line} />
      </td>
    </tr>
  );
}

function Where({path, line}: {path: string; line: number | null}) {
  return (
    <span class="where">
      <code>{path}</code>
      {line !== null && <span class="fine"> {c('decoded.line', {line})}</span>}
    </span>
  );
}

function statisticText(statistic: string): string {
  return ['mean', 'min', 'max', 'sum', 'sd'].includes(statistic)
    ? t(`stat.${statistic}` as TextKey)
    : statistic;
}
