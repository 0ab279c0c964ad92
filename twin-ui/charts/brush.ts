import type uPlot from 'uplot';

/** Less than this is a tap and no range. */
const TAP_PX = 5;

export type Range = {fromMs: number; toMs: number};
export type BrushHandlers = {
  /** Null: ranges cannot be chosen. */
  range: ((range: Range, done: boolean) => void) | null;
  /** A point was tapped; its index in the data. */
  tap(index: number): void;
};

/**
 * Lets a pointer of any kind (mouse, finger, pen) draw a range across a plot, or tap one of its points. A finger that moves up
 * or down scrolls the page as ever. Gives how to end it.
 */
export function brush(plot: uPlot, handlers: () => BrushHandlers): () => void {
  const {over} = plot;
  over.style.touchAction = 'pan-y';
  let startPx: number | null = null;
  const placePx = (event: PointerEvent) => {
    const {left, width} = over.getBoundingClientRect();
    return Math.min(width, Math.max(0, event.clientX - left));
  };
  const rangeOf = (aPx: number, bPx: number): Range => {
    const [from, to] = [Math.min(aPx, bPx), Math.max(aPx, bPx)].map((px) => plot.posToVal(px, 'x'));
    // Whole seconds: what the fields beside the chart can say.
    return {fromMs: Math.floor(from!) * 1000, toMs: Math.ceil(to!) * 1000};
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0 || !event.isPrimary) return;
    startPx = placePx(event);
    over.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    const {range} = handlers();
    if (startPx === null || range === null) return;
    const px = placePx(event);
    if (Math.abs(px - startPx) >= TAP_PX) range(rangeOf(startPx, px), false);
  };
  const onUp = (event: PointerEvent) => {
    if (startPx === null) return;
    const [from, px] = [startPx, placePx(event)];
    startPx = null;
    const {range, tap} = handlers();
    if (Math.abs(px - from) < TAP_PX) tap(plot.posToIdx(px));
    else range?.(rangeOf(from, px), true);
  };
  const onCancel = () => {
    startPx = null;
  };
  over.addEventListener('pointerdown', onDown);
  over.addEventListener('pointermove', onMove);
  over.addEventListener('pointerup', onUp);
  over.addEventListener('pointercancel', onCancel);
  return () => {
    over.removeEventListener('pointerdown', onDown);
    over.removeEventListener('pointermove', onMove);
    over.removeEventListener('pointerup', onUp);
    over.removeEventListener('pointercancel', onCancel);
  };
}
