import {useEffect, useMemo, useRef} from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type {RevisionBody, SeriesBody} from '#schemas';
import {numberText, unitText} from '../text/format.ts';
import {language, type TextKey, t} from '../text/index.ts';
import {brush, type Range} from './brush.ts';
import {plotColumns} from './plot-columns.ts';
import {type Chosen, drawChosen, drawFlags, drawGaps, drawRevisions} from './plot-layers.ts';

const INK = '#a9bdb7';
const LINE = '#7fd1b0';
const BAND = 'rgba(127, 209, 176, 0.22)';
const GRID = 'rgba(255, 255, 255, 0.07)';
/** What was measured, thin and grey beside what is made of it. */
const MEASURED = '#cbc3b8';

/** Each value is a dot where there are no more than these. */
const MOST_DOTS = 60;

const DAY_S = 86_400;

/** Labels of the time axis in the site's zone: hours, with the day under the first of each; days; or months. */
function timeLabels(splits: readonly number[], stepS: number, timeZone: string, locale: string): string[] {
  const clock = new Intl.DateTimeFormat(locale, {
    timeZone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
  });
  const day = new Intl.DateTimeFormat(locale, {timeZone, month: 'short', day: 'numeric'});
  const month = new Intl.DateTimeFormat(locale, {timeZone, year: 'numeric', month: 'short'});
  let before = '';
  return splits.map((seconds) => {
    const timeMs = seconds * 1000;
    if (stepS >= 20 * DAY_S) return month.format(timeMs);
    if (stepS >= DAY_S) return day.format(timeMs);
    const date = day.format(timeMs);
    const label = date === before ? clock.format(timeMs) : `${clock.format(timeMs)}\n${date}`;
    before = date;
    return label;
  });
}

type Point = SeriesBody['points'][number];
type Props = {
  body: SeriesBody;
  /** The same as it was measured, drawn beside it; null: nothing was revised. */
  measured: SeriesBody | null;
  revisions: readonly RevisionBody[];
  chosen: Chosen | null;
  timeZone: string;
  label: string;
  height: number;
  /** A range was drawn (`done`) or is being drawn; null: ranges cannot be chosen. */
  onRange: ((range: Range, done: boolean) => void) | null;
  onPoint: (point: Point, next: Point | undefined) => void;
};

/**
 * One series with its band of extremes, gaps, flags and revisions, and what was measured beside what is made of it; times in the
 * site's zone.
 */
export function SeriesPlot(props: Props) {
  const {body, measured, timeZone, label, height} = props;
  const data = useMemo(() => plotColumns(body, measured), [body, measured]);
  const bars = body.statistic === 'sum';
  const holder = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  /** What is drawn comes anew while somebody points at the chart or draws a range in it, so the chart stays: hooks read what is newest. */
  const newest = useRef({...props, ...data});
  newest.current = {...props, ...data};
  const locale = language.value === 'zh' ? 'zh-CN' : 'en-GB';

  useEffect(() => drawn.current?.redraw(false), [props.chosen, props.revisions]);

  useEffect(() => {
    const element = holder.current!;
    const format = new Intl.DateTimeFormat(locale, {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    });
    const describe = (i: number | null | undefined) => {
      if (!legend.current) return;
      const {body, points} = newest.current;
      const point = (i == null ? null : points[i]) ?? body.points.at(-1);
      if (!point) return;
      const value = point.mean === null ? '—' : `${numberText(point.mean)} ${unitText(body.unit)}`;
      const spread =
        point.count > 1 && point.min !== null && point.max !== null
          ? ` (${numberText(point.min)} … ${numberText(point.max)}, n ${point.count})`
          : '';
      legend.current.textContent = `${format.format(Date.parse(point.time))} · ${value}${spread} · ${t(`flag.${point.flag}` as TextKey)}`;
    };
    const fewPoints = () => newest.current.body.points.length <= MOST_DOTS;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
        legend: {show: false},
        cursor: {y: false, points: {size: 7}, drag: {x: false, y: false}},
        padding: [8, 8, 0, 0],
        scales: {x: {time: true}},
        axes: [
          {
            stroke: INK,
            grid: {stroke: GRID, width: 1},
            ticks: {show: false},
            font: '11px system-ui',
            space: 62,
            values: (_plot, splits, _axis, _space, stepS) => timeLabels(splits, stepS, timeZone, locale),
          },
          {
            stroke: INK,
            grid: {stroke: GRID, width: 1},
            ticks: {show: false},
            font: '11px system-ui',
            size: 50,
            values: (_plot, splits) => splits.map((split) => numberText(split)),
          },
        ],
        series: [
          {},
          {stroke: 'transparent', points: {show: false}},
          {stroke: 'transparent', points: {show: false}},
          {
            stroke: MEASURED,
            width: 1,
            spanGaps: false,
            points: {show: () => bars || fewPoints(), size: 3, fill: MEASURED},
            ...(bars ? {paths: () => null} : {}),
          },
          {
            stroke: LINE,
            width: 1.6,
            spanGaps: false,
            points: {show: fewPoints, size: 4, fill: LINE},
            ...(bars ? {paths: uPlot.paths.bars!({size: [0.8, 40]}), fill: BAND} : {}),
          },
        ],
        bands: [{series: [1, 2], fill: BAND}],
        hooks: {
          drawClear: [
            (self) => {
              drawGaps(self, newest.current.body.gaps);
              drawRevisions(self, newest.current.revisions);
              drawChosen(self, newest.current.chosen);
            },
          ],
          draw: [(self) => drawFlags(self, newest.current.body, newest.current.chosen)],
          setCursor: [(self) => describe(self.cursor.idx)],
        },
      },
      newest.current.columns as uPlot.AlignedData,
      element,
    );
    drawn.current = plot;
    const endBrush = brush(plot, () => ({
      range: newest.current.onRange,
      tap: (index) => {
        const {points, body, onPoint} = newest.current;
        const point = points[index];
        if (point) onPoint(point, body.points[body.points.indexOf(point) + 1]);
      },
    }));
    const observer = new ResizeObserver(() => plot.setSize({width: element.clientWidth, height}));
    observer.observe(element);
    return () => {
      endBrush();
      observer.disconnect();
      drawn.current = null;
      plot.destroy();
    };
  }, [bars, timeZone, locale, height]);

  useEffect(() => {
    const plot = drawn.current!;
    plot.batch(() => {
      plot.setData(data.columns as uPlot.AlignedData, false);
      plot.setScale('x', {min: Date.parse(body.from) / 1000, max: Date.parse(body.to) / 1000});
    });
    // also the value under the pointer, or the last one
    plot.setCursor({left: plot.cursor.left ?? -10, top: plot.cursor.top ?? -10});
  }, [data, bars, timeZone, locale, height]);

  return (
    <figure class="plot">
      <div ref={holder} role="img" aria-label={label} />
      <figcaption ref={legend} class="plot-legend" />
    </figure>
  );
}
