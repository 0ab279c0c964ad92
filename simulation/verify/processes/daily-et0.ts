import {DAILY_SURFACES, dailyEt0, FAO56, FAO56_SITE_DEFAULTS, REF_ET, type ReferenceSurface} from '#model';
import {numberInput, type Process, tableOf, wordInput} from '../process.ts';
import {numberAt, numberOrNullAt, type Table} from '../table.ts';

const CONSTANTS = {'fao-56': FAO56, 'ref-et': REF_ET} as const;

/** Number of a column that the table may lack. */
function given(table: Table, index: number, column: string): number | null {
  return table.rows[index]![column] === undefined ? null : numberOrNullAt(table, index, column);
}

/** Reference evapotranspiration of single days over short and tall grass, mm. */
export const dailyEt0Process: Process = {
  id: 'daily-et0',
  title: 'Reference evapotranspiration of days (FAO-56, ASCE standardised)',
  reads: {
    expected: [
      'month',
      'day',
      '<maximumC, minimumC, vapourPressureKPa, dewPointC, maximumHumidityPercent, minimumHumidityPercent, meanHumidityPercent, radiationMj, sunshineH, windSpeedMPerS: those that were measured>',
    ],
  },
  inputs: {
    year: 'number',
    constants: 'fao-56 or ref-et',
    latitudeDeg: 'number',
    elevationM: 'number',
    windHeightM: 'number',
    clearSky: 'asce or elevation',
  },
  gives: ['shortMm', 'tallMm'],
  run: (input) => {
    const days = tableOf(input, 'expected');
    const year = numberInput(input, 'year');
    const constants = CONSTANTS[wordInput(input, 'constants', ['fao-56', 'ref-et'])];
    const site = {
      ...FAO56_SITE_DEFAULTS,
      latitudeDeg: numberInput(input, 'latitudeDeg'),
      elevationM: numberInput(input, 'elevationM'),
      windHeightM: numberInput(input, 'windHeightM'),
      clearSky: wordInput(input, 'clearSky', ['asce', 'elevation']),
    };
    const over = (surface: ReferenceSurface) =>
      days.rows.map((_, i) => {
        const date = Date.UTC(year, numberAt(days, i, 'month') - 1, numberAt(days, i, 'day'));
        return dailyEt0(
          {
            dayOfYear: (date - Date.UTC(year - 1, 11, 31)) / 86_400_000,
            maximumC: given(days, i, 'maximumC'),
            minimumC: given(days, i, 'minimumC'),
            vapourPressureKPa: given(days, i, 'vapourPressureKPa'),
            dewPointC: given(days, i, 'dewPointC'),
            maximumHumidityPercent: given(days, i, 'maximumHumidityPercent'),
            minimumHumidityPercent: given(days, i, 'minimumHumidityPercent'),
            meanHumidityPercent: given(days, i, 'meanHumidityPercent'),
            radiationMj: given(days, i, 'radiationMj'),
            sunshineH: given(days, i, 'sunshineH'),
            windSpeedMPerS: given(days, i, 'windSpeedMPerS'),
            soilHeatFluxMj: null,
          },
          {...site, surface},
          constants,
        ).et0Mm;
      });
    return {values: {shortMm: over(DAILY_SURFACES.short), tallMm: over(DAILY_SURFACES.tall)}};
  },
};
