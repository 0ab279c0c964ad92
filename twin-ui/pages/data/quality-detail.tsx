import type {DatastreamBody} from '#schemas';
import {addressed, addressOf} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {numberText, percentText, timeText, unitText} from '../../text/format.ts';
import {t} from '../../text/index.ts';
import {ScrollRegion} from '../scroll-region.tsx';
import {HereLink} from '../views.tsx';
import {elementName, seriesDetail, stationName} from './names.ts';
import {
  markedFraction,
  type Quality,
  type QualityItem,
  stepOf,
  type Tally,
  type TestColumn,
  testsOf,
  thereFraction,
  weekOf,
  wholeOf,
} from './quality-counts.ts';
import {QualityStrip, StripAxis, StripLegend} from './quality-strip.tsx';
import type {Things} from './site-things.ts';
import {viewAddress} from './view.ts';

const weeksAsked = addressed('weeks');

type Props = {item: QualityItem; stream: DatastreamBody; quality: Quality; things: Things};

/** One series in numbers: what share of its rows is there and passed each test, by week. */
export function QualityDetail({item, stream, quality, things}: Props) {
  const whole = wholeOf(item);
  const tests = testsOf(whole);
  const name = `${elementName(things, stream.element)}, ${stationName(things, stream.station)}`;
  const weeks = item.rows.map((_, week) => ({week, tally: weekOf(item, week)})).reverse();
  const shown = weeks.filter(({tally}) => tally.rows > 0 || (tally.expected ?? 0) > 0);
  return (
    <article class="quality-detail">
      <p class="back">
        <HereLink class="link" href={viewAddress('quality', {weeks: weeksAsked.value})}>
          {d('quality.all')}
        </HereLink>
      </p>
      <header>
        <h2>{name}</h2>
        <p class="tags">
          {seriesDetail(stream) !== '' && <span>{seriesDetail(stream)}</span>}
          <code>{stream.id}</code>
          {stream.origin === 'virtual' && <span class="badge">{t('origin.virtual')}</span>}
          {stream.device !== null && (
            <HereLink class="link" href={viewAddress('devices', {device: stream.device})}>
              {stream.device}
            </HereLink>
          )}
          <a class="link" href={addressOf('/', {station: stream.station, element: stream.element})}>
            {d('show.chart')}
          </a>
          <HereLink class="link" href={viewAddress('download', {datastream: stream.id})}>
            {d('view.download')}
          </HereLink>
        </p>
      </header>
      <StripLegend />
      <div class="strips">
        <StripAxis quality={quality} />
        <div class="strip-alone">
          <QualityStrip
            item={item}
            quality={quality}
            label={d('quality.stripOf', {series: name, weeks: item.rows.length})}
          />
        </div>
      </div>
      <p class="fine">{d('quality.tableText')}</p>
      <ScrollRegion class="wide" label={d('quality.table')}>
        <table class="heat">
          <caption>{d('quality.table')}</caption>
          <thead>
            <tr>
              <th scope="col">{d('quality.weekOf')}</th>
              <th scope="col">{d('quality.rows')}</th>
              <th scope="col">{d('quality.gap')}</th>
              <th scope="col">{t('flag.1')}</th>
              {tests.map(({test}) => (
                <th scope="col" key={test}>
                  {t(`test.${test}`)}
                  {limitText(test, stream) !== '' && <span class="under">{limitText(test, stream)}</span>}
                </th>
              ))}
              <th scope="col">{t('flag.9')}</th>
            </tr>
          </thead>
          <tbody>
            <HeatRow name={d('quality.total')} tally={whole} tests={tests} stream={stream} />
            {shown.map(({week, tally}) => (
              <HeatRow
                key={week}
                name={timeText(Date.parse(quality.weeks[week]!.from), quality.timeZone, 'day')}
                tally={tally}
                tests={tests}
                stream={stream}
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </article>
  );
}

type RowProps = {name: string; tally: Tally; tests: readonly TestColumn[]; stream: DatastreamBody};

function HeatRow({name, tally, tests, stream}: RowProps) {
  const there = thereFraction(tally);
  const marked = markedFraction(tally);
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        {numberText(tally.rows, 0)}
        {tally.expected !== null && (
          <span class="fine">{` / ${numberText(Math.max(tally.expected, tally.rows), 0)}`}</span>
        )}
      </td>
      <Heat failed={there === null ? null : 1 - there} />
      <Heat failed={marked === null ? null : 1 - tally.pass / tally.rows} />
      {tests.map(({test, applies}) => (
        <Heat
          key={test}
          failed={tally.rows === 0 || !applies(stream) ? null : (tally.failed[test] ?? 0) / tally.rows}
        />
      ))}
      <td>{tally.missing === 0 ? '—' : numberText(tally.missing, 0)}</td>
    </tr>
  );
}

/** The share that passed, in the colour of what did not. */
function Heat({failed}: {failed: number | null}) {
  return (
    <td class={`heat-cell step-${stepOf(failed)}`}>{failed === null ? '—' : percentText(1 - failed)}</td>
  );
}

function limitText(test: string, {limits, unit}: DatastreamBody): string {
  const of = unitText(unit);
  const range = (pair: readonly [number, number] | null) =>
    pair === null ? '' : `${numberText(pair[0])} … ${numberText(pair[1])} ${of}`;
  if (test === 'grossRange') return range(limits.hardRange);
  if (test === 'suspectRange') return range(limits.suspectRange);
  if (test === 'spike') return limits.spike === null ? '' : `${numberText(limits.spike.suspect)} ${of}`;
  if (test === 'rateOfChange')
    return limits.ratePerS === null ? '' : `${numberText(limits.ratePerS * 3600)} ${of}/h`;
  if (test === 'flatLine') return limits.flatLine === null ? '' : `${numberText(limits.flatLine.suspectH)} h`;
  return '';
}
