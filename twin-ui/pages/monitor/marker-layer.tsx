import {computed, effect, signal} from '@preact/signals';
import {useEffect, useState} from 'preact/hooks';
import type {ObservationBody, StationBody} from '#schemas';
import {colourRange, inkOn, rampColour} from '../../charts/colour-ramp.ts';
import {clusterMarkers, type MarkerCluster} from '../../engine/cluster-markers.ts';
import type {SceneHost} from '../../hosts/scene-host.ts';
import {selectedElement, selectedStation} from '../../state/page-state.ts';
import {
  categories,
  devices,
  elements,
  markedStations,
  STATE_SEVERITY,
  type StationState,
  shownByElement,
} from '../../state/site-state.ts';
import {numberText, valueText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {Icon} from './icons.tsx';

type Marked = {
  station: StationBody;
  state: StationState;
  category: string;
  observation: ObservationBody | null;
  colour: string | null;
};

/** What each station shows: its state, or, with an element chosen, its value in colour. */
export const marked = computed((): Marked[] => {
  const element = selectedElement.value === null ? undefined : elements.value.get(selectedElement.value);
  const firstElement = new Map<string, string>();
  for (const device of devices.value.values())
    if (device.elements[0] && !firstElement.has(device.station))
      firstElement.set(device.station, device.elements[0]);
  const shown = element ? shownByElement.value.get(element.id) : undefined;
  const numbers = [...(shown?.values() ?? [])].flatMap(({result}) => (result === null ? [] : [result]));
  const [low, high] = element ? colourRange(numbers, element.usualRange ?? [0, 1]) : [0, 1];
  return markedStations.value.flatMap(({station, state}) => {
    const observation = shown?.get(station.id) ?? null;
    if (element && observation === null) return [];
    const result = observation?.result ?? null;
    return [
      {
        station,
        state,
        category:
          element?.category ?? elements.value.get(firstElement.get(station.id) ?? '')?.category ?? 'stations',
        observation,
        colour: result === null ? null : rampColour((result - low) / (high - low)),
      },
    ];
  });
});

/** Station buttons over the scene: screen positions follow the camera, neighbours gather, the worst state leads. */
export function MarkerLayer({host}: {host: SceneHost}) {
  const [clusters] = useState(() => signal<MarkerCluster[]>([]));
  const [crowd, setCrowd] = useState<string[] | null>(null);

  useEffect(() => {
    const place = () => {
      const points = marked.value.flatMap(({station, state}) => {
        const point = host.project(station.longitudeDeg, station.latitudeDeg);
        if (!point || point.occluded) return [];
        const chosen = selectedStation.value === station.id ? 10 : 0;
        return [
          {
            id: station.id,
            x: point.x,
            y: point.y,
            severity: STATE_SEVERITY[state] + chosen,
            distanceM: point.distanceM,
          },
        ];
      });
      clusters.value = clusterMarkers(points, selectedElement.value === null ? 44 : 58);
    };
    const stopCamera = host.on('camera', place);
    const stopChanges = effect(() => {
      void marked.value;
      void selectedStation.value;
      place();
    });
    const observer = new ResizeObserver(place);
    observer.observe(host.canvas);
    void host.ready.then(place, () => undefined);
    return () => {
      stopCamera();
      stopChanges();
      observer.disconnect();
    };
  }, [host, clusters]);

  const byId = new Map(marked.value.map((entry) => [entry.station.id, entry]));
  const open = (cluster: MarkerCluster) => {
    const lead = byId.get(cluster.lead.id)!;
    if (cluster.members.length === 1) {
      setCrowd(null);
      selectedStation.value = lead.station.id;
      return;
    }
    // Near enough that a closer look cannot part them: list them instead.
    if (cluster.lead.distanceM < 350 || cluster.members.length <= 3)
      setCrowd(cluster.members.map(({id}) => id));
    else
      void host.flyToPlace({
        longitudeDeg: lead.station.longitudeDeg,
        latitudeDeg: lead.station.latitudeDeg,
        distanceM: cluster.lead.distanceM * 0.42,
      });
  };

  return (
    <div class="markers">
      {clusters.value.map((cluster) => {
        const lead = byId.get(cluster.lead.id);
        if (!lead) return null;
        const {station, state, observation, colour, category} = lead;
        const single = cluster.members.length === 1;
        const name = named(station.name);
        const value = observation
          ? valueText(observation.result, observation.unit, observation.censored)
          : null;
        const label = single
          ? `${name}, ${value ?? t(`state.${state}`)}${observation && observation.flag >= 3 ? `, ${t(`flag.${observation.flag}`)}` : ''}`
          : `${t('explore.stations', {count: cluster.members.length})}: ${name} …`;
        return (
          <button
            type="button"
            key={cluster.lead.id}
            class={`marker state-${state} ${value === null ? '' : 'valued'} ${selectedStation.value === station.id ? 'picked' : ''} ${observation && observation.flag >= 3 ? `flagged-${observation.flag}` : ''}`}
            style={{
              transform: `translate(${cluster.x.toFixed(1)}px, ${cluster.y.toFixed(1)}px)`,
              zIndex: Math.round(1e6 / (1 + cluster.lead.distanceM)),
            }}
            data-station={station.id}
            data-count={cluster.members.length}
            aria-label={label}
            onClick={() => open(cluster)}
          >
            <span
              class="marker-head"
              style={colour === null ? {} : {background: colour, color: inkOn(colour)}}
            >
              {value !== null && observation?.result !== null && observation ? (
                numberText(observation.result, decimalsOf(observation))
              ) : single ? (
                <Icon name={category} size={15} />
              ) : (
                cluster.members.length
              )}
              {value !== null && !single && <span class="marker-more">+{cluster.members.length - 1}</span>}
            </span>
            <span class="marker-tip" aria-hidden="true">
              {label}
            </span>
          </button>
        );
      })}
      {crowd !== null && (
        <div class="card crowd" role="dialog" aria-label={t('station.choose')}>
          <header class="card-head">
            <h2>{t('station.choose')}</h2>
            <button
              type="button"
              class="round"
              aria-label={t('station.close')}
              onClick={() => setCrowd(null)}
            >
              <Icon name="close" />
            </button>
          </header>
          <ul class="devices">
            {crowd.flatMap((id) => {
              const entry = byId.get(id);
              return entry
                ? [
                    <li key={id}>
                      <button
                        type="button"
                        onClick={() => {
                          setCrowd(null);
                          selectedStation.value = id;
                        }}
                      >
                        <span class={`dot state-${entry.state}`} />
                        <span
                          class="category-mark"
                          style={{
                            color:
                              categories.value.find((category) => category.id === entry.category)?.colour ??
                              'inherit',
                          }}
                        >
                          <Icon name={entry.category} size={15} />
                        </span>
                        <span class="device-name">{named(entry.station.name)}</span>
                        {entry.observation && (
                          <span class="fine">
                            {valueText(entry.observation.result, entry.observation.unit)}
                          </span>
                        )}
                      </button>
                    </li>,
                  ]
                : [];
            })}
          </ul>
        </div>
      )}
    </div>
  );
}

/** Short enough for a marker: levels to the centimetre do not fit. */
function decimalsOf(observation: ObservationBody): number | undefined {
  const size = Math.abs(observation.result ?? 0);
  return size >= 100 ? (observation.unit === 'm' ? 1 : 0) : size >= 10 ? 1 : undefined;
}
