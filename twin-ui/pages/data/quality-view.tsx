import {useMemo} from 'preact/hooks';
import type {DatastreamBody} from '#schemas';
import {addressed} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {numberText, percentText} from '../../text/format.ts';
import {named, t} from '../../text/index.ts';
import {useAsked, WhenAsked} from '../asked.tsx';
import {HereLink} from '../views.tsx';
import {elementName, seriesDetail, seriesWords, stationName} from './names.ts';
import {
  markedFraction,
  type Quality,
  type QualityItem,
  readQuality,
  sumOf,
  type Tally,
  testsOf,
  thereFraction,
  wholeOf,
} from './quality-counts.ts';
import {QualityDetail} from './quality-detail.tsx';
import {QualityStrip, StripAxis, StripLegend} from './quality-strip.tsx';
import {ChosenThings} from './series-view.tsx';
import type {Things} from './site-things.ts';
import {found, NothingFound, Pages, pageOf, Search} from './table.tsx';
import {type ViewProps, viewAddress} from './view.ts';

const WEEKS = [4, 13, 53] as const;
const DEFAULT_WEEKS = 13;
const PAGE_ROWS = 40;
const weeksAsked = addressed('weeks');
const chosen = addressed('datastream');
const element = addressed('element');
const station = addressed('station');
const order = addressed('order');

const ORDERS = ['worst', 'gaps', 'name'] as const;

/** How good the data are: each series as a strip of weeks, worst first, and one of them in numbers. */
export function QualityView({things}: ViewProps) {
  const weeks = WEEKS.find((n) => String(n) === weeksAsked.value) ?? DEFAULT_WEEKS;
  return (
    <>
      <div class="choose">
        <fieldset class="segmented" aria-label={d('quality.range')}>
          {WEEKS.map((n) => (
            <button
              type="button"
              key={n}
              aria-pressed={n === weeks}
              onClick={() => (weeksAsked.value = n === DEFAULT_WEEKS ? null : String(n))}
            >
              {d(`quality.weeks${n}`)}
            </button>
          ))}
        </fieldset>
      </div>
      {chosen.value === null ? (
        <AllSeries things={things} weeks={weeks} />
      ) : (
        <OneSeries id={chosen.value} things={things} weeks={weeks} />
      )}
    </>
  );
}

function AllSeries({things, weeks}: {things: Things; weeks: number}) {
  const site = things.site.id;
  const quality = useAsked((stop) => readQuality({site, weeks}, stop), [weeks, site]);
  return <WhenAsked of={quality}>{(known) => <Overview quality={known} things={things} />}</WhenAsked>;
}

function OneSeries({id, things, weeks}: {id: string; things: Things; weeks: number}) {
  const site = things.site.id;
  const quality = useAsked((stop) => readQuality({site, weeks, datastream: id}, stop), [weeks, site, id]);
  return (
    <WhenAsked of={quality}>
      {(known) => {
        const item = known.items.find(({datastream}) => datastream === id);
        const stream = things.datastreams.get(id);
        if (item && stream) return <QualityDetail {...{item, stream, quality: known, things}} />;
        return (
          <p class="empty">
            {d('quality.unknown', {id})}{' '}
            <HereLink class="link" href={viewAddress('quality')}>
              {d('quality.all')}
            </HereLink>
          </p>
        );
      }}
    </WhenAsked>
  );
}

type Line = {item: QualityItem; stream: DatastreamBody; whole: Tally};

function Overview({quality, things}: {quality: Quality; things: Things}) {
  const lines = useMemo(
    () =>
      quality.items.flatMap((item): Line[] => {
        const stream = things.datastreams.get(item.datastream);
        const whole = wholeOf(item);
        // What neither came nor was due in these weeks says nothing here.
        return stream && (whole.rows > 0 || (whole.expected ?? 0) > 0) ? [{item, stream, whole}] : [];
      }),
    [quality, things],
  );
  const wanted = lines.filter(
    ({stream}) =>
      (element.value === null || stream.element === element.value) &&
      (station.value === null || stream.station === station.value),
  );
  const sorted = found(inOrder(wanted, things), ({stream}) => seriesWords(things, stream));
  const shown = pageOf(sorted, PAGE_ROWS);
  const all = sumOf(sorted.map(({whole}) => whole));
  const by = ORDERS.find((id) => id === order.value) ?? 'worst';
  return (
    <>
      {lines.length === 0 ? (
        <p class="empty">{d('quality.empty')}</p>
      ) : (
        <>
          <Summary of={all} series={sorted.length} />
          <div class="choose">
            <Search />
            <ChosenThings things={things} />
            <select
              aria-label={d('quality.order')}
              value={by}
              onChange={(event) =>
                (order.value = event.currentTarget.value === 'worst' ? null : event.currentTarget.value)
              }
            >
              {ORDERS.map((id) => (
                <option key={id} value={id}>
                  {d(`quality.order.${id}`)}
                </option>
              ))}
            </select>
            <span class="fine count" role="status">
              {d('table.found', {shown: numberText(sorted.length, 0), all: numberText(lines.length, 0)})}
            </span>
          </div>
          <StripLegend />
          {sorted.length === 0 && <NothingFound />}
          {sorted.length > 0 && (
            <div class="strips">
              <StripAxis quality={quality} />
              <ul>
                {shown.map((line) => (
                  <StripLine key={line.item.datastream} line={line} quality={quality} things={things} />
                ))}
              </ul>
            </div>
          )}
          <Pages rows={sorted.length} pageRows={PAGE_ROWS} />
        </>
      )}
    </>
  );
}

function StripLine({
  line: {item, stream, whole},
  quality,
  things,
}: {
  line: Line;
  quality: Quality;
  things: Things;
}) {
  const marked = markedFraction(whole);
  const there = thereFraction(whole);
  const name = `${elementName(things, stream.element)}, ${stationName(things, stream.station)}`;
  return (
    <li>
      <HereLink
        class="strip-line"
        href={viewAddress('quality', {datastream: item.datastream, weeks: weeksAsked.value})}
      >
        <span class="strip-name">
          <strong>{elementName(things, stream.element)}</strong>
          <span class="fine">
            {[stationName(things, stream.station), seriesDetail(stream)].filter(Boolean).join(' · ')}
          </span>
        </span>
        <QualityStrip
          item={item}
          quality={quality}
          label={d('quality.stripOf', {series: name, weeks: item.rows.length})}
        />
        <span class="strip-numbers">
          <span>
            {d('quality.passed', {share: marked === null ? '—' : percentText(whole.pass / whole.rows)})}
          </span>
          <span class="fine">{d('quality.there', {share: there === null ? '—' : percentText(there)})}</span>
        </span>
      </HereLink>
    </li>
  );
}

/** All that is shown, in a few numbers, and which test marked how much of it. */
function Summary({of, series}: {of: Tally; series: number}) {
  const there = thereFraction(of);
  const share = (n: number) => (of.rows === 0 ? '—' : percentText(n / of.rows));
  const tiles: [string, string, string][] = [
    [t('flag.1'), share(of.pass), 'step-clean'],
    [t('flag.3'), share(of.suspect), 'step-many'],
    [t('flag.4'), share(of.fail), 'step-bad'],
    [d('quality.thereWord'), there === null ? '—' : percentText(there), 'step-good'],
  ];
  const tests = testsOf(of)
    .map(({test}) => ({test, n: of.failed[test] ?? 0}))
    .filter(({n}) => n > 0)
    .sort((a, b) => b.n - a.n);
  const most = tests[0]?.n ?? 1;
  return (
    <section class="summary" aria-label={d('quality.summary')}>
      <div class="tiles">
        <p class="tile-large">
          <strong>{numberText(of.rows, 0)}</strong>
          <span class="fine">{d('quality.rowsOf', {series: numberText(series, 0)})}</span>
        </p>
        {tiles.map(([word, number, step]) => (
          <p class="tile-small" key={word}>
            <span class={`key ${step}`} />
            <strong>{number}</strong>
            <span class="fine">{word}</span>
          </p>
        ))}
      </div>
      <div class="tests">
        <h2>{d('quality.byTest')}</h2>
        {tests.length === 0 ? (
          <p class="hint">{d('quality.noneMarked')}</p>
        ) : (
          <ul class="bars">
            {tests.map(({test, n}) => (
              <li key={test}>
                <span>{t(`test.${test}`)}</span>
                <span class="bar-track">
                  <span class="bar-fill" style={{width: `${Math.max(1, (100 * n) / most)}%`}} />
                </span>
                <span class="bar-number">
                  {numberText(n, 0)} <span class="fine">{share(n)}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function inOrder(lines: readonly Line[], things: Things): Line[] {
  const name = ({stream}: Line) =>
    `${elementName(things, stream.element)} ${stationName(things, stream.station)} ${stream.id}`;
  const by = ORDERS.find((id) => id === order.value) ?? 'worst';
  const badness = ({whole}: Line) => markedFraction(whole) ?? 1;
  const lack = ({whole}: Line) => 1 - (thereFraction(whole) ?? 1);
  return [...lines].sort((a, b) => {
    if (by === 'worst') return badness(b) - badness(a) || lack(b) - lack(a);
    if (by === 'gaps') return lack(b) - lack(a) || badness(b) - badness(a);
    return name(a).localeCompare(name(b), named({en: 'en', zh: 'zh-CN'}));
  });
}
