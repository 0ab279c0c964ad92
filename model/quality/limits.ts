import type {ElementType, LimitOverrides, LimitsInForce, Statistic} from '#schemas';

/**
 * Whether an element is an amount since the report before (rain): its ranges grow with the reporting interval too.
 * Only a sum without a fixed period is.
 */
function isAmountSinceReport(element: ElementType): boolean {
  return element.statistic === 'sum' && element.period === null;
}

function scaled(range: readonly [number, number], factor: number): readonly [number, number] {
  return factor === 1 ? range : [range[0] * factor, range[1] * factor];
}

/**
 * The limits in force for one datastream: device or map → model → catalogue.
 *
 * The interval is the device's override, else `nominalIntervalS` (what the datastream's device, map or model says), else
 * the model's override, else the catalogue's. The catalogue's step and spike limits hold at the catalogue's interval:
 * for a device k times slower (k ≥ 1) they grow by √k, and so do both ranges of rain. Overrides are meant at the interval
 * of whom they are for and are never scaled. `ratePerS` is the step in force over the interval in force. A flat line's
 * exemption is the element's own and stays with an overridden tolerance; so does that its values are directions, which its
 * mean tells (`circularMean`).
 *
 * `statistic`: a standard deviation is judged by range alone, from 0 to the width of the element's hard range.
 */
export function limitsInForce(
  element: ElementType,
  modelOverrides?: LimitOverrides | null,
  deviceOverrides?: LimitOverrides | null,
  nominalIntervalS?: number | null,
  statistic?: Statistic | string,
): LimitsInForce {
  const model = modelOverrides ?? {};
  const device = deviceOverrides ?? {};
  const intervalS = device.intervalS ?? nominalIntervalS ?? model.intervalS ?? element.intervalS;
  const k = intervalS === null || element.intervalS === null ? 1 : intervalS / element.intervalS;
  const slower = Math.sqrt(Math.max(1, k));
  const rangeFactor = isAmountSinceReport(element) ? slower : 1;
  const {quality} = element;

  const hardRange = device.hardRange ?? model.hardRange ?? scaled(element.hardRange, rangeFactor);
  if (statistic === 'sd') {
    return {
      hardRange: [0, hardRange[1] - hardRange[0]],
      suspectRange: null,
      intervalS,
      ratePerS: null,
      spike: null,
      flatLine: null,
    };
  }
  const suspectRange = device.suspectRange ?? model.suspectRange ?? scaled(element.suspectRange, rangeFactor);
  const catalogueStep = quality.step === undefined ? null : quality.step * slower;
  const step = firstGiven(device.step, model.step, catalogueStep);
  const catalogueSpike = quality.spike
    ? {suspect: quality.spike.suspect * slower, fail: quality.spike.fail * slower}
    : null;
  const flat = firstGiven(device.flatLine, model.flatLine, quality.flatLine ?? null);
  return {
    hardRange,
    suspectRange,
    intervalS,
    ratePerS: step === null || intervalS === null ? null : step / intervalS,
    spike: firstGiven(device.spike, model.spike, catalogueSpike),
    flatLine:
      flat === null
        ? null
        : {
            tolerance: flat.tolerance,
            suspectH: flat.suspectH,
            failH: flat.failH,
            unless: quality.flatLine?.unless ?? null,
            ...(element.rollUp === 'circularMean' ? {circular: true} : {}),
          },
  };
}

/** The first that is given; a given null means: test not made. */
function firstGiven<T>(
  device: T | null | undefined,
  model: T | null | undefined,
  catalogue: T | null,
): T | null {
  if (device !== undefined) return device;
  return model !== undefined ? model : catalogue;
}
