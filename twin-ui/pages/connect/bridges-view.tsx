import {useState} from 'preact/hooks';
import type {BridgeListBody, FrameReplayBody, NewBridgeResult} from '#schemas';
import {get, post} from '../../api/client.ts';
import {addressed} from '../../state/address.ts';
import {c} from '../../text/connect/index.ts';
import {bytesText, numberText, timeText} from '../../text/format.ts';
import {t} from '../../text/index.ts';
import {Problem, useAsked, WhenAsked} from '../asked.tsx';
import {CodeBlock} from '../code-block.tsx';
import {Field, Form, textOf} from '../form.tsx';
import type {ConnectViewProps, Known} from './connect-page.tsx';
import {MapOptions} from './paste-view.tsx';

type Bridge = BridgeListBody['items'][number];
const mapAsked = addressed('map');

/** Bridges: how to set one up, what it must be told, and what those that are there have sent. */
export function BridgesView({known}: ConnectViewProps) {
  const asked = useAsked((stop) => get('/bridges', {}, stop), []);
  const usual = known.maps.find(({topic}) => topic !== null);
  return (
    <>
      <p class="lead">{c('bridge.lead')}</p>
      <div class="columns">
        <section>
          <h2>{c('bridge.new')}</h2>
          <Form
            label={c('bridge.new')}
            send={c('bridge.make')}
            onSend={async (fields) => {
              const devicePrefix = textOf(fields, 'prefix');
              const map = textOf(fields, 'map');
              const made = await post('/bridges', {
                id: textOf(fields, 'id') ?? '',
                site: known.site.id,
                ...(map === undefined ? {} : {map}),
                ...(devicePrefix === undefined ? {} : {devicePrefix}),
              });
              asked.again();
              return made;
            }}
            done={(made) => <Made of={made} known={known} mqttUrl={asked.answer?.mqttUrl ?? null} />}
          >
            <Field label={c('bridge.id')} hint={c('bridge.idHint')}>
              {(id) => (
                <input
                  id={id}
                  type="text"
                  name="id"
                  required
                  maxLength={64}
                  pattern="[A-Za-z0-9][A-Za-z0-9_\-]*"
                  spellcheck={false}
                  autocapitalize="off"
                  autocomplete="off"
                />
              )}
            </Field>
            <Field label={c('bridge.map')} hint={c('bridge.mapHint')}>
              {(id) => (
                <select id={id} name="map" defaultValue={mapAsked.value ?? usual?.id ?? ''}>
                  <MapOptions maps={known.maps} />
                  <option value="">{c('bridge.noMap')}</option>
                </select>
              )}
            </Field>
            <Field label={c('bridge.prefix')} hint={c('bridge.prefixHint')}>
              {(id) => (
                <input
                  id={id}
                  type="text"
                  name="prefix"
                  maxLength={32}
                  pattern="[A-Za-z0-9_\-]+"
                  spellcheck={false}
                  autocapitalize="off"
                  autocomplete="off"
                />
              )}
            </Field>
          </Form>
        </section>
        <section>
          <h2>{c('bridge.there')}</h2>
          <WhenAsked of={asked}>
            {(list) => (
              <>
                {list.items.length === 0 ? (
                  <p class="empty">{c('bridge.none')}</p>
                ) : (
                  <ul class="cards">
                    {list.items.map((bridge) => (
                      <BridgeCard key={bridge.id} bridge={bridge} />
                    ))}
                  </ul>
                )}
                <p class="fine">
                  {list.frames.oldest === null
                    ? c('bridge.noFrames')
                    : c('bridge.frames', {
                        bytes: bytesText(list.frames.bytes),
                        oldest: timeText(Date.parse(list.frames.oldest), known.site.timeZone, 'minute'),
                      })}
                  {list.frames.lost > 0 && ` ${c('bridge.lost', {count: numberText(list.frames.lost, 0)})}`}
                </p>
              </>
            )}
          </WhenAsked>
        </section>
      </div>
    </>
  );
}

/** A bridge that was just made: its token, this once, and what its network must be told. */
function Made({of, known, mqttUrl}: {of: NewBridgeResult; known: Known; mqttUrl: string | null}) {
  const hook = `${location.origin}${of.hook}`;
  const topic = known.maps.find(({id}) => id === of.map)?.topic ?? 'TOPIC/#';
  const facts: [string, string][] = [
    [c('bridge.address'), hook],
    [c('bridge.header'), `Authorization: Bearer ${of.password}`],
    [t('form.username'), of.username],
    [t('form.password'), of.password],
  ];
  const curl = `curl ${hook} \\\n  -H 'Authorization: Bearer ${of.password}' \\\n  --json @message.json`;
  const mosquitto = `connection eco-brain\naddress ${mqttUrl === null ? 'HOST:1883' : mqttAddress(mqttUrl)}\nremote_username ${of.username}\nremote_password ${of.password}\ntopic ${topic} out 1`;
  return (
    <div class="secret">
      <p>
        <strong>{c('bridge.made', {id: of.id})}</strong> {t('form.once')}
      </p>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
      <h3>{c('bridge.byHttp')}</h3>
      <p>{c(networkHint(of.map))}</p>
      <CodeBlock label={c('bridge.byHttp')} text={curl} />
      <h3>{c('bridge.byMqtt')}</h3>
      <p>{c('bridge.byMqttText')}</p>
      <CodeBlock label={c('bridge.byMqtt')} text={mosquitto} />
      <p class="fine">{c('bridge.then')}</p>
    </div>
  );
}

/** Host and port; a gateway that listens on every address is reached by the name of this page's. */
function mqttAddress(mqttUrl: string): string {
  const [, host = '', port = '1883'] = /^mqtts?:\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(mqttUrl) ?? [];
  return `${host === '0.0.0.0' || host === '[::]' ? location.hostname : host}:${port}`;
}

function networkHint(map: string | null) {
  if (map === 'chirpstack-v4') return 'bridge.chirpstack' as const;
  if (map === 'the-things-stack-v3') return 'bridge.thingsStack' as const;
  return 'bridge.anyHttp' as const;
}

function BridgeCard({bridge}: {bridge: Bridge}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const [result, setResult] = useState<FrameReplayBody | null>(null);
  const devices = [
    bridge.devicePrefix === null ? null : `${bridge.devicePrefix}…`,
    bridge.devices === null ? null : c('bridge.devices', {count: bridge.devices.length}),
  ].filter((part) => part !== null);
  return (
    <li class="card-flat">
      <header>
        <h3>{bridge.id}</h3>
        <p class="tags">
          <span class="fine">{c('bridge.mapOf', {map: bridge.map ?? c('bridge.noMap')})}</span>
          <span class="fine">{devices.join(', ')}</span>
          <code>{`/api/v1/hooks/${bridge.id}`}</code>
        </p>
      </header>
      <button
        type="button"
        class="quiet"
        disabled={busy}
        onClick={() => {
          setBusy(true);
          setError(null);
          post('/bridges/{id}/replay', undefined, bridge.id)
            .then(setResult, setError)
            .finally(() => setBusy(false));
        }}
      >
        {busy ? t('form.busy') : c('bridge.replay')}
      </button>
      {error && <Problem error={error} />}
      {result && (
        <div class={`outcome ${result.rejected > 0 ? 'partly' : ''}`} role="status">
          <p>
            {c('bridge.replayed', {
              frames: result.frames,
              letters: result.letters,
              stored: result.stored,
              duplicate: result.duplicate,
              conflict: result.conflict,
              rejected: result.rejected,
            })}
          </p>
          {result.problems.length > 0 && (
            <ul>
              {result.problems.slice(0, 5).map((one) => (
                <li key={`${one.received} ${one.message}`}>
                  <code>{one.code}</code> <span lang="en">{one.message}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </li>
  );
}
