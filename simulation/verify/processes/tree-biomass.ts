import {aboveGroundKg} from '#model';
import {type Process, tableOf} from '../process.ts';
import {numberAt} from '../table.ts';

/** Above-ground mass of single trees by equation 4 of Chave et al. (2014), kg. */
export const treeBiomass: Process = {
  id: 'tree-biomass',
  title: 'Above-ground biomass of trees (Chave et al. 2014, eq. 4)',
  reads: {expected: ['dbhCm', 'heightM', 'woodDensityGPerCm3']},
  inputs: {},
  gives: ['aboveGroundKg'],
  run: (input) => {
    const trees = tableOf(input, 'expected');
    return {
      values: {
        aboveGroundKg: trees.rows.map((_, i) =>
          aboveGroundKg({
            dbhCm: numberAt(trees, i, 'dbhCm'),
            heightM: numberAt(trees, i, 'heightM'),
            woodDensityGPerCm3: numberAt(trees, i, 'woodDensityGPerCm3'),
          }),
        ),
      },
    };
  },
};
