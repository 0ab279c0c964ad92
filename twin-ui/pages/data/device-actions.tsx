import type {ComponentType} from 'preact';
import {useState} from 'preact/hooks';
import type {DeviceDetailBody, ReplaceDeviceResult} from '#schemas';
import {post} from '../../api/client.ts';
import {d} from '../../text/data/index.ts';
import {zoneText} from '../../text/format.ts';
import {t} from '../../text/index.ts';
import {clockMs, clockText} from '../../text/local-time.ts';
import {Field, Form, numberOf, PlaceFields, textOf} from '../form.tsx';
import {elementName} from './names.ts';
import type {Things} from './site-things.ts';

type Props = {
  device: DeviceDetailBody;
  things: Things;
  /** The device is another now. */
  changed: () => void;
};

const FORMS = {replace: ReplaceForm, move: MoveForm, calibrate: CalibrateForm} as const satisfies Record<
  string,
  ComponentType<Props>
>;
const ACTIONS = Object.keys(FORMS) as (keyof typeof FORMS)[];

/** Replace, move, calibrate: one form at a time. */
export function DeviceActions(props: Props) {
  const [open, setOpen] = useState<keyof typeof FORMS | null>(null);
  const Open = open === null ? null : FORMS[open];
  return (
    <>
      <fieldset class="segmented" aria-label={d('device.actions')}>
        {ACTIONS.map((action) => (
          <button
            type="button"
            key={action}
            aria-pressed={open === action}
            onClick={() => setOpen(open === action ? null : action)}
          >
            {d(`device.${action}`)}
          </button>
        ))}
      </fieldset>
      {Open && <Open {...props} />}
    </>
  );
}

function ReplaceForm({device, things, changed}: Props) {
  return (
    <Form
      label={d('device.replace')}
      send={d('device.replace')}
      onSend={(fields) => {
        const serial = textOf(fields, 'serial');
        // What is shown stays until the reader has noted the password: it comes this once.
        return post(
          '/devices/{id}/replace',
          {
            by: textOf(fields, 'by') ?? '',
            ...momentOf(fields, things),
            ...reasonOf(fields),
            ...(serial === undefined ? {} : {serial}),
          },
          device.id,
        );
      }}
      done={(result) => <Replaced by={result} noted={changed} />}
    >
      <p class="hint">{d('device.replaceText')}</p>
      <Field label={d('device.by')} hint={d('device.byHint')}>
        {(id) => (
          <input
            id={id}
            type="text"
            name="by"
            required
            maxLength={64}
            autocapitalize="off"
            autocomplete="off"
            spellcheck={false}
          />
        )}
      </Field>
      <Field label={d('device.serial')}>
        {(id) => <input id={id} type="text" name="serial" maxLength={64} />}
      </Field>
      <MomentField things={things} />
      <ReasonField />
    </Form>
  );
}

function Replaced({by, noted}: {by: ReplaceDeviceResult; noted: () => void}) {
  const {credentials} = by;
  return (
    <>
      <p>{d('device.replaced', {by: by.by, count: by.datastreams.length})}</p>
      {credentials && (
        <div class="secret">
          <p>{t('form.once')}</p>
          <dl class="facts">
            {(['username', 'password', 'topic'] as const).map((name) => (
              <div key={name}>
                <dt>{t(`form.${name}`)}</dt>
                <dd>
                  <code>{credentials[name]}</code>
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      <button type="button" class="quiet" onClick={noted}>
        {t('form.noted')}
      </button>
    </>
  );
}

function MoveForm({device, things, changed}: Props) {
  return (
    <Form
      label={d('device.move')}
      send={d('device.move')}
      onSend={async (fields) => {
        const moved = await post(
          '/devices/{id}/move',
          {
            longitudeDeg: numberOf(fields, 'longitude')!,
            latitudeDeg: numberOf(fields, 'latitude')!,
            ...momentOf(fields, things),
            ...reasonOf(fields),
          },
          device.id,
        );
        changed();
        return moved;
      }}
      done={() => <p>{d('device.moved')}</p>}
    >
      <p class="hint">{d('device.moveText')}</p>
      <div class="pair">
        <PlaceFields longitudeDeg={device.longitudeDeg} latitudeDeg={device.latitudeDeg} />
      </div>
      <MomentField things={things} />
      <ReasonField />
    </Form>
  );
}

function CalibrateForm({device, things, changed}: Props) {
  const elements = new Set([...device.elements, ...device.datastreams.map(({element}) => element)]);
  return (
    <Form
      label={d('device.calibrate')}
      send={d('device.calibrate')}
      onSend={async (fields) => {
        const element = textOf(fields, 'element');
        const calibrated = await post(
          '/devices/{id}/calibrations',
          {
            note: textOf(fields, 'note') ?? '',
            who: textOf(fields, 'who') ?? '',
            ...momentOf(fields, things),
            ...(element === undefined ? {} : {element}),
          },
          device.id,
        );
        changed();
        return calibrated;
      }}
      done={() => <p>{d('device.calibrated')}</p>}
    >
      <p class="hint">{d('device.calibrateText')}</p>
      <Field label={d('element.name')}>
        {(id) => (
          <select id={id} name="element">
            <option value="">{d('device.whole')}</option>
            {[...elements].map((element) => (
              <option key={element} value={element}>
                {elementName(things, element)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={d('device.note')} hint={d('device.noteHint')}>
        {(id) => <textarea id={id} name="note" required rows={3} maxLength={500} />}
      </Field>
      <Field label={t('form.who')}>
        {(id) => <input id={id} type="text" name="who" required maxLength={100} autocomplete="name" />}
      </Field>
      <MomentField things={things} />
    </Form>
  );
}

function MomentField({things}: {things: Things}) {
  const {timeZone} = things.site;
  return (
    <Field label={t('form.at', {zone: zoneText(Date.now(), timeZone)})} hint={t('form.atHint')}>
      {(id) => (
        <input id={id} type="datetime-local" name="at" max={clockText(Date.now(), timeZone).slice(0, 16)} />
      )}
    </Field>
  );
}

function momentOf(fields: FormData, {site}: Things): {at?: string} {
  const text = textOf(fields, 'at');
  const timeMs = text === undefined ? null : clockMs(text, site.timeZone);
  return timeMs === null ? {} : {at: new Date(timeMs).toISOString()};
}

function ReasonField() {
  return (
    <Field label={t('form.reason')}>
      {(id) => <input id={id} type="text" name="reason" maxLength={500} />}
    </Field>
  );
}

function reasonOf(fields: FormData): {reason?: string} {
  const text = textOf(fields, 'reason');
  return text === undefined ? {} : {reason: text};
}
