export {type SunPosition, sunElevationDeg, sunPosition} from './atmosphere/sun.ts';
export {type Enu, EnuFrame, type Geodetic} from './geo/enu-frame.ts';
export {type PolygonGeometry, pointInPolygon} from './geo/polygon.ts';
export {
  applyConversion,
  convertUnit,
  type UnitConversion,
  type UnitTarget,
  unitCode,
  unitConversion,
} from './normalise/convert-unit.ts';
export {DEVICE_STATUS_FLAG, withDeviceStatus} from './normalise/device-status.ts';
export {parseInstantMs} from './normalise/instant.ts';
export {canonicalPeriod, periodEndMs, periodSeconds} from './normalise/period.ts';
export {
  type NormalisedReading,
  normaliseReading,
  type ReadingDefaults,
  type ReadingElement,
} from './normalise/reading.ts';
export {UNIT_SPELLINGS} from './normalise/unit-spellings.ts';
export {type CheckedColumns, type Companion, checkSeries} from './quality/check-series.ts';
export {affectedRows, contextRows, settledRange} from './quality/context.ts';
export {CALM_BELOW_M_PER_S, type Place} from './quality/exemption.ts';
export {findGaps, GAP_INTERVALS} from './quality/gap.ts';
export {limitsInForce} from './quality/limits.ts';
export {type PushResult, SeriesChecker} from './quality/series-checker.ts';
export {EARLIEST_TIME_MS, FUTURE_TOLERANCE_MS, timeFlag} from './quality/time.ts';
export {checkAlone, hasCredibleTime, VALUE_TEST_BITS} from './quality/verdict.ts';
export {
  exponentialAt,
  normalAt,
  normalQuantile,
  philox2x32,
  uniformAt,
} from './random/counter.ts';
export {hashText, randomKey} from './random/hash.ts';
export {
  accumulate,
  BASE_BUCKET_MS,
  type Buckets,
  composeColumns,
  type RollUpColumns,
  type RollUpInput,
} from './roll-up/accumulator.ts';
export {
  type Boundaries,
  type DayNight,
  dayNightBoundaries,
  fixedBoundaries,
  zonedBoundaries,
} from './roll-up/boundaries.ts';
export {composeRollUps, finishRollUp, rollUp} from './roll-up/roll-up.ts';
export {rollUpPoints, type ThinOptions, thin, thinRollUps} from './roll-up/thin.ts';
export {worstFlag} from './roll-up/worst-flag.ts';
export {
  coverFactor,
  type ErosionFactors,
  rainfallErosivity,
  slopeFactor,
  soilErosionModulus,
} from './soil/erosion.ts';
export {secchiTransparencyM} from './water/transparency.ts';
