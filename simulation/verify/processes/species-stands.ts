import {
  calibrateEfficiency,
  curveHeightM,
  DAYS_OF_MONTHS,
  daytimeVpdKPa,
  Forest,
  openGrownIncrementCm,
  type ReferenceSite,
  SOIL_WATER_RESPONSES,
  type SpeciesParameters,
  speciesTable,
  speciesYear,
  TraitError,
  traitsFromRow,
  treeParametersOf,
  uniformAt,
} from '#model';
import {EcoError} from '#schemas';
import {numberInput, type Process, tableOf, wordInput} from '../process.ts';
import {numbersOf, placeOf, type Table} from '../table.ts';

const SIDE_M = 40;
/** Known increments are believed between these, cm a⁻¹. */
const INCREMENT_CM = [0.3, 4] as const;
/** What calibration aims at: the mean of good and bad years over the greatest increment that is known. */
const MEAN_OVER_MAX = 0.7;

function siteOf(
  climate: Table,
  place: Omit<ReferenceSite, 'months'> & {co2Ppm: number; relativeWater: number},
): ReferenceSite {
  const meanC = numbersOf(climate, 'meanC');
  if (meanC.length !== DAYS_OF_MONTHS.length) {
    throw new EcoError('table_invalid', `${climate.name}: twelve months were expected, got ${meanC.length}`);
  }
  const minC = numbersOf(climate, 'minC');
  const maxC = numbersOf(climate, 'maxC');
  const radiation = numbersOf(climate, 'radiationMjPerM2Day');
  const months = meanC.map((mean, m) => ({
    meanC: mean,
    frostDays: 0,
    radiationMjPerM2Day: radiation[m]!,
    vpdKPa: daytimeVpdKPa(minC[m]!, maxC[m]!),
    co2Ppm: place.co2Ppm,
    relativeWater: place.relativeWater,
    floodedDays: 0,
  }));
  return {months, soil: place.soil, mode: place.mode};
}

/** Net production of the last year (t ha⁻¹) and the greatest leaf area index of a stand planted thinly, on a torus. */
function grown(species: SpeciesParameters, site: ReferenceSite, stemsPerHa: number, years: number) {
  const hectares = (SIDE_M * SIDE_M) / 10_000;
  const {values} = species;
  const trees = Array.from({length: Math.round(stemsPerHa * hectares)}, (_, id) => {
    const dbhCm = 2 + uniformAt(3, id);
    return {
      id,
      xM: SIDE_M * uniformAt(1, id),
      yM: SIDE_M * uniformAt(2, id),
      species: 0,
      unit: 0,
      dbhCm,
      heightM: curveHeightM(dbhCm, values.maxHeightM, (values.openMPerCm + values.shadeMPerCm) / 2),
      ageYr: 3,
    };
  });
  const forest = new Forest(trees, [treeParametersOf(species)], {torusM: SIDE_M});
  const {potentialGPerM2, rootFraction} = speciesYear(species, site.months, site.soil, site.mode);
  let lai = 0;
  let productionT = 0;
  for (let year = 1; year <= years; year += 1) {
    forest.step({
      potentialGPerM2: Float64Array.of(potentialGPerM2),
      rootFraction: Float64Array.of(rootFraction),
      siteDeath: Float64Array.of(0),
      leafOnShare: Float64Array.of(1),
      key: 7,
      year,
    });
    let leafM2 = 0;
    productionT = 0;
    for (let i = 0; i < forest.count; i += 1) {
      if (forest.alive[i] === 0) continue;
      leafM2 += forest.foliageKg[i]! * values.slaM2PerKg;
      productionT += forest.netProductionKg[i]! / 1000 / hectares;
    }
    lai = Math.max(lai, leafM2 / (SIDE_M * SIDE_M));
  }
  return {productionT, lai};
}

/**
 * Young stands of every species of a table on moist, fairly rich soil: net production in the last year, greatest leaf area index, and
 * the growth of an open-grown tree over what calibration aims at. Nothing is said of palms and bamboos, which do not thicken.
 */
export const speciesStands: Process = {
  id: 'species-stands',
  title: 'Young stands of every species',
  reads: {
    expected: ['scientific_name', 'family', '<columns of the species table>'],
    climate: ['meanC', 'minC', 'maxC', 'radiationMjPerM2Day'],
  },
  inputs: {
    soil: 'sand, sandyLoam, clayLoam or clay',
    fertility: 'number',
    co2Ppm: 'number',
    relativeWater: 'number',
    stemsPerHa: 'number',
    years: 'number',
  },
  gives: ['netProductionTPerHa', 'lai', 'openGrowthOverAim'],
  run: (input) => {
    const table = tableOf(input, 'expected');
    const traits = table.rows.map((row, i) => {
      try {
        return traitsFromRow(row);
      } catch (error) {
        if (error instanceof TraitError)
          throw new EcoError('table_invalid', `${placeOf(table, i)}: ${error.message}`);
        throw error;
      }
    });
    const site = siteOf(tableOf(input, 'climate'), {
      soil: {
        waterResponse:
          SOIL_WATER_RESPONSES[wordInput(input, 'soil', ['sand', 'sandyLoam', 'clayLoam', 'clay'])],
        fertility: numberInput(input, 'fertility'),
      },
      mode: 'min',
      co2Ppm: numberInput(input, 'co2Ppm'),
      relativeWater: numberInput(input, 'relativeWater'),
    });
    const stemsPerHa = numberInput(input, 'stemsPerHa', {least: 10, most: 20_000});
    const years = numberInput(input, 'years', {least: 1, most: 500});
    const results = speciesTable(traits).map((species, i) => {
      if (!species.thickens) return null;
      const known = traits[i]!.maxIncrementCmPerYr;
      const increment =
        known === undefined ? null : Math.min(INCREMENT_CM[1], Math.max(INCREMENT_CM[0], known));
      const calibrated = increment === null ? species : calibrateEfficiency(species, increment, site);
      return {
        ...grown(calibrated, site, stemsPerHa, years),
        aimed:
          increment === null ? null : openGrownIncrementCm(calibrated, site) / (MEAN_OVER_MAX * increment),
      };
    });
    return {
      values: {
        netProductionTPerHa: results.map((one) => one?.productionT ?? null),
        lai: results.map((one) => one?.lai ?? null),
        openGrowthOverAim: results.map((one) => one?.aimed ?? null),
      },
    };
  },
};
