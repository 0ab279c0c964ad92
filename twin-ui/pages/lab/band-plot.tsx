import {useEffect, useRef} from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import {shortNumberText} from '../../text/format.ts';

const INK = '#a9bdb7';
const GRID = 'rgba(255, 255, 255, 0.07)';
/** Not by colour alone: the other run is dashed. */
const OWN = {line: '#7fd1b0', band: 'rgba(127, 209, 176, 0.22)'};
const OTHER = {line: '#f2b84b', band: 'rgba(242, 184, 75, 0.18)'};

type Values = readonly (number | null)[];
export type Band = {median: Values; p05: Values; p95: Values};
type Props = {
  years: readonly number[];
  own: Band;
  other: Band | null;
  label: string;
  /** Place in `years` that the pointer is over on any of the charts; null: on none. */
  onYear: (at: number | null) => void;
};

/** All charts of the page share one cursor. */
const TOGETHER = uPlot.sync('lab');

/** Median and band of a run by year, with those of another. */
export function BandPlot({years, own, other, label, onYear}: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const tell = useRef(onYear);
  tell.current = onYear;
  useEffect(() => {
    const element = holder.current!;
    const bands = [
      {...own, look: OWN, dash: undefined},
      ...(other ? [{...other, look: OTHER, dash: [5, 4]}] : []),
    ];
    const height = 150;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: {show: false},
        cursor: {y: false, points: {size: 6}, sync: {key: TOGETHER.key}, drag: {x: false, y: false}},
        scales: {x: {time: false}},
        axes: [
          {
            stroke: INK,
            grid: {stroke: GRID},
            ticks: {stroke: GRID},
            values: (_, splits) => splits.map((year) => (Number.isInteger(year) ? String(year) : '')),
          },
          {
            stroke: INK,
            grid: {stroke: GRID},
            ticks: {stroke: GRID},
            size: 52,
            values: (_, splits) => splits.map((value) => shortNumberText(value)),
          },
        ],
        series: [
          {},
          ...bands.flatMap(({look, dash}) => [
            {stroke: 'transparent', points: {show: false}},
            {stroke: 'transparent', points: {show: false}},
            {stroke: look.line, width: 1.8, points: {show: false}, ...(dash ? {dash} : {})},
          ]),
        ],
        bands: bands.map(({look}, k) => ({
          series: [3 * k + 1, 3 * k + 2] as [number, number],
          fill: look.band,
        })),
        hooks: {setCursor: [(self) => tell.current(self.cursor.idx ?? null)]},
      },
      [[...years], ...bands.flatMap(({p95, p05, median}) => [[...p95], [...p05], [...median]])],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({width: element.clientWidth, height}));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [years, own, other]);
  return <div ref={holder} class="band-plot" role="img" aria-label={label} />;
}
