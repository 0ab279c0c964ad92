import type {BucketParameters} from '#model';
import type {PlanUnit} from '../plan.ts';
import type {Ground} from './ground.ts';
import {groundUse} from './ground-rows.ts';
import type {PlaceInput} from './place-input.ts';
import {daysUnderWater, levelBounds, meanLevels} from './river-stage.ts';
import {soilsOf, usualSoil} from './soil.ts';

/** Days a year under water that part the flood classes; below the first, ground counts as dry. */
const CLASS_DAYS = [0.5, 7, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330] as const;
/** Heights at which the days under water are worked out, m; between them linear. */
const STAGE_STEPS = 200;
const MONTHS = 12;

/** Units of the ground's samples, and the zones that they make up. */
export type Units = {
  units: PlanUnit[];
  /** Index into the units of each sample, or -1: water, or outside. */
  unitOf: Int16Array;
  notes: string[];
};

/** Days under water of each month by the level at which water comes, as a table. */
function floodTable(stage: NonNullable<NonNullable<PlaceInput['climate']>['riverStage']>) {
  const {lowestM, highestM} = levelBounds(stage);
  const stepM = Math.max(0.001, (highestM - lowestM) / STAGE_STEPS);
  const rows = Array.from({length: STAGE_STEPS + 1}, (_, k) => daysUnderWater(stage, lowestM + k * stepM));
  const totals = rows.map((days) => days.reduce((sum, of) => sum + of, 0));
  const at = (levelM: number) => {
    const x = Math.min(STAGE_STEPS, Math.max(0, (levelM - lowestM) / stepM));
    const below = Math.min(STAGE_STEPS - 1, Math.floor(x));
    return {below, f: x - below};
  };
  return {
    daysOfYear: (levelM: number) => {
      const {below, f} = at(levelM);
      return totals[below]! * (1 - f) + totals[below + 1]! * f;
    },
    /** Adds the days of each month to a sum. */
    addTo: (sum: Float64Array, levelM: number) => {
      const {below, f} = at(levelM);
      for (let m = 0; m < MONTHS; m += 1) {
        sum[m] = sum[m]! + rows[below]![m]! * (1 - f) + rows[below + 1]![m]! * f;
      }
    },
  };
}

function classOf(daysPerYear: number): number {
  let k = 0;
  while (k < CLASS_DAYS.length && daysPerYear >= CLASS_DAYS[k]!) k += 1;
  return k;
}

const classId = (k: number) => (k === 0 ? 'dry' : `wet-${Math.ceil(CLASS_DAYS[k - 1]!)}d`);

/**
 * Response units: of each zone that is land, the parts that are under water about equally long. Their areas add up to that of the
 * zone. Units are in the order of the zones, the driest first.
 */
export function unitsOf(
  place: PlaceInput,
  ground: Ground,
  startWaterFraction: (zone: string, bucket: BucketParameters) => number,
): Units {
  const {zones, zoneOf, heightM, reachedAtM, raster} = ground;
  const stage = place.climate?.riverStage;
  const table = stage && reachedAtM ? floodTable(stage) : null;
  const notes: string[] = [];
  const soils = soilsOf(place.archive.soils, place.climate, notes);
  const usual = usualSoil(zones);
  const classes = CLASS_DAYS.length + 1;

  const counts = new Int32Array(zones.length * classes);
  const heights = new Float64Array(zones.length * classes);
  const heightCounts = new Int32Array(zones.length * classes);
  const flooded = Array.from({length: zones.length * classes}, () => new Float64Array(MONTHS));
  const keyOf = new Int32Array(zoneOf.length).fill(-1);
  for (let sample = 0; sample < zoneOf.length; sample += 1) {
    const zone = zoneOf[sample]!;
    if (zone < 0 || zones[zone]!.isWater || zones[zone]!.ownAreaM2 <= 0) continue;
    const levelM = reachedAtM?.[sample] ?? Number.NaN;
    const k = table && !Number.isNaN(levelM) ? classOf(table.daysOfYear(levelM)) : 0;
    const key = zone * classes + k;
    keyOf[sample] = key;
    counts[key] = counts[key]! + 1;
    if (k > 0) table!.addTo(flooded[key]!, levelM);
    const height = heightM?.[sample] ?? Number.NaN;
    if (Number.isNaN(height)) continue;
    heights[key] = heights[key]! + height;
    heightCounts[key] = heightCounts[key]! + 1;
  }

  const units: PlanUnit[] = [];
  const unitOfKey = new Int16Array(counts.length).fill(-1);
  zones.forEach((zone, z) => {
    let samples = 0;
    for (let k = 0; k < classes; k += 1) samples += counts[z * classes + k]!;
    if (samples === 0) return;
    const use = groundUse(place.responseUnits, zone);
    const soil = soils(zone.soil ?? usual);
    for (let k = 0; k < classes; k += 1) {
      const key = z * classes + k;
      const count = counts[key]!;
      if (count === 0) continue;
      const groundM = heightCounts[key]! > 0 ? heights[key]! / heightCounts[key]! : null;
      unitOfKey[key] = units.length;
      units.push({
        id: `${zone.id}/${soil.id}/${classId(k)}`,
        zone: zone.id,
        areaM2: (zone.ownAreaM2 * count) / samples,
        latitudeDeg: place.site.origin.latitudeDeg,
        groundM,
        soil: soil.soil,
        bucket: use.curveNumber === undefined ? soil.bucket : {...soil.bucket, curveNumber: use.curveNumber},
        startWaterFraction: startWaterFraction(zone.id, soil.bucket),
        soilCarbon: soil.carbon,
        regenerates: use.regenerates,
        ...(use.saplingYears === undefined ? {} : {saplings: {years: use.saplingYears, belowCm: null}}),
        floodedDays: Array.from(flooded[key]!, (days) => days / count),
        tableDepthM:
          stage && groundM !== null
            ? meanLevels(stage).map((levelM) => Math.max(0, groundM - levelM))
            : new Array<number>(MONTHS).fill(Number.POSITIVE_INFINITY),
        groundLayer: {
          lai: use.groundLai,
          rootDepthM: use.groundRootDepthM,
          carbonKgPerM2: use.groundCarbonKgPerM2,
        },
      });
    }
  });
  const unitOf = new Int16Array(raster.columns * raster.rows);
  for (let sample = 0; sample < unitOf.length; sample += 1) {
    unitOf[sample] = keyOf[sample]! < 0 ? -1 : unitOfKey[keyOf[sample]!]!;
  }
  return {units, unitOf, notes};
}
