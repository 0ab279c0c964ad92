import {
  dailyEt0,
  FAO56_SITE_DEFAULTS,
  type Fao56Drivers,
  type Fao56Parameters,
  windSpeedAt2mMPerS,
} from '#model';
import {referenceJson, referenceRows} from '../reference-rows.ts';

type Row = Record<string, number> & {'Year-DOY': string};
type Field = {parameters: Record<string, number>; irrigation: [string, number, number, number][]};

/** A season of a field by pyfao56 1.4 (USDA-ARS, public domain): its parameters, its weather and irrigation, its rows. */
export type Season = {parameters: Fao56Parameters; drivers: Fao56Drivers[]; rows: Row[]};

/** Reads a season; ET0 is the reference's own where the fixture's weather does not carry what it follows from. */
export function season(
  name: string,
  weatherFile: string,
  windHeightM: number,
  curveNumber: 'used' | 'none',
): Season {
  const field = referenceJson<Field>(`reference/soilwater/${name}.json`);
  const rows = referenceRows(`reference/soilwater/${name}.csv`) as unknown as Row[];
  const weather = referenceRows(`reference/soilwater/${weatherFile}.csv`) as unknown as Row[];
  const p = field.parameters;
  return {
    rows,
    parameters: {
      curve: {
        initial: p['Kcbini']!,
        mid: p['Kcbmid']!,
        end: p['Kcbend']!,
        initialDays: p['Lini']!,
        developmentDays: p['Ldev']!,
        midDays: p['Lmid']!,
        lateDays: p['Lend']!,
      },
      initialHeightM: p['hini']!,
      maximumHeightM: p['hmax']!,
      initialRootDepthM: p['Zrini']!,
      maximumRootDepthM: p['Zrmax']!,
      tabulatedDepletionFraction: p['pbase']!,
      fieldCapacityFraction: p['thetaFC']!,
      wiltingPointFraction: p['thetaWP']!,
      initialWaterFraction: p['theta0']!,
      evaporableDepthM: p['Ze']!,
      readilyEvaporableMm: p['REW']!,
      curveNumber: curveNumber === 'used' ? p['CN2']! : null,
      referenceSurface: 'short',
    },
    drivers: weather.map((day, index) => {
      const event = field.irrigation.find(([when]) => when === day['Year-DOY']);
      return {
        et0Mm: rows[index]!['ETref']!,
        rainMm: day['Rain']!,
        windSpeedAt2mMPerS: windSpeedAt2mMPerS(day['Wndsp']!, windHeightM),
        minimumHumidityPercent: day['RHmin']!,
        irrigation:
          event === undefined ? null : {depthMm: (event[1] * event[3]) / 100, wettedFraction: event[2]},
      };
    }),
  };
}

/** ET0 of the rainfed season's weather, by our own equations. */
export function mcleanEt0Mm(): number[] {
  const weather = referenceRows('reference/soilwater/mclean-2015-weather.csv') as unknown as Row[];
  return weather.map((day) => {
    const result = dailyEt0(
      {
        dayOfYear: Number(day['Year-DOY'].slice(5)),
        maximumC: day['Tmax']!,
        minimumC: day['Tmin']!,
        vapourPressureKPa: null,
        dewPointC: null,
        maximumHumidityPercent: day['RHmax']!,
        minimumHumidityPercent: day['RHmin']!,
        meanHumidityPercent: null,
        radiationMj: day['Srad']!,
        sunshineH: null,
        windSpeedMPerS: day['Wndsp']!,
        soilHeatFluxMj: null,
      },
      {...FAO56_SITE_DEFAULTS, latitudeDeg: 40.49089, elevationM: 256, windHeightM: 10},
    );
    return result.et0Mm ?? Number.NaN;
  });
}
