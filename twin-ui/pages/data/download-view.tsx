import {useMemo, useState} from 'preact/hooks';
import {exportAddress} from '../../api/client.ts';
import {addressed} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {numberText, zoneText} from '../../text/format.ts';
import {named, type TextKey, t} from '../../text/index.ts';
import {clockMs, clockText} from '../../text/local-time.ts';
import {Field} from '../form.tsx';
import {seriesDetail} from './names.ts';
import {ChosenThings} from './series-view.tsx';
import type {ViewProps} from './view.ts';

const FLAGS = [1, 2, 3, 4, 9] as const;
const FORMATS = ['csv', 'parquet', 'geojson'] as const;
const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** More would make an address that not every browser and server takes. */
const MOST_STATIONS = 200;

const element = addressed('element');
const datastream = addressed('datastream');
const stations = addressed('stations');
const from = addressed('from');
const to = addressed('to');
const flags = addressed('flags');
const format = addressed('format');
const layout = addressed('layout');
const values = addressed('values');
const time = addressed('time');

/** Chooses observations and gives the address of their file: it works in a browser, a script or a spreadsheet. */
export function DownloadView({things}: ViewProps) {
  const {timeZone} = things.site;
  const [search, setSearch] = useState('');
  const first = useMemo(
    () => clockText(Date.now() - DEFAULT_DAYS * DAY_MS, timeZone).slice(0, 10),
    [timeZone],
  );
  const shownFrom = from.value ?? first;
  const kind = FORMATS.find((id) => id === format.value) ?? 'csv';
  const chosenStations = new Set((stations.value ?? '').split(',').filter(Boolean));
  const chosenFlags =
    flags.value === null ? new Set<number>(FLAGS) : new Set(flags.value.split('').map(Number));
  const stream = datastream.value === null ? undefined : things.datastreams.get(datastream.value);
  const fits = [...things.datastreams.values()].filter(
    (one) =>
      (stream === undefined || one.id === stream.id) &&
      (element.value === null || one.element === element.value) &&
      (chosenStations.size === 0 || chosenStations.has(one.station)),
  );
  const midnightMs = (day: string) => clockMs(`${day}T00:00`, timeZone);
  const instant = (text: string, days: number) => {
    const startMs = midnightMs(text);
    if (startMs === null) return undefined;
    // The last day counts as a whole: to is exclusive.
    const dayMs =
      days === 0 ? startMs : midnightMs(clockText(startMs + 36 * 3_600_000, timeZone).slice(0, 10));
    return new Date(dayMs!).toISOString().replace('.000Z', 'Z');
  };
  const query = {
    site: things.site.id,
    element: element.value ?? undefined,
    station: chosenStations.size === 0 ? undefined : [...chosenStations].join(','),
    datastream: stream?.id,
    from: instant(shownFrom, 0),
    to: to.value === null ? undefined : instant(to.value, 1),
    flags: flags.value === null ? undefined : [...chosenFlags].join(','),
    format: kind === 'csv' ? undefined : kind,
    layout: kind === 'csv' && layout.value === 'wide' ? 'wide' : undefined,
    values: values.value ?? undefined,
    time: kind !== 'parquet' && time.value === 'local' ? 'local' : undefined,
  };
  const href = exportAddress(query);
  const wanted = search.trim().toLowerCase();
  const offered = [...things.stations.values()].filter(
    ({id, name}) =>
      chosenStations.has(id) ||
      (wanted !== '' && `${id} ${name.en} ${name.zh}`.toLowerCase().includes(wanted)),
  );
  const put = (id: string, on: boolean) => {
    if (on) chosenStations.add(id);
    else chosenStations.delete(id);
    stations.value = chosenStations.size === 0 ? null : [...chosenStations].sort().join(',');
  };
  const choice = (
    label: string,
    signal: typeof layout,
    options: readonly (readonly [value: string, word: string])[],
  ) => (
    <Field label={label}>
      {(id) => (
        <select
          id={id}
          value={signal.value ?? options[0]![0]}
          onChange={(event) => {
            const value = event.currentTarget.value;
            signal.value = value === options[0]![0] ? null : value;
          }}
        >
          {options.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <>
      <p class="lead">{d('download.lead')}</p>
      <form
        class="form download"
        aria-label={d('view.download')}
        onSubmit={(event) => event.preventDefault()}
      >
        <fieldset>
          <legend>{d('download.what')}</legend>
          {stream ? (
            <p>
              <code>{stream.id}</code> <span class="fine">{seriesDetail(stream)}</span>{' '}
              <button type="button" class="quiet" onClick={() => (datastream.value = null)}>
                {d('download.otherSeries')}
              </button>
            </p>
          ) : (
            <>
              <div class="choose">
                <ChosenThings things={things} />
              </div>
              <Field label={d('download.stations')} hint={d('download.stationsHint')}>
                {(id) => (
                  <input
                    id={id}
                    type="search"
                    value={search}
                    onInput={(event) => setSearch(event.currentTarget.value)}
                  />
                )}
              </Field>
              {offered.length > 0 && (
                <ul class="check-list">
                  {offered.slice(0, MOST_STATIONS).map((station) => (
                    <li key={station.id}>
                      <label class="check">
                        <input
                          type="checkbox"
                          checked={chosenStations.has(station.id)}
                          onChange={(event) => put(station.id, event.currentTarget.checked)}
                        />
                        {named(station.name)} <code>{station.id}</code>
                      </label>
                    </li>
                  ))}
                </ul>
              )}
            </>
          )}
          <p class="fine" role="status">
            {d('download.fits', {count: numberText(fits.length, 0)})}
          </p>
        </fieldset>
        <fieldset>
          <legend>{d('download.when', {zone: zoneText(Date.now(), timeZone)})}</legend>
          <div class="pair">
            <Field label={d('download.from')}>
              {(id) => (
                <input
                  id={id}
                  type="date"
                  value={shownFrom}
                  onChange={(event) => (from.value = event.currentTarget.value || null)}
                />
              )}
            </Field>
            <Field label={d('download.to')} hint={d('download.toHint')}>
              {(id) => (
                <input
                  id={id}
                  type="date"
                  value={to.value ?? ''}
                  onChange={(event) => (to.value = event.currentTarget.value || null)}
                />
              )}
            </Field>
          </div>
        </fieldset>
        <fieldset>
          <legend>{d('download.flags')}</legend>
          <div class="checks-row">
            {FLAGS.map((flag) => (
              <label class="check" key={flag}>
                <input
                  type="checkbox"
                  checked={chosenFlags.has(flag)}
                  onChange={(event) => {
                    if (event.currentTarget.checked) chosenFlags.add(flag);
                    else chosenFlags.delete(flag);
                    const kept = FLAGS.filter((one) => chosenFlags.has(one));
                    flags.value = kept.length === FLAGS.length || kept.length === 0 ? null : kept.join('');
                  }}
                />
                {`${flag} ${t(`flag.${flag}` as TextKey)}`}
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>{d('download.how')}</legend>
          <div class="pair">
            {choice(
              d('download.format'),
              format,
              FORMATS.map((id) => [id, d(`download.${id}`)] as const),
            )}
            {kind === 'csv' &&
              choice(d('download.layout'), layout, [
                ['long', d('download.long')],
                ['wide', d('download.wide')],
              ])}
            {choice(d('download.values'), values, [
              ['revised', d('download.revised')],
              ['stored', d('download.stored')],
              ['both', d('download.both')],
            ])}
            {kind !== 'parquet' &&
              choice(d('download.time'), time, [
                ['utc', 'UTC'],
                ['local', d('download.local', {zone: timeZone})],
              ])}
          </div>
        </fieldset>
        <div class="download-go">
          {fits.length === 0 ? (
            <p class="empty">{d('download.nothing')}</p>
          ) : (
            <>
              <a class="primary" href={href} download>
                {d('download.go')}
              </a>
              <a class="quiet" href={href.replace('/export?', '/export/sidecar?')}>
                {d('download.sidecar')}
              </a>
            </>
          )}
          <Field label={d('download.address')} hint={d('download.addressHint')}>
            {(id) => <input id={id} class="address" type="text" readOnly value={location.origin + href} />}
          </Field>
        </div>
      </form>
    </>
  );
}
