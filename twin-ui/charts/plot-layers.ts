import type uPlot from 'uplot';
import type {RevisionBody, SeriesBody} from '#schemas';
import type {Range} from './brush.ts';

/** Not by colour alone: suspect is a triangle, fail a cross. */
export const FLAG_COLOUR: Record<number, string> = {
  1: '#7fd1b0',
  2: '#8fb4ff',
  3: '#f2b84b',
  4: '#ff7a6b',
  9: '#9aa6a2',
};
const CORRECTED = '#8fb4ff';

/** A range that is chosen, and the flag that its values would get. */
export type Chosen = {range: Range; flag: number | null};

/** Left and right of a stretch of time within the plot, in canvas pixels; null: outside. */
function edges(plot: uPlot, fromMs: number, toMs: number): {left: number; width: number} | null {
  const {bbox} = plot;
  const left = Math.max(bbox.left, plot.valToPos(fromMs / 1000, 'x', true));
  const right = Math.min(bbox.left + bbox.width, plot.valToPos(toMs / 1000, 'x', true));
  return right >= left && right >= bbox.left && left <= bbox.left + bbox.width
    ? {left, width: Math.max(1, right - left)}
    : null;
}

/** Shades the gaps of the series behind everything else. */
export function drawGaps(plot: uPlot, gaps: SeriesBody['gaps']): void {
  const {ctx, bbox} = plot;
  ctx.save();
  ctx.fillStyle = 'rgba(255, 255, 255, 0.05)';
  for (const gap of gaps) {
    const place = edges(plot, Date.parse(gap.from), Date.parse(gap.to));
    if (place) ctx.fillRect(place.left, bbox.top, place.width, bbox.height);
  }
  ctx.restore();
}

/** Revisions that count, as bands with a strip at their top in the colour of their flag; corrections are blue. */
export function drawRevisions(plot: uPlot, revisions: readonly RevisionBody[]): void {
  const {ctx, bbox} = plot;
  const strip = 3 * devicePixelRatio;
  ctx.save();
  for (const {from, to, flag, revoked, revokes} of revisions) {
    const place = edges(plot, Date.parse(from), Date.parse(to));
    if (!place || revoked || revokes !== undefined) continue;
    ctx.fillStyle = flag === null ? CORRECTED : FLAG_COLOUR[flag]!;
    ctx.globalAlpha = 0.1;
    ctx.fillRect(place.left, bbox.top, place.width, bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillRect(place.left, bbox.top, Math.max(2 * devicePixelRatio, place.width), strip);
  }
  ctx.restore();
}

/** The range that is chosen, behind the lines. */
export function drawChosen(plot: uPlot, chosen: Chosen | null): void {
  if (chosen === null) return;
  const {ctx, bbox} = plot;
  const place = edges(plot, chosen.range.fromMs, chosen.range.toMs);
  if (!place) return;
  ctx.save();
  ctx.fillStyle = 'rgba(255, 255, 255, 0.13)';
  ctx.fillRect(place.left, bbox.top, place.width, bbox.height);
  ctx.fillStyle = 'rgba(255, 255, 255, 0.75)';
  const line = Math.max(1, devicePixelRatio);
  const strip = 3 * devicePixelRatio;
  ctx.fillRect(place.left, bbox.top, line, bbox.height);
  ctx.fillRect(place.left + place.width - line, bbox.top, line, bbox.height);
  if (chosen.flag !== null) {
    ctx.fillStyle = FLAG_COLOUR[chosen.flag]!;
    ctx.fillRect(place.left, bbox.top, place.width, strip);
  }
  ctx.restore();
}

/** The sign of a flag, filled or as an outline. */
function sign(ctx: CanvasRenderingContext2D, flag: number, x: number, y: number, size: number): void {
  ctx.strokeStyle = ctx.fillStyle = FLAG_COLOUR[flag]!;
  ctx.beginPath();
  if (flag === 3) {
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y + size * 0.8);
    ctx.lineTo(x - size, y + size * 0.8);
    ctx.closePath();
    ctx.fill();
  } else if (flag === 4) {
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
    ctx.stroke();
  } else {
    ctx.arc(x, y, size, 0, 2 * Math.PI);
    ctx.stroke();
  }
}

/** Signs of points that did not pass, over the line; of those in a chosen range the signs that they would get. */
export function drawFlags(plot: uPlot, body: SeriesBody, chosen: Chosen | null): void {
  const {ctx, bbox} = plot;
  const spacing = bbox.width / Math.max(1, body.points.length) / devicePixelRatio;
  // Close together they are smaller, so that the lines under them are seen.
  const size = Math.min(4, Math.max(2.5, spacing * 0.6)) * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = Math.min(1.6, size / devicePixelRatio / 2.2) * devicePixelRatio;
  for (const point of body.points) {
    const timeMs = Date.parse(point.time);
    const inRange = chosen !== null && timeMs >= chosen.range.fromMs && timeMs < chosen.range.toMs;
    const flag = inRange && chosen.flag !== null ? chosen.flag : point.flag;
    const previewed = inRange && chosen.flag !== null;
    if (!previewed && flag !== 3 && flag !== 4) continue;
    const shown = point.mean ?? point.max ?? point.min;
    const x = plot.valToPos(timeMs / 1000, 'x', true);
    const y = shown === null ? bbox.top + bbox.height - size : plot.valToPos(shown, 'y', true);
    sign(ctx, flag, x, y, previewed && flag === 1 ? size * 0.7 : size);
  }
  ctx.restore();
}
