import {useEffect, useState} from 'preact/hooks';
import type {ObservationBody, RevisionBody, SeriesBody} from '#schemas';
import {ApiRefusal, get, revisionsOf, seriesCsv} from '../api/client.ts';
import {ScrollRegion} from '../pages/scroll-region.tsx';
import {loadAccess, mayCorrect} from '../state/access-state.ts';
import {elements} from '../state/site-state.ts';
import {numberText, periodMs, timeText, unitText, zoneText} from '../text/format.ts';
import {named, type TextKey, t} from '../text/index.ts';
import {r} from '../text/revise/index.ts';
import type {Range} from './brush.ts';
import {type Judgement, RangePanel} from './range-panel.tsx';
import './revise.css';
import {useRevised} from './revised.ts';
import {RevisionList} from './revision-list.tsx';
import {SeriesPlot} from './series-plot.tsx';
import {type PointOfChart, StoryPanel} from './story-panel.tsx';

const RANGES = {'24h': 86_400_000, '7d': 7 * 86_400_000, '1y': 366 * 86_400_000} as const;
type RangeId = keyof typeof RANGES;
const REFRESH_MS = 60_000;

type Props = {observation: ObservationBody; timeZone: string};

/** A series over a range of a chart, with what was said of it later, and as it was measured where that made a difference. */
type Shown = {body: SeriesBody; measured: SeriesBody | null; revisions: RevisionBody[]};

async function readShown(
  query: {datastream: string; from: string; to: string; points: number},
  signal: AbortSignal,
): Promise<Shown> {
  const {datastream, from, to} = query;
  const [body, revisions] = await Promise.all([
    get('/series', query, signal),
    revisionsOf(datastream, {from, to}, signal),
  ]);
  const counts = revisions.some(({revoked, revokes}) => !revoked && revokes === undefined);
  const measured = counts ? await get('/series', {...query, asStored: 'true'}, signal) : null;
  return {body, measured, revisions};
}

/** Share of a chart that is offered first to who types a range. */
const OFFERED_FRACTION = 1 / 12;

/**
 * Chart of one datastream over 24 h, 7 d or a year, with a table, the raw rows as CSV, later verdicts on ranges of it, and the
 * story of each value.
 */
export function SeriesPanel({observation, timeZone}: Props) {
  const [range, setRange] = useState<RangeId>('24h');
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asTable, setAsTable] = useState(false);
  const [chosen, setChosen] = useState<Range | null>(null);
  const [judgement, setJudgement] = useState<Judgement | null>(null);
  const [point, setPoint] = useState<PointOfChart | null>(null);
  const [saved, setSaved] = useState(false);
  /** Counts what was judged or corrected: each change is read again. */
  const [changes, setChanges] = useState(0);
  const {datastream} = observation;
  const body = shown?.body ?? null;
  const judging = chosen !== null;
  const readAgain = () => setChanges((before) => before + 1);
  useRevised(datastream, body, readAgain);

  useEffect(() => void loadAccess(), []);
  useEffect(() => {
    setShown(null);
    setChosen(null);
    setPoint(null);
    setSaved(false);
  }, [datastream, range]);

  useEffect(() => {
    // While a range is being judged the chart stands still.
    if (judging) return;
    const abort = new AbortController();
    setProblem(null);
    const read = async () => {
      const to = endOf(observation, RANGES[range]);
      const query = {
        datastream,
        from: new Date(to - RANGES[range]).toISOString(),
        to: new Date(to).toISOString(),
        points: range === '1y' ? 1500 : 800,
      };
      try {
        setShown(await readShown(query, abort.signal));
      } catch (error) {
        if (!abort.signal.aborted) setProblem(error instanceof ApiRefusal ? error.message : String(error));
      }
    };
    void read();
    const timer = range === '1y' ? undefined : setInterval(read, REFRESH_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [datastream, range, judging, changes]);

  const element = elements.value.get(observation.element);
  const name = element ? named(element.name) : observation.element;
  const download = async () => {
    const to = endOf(observation, RANGES[range]);
    const file = await seriesCsv({
      datastream,
      from: new Date(to - RANGES[range]).toISOString(),
      to: new Date(to).toISOString(),
    });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `${datastream.replaceAll(':', '_')}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const choose = (next: Range) => {
    setSaved(false);
    setChosen(next);
  };
  const leave = () => {
    setChosen(null);
    setJudgement(null);
  };
  const offer = () => {
    const [fromMs, toMs] = [Date.parse(body!.from), Date.parse(body!.to)];
    const secondMs = (timeMs: number) => Math.round(timeMs / 1000) * 1000;
    choose({fromMs: secondMs(toMs - (toMs - fromMs) * OFFERED_FRACTION), toMs: secondMs(toMs)});
  };

  return (
    <section
      class={judging ? 'series judging' : 'series'}
      aria-label={t('chart.label', {element: name, range: t(`chart.${range}`)})}
    >
      <div class="series-tools">
        <fieldset class="segmented" aria-label={t('chart.range')}>
          {(Object.keys(RANGES) as RangeId[]).map((id) => (
            <button type="button" key={id} aria-pressed={range === id} onClick={() => setRange(id)}>
              {t(`chart.${id}`)}
            </button>
          ))}
        </fieldset>
        <span class="spread" />
        <button type="button" class="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {t(asTable ? 'chart.plot' : 'chart.table')}
        </button>
        <button type="button" class="quiet" onClick={() => void download()}>
          {t('chart.csv')}
        </button>
      </div>
      {problem !== null && (
        <p class="problem" role="alert">
          {t('error.series', {message: problem})}
        </p>
      )}
      {problem === null && body === null && (
        <div class="plot-wait" role="status">
          {t('chart.loading')}
        </div>
      )}
      {body !== null && body.points.length === 0 && <div class="plot-wait">{t('chart.empty')}</div>}
      {body !== null &&
        body.points.length > 0 &&
        (asTable ? (
          <SeriesTable
            body={body}
            timeZone={timeZone}
            tell={(row, next) =>
              setPoint({time: row.time, count: row.count, nextTime: next?.time ?? body.to})
            }
          />
        ) : (
          <SeriesPlot
            body={body}
            measured={shown!.measured}
            revisions={shown!.revisions}
            chosen={chosen && {range: chosen, flag: judgement}}
            timeZone={timeZone}
            height={190}
            label={t('chart.label', {element: name, range: t(`chart.${range}`)})}
            onRange={mayCorrect.value ? choose : null}
            onPoint={(tapped, next) =>
              setPoint({time: tapped.time, count: tapped.count, nextTime: next?.time ?? body.to})
            }
          />
        ))}
      {shown?.measured && !asTable && (
        <p class="fine lines">
          <span class="line-revised">{r('chart.revised')}</span>
          <span class="line-measured">{r('chart.raw')}</span>
        </p>
      )}
      {body !== null && (
        <p class="fine">
          {t('chart.rows', {rows: numberText(body.rows, 0), points: numberText(body.points.length, 0)})}
          {body.gaps.length > 0 && ` · ${t('chart.gaps', {count: body.gaps.length})}`}
          {` · ${zoneText(Date.parse(body.to), timeZone)}`}
        </p>
      )}
      {body !== null && body.points.length > 0 && (
        <p class="fine judge-hint">
          <span>{r(mayCorrect.value ? 'chart.hint.brush' : 'chart.hint.look')}</span>
          {mayCorrect.value && (
            <button type="button" class="quiet" aria-expanded={judging} onClick={judging ? leave : offer}>
              {r('chart.judge')}
            </button>
          )}
        </p>
      )}
      <p class="fine saved" role="status">
        {saved && r('judge.saved')}
      </p>
      {chosen !== null && (
        <RangePanel
          datastream={datastream}
          timeZone={timeZone}
          range={chosen}
          judgement={judgement}
          changes={changes}
          setRange={setChosen}
          setJudgement={setJudgement}
          close={leave}
          saved={() => {
            leave();
            setSaved(true);
            readAgain();
          }}
        />
      )}
      {point !== null && (
        <StoryPanel
          datastream={datastream}
          point={point}
          changes={changes}
          timeZone={timeZone}
          close={() => setPoint(null)}
        />
      )}
      {shown !== null && (
        <RevisionList
          datastream={datastream}
          unit={shown.body.unit}
          timeZone={timeZone}
          revisions={shown.revisions}
          changed={() => {
            setSaved(false);
            readAgain();
          }}
        />
      )}
    </section>
  );
}

/** Charts end now; those of a series that ended longer ago than the range (a replay of old measurements) end with it. */
function endOf(observation: ObservationBody, rangeMs: number): number {
  const endedMs = Date.parse(observation.phenomenonTime) + periodMs(observation.period);
  return Date.now() - endedMs > rangeMs ? endedMs + 60_000 : Date.now();
}

const TABLE_ROWS = 200;

type Point = SeriesBody['points'][number];
type TableProps = {
  body: SeriesBody;
  timeZone: string;
  /** Asks for the story of a row. */
  tell: (row: Point, next: Point | undefined) => void;
};

function SeriesTable({body, timeZone, tell}: TableProps) {
  const unit = unitText(body.unit);
  const number = (value: number | null) => (value === null ? '—' : numberText(value));
  return (
    <ScrollRegion class="table-scroll" label={t('chart.table')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('chart.time')}</th>
            <th scope="col">{`${t('chart.mean')} ${unit}`}</th>
            <th scope="col">{t('chart.min')}</th>
            <th scope="col">{t('chart.max')}</th>
            <th scope="col">{t('chart.count')}</th>
            <th scope="col">{t('chart.flag')}</th>
            <th scope="col">{r('chart.why')}</th>
          </tr>
        </thead>
        <tbody>
          {body.points
            .slice(-TABLE_ROWS)
            .reverse()
            .map((point, i, rows) => (
              <tr key={point.time}>
                <td>{timeText(Date.parse(point.time), timeZone)}</td>
                <td>{number(point.mean)}</td>
                <td>{number(point.min)}</td>
                <td>{number(point.max)}</td>
                <td>{point.count}</td>
                <td>{t(`flag.${point.flag}` as TextKey)}</td>
                <td>
                  <button
                    type="button"
                    class="quiet why"
                    aria-label={r('chart.whyOf', {time: timeText(Date.parse(point.time), timeZone)})}
                    onClick={() => tell(point, rows[i - 1])}
                  >
                    {r('chart.why')}
                  </button>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
