import {runMember} from '#simulation';
import {planOf} from './simulation-plan.ts';

/** One member's years in a process of its own: prints the most memory it held, MB. Arguments: trees, hectares, years, cohorts of a unit. */
const [trees, hectares, years, cohorts] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
];
runMember(planOf({trees, hectares, years, cohorts}), 0, {year: () => {}, event: () => {}});
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
