import type {DatastreamBody} from '#schemas';
import {addressed, addressOf} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {durationText, numberText, timeText, unitText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {HereLink} from '../views.tsx';
import {elementName, seriesDetail, seriesWords, stationName} from './names.ts';
import type {Things} from './site-things.ts';
import {type Column, Table} from './table.tsx';
import {type ViewProps, viewAddress} from './view.ts';

const element = addressed('element');
const station = addressed('station');

/** Series: what is measured where, and which devices fed it, from when to when. */
export function SeriesView({things}: ViewProps) {
  const all = [...things.datastreams.values()];
  const rows = all.filter(
    (stream) =>
      (element.value === null || stream.element === element.value) &&
      (station.value === null || stream.station === station.value),
  );
  const columns: Column<DatastreamBody>[] = [
    {
      id: 'element',
      head: d('element.name'),
      sortBy: (stream) => elementName(things, stream.element),
      cell: (stream) => (
        <>
          <strong>{elementName(things, stream.element)}</strong>{' '}
          <span class="fine">{seriesDetail(stream)}</span>
          <code class="under">{stream.id}</code>
        </>
      ),
    },
    {
      id: 'station',
      head: d('station.name'),
      sortBy: (stream) => stationName(things, stream.station),
      cell: (stream) => (
        <>
          {stationName(things, stream.station)}{' '}
          {stream.origin === 'virtual' && <span class="badge">{t('origin.virtual')}</span>}
        </>
      ),
    },
    {id: 'unit', head: d('element.unit'), cell: (stream) => unitText(stream.unit) || '1'},
    {
      id: 'interval',
      head: d('element.interval'),
      number: true,
      sortBy: ({limits}) => limits.intervalS,
      cell: ({limits}) => (limits.intervalS === null ? '—' : durationText(limits.intervalS * 1000)),
    },
    {
      id: 'deployments',
      head: d('series.deployments'),
      sortBy: (stream) => stream.deployments.length,
      cell: (stream) => <Deployments of={stream} things={things} />,
    },
    {
      id: 'more',
      head: d('series.more'),
      cell: (stream) => (
        <span class="links">
          <HereLink
            class="link"
            href={viewAddress('quality', {datastream: stream.id})}
            label={d('series.qualityOf', {series: stream.id})}
          >
            {d('view.quality')}
          </HereLink>
          <HereLink
            class="link"
            href={viewAddress('download', {datastream: stream.id})}
            label={d('series.downloadOf', {series: stream.id})}
          >
            {d('view.download')}
          </HereLink>
          {stream.device !== null && (
            <a
              class="link"
              href={addressOf('/', {station: stream.station, element: stream.element})}
              aria-label={d('show.twinOf', {what: stream.id})}
            >
              {d('show.map')}
            </a>
          )}
        </span>
      ),
    },
  ];
  return (
    <>
      <p class="lead">{d('series.lead', {count: numberText(all.length, 0)})}</p>
      <Table
        caption={d('view.series')}
        rows={rows}
        columns={columns}
        keyOf={({id}) => id}
        wordsOf={(stream) => seriesWords(things, stream)}
      >
        <ChosenThings things={things} />
      </Table>
    </>
  );
}

/** Which element and station were chosen, each with a way to let go of it. */
export function ChosenThings({things}: {things: Things}) {
  const all = [...things.elements.values()].filter(({id}) =>
    [...things.datastreams.values()].some((stream) => stream.element === id),
  );
  return (
    <>
      <select
        aria-label={d('element.name')}
        value={element.value ?? ''}
        onChange={(event) => (element.value = event.currentTarget.value || null)}
      >
        <option value="">{d('choose.allElements')}</option>
        {things.categories.map((category) => (
          <optgroup key={category.id} label={named(category.name)}>
            {all
              .filter((one) => one.category === category.id)
              .map((one) => (
                <option key={one.id} value={one.id}>
                  {named(one.name)}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      {station.value !== null && (
        <button type="button" class="chip" aria-pressed="true" onClick={() => (station.value = null)}>
          {d('choose.station', {station: stationName(things, station.value)})} ×
        </button>
      )}
    </>
  );
}

/** Who feeds a series now, and who did before. */
function Deployments({of, things}: {of: DatastreamBody; things: Things}) {
  if (of.deployments.length === 0) return <span class="fine">{d('series.derived')}</span>;
  const {timeZone} = things.site;
  const newestFirst = [...of.deployments].reverse();
  return (
    <ul class="deployments">
      {newestFirst.map((deployment) => (
        <li key={`${deployment.device} ${deployment.from}`}>
          <HereLink class="link" href={viewAddress('devices', {device: deployment.device})}>
            {deployment.device}
          </HereLink>{' '}
          <span class="fine">
            {deployment.to === null
              ? d('span.since', {from: timeText(Date.parse(deployment.from), timeZone, 'day')})
              : d('span.fromTo', {
                  from: timeText(Date.parse(deployment.from), timeZone, 'day'),
                  to: timeText(Date.parse(deployment.to), timeZone, 'day'),
                })}
          </span>
        </li>
      ))}
    </ul>
  );
}
