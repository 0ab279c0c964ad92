import {useEffect, useRef, useState} from 'preact/hooks';
import type {MapPreviewBody, ReadingMap} from '#schemas';
import {get, getLetter, getMap, post} from '../../api/client.ts';
import {addressed, addressOf} from '../../state/address.ts';
import {c} from '../../text/connect/index.ts';
import {t} from '../../text/index.ts';
import {Problem} from '../asked.tsx';
import {Field} from '../form.tsx';
import {HereLink} from '../views.tsx';
import type {ConnectViewProps, Known} from './connect-page.tsx';
import {Decoded} from './decoded.tsx';
import {EXAMPLES} from './examples.ts';

const mapAsked = addressed('map');
const topicAsked = addressed('topic');
/** Number of a dead letter whose message is to be tried. */
const letterAsked = addressed('letter');

/** Paste what a network sends, choose a map, and see what would be stored, before anything is. */
export function PasteView({known, again}: ConnectViewProps) {
  const map =
    known.maps.find(({id}) => id === mapAsked.value) ?? known.maps.find(({topic}) => topic !== null);
  const [payload, setPayload] = useState('');
  /** The map as the reader changed it; null: as it is in force. */
  const [draft, setDraft] = useState<string | null>(null);
  const [decoded, setDecoded] = useState<MapPreviewBody | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const results = useRef<HTMLElement>(null);
  useEffect(() => setDraft(null), [map?.id]);
  useEffect(() => {
    const id = Number(letterAsked.value);
    if (letterAsked.value === null || !Number.isInteger(id)) return;
    const stop = new AbortController();
    readLetter(id, stop.signal).then(
      (letter) => {
        setPayload(letter.payload);
        topicAsked.value ??= letter.topic;
        mapAsked.value ??= letter.map;
      },
      (reason: Error) => !stop.signal.aborted && setError(reason),
    );
    return () => stop.abort();
  }, [letterAsked.value]);
  // On a phone they stand below what was pasted.
  useEffect(() => {
    if (decoded && matchMedia('(max-width: 899px)').matches) results.current?.scrollIntoView();
  }, [decoded]);
  if (!map) return <p class="empty">{c('paste.noMaps')}</p>;

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    setSaved(null);
    try {
      await work();
    } catch (reason) {
      setError(reason as Error);
    } finally {
      setBusy(false);
    }
  };
  const decode = () =>
    attempt(async () => {
      setDecoded(null);
      setDecoded(
        await post('/maps/preview', {
          map: draft === null ? map.id : readDraft(draft),
          payload,
          ...(topicAsked.value === null ? {} : {topic: topicAsked.value}),
        }),
      );
    });
  const save = () =>
    attempt(async () => {
      const kept = await post('/maps', readDraft(draft!));
      setSaved(kept.id);
      mapAsked.value = kept.id;
      again();
    });
  const example = EXAMPLES[map.id];
  return (
    <>
      <p class="lead">{c('paste.lead')}</p>
      <div class="paste">
        <form
          class="form"
          aria-label={c('view.paste')}
          onSubmit={(event) => {
            event.preventDefault();
            void decode();
          }}
        >
          <Field label={c('paste.map')}>
            {(id) => (
              <select
                id={id}
                value={map.id}
                onChange={(event) => (mapAsked.value = event.currentTarget.value)}
              >
                <MapOptions maps={known.maps} />
              </select>
            )}
          </Field>
          <Field
            label={c('paste.topic')}
            hint={map.topic === null ? undefined : c('paste.topicHint', {topic: map.topic})}
          >
            {(id) => (
              <input
                id={id}
                type="text"
                value={topicAsked.value ?? ''}
                maxLength={640}
                spellcheck={false}
                autocapitalize="off"
                autocomplete="off"
                onInput={(event) => (topicAsked.value = event.currentTarget.value || null)}
              />
            )}
          </Field>
          <Field label={c('paste.payload')}>
            {(id) => (
              <textarea
                id={id}
                class="code"
                rows={14}
                required
                maxLength={200_000}
                spellcheck={false}
                placeholder="{ … }"
                value={payload}
                onInput={(event) => setPayload(event.currentTarget.value)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void decode();
                }}
              />
            )}
          </Field>
          <div class="choose">
            <button type="submit" class="primary" disabled={busy || payload.trim() === ''}>
              {busy ? t('form.busy') : c('paste.decode')}
            </button>
            {example && (
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  topicAsked.value = example.topic;
                  setPayload(JSON.stringify(example.payload, null, 2));
                  setDecoded(null);
                  setError(null);
                }}
              >
                {c('paste.example')}
              </button>
            )}
            <button
              type="button"
              class="quiet"
              aria-expanded={draft !== null}
              onClick={() =>
                draft === null
                  ? void attempt(async () => setDraft(draftOf(await getMap(map.id), map.own)))
                  : setDraft(null)
              }
            >
              {draft === null ? c('paste.edit') : c('paste.editEnd')}
            </button>
          </div>
          {draft !== null && (
            <>
              <Field label={c('paste.draft')} hint={c('paste.draftHint')}>
                {(id) => (
                  <textarea
                    id={id}
                    class="code"
                    rows={18}
                    spellcheck={false}
                    value={draft}
                    onInput={(event) => setDraft(event.currentTarget.value)}
                  />
                )}
              </Field>
              <button type="button" class="quiet" disabled={busy} onClick={() => void save()}>
                {c('paste.save')}
              </button>
            </>
          )}
        </form>
        <section class="decoded" aria-label={c('decoded.title')} ref={results}>
          <h2>{c('decoded.title')}</h2>
          {error && <Problem error={error} />}
          {saved !== null && (
            <p class="outcome" role="status">
              {c('paste.saved', {id: saved})}{' '}
              <a class="link" href={addressOf('/data', {view: 'letters'})}>
                {c('paste.toLetters')}
              </a>
            </p>
          )}
          {decoded ? (
            <Decoded of={decoded} known={known} />
          ) : (
            !error && <p class="empty">{c('decoded.empty')}</p>
          )}
          <p class="fine">
            {c('decoded.next')}{' '}
            <HereLink class="link" href={addressOf('/data/connect', {view: 'bridges'})}>
              {c('view.bridges')}
            </HereLink>
          </p>
          {known.mapProblems.map(({file, message}) => (
            <p class="trouble" key={file} lang="en">
              {message}
            </p>
          ))}
        </section>
      </div>
    </>
  );
}

/** The message of a dead letter, and the map that its sender's messages are read with. */
async function readLetter(
  id: number,
  stop: AbortSignal,
): Promise<{payload: string; topic: string; map: string | null}> {
  const [letter, bridges] = await Promise.all([getLetter(id, stop), get('/bridges', {}, stop)]);
  if (letter === undefined) throw new Error(c('paste.noLetter', {id}));
  if (letter.encoding === 'base64') throw new Error(c('paste.noText', {id}));
  const bridge = bridges.items.find((one) => one.id === letter.principal);
  return {payload: letter.payload, topic: letter.topic, map: bridge?.map ?? null};
}

/** Maps of networks first, then those that were added, then those of files. */
export function MapOptions({maps}: {maps: Known['maps']}) {
  const groups = [
    [c('map.networks'), maps.filter(({own, topic}) => own && topic !== null)],
    [c('map.added'), maps.filter(({own}) => !own)],
    [c('map.files'), maps.filter(({own, topic}) => own && topic === null)],
  ] as const;
  return (
    <>
      {groups.map(
        ([label, some]) =>
          some.length > 0 && (
            <optgroup key={label} label={label}>
              {some.map(({id, name}) => (
                <option key={id} value={id}>
                  {name === null ? id : `${name} (${id})`}
                </option>
              ))}
            </optgroup>
          ),
      )}
    </>
  );
}

/** A map to be changed; one that comes with the product gets an id of its own. */
function draftOf(map: ReadingMap, own: boolean): string {
  return JSON.stringify(own ? {...map, id: `my-${map.id}`.slice(0, 64)} : map, null, 2);
}

/** @throws {Error} with the place of the fault, if it is no JSON. */
function readDraft(text: string): ReadingMap {
  try {
    return JSON.parse(text) as ReadingMap;
  } catch (error) {
    throw new Error(c('paste.draftFault', {message: (error as Error).message}));
  }
}
