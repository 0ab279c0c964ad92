import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  DAILY_SURFACES,
  type DailyWeather,
  dailyEt0,
  type Et0Site,
  extraterrestrialRadiationMj,
  FAO56,
  FAO56_SITE_DEFAULTS,
  type Fao56Constants,
  hargreavesEt0Mm,
  openWaterEvaporationMm,
  REF_ET,
} from '#model';
import {referenceNumbers} from '../reference-rows.ts';

const NOTHING: DailyWeather = {
  dayOfYear: 1,
  maximumC: null,
  minimumC: null,
  vapourPressureKPa: null,
  dewPointC: null,
  maximumHumidityPercent: null,
  minimumHumidityPercent: null,
  meanHumidityPercent: null,
  radiationMj: null,
  sunshineH: null,
  windSpeedMPerS: null,
  soilHeatFluxMj: null,
};

const BANGKOK = {
  weather: {
    ...NOTHING,
    dayOfYear: 105,
    maximumC: 34.8,
    minimumC: 25.6,
    vapourPressureKPa: 2.85,
    sunshineH: 8.5,
    windSpeedMPerS: 2,
    soilHeatFluxMj: 0.14,
  },
  site: {...FAO56_SITE_DEFAULTS, latitudeDeg: 13.733, elevationM: 2},
};
const UCCLE = {
  weather: {
    ...NOTHING,
    dayOfYear: 187,
    maximumC: 21.5,
    minimumC: 12.3,
    maximumHumidityPercent: 84,
    minimumHumidityPercent: 63,
    sunshineH: 9.25,
    windSpeedMPerS: 10 / 3.6,
  },
  site: {...FAO56_SITE_DEFAULTS, latitudeDeg: 50.8, elevationM: 100, windHeightM: 10},
};
const LYON = {
  weather: {...NOTHING, dayOfYear: 196, maximumC: 26.6, minimumC: 14.8},
  site: {...FAO56_SITE_DEFAULTS, latitudeDeg: 45 + 43 / 60, elevationM: 200},
};

function known(weather: DailyWeather, site: Et0Site, constants?: Fao56Constants) {
  const result = dailyEt0(weather, site, constants);
  if (result.et0Mm === null) throw new Error(`missing ${result.missing.join()}`);
  return result;
}

describe('worked examples of FAO-56', () => {
  it.each([
    {what: 'example 17, Bangkok in April', ...BANGKOK, mm: 5.72},
    {what: 'example 18, Uccle on 6 July', ...UCCLE, mm: 3.88},
    {what: 'example 20, Lyon in July by temperature alone', ...LYON, mm: 4.56},
  ])('$what: $mm mm per day', ({weather, site, mm}) => {
    expect(Math.abs(known(weather, site).et0Mm - mm)).toBeLessThanOrEqual(0.0051);
  });

  it('example 20 by Hargreaves: 5.03 mm per day', () => {
    const et0Mm = hargreavesEt0Mm({
      meanC: 20.7,
      maximumC: 26.6,
      minimumC: 14.8,
      extraterrestrialMj: extraterrestrialRadiationMj(45 + 43 / 60, 196),
    });
    expect(et0Mm).toBeCloseTo(5.03, 2);
  });

  it('Bangkok has the net radiation of its example, 14.33 MJ/m² a day', () => {
    expect(known(BANGKOK.weather, BANGKOK.site).netRadiationMj).toBeCloseTo(14.33, 2);
  });
});

// Nine months of REF-ET 4.1 at AgriMet Fallon NV. Rows of 10 mm and more have one decimal.
describe('271 days of REF-ET', () => {
  const rows = referenceNumbers('reference/et0/agrimet_fallon_2015_daily.csv') as Record<string, number>[];

  it.each([
    {digits: 'FAO-56', constants: FAO56, clearSky: 'asce', smallMm: 0.012},
    {digits: 'REF-ET', constants: REF_ET, clearSky: 'asce', smallMm: 0.008},
    {digits: 'FAO-56', constants: FAO56, clearSky: 'elevation', smallMm: 0.15},
  ] as const)('with the digits of $digits and the clear sky by $clearSky agree to $smallMm mm', (use) => {
    expect(rows).toHaveLength(271);
    for (const [column, surface] of [
      ['ETo_mm', DAILY_SURFACES.short],
      ['ETr_mm', DAILY_SURFACES.tall],
    ] as const) {
      for (const row of rows) {
        const expected = row[column]!;
        const dayOfYear =
          (Date.UTC(2015, row['month']! - 1, row['day']!) - Date.UTC(2014, 11, 31)) / 86_400_000;
        const weather = {
          ...NOTHING,
          dayOfYear,
          maximumC: row['tmax_C']!,
          minimumC: row['tmin_C']!,
          vapourPressureKPa: row['ea_kPa']!,
          radiationMj: row['rs_MJ_m2']!,
          windSpeedMPerS: row['wind_3m_ms']!,
        };
        const site: Et0Site = {
          ...FAO56_SITE_DEFAULTS,
          latitudeDeg: 39.4575,
          elevationM: 1208.5,
          windHeightM: 3,
          clearSky: use.clearSky,
          surface,
        };
        const off = Math.abs(known(weather, site, use.constants).et0Mm - expected);
        const allowed = expected < 10 ? use.smallMm : Math.max(0.05, use.smallMm);
        expect(off, `${column} on day ${dayOfYear}`).toBeLessThan(allowed);
      }
    }
  });
});

describe('what is missing', () => {
  const everything: DailyWeather = {
    ...UCCLE.weather,
    vapourPressureKPa: 1.408,
    dewPointC: 12,
    meanHumidityPercent: 70,
    radiationMj: 22.07,
  };

  it.each([
    {without: [], humidity: 'vapourPressure', radiation: 'measured', wind: 'measured'},
    {without: ['vapourPressureKPa'], humidity: 'dewPoint', radiation: 'measured', wind: 'measured'},
    {
      without: ['vapourPressureKPa', 'dewPointC', 'radiationMj'],
      humidity: 'humidityExtremes',
      radiation: 'sunshine',
      wind: 'measured',
    },
    {
      without: ['vapourPressureKPa', 'dewPointC', 'maximumHumidityPercent', 'windSpeedMPerS'],
      humidity: 'meanHumidity',
      radiation: 'measured',
      wind: 'default',
    },
    {
      without: [
        'vapourPressureKPa',
        'dewPointC',
        'maximumHumidityPercent',
        'meanHumidityPercent',
        'radiationMj',
        'sunshineH',
      ],
      humidity: 'minimumTemperature',
      radiation: 'temperatureRange',
      wind: 'measured',
    },
  ])('is estimated and named: without $without', ({without, humidity, radiation, wind}) => {
    const weather = {...everything, ...Object.fromEntries(without.map((name) => [name, null]))};
    const result = known(weather, UCCLE.site);
    expect(result).toMatchObject({humidity, radiation, wind});
    // FAO-56 chapter 3: within some tenths of a millimetre of the full answer in a temperate place
    expect(Math.abs(result.et0Mm - 3.88)).toBeLessThan(0.7);
  });

  it('temperatures cannot be estimated', () => {
    expect(dailyEt0({...everything, maximumC: null}, UCCLE.site)).toEqual({
      et0Mm: null,
      missing: ['maximumC'],
    });
    expect(dailyEt0({...everything, minimumC: Number.NaN}, UCCLE.site)).toEqual({
      et0Mm: null,
      missing: ['minimumC'],
    });
    // one of two that contradict each other is wrong
    expect(dailyEt0({...everything, maximumC: 5, minimumC: 12}, UCCLE.site)).toEqual({
      et0Mm: null,
      missing: ['maximumC', 'minimumC'],
    });
  });

  it('what is no weather counts as not measured', () => {
    const result = known(
      {...everything, vapourPressureKPa: -1, dewPointC: 999, radiationMj: -3, windSpeedMPerS: Number.NaN},
      UCCLE.site,
    );
    expect(result).toMatchObject({humidity: 'humidityExtremes', radiation: 'sunshine', wind: 'default'});
  });

  it('a sunshine recorder with the coefficients of its site', () => {
    // mean of 80 Chinese stations: 0.18 and 0.56; by hand, half of the day's sunshine is 0.46 of what comes in outside
    const site = {
      ...UCCLE.site,
      latitudeDeg: 0,
      angstrom: {overcastFraction: 0.18, sunshineFraction: 0.56},
    };
    const result = known({...UCCLE.weather, sunshineH: 6}, site);
    expect(result.radiationMj / extraterrestrialRadiationMj(0, 187)).toBeCloseTo(0.46, 6);
  });
});

describe('properties', () => {
  const anything = fc.oneof(fc.constant(null), fc.double(), fc.double({min: -50, max: 150}));
  const hostile = fc.record({
    dayOfYear: fc.integer({min: 1, max: 366}),
    maximumC: anything,
    minimumC: anything,
    vapourPressureKPa: anything,
    dewPointC: anything,
    maximumHumidityPercent: anything,
    minimumHumidityPercent: anything,
    meanHumidityPercent: anything,
    radiationMj: anything,
    sunshineH: anything,
    windSpeedMPerS: anything,
    soilHeatFluxMj: fc.constant(null),
  });

  it('any record gives a finite number or says what is missing, anywhere on Earth', () => {
    fc.assert(
      fc.property(
        hostile,
        fc.double({min: -90, max: 90, noNaN: true}),
        fc.double({min: -400, max: 6000, noNaN: true}),
        fc.constantFrom('elevation' as const, 'asce' as const),
        (weather, latitudeDeg, elevationM, clearSky) => {
          const result = dailyEt0(weather, {...FAO56_SITE_DEFAULTS, latitudeDeg, elevationM, clearSky});
          if (result.et0Mm === null) expect(result.missing.length).toBeGreaterThan(0);
          else expect(Number.isFinite(result.et0Mm)).toBe(true);
        },
      ),
      {numRuns: 2000},
    );
  });

  const fairDay = fc.record({
    dayOfYear: fc.integer({min: 1, max: 365}),
    minimumC: fc.double({min: 0, max: 25, noNaN: true}),
    rangeC: fc.double({min: 2, max: 18, noNaN: true}),
    meanHumidityPercent: fc.double({min: 20, max: 90, noNaN: true}),
    radiationMj: fc.double({min: 5, max: 25, noNaN: true}),
    windSpeedMPerS: fc.double({min: 0, max: 8, noNaN: true}),
  });
  const site = {...FAO56_SITE_DEFAULTS, latitudeDeg: 20, elevationM: 300};

  it('more radiation and drier air never give less', () => {
    fc.assert(
      fc.property(fairDay, ({rangeC, ...day}) => {
        const weather = {...NOTHING, ...day, maximumC: day.minimumC + rangeC};
        const et0Mm = known(weather, site).et0Mm;
        expect(known({...weather, radiationMj: day.radiationMj + 2}, site).et0Mm).toBeGreaterThan(et0Mm);
        const drier = known({...weather, meanHumidityPercent: day.meanHumidityPercent - 10}, site).et0Mm;
        // drier air also loses more longwave radiation: on a calm day that may outweigh
        if (day.windSpeedMPerS >= 1) expect(drier).toBeGreaterThan(et0Mm - 0.05);
      }),
    );
  });

  it('the other hemisphere half a year later is the same, but for the distance to the sun', () => {
    fc.assert(
      fc.property(fairDay, fc.double({min: 0, max: 60, noNaN: true}), ({rangeC, ...day}, latitudeDeg) => {
        const weather = {
          ...NOTHING,
          ...day,
          maximumC: day.minimumC + rangeC,
          radiationMj: null,
          sunshineH: 4,
        };
        const north = known({...weather, dayOfYear: 172}, {...site, latitudeDeg}).et0Mm;
        const south = known({...weather, dayOfYear: 355}, {...site, latitudeDeg: -latitudeDeg}).et0Mm;
        expect(south).toBeGreaterThanOrEqual(north * 0.99);
        expect(south - north).toBeLessThan(0.08 * Math.abs(north) + 0.2);
      }),
    );
  });
});

describe('open water', () => {
  // by hand at 20 °C, 101.3 kPa: slope 0.1447, gamma 0.0674, λ 2.45; Rn = 0.92·20 − 4 = 14.4; es − ea = 1;
  // wind 2 m/s: 6.43·2.072 = 13.32; (0.1447·14.4 + 0.0674·13.32)/(0.2121·2.45) = 5.74 mm
  it('evaporates 5.74 mm on a fair day', () => {
    const pond = {
      airTemperatureC: 20,
      radiationMj: 20,
      netLongwaveMj: 4,
      windSpeedAt2mMPerS: 2,
      saturationKPa: 2.338,
      vapourPressureKPa: 1.338,
      pressureKPa: 101.3,
    };
    expect(openWaterEvaporationMm(pond)).toBeCloseTo(5.74, 2);
    expect(openWaterEvaporationMm({...pond, radiationMj: 0, vapourPressureKPa: 3})).toBe(0);
  });
});
