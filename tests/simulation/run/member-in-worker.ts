import {parentPort, workerData} from 'node:worker_threads';
import {kept} from './made-plan.ts';

/** Runs members that it is told of, one after another, and says what each came to. */
const {plan, members} = workerData as {plan: Parameters<typeof kept>[0]; members: number[]};
for (const member of members) {
  const last = kept(plan, {member}).years.at(-1)!;
  parentPort!.postMessage({member, indicators: last.indicators, parts: last.parts});
}
