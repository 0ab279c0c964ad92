import {type BucketParameters, campbellExponent, SOIL_WATER_RESPONSES, type UnitSoil} from '#model';
import type {SoilClass} from '#schemas';
import type {SiteClimate} from '../climate/normals.ts';

export type PlaceSoil = {
  id: string;
  soil: UnitSoil;
  bucket: BucketParameters;
  carbon: {youngKgPerM2: number; oldKgPerM2: number};
};

/** A soil of the site's table as the simulation takes it. */
export function soilOfClass(of: SoilClass): PlaceSoil {
  return {
    id: of.id,
    soil: {waterResponse: SOIL_WATER_RESPONSES[of.texture], fertility: of.fertility.value},
    bucket: {
      layers: of.layers.map((layer) => ({
        thicknessM: layer.toM - layer.fromM,
        saturationFraction: layer.saturationFraction.value,
        fieldCapacityFraction: layer.fieldCapacityFraction.value,
        wiltingPointFraction: layer.wiltingPointFraction.value,
        saturatedConductivityMmPerDay: 24 * layer.saturatedConductivityMmPerH.value,
        campbellExponent: layer.campbellExponent.value,
      })),
      evaporableDepthM: Math.min(of.evaporableDepthM.value, of.layers[0]!.toM - of.layers[0]!.fromM),
      readilyEvaporableMm: of.readilyEvaporableMm.value,
      curveNumber: of.curveNumber.value,
      bottomConductivityMmPerDay: 24 * of.bottomConductivityMmPerH.value,
      capillary: {
        maximumMm: of.capillary.maximumMmPerDay.value,
        atTableMm: of.capillary.atTableMmPerDay.value,
        lengthM: of.capillary.lengthM.value,
      },
    },
    carbon: {
      youngKgPerM2: of.startCarbon.youngKgPerM2.value,
      oldKgPerM2: of.startCarbon.oldKgPerM2.value,
    },
  };
}

/** What is taken of a soil of which nothing is known: a silt loam of FAO-56, table 19. */
const SILT_LOAM = {saturation: 0.46, fieldCapacity: 0.29, wiltingPoint: 0.15, ksatMmPerH: 10};
/** Thickness of the layers of a soil of which the top alone is known, m. */
const THICKNESSES_M = [0.2, 0.4, 0.6] as const;

/** A soil from the figures of its top, as a site's climate file has them, or from none. All else of it is a guess. */
export function soilOfTop(
  id: string,
  top: {saturation: number; fieldCapacity: number; wiltingPoint: number; ksatMmPerH: number} = SILT_LOAM,
): PlaceSoil {
  const layer = {
    saturationFraction: top.saturation,
    fieldCapacityFraction: top.fieldCapacity,
    wiltingPointFraction: top.wiltingPoint,
    saturatedConductivityMmPerDay: 24 * top.ksatMmPerH,
    campbellExponent: campbellExponent(top.fieldCapacity, top.wiltingPoint),
  };
  const sandy = top.fieldCapacity < 0.2;
  return {
    id,
    soil: {
      waterResponse: sandy ? SOIL_WATER_RESPONSES.sandyLoam : SOIL_WATER_RESPONSES.clayLoam,
      fertility: 0.5,
    },
    bucket: {
      layers: THICKNESSES_M.map((thicknessM) => ({...layer, thicknessM})),
      evaporableDepthM: 0.1,
      readilyEvaporableMm: sandy ? 6 : 9,
      curveNumber: sandy ? 45 : 65,
      bottomConductivityMmPerDay: 24 * top.ksatMmPerH,
      capillary: {maximumMm: 3, atTableMm: 5, lengthM: sandy ? 0.3 : 0.6},
    },
    carbon: {youngKgPerM2: 0.4, oldKgPerM2: 4},
  };
}

/**
 * Soils by the ids that zones name: those of the site's table, else what its climate file says of their tops, else a soil of which
 * nothing is known, which is told in `notes`.
 */
export function soilsOf(
  table: readonly SoilClass[],
  climate: SiteClimate | null,
  notes: string[],
): (id: string | null) => PlaceSoil {
  const byId = new Map(table.map((of) => [of.id, soilOfClass(of)]));
  const tops = (climate?.soilWater ?? {}) as Record<string, unknown>;
  return (id) => {
    const name = id ?? 'unknown';
    let found = byId.get(name);
    if (!found) {
      const top = Object.hasOwn(tops, name) ? tops[name] : undefined;
      const known =
        typeof top === 'object' &&
        top !== null &&
        ['saturation', 'fieldCapacity', 'wiltingPoint', 'ksatMmPerH'].every(
          (field) => typeof (top as Record<string, unknown>)[field] === 'number',
        );
      found = known ? soilOfTop(name, top as Parameters<typeof soilOfTop>[1]) : soilOfTop(name);
      if (!known)
        notes.push(`no table of the site tells of soil ${name}: a silt loam of FAO-56 stands for it`);
      byId.set(name, found);
    }
    return found;
  };
}

/** The soil that most of a site has, for zones that name none; null: no zone names one. */
export function usualSoil(
  zones: readonly {soil: string | null; ownAreaM2: number; isWater: boolean}[],
): string | null {
  const areas = new Map<string, number>();
  for (const {soil, ownAreaM2, isWater} of zones) {
    if (soil !== null && !isWater) areas.set(soil, (areas.get(soil) ?? 0) + ownAreaM2);
  }
  let [usual, most]: [string | null, number] = [null, 0];
  for (const [soil, area] of areas) if (area > most) [usual, most] = [soil, area];
  return usual;
}
