import type {SpeciesTraits} from '#model';
import type {Cohort, Price, ResponseUnitRow, Site, SoilClass, TerrainHeader, ZoneFeature} from '#schemas';
import type {SiteClimate} from '../climate/normals.ts';

/** Single trees as columns; NaN is not known. */
export type ArchiveTreeColumns = {
  id: Uint32Array;
  /** Index into the species. */
  species: Uint16Array;
  longitudeDeg: Float64Array;
  latitudeDeg: Float64Array;
  dbhCm: Float64Array;
  heightM: Float64Array;
  ageYr: Float64Array;
};

/** What stands on a site, and on what, as far as a run needs it. */
export type PlaceArchive = {
  /** The day that the trees were like this, `2026-01-01`; null: nobody said. */
  date: string | null;
  species: readonly {id: string; traits: SpeciesTraits}[];
  trees: ArchiveTreeColumns;
  cohorts: readonly Cohort[];
  soils: readonly SoilClass[];
  prices: readonly Price[];
};

/** All that a run takes from a site. What a site does not have is null or empty, and the run does without. */
export type PlaceInput = {
  site: Pick<Site, 'id' | 'origin' | 'timeZone' | 'waterBody'>;
  zones: readonly ZoneFeature[];
  terrain: {header: TerrainHeader; heights: Uint16Array} | null;
  climate: SiteClimate | null;
  responseUnits: readonly ResponseUnitRow[];
  archive: PlaceArchive | null;
};
