import type {DeviceBody} from '#schemas';
import {addressed} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {durationText, numberText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {HereLink} from '../views.tsx';
import {DeviceCard} from './device-card.tsx';
import {stationName, zoneName} from './names.ts';
import {type Column, Table} from './table.tsx';
import {type ViewProps, viewAddress} from './view.ts';

const chosen = addressed('device');
const state = addressed('state');
const STATES = ['offline', 'late', 'online', 'waiting', 'refused', 'retired'] as const;
const SEVERITY: Record<string, number> = {
  offline: 0,
  late: 1,
  waiting: 2,
  online: 3,
  refused: 4,
  retired: 5,
};

/** `waiting`, `refused` and `retired` say more of a device than when it was last heard. */
function standing(device: DeviceBody): (typeof STATES)[number] {
  return device.status === 'active' ? device.state : device.status;
}

/** All devices, or one of them with its history and what can be done to it. */
export function DevicesView({things, again}: ViewProps) {
  if (chosen.value !== null) return <DeviceCard id={chosen.value} things={things} changed={again} />;
  const rows = [...things.devices.values()].sort(
    (a, b) => SEVERITY[standing(a)]! - SEVERITY[standing(b)]! || (a.id < b.id ? -1 : 1),
  );
  const shown = state.value === null ? rows : rows.filter((device) => standing(device) === state.value);
  const columns: Column<DeviceBody>[] = [
    {
      id: 'name',
      head: d('device.name'),
      sortBy: (device) => device.id,
      cell: (device) => (
        <>
          <HereLink class="link" href={viewAddress('devices', {device: device.id})}>
            <strong>{named(device.name)}</strong>
          </HereLink>{' '}
          {device.origin === 'virtual' && <span class="badge">{t('origin.virtual')}</span>}
          <code class="under">{device.id}</code>
        </>
      ),
    },
    {
      id: 'state',
      head: d('device.state'),
      sortBy: (device) => SEVERITY[standing(device)]!,
      cell: (device) => <Standing of={standing(device)} />,
    },
    {
      id: 'model',
      head: t('station.model'),
      sortBy: (device) => device.model,
      cell: (device) => (
        <>
          {named(device.modelName)}
          <code class="under">{device.model}</code>
        </>
      ),
    },
    {
      id: 'station',
      head: d('station.name'),
      sortBy: (device) => stationName(things, device.station),
      cell: (device) => (
        <>
          {stationName(things, device.station)}
          <span class="under">{zoneName(things, device.zone)}</span>
        </>
      ),
    },
    {
      id: 'elements',
      head: d('view.elements'),
      number: true,
      sortBy: (device) => device.elements.length,
      cell: (device) => numberText(device.elements.length, 0),
    },
    {
      id: 'seen',
      head: t('station.lastSeen'),
      number: true,
      sortBy: (device) => device.lastSeen,
      cell: ({lastSeen}) =>
        lastSeen === null
          ? t('health.never')
          : t('value.age', {age: durationText(Date.now() - Date.parse(lastSeen))}),
    },
    {
      id: 'battery',
      head: t('station.battery'),
      number: true,
      sortBy: ({battery}) => battery?.percent ?? null,
      cell: ({battery}) => (battery?.percent === undefined ? '—' : `${numberText(battery.percent, 0)} %`),
    },
    {
      id: 'link',
      head: t('station.link'),
      number: true,
      sortBy: ({link}) => link?.rssiDbm ?? null,
      cell: ({link}) => (link?.rssiDbm === undefined ? '—' : `${numberText(link.rssiDbm, 0)} dBm`),
    },
  ];
  return (
    <>
      <p class="lead">{d('device.lead')}</p>
      <Table
        caption={d('view.devices')}
        rows={shown}
        columns={columns}
        keyOf={({id}) => id}
        wordsOf={(device) => {
          const zone = device.zone === null ? undefined : things.zones.get(device.zone)?.properties.name;
          return [
            device.id,
            device.model,
            device.name.en,
            device.name.zh,
            device.modelName.en,
            device.modelName.zh,
            device.station,
            zone?.en,
            zone?.zh,
          ].join(' ');
        }}
      >
        <fieldset class="chips" aria-label={d('device.state')}>
          <button
            type="button"
            class="chip"
            aria-pressed={state.value === null}
            onClick={() => (state.value = null)}
          >
            {t('health.all')} <span class="count">{rows.length}</span>
          </button>
          {STATES.map((id) => {
            const n = rows.filter((device) => standing(device) === id).length;
            if (n === 0 && state.value !== id) return null;
            return (
              <button
                type="button"
                class="chip"
                key={id}
                aria-pressed={state.value === id}
                onClick={() => (state.value = id)}
              >
                <Standing of={id} /> <span class="count">{n}</span>
              </button>
            );
          })}
        </fieldset>
      </Table>
    </>
  );
}

export function Standing({of}: {of: (typeof STATES)[number]}) {
  return (
    <span class="standing">
      <span class={`dot state-${of}`} />
      {of === 'retired' ? d('device.retired') : t(`state.${of}`)}
    </span>
  );
}
