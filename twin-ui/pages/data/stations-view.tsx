import type {StationBody} from '#schemas';
import {addressOf} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {numberText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {HereLink} from '../views.tsx';
import {zoneName} from './names.ts';
import {type Column, Table} from './table.tsx';
import {type ViewProps, viewAddress} from './view.ts';

/** Places that carry sensors, and those that carry what no device measures. */
export function StationsView({things}: ViewProps) {
  const rows = [...things.stations.values()];
  const series = new Map<string, number>();
  for (const {station} of things.datastreams.values()) series.set(station, (series.get(station) ?? 0) + 1);
  const columns: Column<StationBody>[] = [
    {
      id: 'name',
      head: d('station.name'),
      sortBy: (station) => named(station.name),
      cell: (station) => (
        <>
          <strong>{named(station.name)}</strong>{' '}
          {station.origin === 'virtual' && <span class="badge">{t('origin.virtual')}</span>}
          <code class="under">{station.id}</code>
        </>
      ),
    },
    {
      id: 'zone',
      head: d('station.zone'),
      sortBy: (station) => zoneName(things, station.zone),
      cell: (station) => zoneName(things, station.zone),
    },
    {
      id: 'place',
      head: d('station.place'),
      number: true,
      cell: (station) => placeText(station),
    },
    {
      id: 'ground',
      head: d('station.ground'),
      number: true,
      sortBy: (station) => station.groundM,
      cell: ({groundM}) => (groundM === null ? '—' : `${numberText(groundM, 1)} m`),
    },
    {
      id: 'devices',
      head: d('view.devices'),
      sortBy: (station) => station.devices.length,
      cell: (station) =>
        station.devices.length === 0 ? (
          <span class="fine">{d('station.noDevice')}</span>
        ) : (
          <span class="links">
            {station.devices.map((id) => (
              <HereLink class="link" key={id} href={viewAddress('devices', {device: id})}>
                {id}
              </HereLink>
            ))}
          </span>
        ),
    },
    {
      id: 'series',
      head: d('element.series'),
      number: true,
      sortBy: (station) => series.get(station.id) ?? 0,
      cell: (station) => (
        <HereLink
          class="link"
          href={viewAddress('series', {station: station.id})}
          label={d('element.seriesOf', {
            count: numberText(series.get(station.id) ?? 0, 0),
            element: named(station.name),
          })}
        >
          {numberText(series.get(station.id) ?? 0, 0)}
        </HereLink>
      ),
    },
    {
      id: 'twin',
      head: d('show.twin'),
      cell: (station) =>
        station.devices.length === 0 ? (
          '—'
        ) : (
          <a
            class="link"
            href={addressOf('/', {station: station.id})}
            aria-label={d('show.twinOf', {what: named(station.name)})}
          >
            {d('show.map')}
          </a>
        ),
    },
  ];
  return (
    <>
      <p class="lead">{d('station.lead', {count: rows.length})}</p>
      <Table
        caption={d('view.stations')}
        rows={rows}
        columns={columns}
        keyOf={({id}) => id}
        wordsOf={(station) => {
          const zone = station.zone === null ? undefined : things.zones.get(station.zone)?.properties.name;
          return [station.id, station.name.en, station.name.zh, zone?.en, zone?.zh, ...station.devices].join(
            ' ',
          );
        }}
      />
    </>
  );
}

export function placeText(at: {longitudeDeg: number; latitudeDeg: number}): string {
  return `${at.latitudeDeg.toFixed(5)}°, ${at.longitudeDeg.toFixed(5)}°`;
}
