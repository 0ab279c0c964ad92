import {useLayoutEffect, useRef, useState} from 'preact/hooks';
import type {DeadLetterBody, DeviceBody, ReplayBody} from '#schemas';
import {get, getAll, post} from '../../api/client.ts';
import {authorName, keepAuthorName} from '../../charts/author.ts';
import {useClosable} from '../../charts/closable.ts';
import {addressOf} from '../../state/address.ts';
import {c} from '../../text/connect/index.ts';
import {durationText, timeText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
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

/** Devices that a map met and nobody let in yet: let one in where it stands, or keep it out. */
export function WaitingView({known}: ConnectViewProps) {
  const asked = useAsked(
    async (stop) => {
      const [devices, refused, letters] = await Promise.all([
        getAll('/devices', {site: known.site.id, status: 'waiting'}, stop),
        getAll('/devices', {site: known.site.id, status: 'refused'}, stop),
        get('/dead-letters', {code: 'device_waiting', limit: MOST_LETTERS}, stop),
      ]);
      const sent = Map.groupBy(
        letters.items.filter(({replayed}) => replayed === null),
        ({device}) => device ?? '',
      );
      return {devices, refused, sent};
    },
    [known.site.id],
  );
  const [approved, setApproved] = useState<readonly Approved[]>([]);
  /** What was said of a device last: the button that said it is gone with it. */
  const [said, setSaid] = useState<string | null>(null);
  const decided = (text: string) => {
    setSaid(text);
    asked.again();
  };
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
      <div role="status">{said !== null && <p class="outcome">{said}</p>}</div>
      <WhenAsked of={asked}>
        {({devices, refused, sent}) => (
          <>
            {devices.length === 0 ? (
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
                    refused={() => decided(c('refused.done', {name: named(device.name)}))}
                  />
                ))}
              </ul>
            )}
            {refused.length > 0 && (
              <Refused
                devices={refused}
                timeZone={known.site.timeZone}
                waits={({name}) => decided(c('refused.waits', {name: named(name)}))}
              />
            )}
          </>
        )}
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
  const [refusing, setRefusing] = useState(false);
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
          <button type="button" class="quiet" aria-expanded={refusing} onClick={() => setRefusing(!refusing)}>
            {c('waiting.refuse')}
          </button>
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
      {refusing && <RefuseForm device={device} refused={refused} leave={() => setRefusing(false)} />}
    </li>
  );
}

type RefuseProps = {device: DeviceBody; refused: () => void; leave: () => void};

/** Why a device is kept out, and who says so. */
function RefuseForm({device, refused, leave}: RefuseProps) {
  const {onKeyDown} = useClosable(leave);
  const reason = useRef<HTMLInputElement>(null);
  // Before anything more can be typed: what is typed next is the reason.
  useLayoutEffect(() => reason.current?.focus(), []);
  return (
    <section class="refuse" aria-label={c('waiting.refuse')} onKeyDown={onKeyDown}>
      <Form
        label={c('waiting.refuseOf', {device: device.id})}
        send={c('waiting.refuseYes')}
        danger
        beside={
          <button type="button" class="quiet" onClick={leave}>
            {c('waiting.refuseNo')}
          </button>
        }
        onSend={async (fields) => {
          const who = textOf(fields, 'who') ?? '';
          const why = textOf(fields, 'reason');
          await post('/devices/{id}/refuse', {who, ...(why === undefined ? {} : {reason: why})}, device.id);
          keepAuthorName(who);
          refused();
        }}
      >
        <p class="hint">{c('waiting.refuseText')}</p>
        <div class="pair">
          <Field label={t('form.reason')} hint={c('waiting.refuseReasonHint')}>
            {(id) => <input id={id} ref={reason} type="text" name="reason" maxLength={500} />}
          </Field>
          <Field label={t('form.who')}>
            {(id) => (
              <input
                id={id}
                type="text"
                name="who"
                required
                maxLength={100}
                autocomplete="name"
                defaultValue={authorName()}
              />
            )}
          </Field>
        </div>
      </Form>
    </section>
  );
}

type RefusedProps = {
  devices: readonly DeviceBody[];
  timeZone: string;
  waits: (device: DeviceBody) => void;
};

/** Devices that are kept out: by whom, when and why; each may wait again. */
function Refused({devices, timeZone, waits}: RefusedProps) {
  const [error, setError] = useState<Error | null>(null);
  return (
    <details class="refused">
      <summary>{c('refused.title', {count: devices.length})}</summary>
      <p class="hint">{c('refused.lead')}</p>
      <ul>
        {devices.map((device) => (
          <li key={device.id}>
            <div>
              <strong>{named(device.name)}</strong> <code>{device.id}</code>
              {device.refusal && (
                <p class="fine">
                  {c('refused.by', {
                    who: device.refusal.who,
                    time: timeText(Date.parse(device.refusal.at), timeZone),
                  })}
                  {device.refusal.reason !== null && <q>{device.refusal.reason}</q>}
                </p>
              )}
            </div>
            <button
              type="button"
              class="quiet"
              aria-label={c('refused.waitOf', {device: device.id})}
              onClick={() => {
                setError(null);
                post('/devices/{id}/wait', undefined, device.id).then(() => waits(device), setError);
              }}
            >
              {c('refused.wait')}
            </button>
          </li>
        ))}
      </ul>
      {error && <Problem error={error} />}
    </details>
  );
}
