import {
  type ElementType,
  FLAG,
  InputError,
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  type Reading,
  STATISTICS,
  type Statistic,
} from '#schemas';
import {applyConversion, unitConversion} from './convert-unit.ts';
import {withDeviceStatus} from './device-status.ts';
import {canonicalPeriod} from './period.ts';

/** What a bare number of an element means here: device or map → model → catalogue. */
export type ReadingDefaults = {
  statistic: Statistic;
  period: string | null;
  depthM?: number | null;
  heightM?: number | null;
  instance?: string | null;
};

/** The element that a reading is of, with the defaults in force for its device. */
export type ReadingElement = {
  readonly id: string;
  readonly type: ElementType;
  readonly defaults?: ReadingDefaults;
};

/** A reading in the catalogue's unit: the parts of its datastream's key beside station and element, and its value. */
export type NormalisedReading = {
  depthM: number | null;
  heightM: number | null;
  instance: string | null;
  statistic: Statistic;
  period: string | null;
  /** In the catalogue's unit; null: the device said that there is none. */
  value: number | null;
  /** Censoring, the device's mark with its verdict, and the flag so far (2 while no test has run, 9 without a value). */
  qc: number;
  /** Provenance worth keeping (a conversion, a unit counted as another). */
  notes: readonly string[];
};

const KNOWN_STATISTICS: ReadonlySet<string> = new Set(STATISTICS);
const NO_NOTES: readonly string[] = [];
/** As in the uplink's schema: what exceeds it is no measurement of anything on Earth. */
const LARGEST_VALUE = 1e15;
const LARGEST_DEPTH_M = 12_000;
const LOWEST_HEIGHT_M = -500;

function statisticOf(text: string): Statistic {
  if (!KNOWN_STATISTICS.has(text)) {
    throw new InputError(
      'statistic_invalid',
      `expected one of ${STATISTICS.join(', ')}, got ${JSON.stringify(text.slice(0, 16))}`,
    );
  }
  return text as Statistic;
}

/** Depth or height where a reading stands; at most one of them. */
function placeOf(
  reading: Reading,
  defaults: ReadingDefaults | undefined,
): {depthM: number | null; heightM: number | null} {
  const stated = reading.depthM !== undefined || reading.heightM !== undefined;
  const depthM = (stated ? reading.depthM : defaults?.depthM) ?? null;
  const heightM = (stated ? reading.heightM : defaults?.heightM) ?? null;
  if (depthM !== null && heightM !== null) {
    throw new InputError(
      'depth_invalid',
      `expected a depth or a height, got both (${depthM} m, ${heightM} m)`,
    );
  }
  if (depthM !== null && !(depthM >= 0 && depthM <= LARGEST_DEPTH_M)) {
    throw new InputError('depth_invalid', `expected a depth of 0 to ${LARGEST_DEPTH_M} m, got ${depthM}`);
  }
  if (heightM !== null && !(heightM >= LOWEST_HEIGHT_M && heightM <= LARGEST_DEPTH_M)) {
    throw new InputError(
      'depth_invalid',
      `expected a height of ${LOWEST_HEIGHT_M} to ${LARGEST_DEPTH_M} m, got ${heightM}`,
    );
  }
  // -0 and 0 are one series
  return {depthM: depthM === null ? null : depthM + 0, heightM: heightM === null ? null : heightM + 0};
}

/**
 * A reading as an observation of its element: unit converted, statistic and period made explicit, censoring and the
 * device's mark as quality bits. The raw value is never corrected; only its unit changes (and a wind from 360° is a wind
 * from 0°, one direction with one number).
 *
 * A statistic without a period takes the default's period (a maximum beside a 1-min mean is of that minute); a period
 * without a statistic takes the default's statistic, which must not be `point`.
 *
 * @throws {InputError} `value_invalid`, `unit_unknown`, `unit_unconvertible`, `depth_invalid`, `statistic_invalid`,
 *   `period_invalid`.
 */
export function normaliseReading(reading: Reading, element: ReadingElement): NormalisedReading {
  const {type, defaults} = element;
  const usual = defaults ?? type;
  const statistic = reading.stat === undefined ? usual.statistic : statisticOf(reading.stat);
  let period: string | null;
  if (reading.period !== undefined) {
    period = canonicalPeriod(reading.period);
    if (statistic === 'point') {
      throw new InputError(
        'period_invalid',
        `a point value of ${element.id} has no period; say which statistic`,
      );
    }
  } else {
    period = statistic === 'point' ? null : usual.period;
  }
  const {depthM, heightM} = placeOf(reading, defaults);
  const instance = reading.instance ?? defaults?.instance ?? null;

  let qc: number = FLAG.notEvaluated;
  let notes = NO_NOTES;
  let value = reading.value;
  if (value !== null) {
    if (!(Math.abs(value) <= LARGEST_VALUE)) {
      throw new InputError('value_invalid', `expected a number within ±1e15, got ${String(value)}`);
    }
    value += 0;
    if (reading.unit !== undefined && reading.unit !== type.unit) {
      const conversion = unitConversion(reading.unit, {
        id: element.id,
        unit: type.unit,
        conversions: type.conversions,
      });
      value = applyConversion(value, conversion, statistic === 'sd');
      if (conversion.note !== null) notes = [conversion.note];
    }
    if (value === 360 && type.rollUp === 'circularMean' && statistic !== 'sd') value = 0;
    if (reading.qualifier === '<') qc |= QC_CENSORED_BELOW;
    else if (reading.qualifier === '>') qc |= QC_CENSORED_ABOVE;
  } else {
    qc = FLAG.missing;
  }
  if (reading.status !== undefined) qc = withDeviceStatus(qc, reading.status);
  return {depthM, heightM, instance, statistic, period, value, qc, notes};
}
