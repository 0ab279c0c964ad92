import {SOIL_CARBON_PARAMETERS, soilCarbonYear} from '#model';
import {EcoError} from '#schemas';
import {type Process, tableOf} from '../process.ts';
import {numberAt, placeOf} from '../table.ts';

/** No experiment is believed to be longer. */
const MOST_YEARS = 10_000;

/** Young and old carbon of soils after some years of a steady input, kg m⁻². */
export const soilCarbon: Process = {
  id: 'soil-carbon',
  title: 'Soil carbon (ICBM, Andrén & Kätterer 1997)',
  reads: {expected: ['years', 'youngKgPerM2', 'oldKgPerM2', 'inputKgPerM2', 'humification', 'speed']},
  inputs: {},
  gives: ['youngKgPerM2', 'oldKgPerM2'],
  run: (input) => {
    const treatments = tableOf(input, 'expected');
    const ends = treatments.rows.map((_, i) => {
      let soil = {
        youngKgPerM2: numberAt(treatments, i, 'youngKgPerM2'),
        oldKgPerM2: numberAt(treatments, i, 'oldKgPerM2'),
      };
      const p = {...SOIL_CARBON_PARAMETERS, humification: numberAt(treatments, i, 'humification')};
      const years = numberAt(treatments, i, 'years');
      if (!(years >= 0 && years <= MOST_YEARS)) {
        throw new EcoError(
          'table_invalid',
          `${placeOf(treatments, i)}: years is ${years}, 0 to ${MOST_YEARS} was expected`,
        );
      }
      for (let year = 0; year < years; year += 1) {
        soil = soilCarbonYear(
          soil,
          numberAt(treatments, i, 'inputKgPerM2'),
          numberAt(treatments, i, 'speed'),
          p,
        );
      }
      return soil;
    });
    return {
      values: {
        youngKgPerM2: ends.map(({youngKgPerM2}) => youngKgPerM2),
        oldKgPerM2: ends.map(({oldKgPerM2}) => oldKgPerM2),
      },
    };
  },
};
