import {
  dailyEt0,
  extraterrestrialRadiationMj,
  FAO56_SITE_DEFAULTS,
  hargreavesEt0Mm,
  MONTH_DAYS,
  midMonthDay,
  SPEI_PACKAGE,
  soilHeatFluxOfMonthMj,
  thornthwaiteDaylightH,
  thornthwaiteHeat,
  thornthwaitePetMm,
} from '#model';
import {numberInput, type Process, tableOf} from '../process.ts';
import {numberAt, numberOrNullAt, type Table} from '../table.ts';

/** Potential evapotranspiration of each month by Thornthwaite from its mean temperature, mm. */
export function thornthwaiteMm(months: Table, latitudeDeg: number): number[] {
  const monthOf = (i: number) => numberAt(months, i, 'month') - 1;
  const climate = Array.from({length: 12}, (_, month) => {
    const own = [...months.rows.keys()].filter((i) => monthOf(i) === month);
    return own.reduce((sum, i) => sum + numberAt(months, i, 'meanC'), 0) / own.length;
  });
  const heat = thornthwaiteHeat(climate);
  return months.rows.map((_, i) =>
    thornthwaitePetMm({
      meanC: numberAt(months, i, 'meanC'),
      heat,
      daylightH: thornthwaiteDaylightH(latitudeDeg, midMonthDay(monthOf(i))),
      days: MONTH_DAYS[monthOf(i)]!,
    }),
  );
}

/** Evapotranspiration of months by Thornthwaite, Hargreaves and Penman-Monteith, mm, with the constants of the package SPEI. */
export const monthlyEvapotranspiration: Process = {
  id: 'monthly-evapotranspiration',
  title: 'Evapotranspiration of months (Thornthwaite, Hargreaves, Penman-Monteith)',
  reads: {expected: ['month', 'meanC', 'maximumC', 'minimumC', 'sunshineH', 'windSpeedMPerS']},
  inputs: {latitudeDeg: 'number', elevationM: 'number'},
  gives: ['thornthwaiteMm', 'hargreavesMm', 'penmanMonteithMm'],
  run: (input) => {
    const months = tableOf(input, 'expected');
    const latitudeDeg = numberInput(input, 'latitudeDeg');
    const elevationM = numberInput(input, 'elevationM');
    const meanOfExtremes = (i: number) =>
      i in months.rows ? (numberAt(months, i, 'maximumC') + numberAt(months, i, 'minimumC')) / 2 : null;
    const monthOf = (i: number) => numberAt(months, i, 'month') - 1;
    const hargreaves = months.rows.map((_, i) => {
      const extraterrestrialMj = extraterrestrialRadiationMj(
        latitudeDeg,
        midMonthDay(monthOf(i)),
        SPEI_PACKAGE,
      );
      const mm = hargreavesEt0Mm({
        meanC: meanOfExtremes(i)!,
        maximumC: numberAt(months, i, 'maximumC'),
        minimumC: numberAt(months, i, 'minimumC'),
        extraterrestrialMj,
      });
      return mm * MONTH_DAYS[monthOf(i)]!;
    });
    const penman = months.rows.map((_, i) => {
      const {et0Mm} = dailyEt0(
        {
          dayOfYear: midMonthDay(monthOf(i)),
          maximumC: numberAt(months, i, 'maximumC'),
          minimumC: numberAt(months, i, 'minimumC'),
          vapourPressureKPa: null,
          dewPointC: null,
          maximumHumidityPercent: null,
          minimumHumidityPercent: null,
          meanHumidityPercent: null,
          radiationMj: null,
          sunshineH: numberOrNullAt(months, i, 'sunshineH'),
          windSpeedMPerS: numberOrNullAt(months, i, 'windSpeedMPerS'),
          soilHeatFluxMj: soilHeatFluxOfMonthMj(
            meanOfExtremes(i - 1),
            meanOfExtremes(i)!,
            meanOfExtremes(i + 1),
          ),
        },
        {...FAO56_SITE_DEFAULTS, latitudeDeg, elevationM},
        SPEI_PACKAGE,
      );
      return et0Mm === null ? null : et0Mm * MONTH_DAYS[monthOf(i)]!;
    });
    return {
      values: {
        thornthwaiteMm: thornthwaiteMm(months, latitudeDeg),
        hargreavesMm: hargreaves,
        penmanMonteithMm: penman,
      },
    };
  },
};
