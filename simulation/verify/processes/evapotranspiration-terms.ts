import {
  airPressureKPa,
  clearSkyRadiationMj,
  cloudRatio,
  dailyEt0,
  daylightH,
  extraterrestrialRadiationMj,
  FAO56_ANGSTROM,
  FAO56_SITE_DEFAULTS,
  inverseSunDistance,
  meanSaturationVapourPressureKPa,
  netLongwaveMj,
  netShortwaveMj,
  psychrometricConstantKPaPerC,
  radiationFromSunshineMj,
  radiationFromTemperatureRangeMj,
  saturationSlopeKPaPerC,
  saturationVapourPressureKPa,
  soilHeatFluxOfMonthMj,
  solarDeclinationRad,
  sunsetHourAngleRad,
  vapourPressureFromExtremesKPa,
  vapourPressureFromPsychrometerKPa,
  windSpeedAt2mMPerS,
} from '#model';
import {type Process, tableOf} from '../process.ts';
import {numberOrNullAt, type Table} from '../table.ts';

/** What an example gives, under the symbols of FAO-56; undefined where it gives none. */
type Given = (symbol: string) => number | undefined;
const RAD = Math.PI / 180;

/** One step of the chain from what an example gives; undefined when it gives too little. Numbers are the paper's equations. */
type Step = (g: Given) => number | undefined;

/** Calls with the numbers of these symbols when an example gives all of them. */
function from(symbols: readonly string[], of: (...values: number[]) => number): Step {
  return (g) => {
    const values = symbols.map(g);
    return values.every((value) => value !== undefined) ? of(...values) : undefined;
  };
}
const firstOf =
  (...steps: Step[]): Step =>
  (g) => {
    for (const step of steps) {
      const value = step(g);
      if (value !== undefined) return value;
    }
    return undefined;
  };

const rs: Step = firstOf(
  from(['Rs'], (radiation) => radiation),
  from(['lat_deg', 'doy', 'n_h'], (latitudeDeg, day, sunshineH) =>
    radiationFromSunshineMj({
      sunshineH,
      daylightH: daylightH(latitudeDeg, day),
      extraterrestrialMj: extraterrestrialRadiationMj(latitudeDeg, day),
      angstrom: FAO56_ANGSTROM,
    }),
  ),
  from(['lat_deg', 'doy', 'Tmax', 'Tmin', 'kRs'], (latitudeDeg, day, maximumC, minimumC, adjustment) =>
    radiationFromTemperatureRangeMj({
      maximumC,
      minimumC,
      extraterrestrialMj: extraterrestrialRadiationMj(latitudeDeg, day),
      adjustment,
    }),
  ),
);
const rso: Step = firstOf(
  from(['Rso'], (radiation) => radiation),
  from(['lat_deg', 'doy', 'z_m'], (latitudeDeg, day, elevationM) =>
    clearSkyRadiationMj(elevationM, extraterrestrialRadiationMj(latitudeDeg, day)),
  ),
);
const heatFlux: Step = firstOf(
  from(['T_prev', 'T_next'], (before, after) => soilHeatFluxOfMonthMj(before, (before + after) / 2, after)),
  from(['Tmonth_prev', 'Tmonth'], (before, now) => soilHeatFluxOfMonthMj(before, now, null)),
);
const rnl: Step = (g) => {
  const [radiation, clear] = [rs(g), rso(g)];
  if (radiation === undefined || clear === undefined) return undefined;
  return from(['Tmax', 'Tmin', 'ea'], (maximumC, minimumC, vapourPressureKPa) =>
    netLongwaveMj({maximumC, minimumC, vapourPressureKPa, cloudRatio: cloudRatio(radiation, clear)}),
  )(g);
};
const rns: Step = (g) => {
  const radiation = rs(g);
  return radiation === undefined ? undefined : netShortwaveMj(radiation);
};

const STEPS: Record<string, Step> = {
  P_kPa: from(['z_m'], (elevationM) => airPressureKPa(elevationM)),
  gamma: from(['z_m'], (elevationM) => psychrometricConstantKPaPerC(airPressureKPa(elevationM))),
  e0_Tmax: from(['Tmax'], (c) => saturationVapourPressureKPa(c)),
  e0_Tmin: from(['Tmin'], (c) => saturationVapourPressureKPa(c)),
  es: from(['Tmax', 'Tmin'], (max, min) => meanSaturationVapourPressureKPa(max, min)),
  delta: from(['Tmax', 'Tmin'], (max, min) => saturationSlopeKPaPerC((max + min) / 2)),
  ea: firstOf(
    from(['Twet', 'Tdry', 'P_kPa', 'psychrometer'], (wetBulbC, dryBulbC, pressureKPa, coefficientPerC) =>
      vapourPressureFromPsychrometerKPa({wetBulbC, dryBulbC, pressureKPa, coefficientPerC}),
    ),
    from(
      ['Tmax', 'Tmin', 'RHmax', 'RHmin'],
      (maximumC, minimumC, maximumHumidityPercent, minimumHumidityPercent) =>
        vapourPressureFromExtremesKPa({maximumC, minimumC, maximumHumidityPercent, minimumHumidityPercent}),
    ),
  ),
  dr: from(['doy'], (day) => inverseSunDistance(day)),
  delta_rad: from(['doy'], (day) => solarDeclinationRad(day)),
  omega_s_rad: from(['lat_deg', 'doy'], (latitudeDeg, day) =>
    sunsetHourAngleRad(latitudeDeg * RAD, solarDeclinationRad(day)),
  ),
  Ra: from(['lat_deg', 'doy'], (latitudeDeg, day) => extraterrestrialRadiationMj(latitudeDeg, day)),
  N_h: from(['lat_deg', 'doy'], (latitudeDeg, day) => daylightH(latitudeDeg, day)),
  Rs: rs,
  Rso: rso,
  Rns: rns,
  Rnl: rnl,
  Rn: (g) => {
    const [short, long] = [rns(g), rnl(g)];
    return short === undefined || long === undefined ? undefined : short - long;
  },
  G: heatFlux,
  u2: from(['uz', 'height_m'], (speed, heightM) => windSpeedAt2mMPerS(speed, heightM)),
  ET0: (g) =>
    from(
      ['doy', 'Tmax', 'Tmin', 'lat_deg', 'z_m'],
      (dayOfYear, maximumC, minimumC, latitudeDeg, elevationM) => {
        const {et0Mm} = dailyEt0(
          {
            dayOfYear,
            maximumC,
            minimumC,
            vapourPressureKPa: g('ea') ?? null,
            dewPointC: null,
            maximumHumidityPercent: g('RHmax') ?? null,
            minimumHumidityPercent: g('RHmin') ?? null,
            meanHumidityPercent: null,
            radiationMj: g('Rs') ?? null,
            sunshineH: g('n_h') ?? null,
            windSpeedMPerS: g('u2') ?? g('uz') ?? null,
            soilHeatFluxMj: heatFlux(g) ?? null,
          },
          {...FAO56_SITE_DEFAULTS, latitudeDeg, elevationM, windHeightM: g('height_m') ?? 2},
        );
        return et0Mm ?? Number.NaN;
      },
    )(g),
};

function givenOf(table: Table, index: number): Given {
  return (symbol) => {
    const column = `in.${symbol}`;
    if (table.rows[index]![column] === undefined) return undefined;
    return numberOrNullAt(table, index, column) ?? undefined;
  };
}

/** The steps of reference evapotranspiration one by one, as worked examples give them, under the symbols of FAO-56. */
export const evapotranspirationTerms: Process = {
  id: 'evapotranspiration-terms',
  title: 'Terms of reference evapotranspiration (FAO-56, worked examples)',
  reads: {expected: ['<in.SYMBOL: what an example gives>']},
  inputs: {},
  gives: Object.keys(STEPS),
  run: (input) => {
    const examples = tableOf(input, 'expected');
    return {
      values: Object.fromEntries(
        Object.entries(STEPS).map(([symbol, step]) => [
          symbol,
          examples.rows.map((_, i) => step(givenOf(examples, i)) ?? null),
        ]),
      ),
    };
  },
};
