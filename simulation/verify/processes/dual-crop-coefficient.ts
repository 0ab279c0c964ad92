import {type Fao56Parameters, fao56Day, fao56Start, windSpeedAt2mMPerS} from '#model';
import {EcoError} from '#schemas';
import {numberInput, type Process, tableOf, wordInput} from '../process.ts';
import {numberAt, type Table, textAt} from '../table.ts';

type Irrigation = {day: string; depthMm: number; wettedFraction: number; efficiencyPercent: number};

/** Irrigations of a field as its file lists them: [day, depth mm, wetted fraction, efficiency %]. */
function irrigationsOf(field: Table): Irrigation[] {
  let list: unknown;
  try {
    list = JSON.parse(textAt(field, 0, 'irrigation'));
  } catch {
    list = null;
  }
  const isEvent = (one: unknown): one is [string, number, number, number] =>
    Array.isArray(one) && typeof one[0] === 'string' && one.slice(1).every((value) => Number.isFinite(value));
  if (!Array.isArray(list) || !list.every(isEvent)) {
    throw new EcoError(
      'table_invalid',
      `${field.name}: irrigation was expected as [day, depth, wetted fraction, efficiency]`,
    );
  }
  return list.map(([day, depthMm, wettedFraction, efficiencyPercent]) => ({
    day,
    depthMm,
    wettedFraction,
    efficiencyPercent,
  }));
}

/** Crop and soil of a field under FAO-56's own symbols. */
function parametersOf(field: Table, curveNumber: 'used' | 'none'): Fao56Parameters {
  const at = (symbol: string) => numberAt(field, 0, `parameters.${symbol}`);
  return {
    curve: {
      initial: at('Kcbini'),
      mid: at('Kcbmid'),
      end: at('Kcbend'),
      initialDays: at('Lini'),
      developmentDays: at('Ldev'),
      midDays: at('Lmid'),
      lateDays: at('Lend'),
    },
    initialHeightM: at('hini'),
    maximumHeightM: at('hmax'),
    initialRootDepthM: at('Zrini'),
    maximumRootDepthM: at('Zrmax'),
    tabulatedDepletionFraction: at('pbase'),
    fieldCapacityFraction: at('thetaFC'),
    wiltingPointFraction: at('thetaWP'),
    initialWaterFraction: at('theta0'),
    evaporableDepthM: at('Ze'),
    readilyEvaporableMm: at('REW'),
    curveNumber: curveNumber === 'used' ? at('CN2') : null,
    referenceSurface: 'short',
  };
}

/** What the paper calls them. */
const SYMBOLS = [
  'Kcb',
  'h',
  'Kcmax',
  'fc',
  'fw',
  'few',
  'De',
  'Kr',
  'Ke',
  'E',
  'DPe',
  'ETc',
  'TAW',
  'Zr',
  'p',
  'RAW',
  'Ks',
  'ETa',
  'T',
  'DP',
  'Dr',
  'RO',
] as const;

/** Days of a field by the dual crop coefficient of FAO-56: coefficients, depletions and fluxes under the paper's symbols. */
export const dualCropCoefficient: Process = {
  id: 'dual-crop-coefficient',
  title: 'Soil water by the dual crop coefficient (FAO-56)',
  reads: {
    expected: ['et0Mm'],
    weather: ['day', 'rainMm', 'windSpeedMPerS', 'minimumHumidityPercent'],
    field: ['irrigation', '<parameters.SYMBOL: crop and soil>'],
  },
  inputs: {windHeightM: 'number', runOff: 'used or none'},
  gives: [...SYMBOLS],
  run: (input) => {
    const expected = tableOf(input, 'expected');
    const weather = tableOf(input, 'weather');
    const field = tableOf(input, 'field');
    const p = parametersOf(field, wordInput(input, 'runOff', ['used', 'none']));
    const events = new Map(irrigationsOf(field).map((event) => [event.day, event]));
    const windHeightM = numberInput(input, 'windHeightM');
    let state = fao56Start(p);
    const values: Record<string, number[]> = Object.fromEntries(SYMBOLS.map((symbol) => [symbol, []]));
    for (const i of expected.rows.keys()) {
      const event = events.get(textAt(weather, i, 'day'));
      const next = fao56Day(
        state,
        {
          et0Mm: numberAt(expected, i, 'et0Mm'),
          rainMm: numberAt(weather, i, 'rainMm'),
          windSpeedAt2mMPerS: windSpeedAt2mMPerS(numberAt(weather, i, 'windSpeedMPerS'), windHeightM),
          minimumHumidityPercent: numberAt(weather, i, 'minimumHumidityPercent'),
          irrigation: event
            ? {depthMm: (event.depthMm * event.efficiencyPercent) / 100, wettedFraction: event.wettedFraction}
            : null,
        },
        p,
      );
      state = next.state;
      const {fluxes} = next;
      const day: Record<(typeof SYMBOLS)[number], number> = {
        Kcb: fluxes.basal,
        h: state.heightM,
        Kcmax: fluxes.maximum,
        fc: fluxes.coveredFraction,
        fw: state.wettedFraction,
        few: fluxes.exposedWettedFraction,
        De: state.surfaceDepletionMm,
        Kr: fluxes.evaporationReduction,
        Ke: fluxes.evaporationCoefficient,
        E: fluxes.evaporationMm,
        DPe: fluxes.surfacePercolationMm,
        ETc: fluxes.cropEvapotranspirationMm,
        TAW: fluxes.availableMm,
        Zr: state.rootDepthM,
        p: fluxes.depletionFraction,
        RAW: fluxes.depletionFraction * fluxes.availableMm,
        Ks: fluxes.stressCoefficient,
        ETa: fluxes.evapotranspirationMm,
        T: fluxes.evapotranspirationMm - fluxes.evaporationMm,
        DP: fluxes.percolationMm,
        Dr: state.depletionMm,
        RO: fluxes.runOffMm,
      };
      for (const symbol of SYMBOLS) values[symbol]!.push(day[symbol]);
    }
    return {values};
  },
};
