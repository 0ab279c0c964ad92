import type {RunMember} from '#simulation';
import {smallMember} from './small-plan.ts';

const STILL = new Int32Array(new SharedArrayBuffer(4));

/** The small forest, 60 ms a year: time enough to stop it anywhere. */
export const runMember: RunMember = (plan, member, sink) =>
  smallMember(plan, member, {
    ...sink,
    year: (year) => {
      Atomics.wait(STILL, 0, 0, 60);
      sink.year(year);
    },
  });
