import type {BucketParameters, SoilLayer} from '#model';
import {
  type FieldProblem,
  FLAG,
  fieldProblem,
  flagOf,
  type ObservationReader,
  type Registry,
  type ScenarioStart,
} from '#schemas';

/** Older than this, a reading tells nothing of the soil today. */
const OLDEST_DAYS = 14;
const DAY_MS = 86_400_000;
/** Depth of a reading that does not say its own, m. */
const USUAL_DEPTH_M = 0.2;

/** Soil moisture at the start, m³ m⁻³, for a zone or, without one, for all zones that no other serves. */
export type MoistureReading = {zone: string | null; moistureFraction: number; depthM: number};

/**
 * The newest soil moisture of the series that a scenario's start names, or why there is none. Readings that failed a test or are
 * older than a fortnight are none.
 */
export function readStartWater(of: {
  start: Extract<ScenarioStart, {from: 'store'}>;
  reader: Pick<ObservationReader, 'latest'>;
  registry: Pick<Registry, 'datastream'>;
  nowMs: number;
}): {readings: MoistureReading[]; problems: FieldProblem[]} {
  const readings: MoistureReading[] = [];
  const problems: FieldProblem[] = [];
  of.start.soilWater.forEach(({zone, datastream}, k) => {
    const path = `/start/soilWater/${k}/datastream`;
    const stream = of.registry.datastream(datastream);
    if (stream?.element !== 'soil_moisture') {
      problems.push(fieldProblem(path, datastream, 'a series of soil_moisture'));
      return;
    }
    const [row] = of.reader.latest([stream.series]);
    const flag = row && flagOf(row.qc);
    const isGood = row && row.value !== null && flag !== FLAG.fail && flag !== FLAG.missing;
    if (!isGood || of.nowMs - row.timeMs > OLDEST_DAYS * DAY_MS) {
      const allowed = `a series with a good value of the last ${OLDEST_DAYS} days`;
      problems.push(fieldProblem(path, datastream, allowed));
      return;
    }
    readings.push({zone: zone ?? null, moistureFraction: row.value!, depthM: stream.depthM ?? USUAL_DEPTH_M});
  });
  return {readings, problems};
}

function layerAt({layers}: BucketParameters, depthM: number): SoilLayer {
  let downM = 0;
  for (const layer of layers) {
    downM += layer.thicknessM;
    if (depthM < downM) return layer;
  }
  return layers.at(-1)!;
}

/** Water at the start as a share of what roots can take, by the readings of a zone at their depths; undefined: none serves it. */
export function startWaterFraction(
  readings: readonly MoistureReading[],
  zone: string,
  bucket: BucketParameters,
): number | undefined {
  const own = readings.filter((one) => one.zone === zone);
  const serving = own.length > 0 ? own : readings.filter((one) => one.zone === null);
  if (serving.length === 0) return undefined;
  const shares = serving.map(({moistureFraction, depthM}) => {
    const {wiltingPointFraction, fieldCapacityFraction} = layerAt(bucket, depthM);
    const share = (moistureFraction - wiltingPointFraction) / (fieldCapacityFraction - wiltingPointFraction);
    return Math.min(1, Math.max(0, share));
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
