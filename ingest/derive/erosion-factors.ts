import {Type} from 'typebox';
import {coverFactor} from '#model';
import {createValidator, type SiteData, type ZoneProperties} from '#schemas';
import {siteFiles} from '../registry/site-files.ts';
import {slopeFactorsByZone} from './slope-by-zone.ts';

/**
 * Ground cover in percent and support practice P of kinds of vegetation, as zones name them. Typical figures, general
 * knowledge; a zone that has its own (`coverPercent`, `practiceFactor`) says so in its properties.
 */
const VEGETATION: ReadonlyMap<string, {coverPercent: number; practice: number}> = new Map([
  ['mixed_evergreen_deciduous_broadleaf', {coverPercent: 85, practice: 1}],
  ['deciduous_broadleaf', {coverPercent: 75, practice: 1}],
  ['evergreen_broadleaf', {coverPercent: 85, practice: 1}],
  ['conifer', {coverPercent: 80, practice: 1}],
  ['bamboo', {coverPercent: 80, practice: 1}],
  ['riparian_woodland', {coverPercent: 80, practice: 1}],
  ['shrub', {coverPercent: 60, practice: 1}],
  ['sparse_shrub', {coverPercent: 25, practice: 1}],
  ['meadow', {coverPercent: 75, practice: 1}],
  ['wet_meadow', {coverPercent: 80, practice: 1}],
  ['flood_tolerant_grass', {coverPercent: 60, practice: 1}],
  ['forage_grass', {coverPercent: 70, practice: 1}],
  ['sparse_grass', {coverPercent: 30, practice: 1}],
  ['samphire', {coverPercent: 50, practice: 1}],
  // Terraces and beds keep soil: P 0.35.
  ['rice_rapeseed', {coverPercent: 60, practice: 0.35}],
  ['medicinal_herbs', {coverPercent: 50, practice: 0.35}],
]);

/** The parts of `climate.json` that erosion needs. */
const ErosionClimate = Type.Object(
  {
    normals: Type.Object(
      {rainMm: Type.Array(Type.Number({minimum: 0}), {minItems: 12, maxItems: 12})},
      {additionalProperties: true},
    ),
    soilWater: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  {additionalProperties: true},
);
type ErosionClimate = {normals: {rainMm: number[]}; soilWater?: Record<string, unknown>};
const valid = createValidator<ErosionClimate>(ErosionClimate);

/** RUSLE's factors of a zone that do not change from month to month: K·LS·C·P and its parts. */
export type ZoneErosion = {zone: string; erodibility: number; slope: number; cover: number; practice: number};
export type SiteErosion = {
  zones: ZoneErosion[];
  /** Monthly rain of a usual year, January first, mm: for months without gauges. */
  usualRainMm: readonly number[];
};

function numberIn(object: unknown, key: string): number | undefined {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, key)) return undefined;
  const value = (object as Record<string, unknown>)[key];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function zoneErosion(
  zone: ZoneProperties,
  of: {slope: number | undefined; soils: Record<string, unknown>},
): ZoneErosion | null {
  const usual = VEGETATION.get(zone.vegetation ?? '');
  const soil =
    zone.soil !== undefined && Object.hasOwn(of.soils, zone.soil) ? of.soils[zone.soil] : undefined;
  const erodibility = numberIn(zone, 'erodibilityK') ?? numberIn(soil, 'erodibilityK');
  const coverPercent = numberIn(zone, 'coverPercent') ?? usual?.coverPercent;
  const practice = numberIn(zone, 'practiceFactor') ?? usual?.practice ?? 1;
  const slope = numberIn(zone, 'slopeFactor') ?? of.slope;
  if (erodibility === undefined || coverPercent === undefined || slope === undefined) return null;
  return {zone: zone.id, erodibility, slope, cover: coverFactor(coverPercent), practice};
}

/**
 * What a site tells about erosion: the zones whose soil, vegetation and slope are known. Null where it has no climate
 * with monthly rain, or no such zone.
 */
export async function siteErosion(site: SiteData): Promise<SiteErosion | null> {
  const climate = await siteFiles(site).climate();
  if (!valid(climate)) return null;
  const soils = climate.soilWater ?? {};
  const slopes = await slopeFactorsByZone(site);
  const zones = site.zones.flatMap(({properties}) => {
    const factors = zoneErosion(properties, {slope: slopes.get(properties.id), soils});
    return factors === null ? [] : [factors];
  });
  return zones.length === 0 ? null : {zones, usualRainMm: climate.normals.rainMm};
}
