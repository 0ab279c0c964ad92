import type {ObservationBody} from '#schemas';
import {selectedElement} from '../../state/page-state.ts';
import {ageMs, datumName, elements, shownByElement, waterLevel} from '../../state/site-state.ts';
import {durationText, valueText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';

/** What a planner asks first; an element that no station measures is left out. */
const SHOWN = ['air_temperature', 'pm2_5', 'dissolved_oxygen', 'visitors_on_island'] as const;

/** Median of what passes, so that one odd sensor does not speak for the site. */
function middle(observations: readonly ObservationBody[]): ObservationBody | undefined {
  const good = observations
    .filter(({result, flag}) => result !== null && flag < 3)
    .sort((a, b) => a.result! - b.result!);
  return good[(good.length - 1) >> 1];
}

export function NowStrip() {
  const level = waterLevel.value;
  const tiles = SHOWN.flatMap((id) => {
    const observation = middle([...(shownByElement.value.get(id)?.values() ?? [])]);
    const element = elements.value.get(id);
    return observation && element ? [{id: id as string, name: named(element.name), observation}] : [];
  });
  if (level) tiles.unshift({id: level.element, name: t('now.level'), observation: level});
  if (tiles.length === 0) return null;
  return (
    <section class="now card" aria-label={t('now.title')}>
      {tiles.map(({id, name, observation}) => (
        <button
          type="button"
          key={id}
          class="tile"
          aria-pressed={selectedElement.value === id}
          onClick={() => (selectedElement.value = selectedElement.value === id ? null : id)}
        >
          <span class="fine">{name}</span>
          <strong>{valueText(observation.result, observation.unit)}</strong>
          <span class="fine">{`${observation.verticalDatum ? `${named(datumName(observation.verticalDatum))} · ` : ''}${t('value.age', {age: durationText(ageMs(observation))})}`}</span>
        </button>
      ))}
    </section>
  );
}
