export {airPressureKPa, psychrometricConstantKPaPerC} from './atmosphere/air-pressure.ts';
export {
  clearSkyRadiationAsceMj,
  clearSkyRadiationMj,
  dailySunElevationSine,
  precipitableWaterMm,
} from './atmosphere/clear-sky.ts';
export {FAO56, type Fao56Constants, REF_ET, SPEI_PACKAGE} from './atmosphere/fao56-constants.ts';
export {
  type Angstrom,
  FAO56_ANGSTROM,
  radiationFromSunshineMj,
  radiationFromTemperatureRangeMj,
  TEMPERATURE_RANGE_ADJUSTMENT,
} from './atmosphere/global-radiation.ts';
export {
  type HourlyEt0,
  type HourlyEt0Site,
  type HourlyWeather,
  hourlyEt0,
  NIGHT_CLOUD_RATIO,
} from './atmosphere/hourly-reference-evapotranspiration.ts';
export {
  cloudRatio,
  netLongwaveHourMj,
  netLongwaveMj,
  netShortwaveMj,
  soilHeatFluxOfMonthMj,
} from './atmosphere/net-radiation.ts';
export {openWaterEvaporationMm} from './atmosphere/open-water-evaporation.ts';
export {
  DAILY_SURFACES,
  HOURLY_SURFACES,
  type HourlySurface,
  penmanMonteithMm,
  type ReferenceSurface,
} from './atmosphere/penman-monteith.ts';
export {
  type DailyEt0,
  type DailyWeather,
  dailyEt0,
  type Et0Site,
  FAO56_SITE_DEFAULTS,
  type HumiditySource,
  type RadiationSource,
} from './atmosphere/reference-evapotranspiration.ts';
export {
  daylightH,
  extraterrestrialRadiationHourMj,
  extraterrestrialRadiationMj,
  inverseSunDistance,
  seasonalTimeCorrectionH,
  solarDeclinationRad,
  solarHourAngleRad,
  sunElevationSine,
  sunsetHourAngleRad,
} from './atmosphere/solar-radiation.ts';
export {type SunPosition, sunElevationDeg, sunPosition} from './atmosphere/sun.ts';
export {hargreavesEt0Mm} from './atmosphere/temperature-evapotranspiration.ts';
export {
  meanSaturationVapourPressureKPa,
  saturationSlopeKPaPerC,
  saturationVapourPressureKPa,
  vapourPressureDeficitFromExtremesKPa,
  vapourPressureFromExtremesKPa,
  vapourPressureFromPsychrometerKPa,
} from './atmosphere/vapour-pressure.ts';
export {windSpeedAt2mMPerS} from './atmosphere/wind-profile.ts';
export {deadTreeFalls, deadWoodDecayPerYear, deadWoodYear} from './carbon/dead-wood.ts';
export {
  decaySpeed,
  SOIL_CARBON_PARAMETERS,
  type SoilCarbon,
  type SoilCarbonParameters,
  soilCarbonYear,
  steadySoilCarbon,
} from './carbon/soil-carbon.ts';
export {
  biomassDraws,
  CARBON_FRACTION,
  CO2_PER_CARBON,
  carbonDraws,
  changeDraws,
  type Equation4Draw,
  type Interval,
  interval,
  MEASUREMENT_ERRORS,
  type MeasurementErrors,
  OXYGEN_PER_DRY_MATTER,
  rootOverShoot,
  type StockOptions,
  type StockTree,
} from './carbon/stock.ts';
export {
  aboveGroundChinaKg,
  aboveGroundKg,
  aboveGroundWithoutHeightKg,
  EQUATION_7,
  EQUATION_7_REFITTED,
  heightFromDiameterM,
  type MeasuredTree,
  type WithoutHeight,
} from './carbon/tree-biomass.ts';
export {type Density, type FoundDensity, findWoodDensity, type WoodDensities} from './carbon/wood-density.ts';
export {type CensoredValues, type KaplanMeier, kaplanMeier, type Side} from './censored/kaplan-meier.ts';
export {type Summary, summarise} from './censored/summary.ts';
export {
  DROUGHT_CLASSES,
  type DroughtClass,
  droughtClassByAvailableWater,
  droughtClassByIndex,
  droughtClassBySoilMoisture,
  soilWaterPercentile,
} from './drought/drought-class.ts';
export {fitGamma, type Gamma, gammaShare, logGamma} from './drought/gamma.ts';
export {type LMoments, lMoments} from './drought/l-moments.ts';
export {fitLogLogistic, type LogLogistic, logLogisticShare} from './drought/log-logistic.ts';
export {MONTH_DAYS, midMonthDay} from './drought/month.ts';
export {
  fitSpei,
  fitSpi,
  LEAST_YEARS,
  type MonthlyRecord,
  type RainFit,
  spei,
  spi,
  trailingSums,
} from './drought/standardised-index.ts';
export {
  type ThornthwaiteHeat,
  thornthwaiteDaylightH,
  thornthwaiteHeat,
  thornthwaitePetMm,
} from './drought/thornthwaite.ts';
export {
  type FireGradeDay,
  type FireGradeTables,
  fireWeatherGrade,
  type Greenness,
  LYT_1172_1995,
} from './fire/fire-weather-grade.ts';
export {
  type FireBehaviour,
  type FireWeather,
  fireBehaviour,
  type MoistureCodes,
  nextMoistureCodes,
  SPRING_CODES,
} from './fire/fire-weather-index.ts';
export {type Cohort, Cohorts} from './forest/cohort/cohorts.ts';
export {
  coaxialDiscFactor,
  type EvenCrowns,
  LIGHT_SCORES,
  meanFieldDepth,
  meanFieldVariance,
  middleDepth,
} from './forest/cohort/mean-field.ts';
export {lightOfStands, unitSums} from './forest/cohort/step-stands.ts';
export {AGE_RESPONSE, type AgeResponse, ageModifier, treeRelativeAge} from './forest/modifiers/age.ts';
export {co2ConductanceModifier, co2EfficiencyModifier} from './forest/modifiers/carbon-dioxide.ts';
export {floodModifier} from './forest/modifiers/flooding.ts';
export {
  dryMatterGPerMj,
  type MonthOfLight,
  NET_OVER_GROSS,
  potentialGrossProductionG,
  type RootAllocation,
  rootFraction,
  rootFractionByUse,
} from './forest/modifiers/light-use.ts';
export {type NutritionResponse, nutritionModifier} from './forest/modifiers/nutrition.ts';
export {
  DAYS_OF_MONTHS,
  dailyFromMonthly,
  dayLengthH,
  growingDegreeDays,
  type LeafMonths,
  leafFractionsByCalendar,
  leafFractionsByThermalTime,
} from './forest/modifiers/phenology.ts';
export {type PhysiologyMode, physiologyModifier} from './forest/modifiers/physiology.ts';
export {
  SOIL_WATER_RESPONSES,
  type SoilTexture,
  type SoilWaterResponse,
  soilClassResponse,
  soilWaterModifier,
} from './forest/modifiers/soil-water.ts';
export {
  type CardinalTemperatures,
  frostModifier,
  temperatureModifier,
} from './forest/modifiers/temperature.ts';
export {daytimeVpdKPa, vpdModifier} from './forest/modifiers/vapour-pressure-deficit.ts';
export {LEAST_SPACING_M, type PlantingArea, plantingPlaces} from './forest/operations/planting-layout.ts';
export {coppiced, plantingShock, pruned, type Tended} from './forest/operations/tending.ts';
export {
  basalAreaM2,
  chooseThinned,
  type Stems,
  type ThinningChoice,
  type ThinningRule,
  type ThinningTarget,
} from './forest/operations/thinning.ts';
export {
  establishment,
  groundLight,
  type SeedlingResponse,
  type SeedlingYear,
} from './forest/regeneration/establishment.ts';
export {mastFactor, seedsPerCrownM2} from './forest/regeneration/fecundity.ts';
export {RECRUIT_DISTANCE_M, recruitPlace} from './forest/regeneration/recruit-place.ts';
export {
  COUNTED_FROM_CM,
  SaplingColumns,
  type SaplingSpecies,
  type SaplingYear,
  SEEDLING_HEIGHT_M,
  SLOTS,
} from './forest/regeneration/sapling-columns.ts';
export {
  exponentialKernel,
  type KernelPart,
  type SeedKernel,
  seedKernelOf,
  windKernel,
} from './forest/regeneration/seed-kernel.ts';
export {SeedGrid} from './forest/regeneration/seed-rain.ts';
export {
  calibrateEfficiency,
  openGrownIncrementCm,
  type ReferenceSite,
} from './forest/species/calibrate.ts';
export {
  FUNCTIONAL_TYPES,
  type FunctionalType,
  type FunctionalTypeId,
  SHARED_PARAMETERS,
} from './forest/species/functional-types.ts';
export {
  type Basis,
  type BasisLabel,
  PARAMETER_CV,
  PARAMETER_RANGES,
  type ParameterId,
} from './forest/species/parameter-ranges.ts';
export {
  curveHeightM,
  functionalTypeOf,
  type SpeciesOverride,
  type SpeciesParameters,
  speciesParameters,
  speciesTable,
} from './forest/species/species-rule.ts';
export {
  leafOnShare,
  type SpeciesYear,
  speciesYear,
  treeParametersOf,
  type UnitMonth,
  type UnitSoil,
} from './forest/species/species-year.ts';
export {type CompleteTraits, completeTraits, type SpeciesTraits} from './forest/species/traits.ts';
export {TraitError, traitsFromRow} from './forest/species/traits-row.ts';
export {
  type Crowns,
  canopyLayers,
  closingCanopyLight,
  crownBody,
  mixedCanopyLight,
} from './forest/stand/light.ts';
export {largestStemMassKg, type Pools, selfThinningDeaths, withDeaths} from './forest/stand/mortality.ts';
export type {
  SizeDistribution,
  StandParameters,
  WeibullTerm,
  WeibullTerms,
} from './forest/stand/parameters.ts';
export {runStand} from './forest/stand/run-stand.ts';
export type {
  SpeciesMonth,
  StandInput,
  StandModifiers,
  StandMonth,
  StandMonthWeather,
  StandSettings,
  StandSite,
  StandSpecies,
} from './forest/stand/state.ts';
export {type Thinning, thinned} from './forest/stand/thinning.ts';
export {
  type AllocationShares,
  allocationShares,
  carbonStress,
  MAX_OVER_ALLOMETRY,
  stemShareOfWood,
} from './forest/tree/allocation.ts';
export {CROWN_LENGTH_RATIO, crownDiameterM, crownRadiusM} from './forest/tree/crown.ts';
export {diameterGrowthCm, heightSlopeAt, stemMassOfKg, treeHeightSlope} from './forest/tree/diameter.ts';
export {Forest, type ForestTree, TREE_STATUS, type Understorey, type UnitSums} from './forest/tree/forest.ts';
export {
  type Positions,
  SHARING_CELL_M,
  spatialOrder,
} from './forest/tree/forest-plan.ts';
export {
  type GrownTree,
  growTree,
  type TreeLitter,
  type TreeState,
  type TreeYear,
  thicknessModifier,
} from './forest/tree/grow-tree.ts';
export {ageOfDiameter} from './forest/tree/initial-age.ts';
export {
  intolerantResponse,
  lightResponse,
  responseBetween,
  tolerantResponse,
} from './forest/tree/light-response.ts';
export {
  anyDeath,
  droughtDeath,
  droughtLimit,
  droughtMonths,
  floodDeath,
  intrinsicDeath,
  stressDeath,
} from './forest/tree/mortality.ts';
export type {Allometry, CrownParameters, HeightSlope, TreeParameters} from './forest/tree/parameters.ts';
export {massKg, poolsOf, type TreePools, treeMassKg} from './forest/tree/pools.ts';
export {
  growSaplings,
  mostSaplings,
  potentialSaplingHeightM,
  REINEKE,
  SAPLING_TREE_HEIGHT_M,
  type Saplings,
  saplingsWithGround,
  treeHeightM,
} from './forest/tree/sapling.ts';
export {
  absorbedAreaM2,
  type CellShare,
  type CellSums,
  type CellTree,
  cellIndex,
  cellSums,
  shareCell,
} from './forest/tree/sharing-cell.ts';
export type {ForestSpecies} from './forest/tree/species-table.ts';
export {DEATHS, type ForestYear, type Stem} from './forest/tree/stems.ts';
export {
  bareCrownOpacity,
  CROWN_EXTINCTION,
  type Crown,
  crownOpacity,
  discViewFactor,
  lightIndex,
  neighbourTransmission,
  overtoppedIndex,
  receiverHeightM,
  shadeReachM,
} from './forest/tree/view-factor.ts';
export {type Enu, EnuFrame, type Geodetic} from './geo/enu-frame.ts';
export {type PolygonGeometry, pointInPolygon} from './geo/polygon.ts';
export {
  applyConversion,
  convertUnit,
  type UnitConversion,
  type UnitTarget,
  unitCode,
  unitConversion,
} from './normalise/convert-unit.ts';
export {DEVICE_STATUS_FLAG, withDeviceStatus} from './normalise/device-status.ts';
export {parseInstantMs} from './normalise/instant.ts';
export {canonicalPeriod, periodEndMs, periodSeconds} from './normalise/period.ts';
export {
  type NormalisedReading,
  normaliseReading,
  type ReadingDefaults,
  type ReadingElement,
} from './normalise/reading.ts';
export {UNIT_SPELLINGS} from './normalise/unit-spellings.ts';
export {type CheckedColumns, type Companion, checkSeries} from './quality/check-series.ts';
export {affectedRows, contextRows, settledRange} from './quality/context.ts';
export {
  adjustment,
  type CalibrationPoint,
  correctedValue,
  driftCorrection,
} from './quality/correction.ts';
export {CALM_BELOW_M_PER_S, type Place} from './quality/exemption.ts';
export {explainTests, type TestStory} from './quality/explain-tests.ts';
export {expectedRows, findGaps, GAP_INTERVALS} from './quality/gap.ts';
export {limitsInForce} from './quality/limits.ts';
export {
  checkNeighbours,
  NEIGHBOUR_VERSION,
  type NeighbourFindings,
  type NeighbourParameters,
  neighbourSteps,
} from './quality/neighbour.ts';
export {type Line, medianOf, robustSd, theilSen} from './quality/robust-line.ts';
export {type PushResult, SeriesChecker} from './quality/series-checker.ts';
export {
  outranks,
  revisionsInForce,
  revokedVersions,
  saysOf,
  standingRevisions,
} from './quality/standing.ts';
export {EARLIEST_TIME_MS, FUTURE_TOLERANCE_MS, timeFlag} from './quality/time.ts';
export {checkAlone, hasCredibleTime, isFixedByPerson, VALUE_TEST_BITS} from './quality/verdict.ts';
export {
  exponentialAt,
  normalAt,
  normalQuantile,
  philox2x32,
  uniformAt,
  uniformPairsAt,
  uniformsAt,
} from './random/counter.ts';
export {gammaAt} from './random/gamma.ts';
export {hashText, randomKey} from './random/hash.ts';
export {normalProbability} from './random/normal-probability.ts';
export {
  accumulate,
  BASE_BUCKET_MS,
  type Buckets,
  composeColumns,
  type RollUpColumns,
  type RollUpInput,
} from './roll-up/accumulator.ts';
export {
  type Boundaries,
  type DayNight,
  dayNightBoundaries,
  fixedBoundaries,
  zonedBoundaries,
} from './roll-up/boundaries.ts';
export {hasCensored, isUsed} from './roll-up/censored-share.ts';
export {composeRollUps, finishRollUp, rollUp} from './roll-up/roll-up.ts';
export {rollUpPoints, type ThinOptions, thin, thinRollUps} from './roll-up/thin.ts';
export {worstFlag} from './roll-up/worst-flag.ts';
export {
  type BucketDrivers,
  type BucketFluxes,
  type BucketParameters,
  type BucketState,
  type BucketVegetation,
  bucketBalanceMm,
  bucketFluxes,
  bucketStart,
  coverByLeafArea,
  integrateBucket,
  type RootZoneWater,
  relativeExtractableWater,
  rootZoneWater,
  type SoilLayer,
} from './soil/bucket.ts';
export {
  BucketColumns,
  type BucketDay,
  GIVEN,
  GIVEN_STRIDE,
  MOVED,
  MOVED_STRIDE,
} from './soil/bucket-columns.ts';
export {type CapillaryParameters, capillaryRiseMm} from './soil/capillary-rise.ts';
export {
  basalCropCoefficient,
  basalCropCoefficientByLeafArea,
  type CropCoefficientCurve,
  coverFraction,
  maximumCropCoefficient,
  maximumCropCoefficientOverAlfalfa,
} from './soil/crop-coefficient.ts';
export {
  coverFactor,
  type ErosionFactors,
  rainfallErosivity,
  slopeFactor,
  soilErosionModulus,
} from './soil/erosion.ts';
export {evaporationReduction, totalEvaporableWaterMm} from './soil/evaporable-layer.ts';
export {
  type Fao56Drivers,
  type Fao56Fluxes,
  type Fao56Parameters,
  type Fao56State,
  fao56Day,
  fao56Start,
} from './soil/fao56-day.ts';
export {interceptedFraction3Pg, interceptionMm} from './soil/interception.ts';
export {
  forecastIrrigationNeed,
  type IrrigationRule,
  irrigationNeedMm,
  irrigationVolumeM3,
} from './soil/irrigation-need.ts';
export {depletionFraction, totalAvailableWaterMm, waterStressCoefficient} from './soil/root-zone.ts';
export {
  curveNumberByDepletion,
  curveNumberRunOffMm,
  dryCurveNumber,
  wetCurveNumber,
} from './soil/run-off.ts';
export {
  type CampbellSoil,
  campbellExponent,
  campbellSoil,
  matricSuctionKPa,
  relativeConductivity,
  waterFractionAtSuction,
} from './soil/water-retention.ts';
export {secchiTransparencyM} from './water/transparency.ts';
export {type BankAquifer, bankResponse, waterTableLevelM} from './water/water-table.ts';
