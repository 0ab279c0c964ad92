import type {CompleteTraits, SpeciesTraits} from '#model';
import type {
  ArchiveTrees,
  Cohort,
  Price,
  ResponseUnitRow,
  Site,
  SoilClass,
  TerrainHeader,
  ZoneFeature,
} from '#schemas';
import type {SiteClimate} from '../climate/normals.ts';

/** What of a site's archive a run takes. */
export type PlaceArchive = {
  species: readonly {id: string}[];
  /** In the order of the species: as the table has them, and with gaps filled from relatives. */
  traits: readonly SpeciesTraits[];
  completeTraits: readonly CompleteTraits[];
  trees: Pick<
    ArchiveTrees,
    'count' | 'id' | 'species' | 'eastM' | 'northM' | 'dbhCm' | 'heightM' | 'ageYr' | 'measured'
  >;
  cohorts: readonly Cohort[];
  soils: readonly SoilClass[];
  prices: {prices: readonly Price[]} | null;
};

/** All that a run takes from a site. What a site does not have is null or empty, and the run does without. */
export type PlaceInput = {
  site: Pick<Site, 'id' | 'origin' | 'timeZone' | 'waterBody'>;
  zones: readonly ZoneFeature[];
  terrain: {header: TerrainHeader; heights: Uint16Array} | null;
  climate: SiteClimate | null;
  responseUnits: readonly ResponseUnitRow[];
  archive: PlaceArchive;
};

/** The archive of a site that has none. */
export const EMPTY_ARCHIVE: PlaceArchive = {
  species: [],
  traits: [],
  completeTraits: [],
  trees: {
    count: 0,
    id: new Uint32Array(0),
    species: new Uint16Array(0),
    eastM: new Float64Array(0),
    northM: new Float64Array(0),
    dbhCm: new Float64Array(0),
    heightM: new Float64Array(0),
    ageYr: new Float64Array(0),
    measured: [],
  },
  cohorts: [],
  soils: [],
  prices: null,
};

/** The day of the archive's newest measurement, `2026-01-01`; null: nobody told. */
export function archiveDate(archive: PlaceArchive): string | null {
  let newest: string | null = null;
  for (const day of archive.trees.measured)
    if (day !== null && (newest === null || day > newest)) newest = day;
  return newest;
}
