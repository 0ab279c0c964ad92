import {INPUT_ERROR_CODES, type ReplayBody} from '#schemas';
import {type TextKey, t} from '../text/index.ts';

const MOST_SHOWN = 10;

/** What came of messages that were run through again. */
export function ReplayOutcome({of}: {of: ReplayBody}) {
  const {replayed, stored, duplicate, conflict, skipped, rejected} = of;
  return (
    <div class={`outcome ${rejected.length > 0 ? 'partly' : ''}`} role="status">
      <p>
        <strong>{t('replay.result', {count: replayed.length})}</strong>{' '}
        {t('replay.rows', {stored, duplicate, conflict})}
      </p>
      {skipped.length > 0 && <p class="fine">{t('replay.skipped', {count: skipped.length})}</p>}
      {rejected.length > 0 && (
        <>
          <p>{t('replay.still', {count: rejected.length})}</p>
          <ul>
            {rejected.slice(0, MOST_SHOWN).map((one) => (
              <li key={one.id}>
                <code>{one.code}</code> <span lang="en">{one.message}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** A code in words; one that the page does not know stands for itself. */
export function codeText(id: string): string {
  return INPUT_ERROR_CODES.includes(id as never) ? t(`code.${id}` as TextKey) : id;
}
