import {site} from '../../state/site-state.ts';
import {numberText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';

/** What on this page nobody measured or surveyed, and whose data it is. */
export function AboutPanel() {
  const shown = site.value;
  if (!shown) return null;
  const datum = named(shown.verticalDatum.name);
  return (
    <div class="panel-body prose">
      <h3>{t('about.synthetic')}</h3>
      <ul>
        {shown.synthetic.map(({file, reason}) => (
          <li key={file}>
            <code>{file}</code>
            {` ${reason}`}
          </li>
        ))}
        <li>{t('about.virtual')}</li>
        <li>{t('about.illustrative')}</li>
        <li>{t('about.surroundings')}</li>
      </ul>
      <p>
        {t('about.levels', {datum})}
        {shown.verticalDatum.conversions.map(({to, offsetM}) => (
          <span
            class="fine"
            key={to}
          >{` ${t('about.levels.offset', {datum, offset: `${offsetM < 0 ? '−' : '+'} ${numberText(Math.abs(offsetM), 2)}`, to})}`}</span>
        ))}
      </p>
      <h3>{t('about.licence')}</h3>
      <p>{`${shown.licence.credit} (${shown.licence.spdx})`}</p>
      <p class="fine">{shown.licence.source}</p>
    </div>
  );
}
