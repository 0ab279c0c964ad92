import uPlot from 'uplot';
import type {SeriesBody} from '#schemas';

type Point = SeriesBody['points'][number];
type Column = (number | null | undefined)[];

/** The columns of a plot: times in seconds, most, least, what was measured (none without), and the series. */
export type PlotColumns = {
  columns: [number[], Column, Column, Column, Column];
  /** The point of the series at each time; undefined where only what was measured has one. */
  points: (Point | undefined)[];
};

const secondsOf = (body: SeriesBody) => body.points.map((point) => Date.parse(point.time) / 1000);

/** The line, broken where a gap lies between two points. */
function withGaps(body: SeriesBody, value: (point: Point) => number | null): (number | null)[] {
  const ends = body.gaps.map((gap) => Date.parse(gap.to));
  let next = 0;
  return body.points.map((point, i) => {
    const time = Date.parse(point.time);
    while (next < ends.length && ends[next]! < time) next += 1;
    // The first point after a gap would be joined to the last before it: uPlot breaks only at null.
    return i > 0 && ends[next] === time && body.points.length > 400 ? null : value(point);
  });
}

/**
 * What a plot draws of a series and of the same as it was measured. Beside it the line of the series leaves out what failed: there
 * the measured one alone goes on.
 */
export function plotColumns(body: SeriesBody, measured: SeriesBody | null): PlotColumns {
  const times = secondsOf(body);
  const line = (point: Point) => (measured !== null && point.flag === 4 ? null : point.mean);
  const most = body.points.map((point) => point.max);
  const least = body.points.map((point) => point.min);
  const shown = withGaps(body, line);
  if (measured === null)
    return {columns: [times, most, least, times.map(() => null), shown], points: body.points};
  const joined = uPlot.join([
    [times, most, least, shown],
    [secondsOf(measured), withGaps(measured, (point) => point.mean)],
  ]);
  const [allTimes, ...rest] = joined as unknown as PlotColumns['columns'];
  const byTime = new Map(times.map((time, i) => [time, body.points[i]!]));
  return {
    columns: [allTimes, rest[0], rest[1], rest[3], rest[2]],
    points: allTimes.map((time) => byTime.get(time)),
  };
}
