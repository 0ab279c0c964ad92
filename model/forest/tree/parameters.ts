import type {AgeResponse} from '../modifiers/age.ts';

/** Mass, kg, of a part of a tree of diameter D (cm): a·D^b. */
export type Allometry = {a: number; b: number};

/** Metres that a tree grows in height per metre in diameter, at a diameter D (cm). */
export type HeightSlope =
  /** 100·s·exp(−s·D/(Hmax − 1.3)), s in m per cm: what is left to the greatest height. */
  | {form: 'saturating'; mPerCm: number}
  /** a·D^b. */
  | {form: 'power'; a: number; b: number};

/** What the growth and death of a single tree follow from; masses in kg dry matter. */
export type TreeParameters = {
  foliage: Allometry;
  stem: Allometry;
  branch: Allometry;
  /** Coarse roots. */
  root: Allometry;
  slaM2PerKg: number;
  /** Shares lost per year. */
  leafTurnover: number;
  fineRootTurnover: number;
  fineRootOverFoliage: number;
  /** Stem volume over that of a cylinder of its diameter and height. */
  formFactor: number;
  woodDensityKgPerM3: number;
  /** In the open, and in the shade of others. */
  openSlope: HeightSlope;
  shadeSlope: HeightSlope;
  maxHeightM: number;
  /** For the decline of growth. */
  ageLimitYr: number;
  ageResponse: AgeResponse;
  /** For deaths of age. */
  maxAgeYr: number;
  /** Share of trees that reach `maxAgeYr`. */
  reachesMaxAge: number;
  /** Death by stress: 1 − exp(−b·stress). */
  stressMortality: number;
  /** 1 intolerant of shade to 5 tolerant. */
  lightClass: number;
  /** Growth in diameter is cut here, cm a⁻¹: a guard that should rarely bind. */
  maxGrowthCm: number;
  /** Production falls to nothing at 1.15 times this diameter, cm. */
  maxDbhCm: number;
  /** Stems of palms and bamboos keep their size; what they produce is shed. */
  fixedSize: boolean;
  /** Growth in height of a stem of fixed thickness, a⁻¹ (palms), on the curve of saplings; 0: none. */
  heightRate: number;
};

/** How the crown of a species follows its size, and when it bears leaves. */
export type CrownParameters = {
  /** Crown radius over that of a round crown. */
  crownForm: number;
  /** Share of the radius lost in full shade. */
  crownShade: number;
  /** Radius that does not follow the size, m; 0: it does. */
  fixedRadiusM: number;
  deciduous: boolean;
};
