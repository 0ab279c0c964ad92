import {weatherOf} from '../climate/weather.ts';
import type {RunPlan, YearWeather} from '../plan.ts';
import {MemberYears} from './member-years.ts';
import type {RunSink} from './sink.ts';

/**
 * The years of one member: a pure function of plan and member, but for what it hands to `sink`. A year's steps are in the order of
 * this file; all that a step needs is the state that the step before left.
 */
export function runMember(
  plan: RunPlan,
  member: number,
  sink: RunSink,
  weather: (climate: RunPlan['climate'], member: number, year: number) => YearWeather = weatherOf,
): void {
  const years = new MemberYears(plan, member, sink);
  years.before(weather(plan.climate, member, plan.firstYear));
  years.report(plan.firstYear - 1);
  for (let year = plan.firstYear; year < plan.firstYear + plan.years; year += 1) {
    // 1 forcing and events
    const days = weather(plan.climate, member, year);
    years.begin(year, days);
    // 2 water of the units, and what each month allows
    years.water(days);
    years.speciesYears(year);
    // 3 crowns and light
    years.light();
    // 4 growth and allocation
    years.grow();
    // 5 mortality
    years.die(year);
    // 6 management
    years.manage(year);
    // 7 regeneration
    years.regenerate(year);
    // 8 dead wood and soil carbon
    years.decay();
    // 9 outputs and balance checks
    years.report(year);
  }
}
