import {hash01} from './noise.ts';
import type {Seed} from './seed.ts';

/** `surveys.csv`: campaigns nobody made, with values typical of soil and stand; origin `virtual`. */
export function surveyRows({surveys, utcOffset, randomSeed}: Seed, site: string): string {
  const rows = ['time,station,element,value,unit,statistic,method,origin'];
  const add = (date: string, zone: string, element: string, value: number, unit: string, method: string) =>
    rows.push(
      `${date}T00:00:00${utcOffset},${site}-${zone},${element},${value},${unit},mean,${method},virtual`,
    );
  const soil = surveys.soilOrganicMatter;
  soil.dates.forEach((date, year) => {
    Object.entries(soil.gPerKg).forEach(([zone, gPerKg], i) => {
      const scatter = (hash01(randomSeed, 600 + i, year) - 0.5) * 2 * soil.scatter;
      add(
        date,
        zone,
        'soil_organic_matter',
        round(gPerKg + soil.yearlyGain * year + scatter, 1),
        'g/kg',
        soil.method,
      );
    });
  });
  const trees = surveys.treeHeight;
  trees.dates.forEach((date, n) => {
    const years = Math.floor(n / 2) + (n % 2) * trees.summerShare;
    Object.entries(trees.heightM).forEach(([zone, heightM], i) => {
      const scatter = (hash01(randomSeed, 700 + i, n) - 0.5) * 2 * trees.scatterM;
      add(
        date,
        zone,
        'tree_height',
        round(heightM + trees.yearlyGainM[zone]! * years + scatter, 2),
        'm',
        trees.method,
      );
    });
  });
  return `${rows.join('\n')}\n`;
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
