import {
  DAYS_OF_MONTHS,
  daytimeVpdKPa,
  midMonthDay,
  type ReferenceSite,
  SOIL_WATER_RESPONSES,
  thornthwaiteDaylightH,
  thornthwaiteHeat,
  thornthwaitePetMm,
  type UnitMonth,
} from '#model';
import {EcoError} from '#schemas';
import {numbersOf, type Table} from '../table.ts';
import type {PlotMap} from './plot-map.ts';

/** Years until a soil's yearly course repeats itself: it fills or empties within a few. */
const SETTLING_YEARS = 20;

/**
 * Available soil water over its capacity in each month of a mean year, 0–1: rain less potential evapotranspiration, in a store that
 * runs over when it is full. Source: Thornthwaite & Mather (1957), without their slower drying.
 */
export function relativeWater(
  rainMm: readonly number[],
  petMm: readonly number[],
  capacityMm: number,
): number[] {
  let store = capacityMm;
  let year: number[] = [];
  for (let n = 0; n < SETTLING_YEARS; n += 1) {
    year = rainMm.map((rain, m) => {
      const before = store;
      store = Math.min(capacityMm, Math.max(0, store + rain - petMm[m]!));
      return (before + store) / 2 / capacityMm;
    });
  }
  return year;
}

/**
 * The mean year of a plot's place as the trees have it.
 * @throws {EcoError} `table_invalid` unless the climate has the twelve months in order.
 */
export function siteYear(climate: Table, place: PlotMap['place']): ReferenceSite {
  const months = numbersOf(climate, 'month');
  if (months.length !== 12 || months.some((month, m) => month !== m + 1)) {
    throw new EcoError(
      'table_invalid',
      `${climate.name}: months 1 to 12 in order were expected, got ${months.join(', ')}`,
    );
  }
  const minC = numbersOf(climate, 'min_c');
  const maxC = numbersOf(climate, 'max_c');
  const meanC = minC.map((min, m) => (min + maxC[m]!) / 2);
  const rainMm = numbersOf(climate, 'rain_mm');
  const radiation = numbersOf(climate, 'radiation_mj_m2_d');
  const frostDays = numbersOf(climate, 'frost_days');
  const heat = thornthwaiteHeat(meanC);
  const petMm = meanC.map((mean, m) =>
    thornthwaitePetMm({
      meanC: mean,
      heat,
      daylightH: thornthwaiteDaylightH(place.latitudeDeg, midMonthDay(m)),
      days: DAYS_OF_MONTHS[m]!,
    }),
  );
  const water = relativeWater(rainMm, petMm, place.availableWaterMm);
  return {
    months: meanC.map(
      (mean, m): UnitMonth => ({
        meanC: mean,
        frostDays: frostDays[m]!,
        radiationMjPerM2Day: radiation[m]!,
        vpdKPa: daytimeVpdKPa(minC[m]!, maxC[m]!),
        co2Ppm: place.co2Ppm,
        relativeWater: water[m]!,
        floodedDays: 0,
      }),
    ),
    soil: {waterResponse: SOIL_WATER_RESPONSES[place.soil], fertility: place.fertility},
    mode: 'min',
  };
}
