/**
 * Parameters of one species in 3-PG, under the names by which parameter sets are published.
 * Source: Landsberg & Waring (1997); Sands (2004), 3-PGpjs; Forrester & Tang (2016), doi:10.1016/j.ecolmodel.2015.07.010.
 */
export type StandParameters = {
  /** Foliage over stem in the growth of a tree of 2 and of 20 cm. */
  pFS2: number;
  pFS20: number;
  /** Stem mass with branches and bark, kg: aWS·D^nWS, D in cm. */
  aWS: number;
  nWS: number;
  /** Largest and smallest share of net production that goes to roots. */
  pRx: number;
  pRn: number;
  /** Litterfall per month of old and of new stands, and the months to the mean of both. */
  gammaF1: number;
  gammaF0: number;
  tgammaF: number;
  /** Root turnover per month. */
  gammaR: number;
  /** Month from which there are leaves, and month from which there are none; both 0: evergreen. */
  leafgrow: number;
  leaffall: number;
  /** Limits of growth, °C. */
  Tmin: number;
  Topt: number;
  Tmax: number;
  /** Days of growth lost per day of frost. */
  kF: number;
  /** Relative soil water deficit at which growth is halved, and the power; used with soil class below 0. */
  SWconst: number;
  SWpower: number;
  /** Light-use efficiency and canopy conductance at 700 ppm CO2 over those at 350 ppm. */
  fCalpha700: number;
  fCg700: number;
  /** The fertility term of root allocation, and growth, on the poorest soil; power of the latter (0: no answer). */
  m0: number;
  fN0: number;
  fNn: number;
  /** Age limit in years; power and relative age at half of the decline with age (power 0: none). */
  MaxAge: number;
  nAge: number;
  rAge: number;
  /** Deaths without competition, % a year, of old and of new stands; years to the mean of both; power. */
  gammaN1: number;
  gammaN0: number;
  tgammaN: number;
  ngammaN: number;
  /** Largest mean stem mass at 1,000 trees per ha, kg, and the power of self-thinning. */
  wSx1000: number;
  thinPower: number;
  /** Foliage, root and stem of a tree that dies over those of the mean tree. */
  mF: number;
  mR: number;
  mS: number;
  /** Specific leaf area, m² kg⁻¹, of new and of old stands, and the years to the mean of both. */
  SLA0: number;
  SLA1: number;
  tSLA: number;
  /** Light extinction. */
  k: number;
  /** Age of canopy closure, years. */
  fullCanAge: number;
  /** Largest share of rain held by the canopy, and the leaf area index from which on. */
  MaxIntcptn: number;
  LAImaxIntcptn: number;
  /** Leaf area index above that halves the vapour pressure deficit. */
  cVPD: number;
  /** Canopy light-use efficiency, mol C per mol photons. */
  alphaCx: number;
  /** Net over gross production. */
  Y: number;
  /** Smallest and largest canopy conductance, m s⁻¹, and the leaf area index from which on. */
  MinCond: number;
  MaxCond: number;
  LAIgcx: number;
  /** Answer to dry air, mbar⁻¹. */
  CoeffCond: number;
  /** Boundary layer conductance of the canopy, m s⁻¹. */
  BLcond: number;
  /** Share of stem mass that is branch and bark, young and old, and the years to the mean of both. */
  fracBB0: number;
  fracBB1: number;
  tBB: number;
  /** Basic density, t m⁻³, young and old, and the years to the mean of both. */
  rhoMin: number;
  rhoMax: number;
  tRho: number;
  /** 1 cone, 2 ellipsoid, 3 half-ellipsoid, 4 box. */
  crownshape: number;
  /** Height, m: aH·D^nHB·C^nHC. */
  aH: number;
  nHB: number;
  nHC: number;
  /** Stem volume, m³: aV·D^nVB·H^nVH·(D²H)^nVBH; aV 0: by mass and density. */
  aV: number;
  nVB: number;
  nVH: number;
  nVBH: number;
  /** Crown width, m: aK·D^nKB·H^nKH·C^nKC·h^nKrh. */
  aK: number;
  nKB: number;
  nKH: number;
  nKC: number;
  nKrh: number;
  /** Length of the live crown, m: aHL·D^nHLB·LAI^nHLL·C^nHLC·h^nHLrh. */
  aHL: number;
  nHLB: number;
  nHLL: number;
  nHLC: number;
  nHLrh: number;
  /** Net radiation from global radiation: Qa + Qb·Rs, W m⁻². */
  Qa: number;
  Qb: number;
  /** Dry matter of a mole of carbon, g, and photons of a MJ of radiation, mol. */
  gDM_mol: number;
  molPAR_MJ: number;
};

/** exp(constant + diameter·ln D + height·ln h + age·ln t + competition·ln C), a parameter of a Weibull distribution. */
export type WeibullTerm = {
  constant: number;
  diameter: number;
  relativeHeight: number;
  age: number;
  competition: number;
};

/** A Weibull distribution that follows the stand. A location whose five numbers are all 0 follows the mean itself. */
export type WeibullTerms = {scale: WeibullTerm; shape: WeibullTerm; location: WeibullTerm};

/** Spread of diameters and of stem masses in the stand, for the bias of working with means. Source: Forrester & Tang (2016). */
export type SizeDistribution = {diameter: WeibullTerms; stemMass: WeibullTerms};
