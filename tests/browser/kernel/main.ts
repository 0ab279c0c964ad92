import type {MemberSummary, RunPlan} from '#simulation';
import {bytesText, readPlanJson} from './plan-json.ts';

declare global {
  interface Window {
    /** Indicators of each member that is done, as bytes. */
    __members?: string[];
    __failed?: string;
  }
}

const plan = readPlanJson<RunPlan>(await (await fetch('./plan.json')).text());
const done: string[] = [];
const worker = new Worker(new URL('./worker.ts', import.meta.url), {type: 'module'});
worker.onmessage = ({data: {indicators, parts}}: MessageEvent<MemberSummary>) => {
  const bytes = (numbers: Float64Array) =>
    bytesText(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  done.push(bytes(indicators) + bytes(parts));
  if (done.length === plan.members) window.__members = done;
};
worker.onerror = ({message}) => {
  window.__failed = message;
};
worker.postMessage({plan, members: [...Array(plan.members).keys()]});
