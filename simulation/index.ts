export type {ClimatePlan} from './climate/climate-plan.ts';
export {readSiteClimate, type SiteClimate} from './climate/normals.ts';
export type {WeatherRecord} from './climate/record.ts';
export {readStationRecord} from './climate/station-record.ts';
export {weatherOf} from './climate/weather.ts';
export {BLOCK, type Draw, drawnPlan, drawOf, drawsAny, logSd} from './ensemble/draws.ts';
export {indicatorsOf} from './ensemble/indicators.ts';
export {type MemberSummary, type RunMember, runSummary, summaryShape} from './ensemble/member.ts';
export {type EnsembleOptions, MemberError, type MemberWorker, runEnsemble} from './ensemble/pool.ts';
export {type Band, band, quantile} from './ensemble/quantile.ts';
export {LEAST_BLOCKS, type Spread, spreadOf} from './ensemble/spread.ts';
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
export {byteOf, CHANNELS, type Channel, type ChannelId, channelValue} from './playback/channels.ts';
export type {Playback, PlaybackSpecies, PlaybackText} from './playback/layout.ts';
export {PlaybackError, readEtw} from './playback/read-etw.ts';
export {writeEtw} from './playback/write-etw.ts';
export {runMember} from './run/run-member.ts';
export {
  CAUSES,
  type RunEvent,
  type RunSink,
  type RunYear,
  TREE_STATUS,
  type TreeRows,
} from './run/sink.ts';
export {checkScenario, parseScenario} from './scenario/check-scenario.ts';
export type {ImpossibleCode, ImpossibleOperation} from './scenario/problem.ts';
