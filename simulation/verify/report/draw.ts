import type {ProofPlot} from '../prove.ts';
import {shortNumber} from './numbers.ts';

const PANEL = {width: 300, height: 210} as const;
const MARGIN = {left: 46, right: 12, top: 26, bottom: 30} as const;
const INNER = {
  width: PANEL.width - MARGIN.left - MARGIN.right,
  height: PANEL.height - MARGIN.top - MARGIN.bottom,
} as const;
/** More marks than this are thinned out evenly. */
const MOST_MARKS = 400;
/** From this ratio of largest to smallest on, a comparison is drawn on logarithmic axes. */
const LOG_RATIO = 200;

/** Readable on a light and on a dark page, which the picture asks for itself. */
const STYLE = `text{font:11px system-ui,sans-serif;fill:#333}.title{font-weight:600}.axis{stroke:#888;stroke-width:1;fill:none}
.reference{stroke:#8a94a3;stroke-width:4;fill:none;stroke-linejoin:round}.model{stroke:#0b6bcb;stroke-width:1.4;fill:none}
.dot{fill:#0b6bcb;fill-opacity:.55}.equal{stroke:#8a94a3;stroke-dasharray:4 3}.swatch{font-size:10px}
@media(prefers-color-scheme:dark){text{fill:#d6dae0}.axis{stroke:#7d8590}.reference,.equal{stroke:#6b7684}.model{stroke:#6cb6ff}.dot{fill:#6cb6ff}}`;

/** Values of a cloud from which on its far points are left out, and the share of them on either side. */
const LARGE_CLOUD = 400;
const CUT_SHARE = 0.004;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Bounds that hold all values, with room for one that never changes. */
function boundsOf(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (high > low) return [low, high];
  const room = Math.abs(high) || 1;
  return [low - room / 2, high + room / 2];
}

function thinned(count: number): number[] {
  if (count <= MOST_MARKS) return Array.from({length: count}, (_, i) => i);
  return Array.from({length: MOST_MARKS}, (_, i) => Math.round((i * (count - 1)) / (MOST_MARKS - 1)));
}

const at = (value: number) => Number(value.toFixed(1));

function frame(plot: ProofPlot, ticks: {low: string; high: string; from: string; to: string}): string {
  const bottom = MARGIN.top + INNER.height;
  const right = MARGIN.left + INNER.width;
  const unit = plot.unit === '' ? '' : `, ${plot.unit}`;
  return [
    `<text class="title" x="${MARGIN.left}" y="15">${escaped(plot.quantity)}${escaped(unit)}</text>`,
    `<path class="axis" d="M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}"/>`,
    `<text x="${MARGIN.left - 4}" y="${bottom}" text-anchor="end">${ticks.low}</text>`,
    `<text x="${MARGIN.left - 4}" y="${MARGIN.top + 8}" text-anchor="end">${ticks.high}</text>`,
    `<text x="${MARGIN.left}" y="${bottom + 14}">${escaped(ticks.from)}</text>`,
    `<text x="${right}" y="${bottom + 14}" text-anchor="end">${escaped(ticks.to)}</text>`,
  ].join('');
}

/** Row by row: the reference as a broad line, the model as a thin one on it. */
function series(plot: ProofPlot, rows: readonly string[]): string {
  const [low, high] = boundsOf([...plot.expected, ...plot.computed]);
  const marks = thinned(plot.expected.length);
  const last = Math.max(1, plot.expected.length - 1);
  const path = (values: readonly number[]) =>
    marks
      .map((i, k) => {
        const x = at(MARGIN.left + (i / last) * INNER.width);
        const y = at(MARGIN.top + (1 - (values[i]! - low) / (high - low)) * INNER.height);
        return `${k === 0 ? 'M' : 'L'}${x} ${y}`;
      })
      .join('');
  const ticks = {low: shortNumber(low), high: shortNumber(high), from: rows[0] ?? '', to: rows.at(-1) ?? ''};
  return `${frame(plot, ticks)}<path class="reference" d="${path(plot.expected)}"/><path class="model" d="${path(plot.computed)}"/>`;
}

/** Bounds that leave out a few far points of a large cloud, so that the rest can be told apart. */
function cloudBounds(values: readonly number[]): [number, number] {
  if (values.length < LARGE_CLOUD) return boundsOf(values);
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(CUT_SHARE * values.length);
  return boundsOf([sorted[cut]!, sorted.at(-1 - cut)!]);
}

/** The model over the reference; on the broken line they are equal. */
function scatter(plot: ProofPlot): string {
  const all = [...plot.expected, ...plot.computed];
  const [low, high] = all.every((value) => value > 0) ? boundsOf(all) : cloudBounds(all);
  const shown = [...plot.expected.keys()].filter((i) =>
    [plot.expected[i]!, plot.computed[i]!].every((value) => value >= low && value <= high),
  );
  const outside = plot.expected.length - shown.length;
  const log = low > 0 && high / low > LOG_RATIO;
  const share = (value: number) =>
    log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const dots = thinned(shown.length).map((k) => {
    const i = shown[k]!;
    const x = at(MARGIN.left + share(plot.expected[i]!) * INNER.width);
    const y = at(MARGIN.top + (1 - share(plot.computed[i]!)) * INNER.height);
    return `<circle class="dot" cx="${x}" cy="${y}" r="2.4"/>`;
  });
  const ticks = {
    low: shortNumber(low),
    high: shortNumber(high),
    from: `reference ${shortNumber(low)}`,
    to: `${shortNumber(high)}${log ? ' (log)' : ''}${outside > 0 ? ` (${outside} beyond)` : ''}`,
  };
  const bottom = MARGIN.top + INNER.height;
  const equal = `<path class="equal" d="M${MARGIN.left} ${bottom}L${MARGIN.left + INNER.width} ${MARGIN.top}"/>`;
  return `${frame(plot, ticks)}${equal}${dots.join('')}`;
}

/** Panels side by side as an SVG text: what the reference has and what the model says. `alt` is read to those who cannot see it. */
export function drawPlots(plots: readonly ProofPlot[], alt: string): string {
  const width = PANEL.width * plots.length;
  const height = PANEL.height + 18;
  const panels = plots.map((plot, i) => {
    const inner = plot.along ? series(plot, plot.along.values) : scatter(plot);
    return `<g transform="translate(${i * PANEL.width} 0)">${inner}</g>`;
  });
  const y = PANEL.height + 8;
  const key = (kind: string, x: number, text: string) =>
    `<path class="${kind}" d="M${x} ${y}h18"/><text class="swatch" x="${x + 24}" y="${y + 4}">${text}</text>`;
  const clouds = plots.findIndex(({along}) => along === null);
  const legend = [
    plots.some(({along}) => along !== null)
      ? key('reference', 46, 'reference') + key('model', 134, 'model')
      : '',
    clouds < 0 ? '' : key('equal', clouds * PANEL.width + 46, 'model = reference'),
  ].join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(alt)}"><style>${STYLE}</style>${panels.join('')}${legend}</svg>\n`;
}
