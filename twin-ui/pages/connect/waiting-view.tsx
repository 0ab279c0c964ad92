import {useState} from 'preact/hooks';
import type {DeadLetterBody, DeviceBody, ReplayBody} from '#schemas';
import {get, getAll, post, removeDevice} from '../../api/client.ts';
import {addressOf} from '../../state/address.ts';
import {c} from '../../text/connect/index.ts';
import {durationText} from '../../text/format.ts';
import {named} from '../../text/index.ts';
import {Problem, useAsked, WhenAsked} from '../asked.tsx';
import {CodeBlock} from '../code-block.tsx';
import {Field, Form, numberOf, PlaceFields, textOf} from '../form.tsx';
import {ReplayOutcome} from '../replay-outcome.tsx';
import {HereLink} from '../views.tsx';
import type {ConnectViewProps, Known} from './connect-page.tsx';

/** Letters looked through for what a waiting device sent. */
const MOST_LETTERS = 1000;

type Name = {en: string; zh: string};
type Approved = {device: string; name: Name; outcome: ReplayBody};

/** Devices that a map met and nobody let in yet: let one in where it stands, or send it away. */
export function WaitingView({known}: ConnectViewProps) {
  const asked = useAsked(
    async (stop) => {
      const [devices, letters] = await Promise.all([
        getAll('/devices', {site: known.site.id, status: 'waiting'}, stop),
        get('/dead-letters', {code: 'device_waiting', limit: MOST_LETTERS}, stop),
      ]);
      const sent = Map.groupBy(
        letters.items.filter(({replayed}) => replayed === null),
        ({device}) => device ?? '',
      );
      return {devices, sent};
    },
    [known.site.id],
  );
  const [approved, setApproved] = useState<readonly Approved[]>([]);
  return (
    <>
      <p class="lead">{c('waiting.lead')}</p>
      {approved.map(({device, name, outcome}) => (
        <div key={device}>
          <ReplayOutcome of={outcome} />
          <p>
            {c('waiting.approved', {name: named(name)})}{' '}
            <a class="link" href={addressOf('/', {station: device})}>
              {c('waiting.toTwin')}
            </a>{' '}
            <a class="link" href={addressOf('/data', {view: 'devices', device})}>
              {c('waiting.toDevice')}
            </a>
          </p>
        </div>
      ))}
      <WhenAsked of={asked}>
        {({devices, sent}) =>
          devices.length === 0 ? (
            <p class="empty">
              {c('waiting.none')}{' '}
              <HereLink class="link" href={addressOf('/data/connect', {view: 'bridges'})}>
                {c('view.bridges')}
              </HereLink>
            </p>
          ) : (
            <ul class="cards">
              {devices.map((device) => (
                <Waiting
                  key={device.id}
                  device={device}
                  letters={sent.get(device.id) ?? []}
                  known={known}
                  approved={(outcome, name) => {
                    setApproved([...approved, {device: device.id, name, outcome}]);
                    asked.again();
                  }}
                  refused={asked.again}
                />
              ))}
            </ul>
          )
        }
      </WhenAsked>
      <p class="pages">
        <button type="button" class="quiet" disabled={asked.busy} onClick={asked.again}>
          {c('waiting.look')}
        </button>
      </p>
    </>
  );
}

type WaitingProps = {
  device: DeviceBody;
  letters: readonly DeadLetterBody[];
  known: Known;
  approved: (outcome: ReplayBody, name: Name) => void;
  refused: () => void;
};

function Waiting({device, letters, known, approved, refused}: WaitingProps) {
  const [sure, setSure] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const newest = letters[0];
  return (
    <li class="card-flat">
      <header>
        <h2>{named(device.name)}</h2>
        <p class="tags">
          <code>{device.id}</code>
          <span class="fine">{named(device.modelName)}</span>
          <span class="fine">
            {newest
              ? c('waiting.sent', {
                  count: letters.length,
                  age: durationText(Date.now() - Date.parse(newest.received)),
                })
              : c('waiting.sentNothing')}
          </span>
        </p>
      </header>
      {newest && newest.payload !== '' && (
        <details>
          <summary>{c('waiting.newest')}</summary>
          <p>
            <HereLink
              class="link"
              href={addressOf('/data/connect', {view: 'paste', letter: String(newest.id)})}
              label={c('waiting.tryOf', {device: device.id})}
            >
              {c('waiting.try')}
            </HereLink>
          </p>
          <CodeBlock label={c('waiting.newest')} text={newest.payload} />
        </details>
      )}
      <Form
        label={c('waiting.approveOf', {device: device.id})}
        send={c('waiting.approve')}
        beside={
          sure ? (
            <>
              <span>{c('waiting.refuseSure')}</span>
              <button
                type="button"
                class="danger"
                onClick={() => {
                  setError(null);
                  removeDevice(device.id).then(refused, setError);
                }}
              >
                {c('waiting.refuseYes')}
              </button>
              <button type="button" class="quiet" onClick={() => setSure(false)}>
                {c('waiting.refuseNo')}
              </button>
            </>
          ) : (
            <button type="button" class="quiet" onClick={() => setSure(true)}>
              {c('waiting.refuse')}
            </button>
          )
        }
        onSend={async (fields) => {
          const [en, zh] = [textOf(fields, 'en'), textOf(fields, 'zh')];
          const name =
            en === undefined && zh === undefined ? device.name : {en: (en ?? zh)!, zh: (zh ?? en)!};
          const minutes = numberOf(fields, 'interval');
          const outcome = await post(
            '/devices/{id}/approve',
            {
              longitudeDeg: numberOf(fields, 'longitude')!,
              latitudeDeg: numberOf(fields, 'latitude')!,
              name,
              ...(minutes === undefined ? {} : {intervalS: minutes * 60}),
            },
            device.id,
          );
          approved(outcome, name);
          return outcome;
        }}
      >
        <div class="pair">
          {/* What no map placed stands at the site's origin until somebody says where. */}
          <PlaceFields longitudeDeg={device.longitudeDeg} latitudeDeg={device.latitudeDeg} />
          <Field label={c('waiting.nameEn')}>
            {(id) => (
              <input id={id} type="text" name="en" maxLength={200} defaultValue={device.name.en} lang="en" />
            )}
          </Field>
          <Field label={c('waiting.nameZh')}>
            {(id) => (
              <input id={id} type="text" name="zh" maxLength={200} defaultValue={device.name.zh} lang="zh" />
            )}
          </Field>
          <Field label={c('waiting.interval')} hint={c('waiting.intervalHint')}>
            {(id) => <input id={id} type="number" name="interval" min={0.1} step="any" />}
          </Field>
        </div>
        <p class="fine">{c('waiting.placeHint', {site: named(known.site.name)})}</p>
      </Form>
      {error && <Problem error={error} />}
    </li>
  );
}
