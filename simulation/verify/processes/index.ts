import type {Process} from '../process.ts';
import {dailyEt0Process} from './daily-et0.ts';
import {droughtIndex} from './drought-index.ts';
import {dualCropCoefficient} from './dual-crop-coefficient.ts';
import {evapotranspirationTerms} from './evapotranspiration-terms.ts';
import {fireWeather} from './fire-weather.ts';
import {individualTrees} from './individual-trees.ts';
import {monthlyEvapotranspiration} from './monthly-evapotranspiration.ts';
import {soilCarbon} from './soil-carbon.ts';
import {speciesStands} from './species-stands.ts';
import {standGrowth} from './stand-growth.ts';
import {treeBiomass} from './tree-biomass.ts';

/** Every process that reference rows can be held against, in the order of the report. */
export const PROCESSES: readonly Process[] = [
  standGrowth,
  individualTrees,
  speciesStands,
  treeBiomass,
  soilCarbon,
  evapotranspirationTerms,
  dailyEt0Process,
  monthlyEvapotranspiration,
  dualCropCoefficient,
  droughtIndex,
  fireWeather,
];
