import {SOIL_CARBON_PARAMETERS, soilCarbonYear} from '#model';
import {type Process, tableOf} from '../process.ts';
import {numberAt} from '../table.ts';

/** Young and old carbon of soils after some years of a steady input, kg m⁻². */
export const soilCarbon: Process = {
  id: 'soil-carbon',
  title: 'Soil carbon (ICBM, Andrén & Kätterer 1997)',
  roles: ['expected'],
  run: (input) => {
    const treatments = tableOf(input, 'expected');
    const ends = treatments.rows.map((_, i) => {
      let soil = {
        youngKgPerM2: numberAt(treatments, i, 'youngKgPerM2'),
        oldKgPerM2: numberAt(treatments, i, 'oldKgPerM2'),
      };
      const p = {...SOIL_CARBON_PARAMETERS, humification: numberAt(treatments, i, 'humification')};
      for (let year = 0; year < numberAt(treatments, i, 'years'); year += 1) {
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
