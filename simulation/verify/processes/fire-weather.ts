import {fireBehaviour, type MoistureCodes, nextMoistureCodes} from '#model';
import {numberInput, type Process, tableOf} from '../process.ts';
import {numberAt} from '../table.ts';

/** Codes and indices of the Canadian Forest Fire Weather Index system, day after day from given start codes. */
export const fireWeather: Process = {
  id: 'fire-weather',
  title: 'Canadian Forest Fire Weather Index',
  reads: {
    expected: ['month', 'latitudeDeg', 'airTemperatureC', 'relativeHumidityPercent', 'windKmPerH', 'rainMm'],
  },
  inputs: {startFfmc: 'number', startDmc: 'number', startDc: 'number'},
  gives: ['ffmc', 'dmc', 'dc', 'isi', 'bui', 'fwi', 'dsr'],
  run: (input) => {
    const days = tableOf(input, 'expected');
    let codes: MoistureCodes = {
      ffmc: numberInput(input, 'startFfmc'),
      dmc: numberInput(input, 'startDmc'),
      dc: numberInput(input, 'startDc'),
    };
    const results = days.rows.map((_, i) => {
      const windKmPerH = numberAt(days, i, 'windKmPerH');
      codes = nextMoistureCodes(
        codes,
        {
          airTemperatureC: numberAt(days, i, 'airTemperatureC'),
          relativeHumidityPercent: numberAt(days, i, 'relativeHumidityPercent'),
          windKmPerH,
          rainMm: numberAt(days, i, 'rainMm'),
        },
        {month: numberAt(days, i, 'month') - 1, latitudeDeg: numberAt(days, i, 'latitudeDeg')},
      );
      return {...codes, ...fireBehaviour(codes, windKmPerH)};
    });
    const column = (name: keyof (typeof results)[number]) => results.map((day) => day[name]);
    return {
      values: {
        ffmc: column('ffmc'),
        dmc: column('dmc'),
        dc: column('dc'),
        isi: column('isi'),
        bui: column('bui'),
        fwi: column('fwi'),
        dsr: column('dsr'),
      },
    };
  },
};
