export {type Battery, createHealthBoard, type HealthBoard, type Link} from './health-board.ts';
export {medianGapS, nominalIntervalS, silenceLimitsMs, stateAt} from './offline-rule.ts';
