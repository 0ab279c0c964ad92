import {type RunPlan, runMember, runSummary} from '#simulation';

/** Runs members of a plan in a browser's worker, as a page would. */
self.onmessage = ({data: {plan, members}}: MessageEvent<{plan: RunPlan; members: number[]}>) => {
  for (const member of members) postMessage(runSummary(runMember, plan, member));
};
