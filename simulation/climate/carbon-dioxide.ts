import type {Co2, Co2Path} from '#schemas';

type Series = {years: readonly number[]; ppm: readonly number[]};

/** Observed and rebuilt past, rounded. */
const PAST: readonly (readonly [number, number])[] = [
  [1525, 282],
  [1850, 284.7],
  [1958, 315],
  [2000, 369.7],
  [2020, 413],
];

/**
 * CO₂ in the air, ppm, at the years between which it is linear; before the first and after the last year it stays.
 * Source: Meinshausen et al. (2017), doi:10.5194/gmd-10-2057-2017 (past), (2020), doi:10.5194/gmd-13-3571-2020 (SSPs), rounded to
 * whole ppm and not compared with the tables of these papers again: label `literature`.
 */
export const CO2_SERIES: Record<Co2Path, readonly (readonly [number, number])[]> = {
  history: PAST,
  ssp126: [...PAST, [2050, 469], [2100, 446]],
  ssp245: [...PAST, [2050, 507], [2100, 603]],
  ssp370: [...PAST, [2050, 541], [2100, 867]],
  ssp585: [...PAST, [2050, 563], [2100, 1135]],
};

/** Of the years about which the normals of most sites are: used where a scenario says nothing. */
export const PRESENT_CO2_PPM = 413;

/** A scenario's choice as a series. */
export function co2Series(co2: Co2 | undefined): Series {
  if (co2?.path)
    return {
      years: CO2_SERIES[co2.path].map(([year]) => year),
      ppm: CO2_SERIES[co2.path].map(([, ppm]) => ppm),
    };
  if (co2?.years) {
    const sorted = [...co2.years].sort((a, b) => a.year - b.year);
    return {years: sorted.map(({year}) => year), ppm: sorted.map(({ppm}) => ppm)};
  }
  return {years: [0], ppm: [co2?.ppm ?? PRESENT_CO2_PPM]};
}

/** CO₂ of a year, ppm: linear between the years of the series, level beyond its ends. */
export function co2At({years, ppm}: Series, year: number): number {
  let after = 0;
  while (after < years.length && years[after]! <= year) after += 1;
  if (after === 0) return ppm[0]!;
  if (after === years.length) return ppm.at(-1)!;
  const f = (year - years[after - 1]!) / (years[after]! - years[after - 1]!);
  return ppm[after - 1]! * (1 - f) + ppm[after]! * f;
}
