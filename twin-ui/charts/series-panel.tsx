import {useEffect, useState} from 'preact/hooks';
import type {ObservationBody, SeriesBody} from '#schemas';
import {ApiRefusal, get, seriesCsv} from '../api/client.ts';
import {elements} from '../state/site-state.ts';
import {numberText, periodMs, timeText, unitText, zoneText} from '../text/format.ts';
import {named, type TextKey, t} from '../text/index.ts';
import {SeriesPlot} from './series-plot.tsx';

const RANGES = {'24h': 86_400_000, '7d': 7 * 86_400_000, '1y': 366 * 86_400_000} as const;
type RangeId = keyof typeof RANGES;
const REFRESH_MS = 60_000;

type Props = {observation: ObservationBody; timeZone: string};

/** Chart of one datastream over 24 h, 7 d or a year, with a table and the raw rows as CSV. */
export function SeriesPanel({observation, timeZone}: Props) {
  const [range, setRange] = useState<RangeId>('24h');
  const [body, setBody] = useState<SeriesBody | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asTable, setAsTable] = useState(false);
  const {datastream} = observation;

  useEffect(() => {
    const abort = new AbortController();
    setBody(null);
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
        setBody(await get('/series', query, abort.signal));
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
  }, [datastream, range]);

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

  return (
    <section class="series" aria-label={t('chart.label', {element: name, range: t(`chart.${range}`)})}>
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
          <SeriesTable body={body} timeZone={timeZone} />
        ) : (
          <SeriesPlot
            body={body}
            timeZone={timeZone}
            height={190}
            label={t('chart.label', {element: name, range: t(`chart.${range}`)})}
          />
        ))}
      {body !== null && (
        <p class="fine">
          {t('chart.rows', {rows: numberText(body.rows, 0), points: numberText(body.points.length, 0)})}
          {body.gaps.length > 0 && ` · ${t('chart.gaps', {count: body.gaps.length})}`}
          {` · ${zoneText(Date.parse(body.to), timeZone)}`}
        </p>
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

function SeriesTable({body, timeZone}: {body: SeriesBody; timeZone: string}) {
  const unit = unitText(body.unit);
  const number = (value: number | null) => (value === null ? '—' : numberText(value));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (axe: scrollable-region-focusable)
    <div class="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('chart.time')}</th>
            <th scope="col">{`${t('chart.mean')} ${unit}`}</th>
            <th scope="col">{t('chart.min')}</th>
            <th scope="col">{t('chart.max')}</th>
            <th scope="col">{t('chart.count')}</th>
            <th scope="col">{t('chart.flag')}</th>
          </tr>
        </thead>
        <tbody>
          {body.points
            .slice(-TABLE_ROWS)
            .reverse()
            .map((point) => (
              <tr key={point.time}>
                <td>{timeText(Date.parse(point.time), timeZone)}</td>
                <td>{number(point.mean)}</td>
                <td>{number(point.min)}</td>
                <td>{number(point.max)}</td>
                <td>{point.count}</td>
                <td>{t(`flag.${point.flag}` as TextKey)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
