import {useEffect, useRef} from 'preact/hooks';
import {followRevisions} from '../state/site-state.ts';

/** Acts that follow each other cost one reading, once they rest; but the reader waits no longer than this for it. */
const REST_MS = 300;
const LONGEST_MS = 3000;

/** Reads a chart again when a range that it shows is judged or corrected, here or on another machine. */
export function useRevised(
  datastream: string,
  shown: {from: string; to: string} | null,
  readAgain: () => void,
): void {
  const latest = useRef({shown, readAgain});
  latest.current = {shown, readAgain};
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let sinceMs: number | null = null;
    const end = followRevisions(datastream, (fromMs, toMs) => {
      const {shown: range} = latest.current;
      if (range && (toMs <= Date.parse(range.from) || fromMs >= Date.parse(range.to))) return;
      const nowMs = performance.now();
      sinceMs ??= nowMs;
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          sinceMs = null;
          latest.current.readAgain();
        },
        Math.max(0, Math.min(REST_MS, sinceMs + LONGEST_MS - nowMs)),
      );
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [datastream]);
}
