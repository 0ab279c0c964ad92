import {fitSpi, spei, spi} from '#model';
import {numberInput, type Process, tableOf} from '../process.ts';
import {numberAt, numbersOf} from '../table.ts';
import {thornthwaiteMm} from './monthly-evapotranspiration.ts';

/**
 * SPEI and SPI over so many months, fitted on all years. The reference leaves the share of dry months out of its SPI: so does this
 * comparison, by fits without one.
 */
export const droughtIndex: Process = {
  id: 'drought-index',
  title: 'Drought indices (SPEI by log-logistic, SPI by gamma)',
  reads: {expected: ['month', 'meanC', 'rainMm']},
  inputs: {latitudeDeg: 'number', months: 'number: the index’s time scale'},
  gives: ['spei', 'spi'],
  run: (input) => {
    const months = tableOf(input, 'expected');
    const over = numberInput(input, 'months', {least: 1, most: 120});
    const firstMonth = numberAt(months, 0, 'month') - 1;
    const rainMm = numbersOf(months, 'rainMm');
    const pet = thornthwaiteMm(months, numberInput(input, 'latitudeDeg'));
    const rain = {firstMonth, values: rainMm};
    const fits = fitSpi(rain, over).map((fit) => (fit === null ? null : {...fit, dryFraction: 0}));
    return {
      values: {
        spei: spei({firstMonth, values: rainMm.map((mm, i) => mm - pet[i]!)}, over),
        spi: spi(rain, over, fits),
      },
    };
  },
};
