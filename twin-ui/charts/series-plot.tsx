import {useEffect, useRef} from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type {SeriesBody} from '#schemas';
import {numberText, unitText} from '../text/format.ts';
import {language, type TextKey, t} from '../text/index.ts';

const INK = '#a9bdb7';
const LINE = '#7fd1b0';
const BAND = 'rgba(127, 209, 176, 0.22)';
const GRID = 'rgba(255, 255, 255, 0.07)';
/** Not by colour alone: suspect is a triangle, fail a cross. */
const FLAG_COLOUR: Record<number, string> = {3: '#f2b84b', 4: '#ff7a6b', 9: '#9aa6a2', 2: '#8fb4ff'};

/** Shades the gaps of the series behind everything else. */
function drawGaps(plot: uPlot, gaps: SeriesBody['gaps']): void {
  const {ctx, bbox} = plot;
  ctx.save();
  ctx.fillStyle = 'rgba(255, 255, 255, 0.05)';
  for (const gap of gaps) {
    const left = Math.max(bbox.left, plot.valToPos(Date.parse(gap.from) / 1000, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(Date.parse(gap.to) / 1000, 'x', true));
    if (right > left) ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
  }
  ctx.restore();
}

/** Marks points that did not pass, over the line. */
function drawFlags(plot: uPlot, body: SeriesBody): void {
  const {ctx, bbox} = plot;
  const size = 4 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = 1.6 * devicePixelRatio;
  for (const point of body.points) {
    if (point.flag !== 3 && point.flag !== 4) continue;
    const shown = point.mean ?? point.max ?? point.min;
    const x = plot.valToPos(Date.parse(point.time) / 1000, 'x', true);
    const y = shown === null ? bbox.top + bbox.height - size : plot.valToPos(shown, 'y', true);
    ctx.strokeStyle = ctx.fillStyle = FLAG_COLOUR[point.flag]!;
    ctx.beginPath();
    if (point.flag === 3) {
      ctx.moveTo(x, y - size);
      ctx.lineTo(x + size, y + size * 0.8);
      ctx.lineTo(x - size, y + size * 0.8);
      ctx.closePath();
      ctx.fill();
    } else {
      ctx.moveTo(x - size, y - size);
      ctx.lineTo(x + size, y + size);
      ctx.moveTo(x + size, y - size);
      ctx.lineTo(x - size, y + size);
      ctx.stroke();
    }
  }
  ctx.restore();
}

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

type Props = {body: SeriesBody; timeZone: string; label: string; height: number};

/** One series with its band of extremes, gaps and flags; times in the site's zone. */
export function SeriesPlot({body, timeZone, label, height}: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDivElement>(null);
  const locale = language.value === 'zh' ? 'zh-CN' : 'en-GB';

  useEffect(() => {
    const element = holder.current!;
    const unit = unitText(body.unit);
    const times = body.points.map((point) => Date.parse(point.time) / 1000);
    const bars = body.statistic === 'sum';
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
      const point = body.points[i ?? body.points.length - 1];
      if (!point) return;
      const value = point.mean === null ? '—' : `${numberText(point.mean)} ${unit}`;
      const spread =
        point.count > 1 && point.min !== null && point.max !== null
          ? ` (${numberText(point.min)} … ${numberText(point.max)}, n ${point.count})`
          : '';
      legend.current.textContent = `${format.format(Date.parse(point.time))} · ${value}${spread} · ${t(`flag.${point.flag}` as TextKey)}`;
    };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
        legend: {show: false},
        cursor: {y: false, points: {size: 7}},
        padding: [8, 8, 0, 0],
        scales: {x: {time: true, min: Date.parse(body.from) / 1000, max: Date.parse(body.to) / 1000}},
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
            stroke: LINE,
            width: 1.6,
            spanGaps: false,
            points: {show: body.points.length <= 60, size: 4, fill: LINE},
            ...(bars ? {paths: uPlot.paths.bars!({size: [0.8, 40]}), fill: BAND} : {}),
          },
        ],
        bands: [{series: [1, 2], fill: BAND}],
        hooks: {
          drawClear: [(self) => drawGaps(self, body.gaps)],
          draw: [(self) => drawFlags(self, body)],
          setCursor: [(self) => describe(self.cursor.idx)],
        },
      },
      [times, body.points.map((p) => p.max), body.points.map((p) => p.min), withGaps(body)],
      element,
    );
    describe(null);
    const observer = new ResizeObserver(() => plot.setSize({width: element.clientWidth, height}));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [body, timeZone, locale, height]);

  return (
    <figure class="plot">
      <div ref={holder} role="img" aria-label={label} />
      <figcaption ref={legend} class="plot-legend" />
    </figure>
  );
}

/** The line, broken where a gap lies between two points. */
function withGaps(body: SeriesBody): (number | null)[] {
  const ends = body.gaps.map((gap) => Date.parse(gap.to));
  let next = 0;
  return body.points.map((point, i) => {
    const time = Date.parse(point.time);
    while (next < ends.length && ends[next]! < time) next += 1;
    // The first point after a gap would be joined to the last before it: uPlot breaks only at null.
    return i > 0 && ends[next] === time && body.points.length > 400 ? null : point.mean;
  });
}
