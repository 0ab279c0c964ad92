import type {LonLat} from './geodesy.ts';

export type Name = {en: string; zh: string};
export type Placed = {longitudeDeg: number; latitudeDeg: number};
export type LakeSeed = Placed & {
  id: string;
  name: Name;
  areaHa: number;
  levelM: number;
  depthM: number;
  outflow: boolean;
};
export type ScarSeed = Placed & {lengthM: number; widthM: number};
export type FieldSeed = Placed & {areaHa: number; lengthM: number; widthM: number; headingDeg: number};
export type BlockSeed = {name: Name; lengthM: number; widthM: number; heightM: number; count?: number};
export type BuiltSeed = {place: string; areaHa: number; headingDeg: number; blocks: BlockSeed[]};
export type PathPlace = Placed & {id: string; name: Name; kind: string};
export type LinkSeed = {id: string; name: Name; kind: string; widthM: number; via: string[]};
export type ZoneSeed = {
  id: string;
  name: Name;
  kind: string;
  areaHa: number | null;
  colour: string;
  parent?: null;
  soil?: string;
  vegetation?: string;
  note?: string;
};

/** Where some devices of a model stand: in a zone, at a named place, at given points, or one for `each` water body. */
export type FleetPlace = {
  zone: string;
  count: number;
  role?: string;
  each?:
    | 'lake'
    | 'lake_centre'
    | 'lake_edge'
    | 'lake_outlet'
    | 'stream_mouth'
    | 'stream_pair'
    | 'longest_stream'
    | 'paddy';
  feature?: string;
  place?: string;
  at?: [label: string, longitudeDeg: number, latitudeDeg: number][];
  near?: LonLat;
  countsDirection?: 'in' | 'out';
};
export type FleetSeed = {
  model: string;
  name: Name;
  places: FleetPlace[];
  lorawan?: boolean;
  heightM?: number;
};
export type GatewaySeed = {id: string; name: Name; place: string; heightM: number};

/** How stems stand in a habitat: strewn in clumps, in blocks of rows, or along roads. */
export type HabitatSeed = {
  pattern: 'scatter' | 'rows' | 'avenue';
  planted: boolean;
  zones: string[];
  /** Least distance between stems; along a row or road, the distance. */
  gapM: number;
  rowM?: number;
  jitterM?: number;
  vergeM?: number;
  clumpM?: number;
  heightBandM?: [number, number];
  /** Species that do not stand wet keep above this height. */
  dryAboveM?: number;
  nearLakeM?: number;
  nearBuildingM?: number;
  /** Median diameter and the standard deviation of its logarithm. */
  dbhCm: number;
  dbhSpread: number;
  /** 0 grown in the open, 1 in full shade: which of the species' height curves. */
  crowding: number;
  /** Share of old trees by species, and their diameter. */
  veterans?: Record<string, number>;
  veteranDbhCm?: number;
};
/** The tree archive: so many stems, and the shares of each species by habitat. */
export type TreeSeed = {
  basis: string;
  source: string;
  count: number;
  habitats: Record<string, HabitatSeed>;
  species: Record<string, Record<string, number>>;
};

/** What else stands in a wooded zone: by species stems/ha, median diameter (cm) and the deviation of its logarithm. */
export type StandSeed = {
  crowding: number;
  source: string;
  species: Record<string, [stemsPerHa: number, dbhCm: number, spread: number]>;
};

/** `seed.json`: everything about one island that the builder is told; figures carry their basis in `basis`. */
export type Seed = {
  randomSeed: number;
  grid: {
    columns: number;
    rows: number;
    stepM: number;
    originEastM: number;
    originNorthM: number;
    baseM: number;
    resolutionM: number;
  };
  terrainSource: string;
  shores: Record<'upper' | 'lower', {levelM: number; areaHa: number; ring: LonLat[]}>;
  bank: {topM: number; widthM: [number, number]};
  riverBed: {deepestM: number; reefs: (Placed & {topM: number; radiusM: number})[]};
  drawdown: {
    tuerping: Placed & {zone: string; flatM: [number, number]};
    gravel: {zone: string; heads: (Placed & {share: number})[]; flatM: [number, number]};
    meadow: {zone: string};
  };
  hill: {
    line: LonLat[];
    radiusM: number;
    footM: number;
    riseM: number;
    /** Rise at both ends as a share of the rise in the middle. */
    endFraction: number;
    scars: ScarSeed[];
    scarCutM: number;
    scarBenchM: number;
  };
  lakes: LakeSeed[];
  streams: {count: number; name: Name; areaHa: number; smallestCatchmentHa: number};
  paths: {
    areaHa: number;
    ring: {lengthM: number; name: Name; insetM: number; widthM: number};
    places: PathPlace[];
    links: LinkSeed[];
    bridge?: {id: string; name: Name; from: string; to: LonLat; deckM: number; widthM: number};
  };
  built: {sites: BuiltSeed[]};
  fields: {
    paddy: FieldSeed[];
    pasture: FieldSeed[];
    herb: FieldSeed[];
    paddyStepM: number;
    paddyLengthM: number;
  };
  zones: ZoneSeed[];
  island: {id: string; name: Name; kind: string};
  fleet: FleetSeed[];
  gateways: GatewaySeed[];
  levels: {
    riverSuspectRangeM: [number, number];
    waterSuspectM: [number, number];
    riverWarningM: number;
    riverGuaranteeM: number;
    riverReason: string;
    waterReason: string;
    paddyDesignDepthCm: number;
    lakeBankfullM: number;
    streamBankfullM: number;
    streamNormalDepthM: number;
    dryAboveM: number;
  };
  utcOffset: string;
  trees?: TreeSeed;
  stands?: Record<string, StandSeed>;
  surveys: {
    soilOrganicMatter: {
      dates: string[];
      method: string;
      gPerKg: Record<string, number>;
      yearlyGain: number;
      scatter: number;
    };
    treeHeight: {
      dates: string[];
      method: string;
      heightM: Record<string, number>;
      yearlyGainM: Record<string, number>;
      /** Share of a year's growth that is done by the late-summer survey. */
      summerShare: number;
      scatterM: number;
    };
  };
};
