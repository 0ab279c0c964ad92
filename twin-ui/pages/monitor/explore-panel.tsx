import {colourRange, RAMP_GRADIENT, rampColour} from '../../charts/colour-ramp.ts';
import {selectedElement, selectedStation} from '../../state/page-state.ts';
import {ageMs, categories, elements, shownByElement, stations} from '../../state/site-state.ts';
import {durationText, numberText, unitText, valueText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {Icon} from './icons.tsx';
import {useSearch} from './use-search.tsx';

/** The element explorer: the catalogue by category; the chosen element colours the site's stations. */
export function ExplorePanel() {
  const {field, wanted} = useSearch(t('explore.search'));
  const chosen = selectedElement.value;
  const matches = (id: string) => {
    const element = elements.value.get(id)!;
    return (
      wanted === '' ||
      `${id} ${element.name.en} ${element.name.zh} ${element.unit}`.toLowerCase().includes(wanted)
    );
  };
  return (
    <div class="panel-body">
      {chosen !== null && elements.value.has(chosen) ? (
        <ChosenElement id={chosen} />
      ) : (
        <p class="hint">{t('explore.hint')}</p>
      )}
      {field}
      {categories.value.map((category) => {
        const shown = category.elements.filter(matches);
        if (shown.length === 0) return null;
        return (
          <section key={category.id} class="category">
            <h3>
              <span class="category-mark" style={{color: category.colour}}>
                <Icon name={category.id} size={16} />
              </span>
              {named(category.name)}
            </h3>
            <ul class="chips">
              {shown.map((id) => {
                const count = shownByElement.value.get(id)?.size ?? 0;
                return (
                  <li key={id}>
                    <button
                      type="button"
                      class="chip"
                      aria-pressed={chosen === id}
                      data-element={id}
                      onClick={() => (selectedElement.value = chosen === id ? null : id)}
                    >
                      {named(elements.value.get(id)!.name)}
                      <span class="count" title={t('explore.stations', {count})}>
                        {count}
                      </span>
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function ChosenElement({id}: {id: string}) {
  const element = elements.value.get(id)!;
  const values = [...(shownByElement.value.get(id)?.values() ?? [])];
  const numbers = values.flatMap(({result}) => (result === null ? [] : [result]));
  const [low, high] = colourRange(numbers, element.usualRange ?? [0, 1]);
  return (
    <section class="chosen" aria-live="polite">
      <header>
        <strong>{named(element.name)}</strong>
        <button type="button" class="quiet" onClick={() => (selectedElement.value = null)}>
          {t('explore.clear')}
        </button>
      </header>
      <div class="legend">
        <div class="ramp" style={{background: RAMP_GRADIENT}} />
        <div class="ramp-ends">
          <span>{numberText(low)}</span>
          <span>{unitText(element.unit)}</span>
          <span>{numberText(high)}</span>
        </div>
      </div>
      {values.length === 0 && <p class="hint">{t('explore.none')}</p>}
      <ol class="ranking">
        {values
          .sort((a, b) => (b.result ?? Number.NEGATIVE_INFINITY) - (a.result ?? Number.NEGATIVE_INFINITY))
          .map((observation) => {
            const station = stations.value.get(observation.station);
            const share = observation.result === null ? 0 : (observation.result - low) / (high - low);
            return (
              <li key={observation.datastream}>
                <button type="button" onClick={() => (selectedStation.value = observation.station)}>
                  <span class="swatch" style={{background: rampColour(share)}} />
                  <span class="ranking-name">{station ? named(station.name) : observation.station}</span>
                  <span class={`ranking-value flag-${observation.flag}`}>
                    {valueText(observation.result, observation.unit, observation.censored)}
                  </span>
                  <span class="fine">{durationText(ageMs(observation))}</span>
                </button>
              </li>
            );
          })}
      </ol>
    </section>
  );
}
