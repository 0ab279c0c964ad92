import {selectedStation} from '../../state/page-state.ts';
import {ageMs, elements, markedStations, observationsOf, zones} from '../../state/site-state.ts';
import {durationText, valueText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {useSearch} from './use-search.tsx';

/** The same stations as on the map, as a list by zone: for keyboards, screen readers and small screens. */
export function StationList() {
  const {field, wanted} = useSearch(t('health.filter'));
  const byZone = new Map<string, typeof shown>();
  const shown = markedStations.value.filter(({station}) =>
    `${station.id} ${station.name.en} ${station.name.zh}`.toLowerCase().includes(wanted),
  );
  for (const entry of shown) {
    const zone = entry.station.zone ?? '';
    byZone.set(zone, [...(byZone.get(zone) ?? []), entry]);
  }
  return (
    <div class="panel-body">
      {field}
      {shown.length === 0 && <p class="hint">{t('health.empty')}</p>}
      {[...byZone].map(([zone, entries]) => (
        <section key={zone}>
          <h3>{zones.value.has(zone) ? named(zones.value.get(zone)!.properties.name) : zone}</h3>
          <ul class="devices">
            {entries.map(({station, state}) => {
              const first = observationsOf(station.id)[0];
              return (
                <li key={station.id}>
                  <button
                    type="button"
                    aria-pressed={selectedStation.value === station.id}
                    onClick={() => (selectedStation.value = station.id)}
                  >
                    <span class={`dot state-${state}`} title={t(`state.${state}`)} />
                    <span class="device-row">
                      <span class="device-name">{named(station.name)}</span>
                      {first && (
                        <span class="fine">{`${elementName(first.element)} ${valueText(first.result, first.unit, first.censored)} · ${t('value.age', {age: durationText(ageMs(first))})}`}</span>
                      )}
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}

function elementName(id: string): string {
  const element = elements.value.get(id);
  return element ? named(element.name) : id;
}
