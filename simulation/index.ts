export type {ClimatePlan} from './climate/climate-plan.ts';
export {readSiteClimate, type SiteClimate} from './climate/normals.ts';
export type {WeatherRecord} from './climate/record.ts';
export {readStationRecord} from './climate/station-record.ts';
export {weatherOf} from './climate/weather.ts';
export {archiveDate, EMPTY_ARCHIVE, type PlaceArchive, type PlaceInput} from './place/place-input.ts';
export {readResponseUnits} from './place/read-response-units.ts';
export {type MoistureReading, readStartWater} from './place/start-water.ts';
export type {
  PlanCells,
  PlanCohort,
  PlanOperation,
  PlanPlace,
  PlanUnit,
  RunPlan,
  ThinningRule,
  TreeColumns,
  YearWeather,
} from './plan.ts';
export {type PlannedRun, planRun, type RunInput} from './plan-run.ts';
export {checkScenario, parseScenario} from './scenario/check-scenario.ts';
export type {ImpossibleCode, ImpossibleOperation} from './scenario/problem.ts';
