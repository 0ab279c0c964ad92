import {resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import {checkSeries} from '#model';
import {columnOf, difference, expectedFlags, REAL, SETS} from './expected-flags.ts';
import {replayIntoMemory} from './sink.ts';

describe.each(SETS)('%s through map %s', (file, map) => {
  const replayed = replayIntoMemory(resolve(REAL, `${file}.csv`), map);

  it('sends every value that the map makes, no column unknown, nothing rejected', async () => {
    const {plan, report, series} = await replayed;
    expect(report.rejected.total).toBe(0);
    expect(report.columns.unknown).toEqual([]);
    expect(report.columns.absent).toEqual([]);
    expect(report.valuesSent).toBe(plan.values);
    expect([...series.values()].reduce((sum, {rows}) => sum + rows.size, 0)).toBe(
      plan.values - plan.repeated,
    );
    expect(report.devices).toEqual(plan.devices.map(({id}) => id));
  });

  it('has the flags that ioos_qc gives with the limits in force', async () => {
    const {registry, series} = await replayed;
    const expected = expectedFlags(file);
    let compared = 0;
    for (const {key, device, series: integer, rows} of series.values()) {
      const name = columnOf(expected, key, device);
      expect(name, `no expected flags for ${key.element}`).toBeDefined();
      const times = [...rows.keys()].sort((a, b) => a - b);
      const info = registry.seriesInfo(integer)!;
      const wind =
        info.companion === null ? null : [...series.values()].find((one) => one.series === info.companion)!;
      const qc = checkSeries(
        {
          timeMs: times,
          value: times.map((time) => rows.get(time) ?? Number.NaN),
          qc: times.map((time) => (rows.get(time) === null ? 9 : 2)),
        },
        info.limits,
        {latitudeDeg: info.latitudeDeg, longitudeDeg: info.longitudeDeg},
        wind && {
          timeMs: [...wind.rows.keys()],
          value: [...wind.rows.values()].map((value) => value ?? Number.NaN),
        },
      );
      const table = expected.get(name!)!;
      expect(times, name).toEqual([...table.keys()]);
      const wrong = times.flatMap((time, row) => {
        const differs = difference(qc[row]!, table.get(time));
        return differs === null ? [] : [{time: new Date(time).toISOString(), ...differs}];
      });
      expect(wrong, name).toEqual([]);
      compared += times.length;
    }
    expect(compared).toBeGreaterThan(400);
  });
});

describe('values in the catalogue’s unit, from a line of the file by hand', () => {
  it.each<[what: string, file: string, map: string, datastream: string, time: string, value: number | null]>([
    [
      '704 µg/m³',
      'beijing-air/wanshouxigong',
      'beijing-air',
      'beijing-wanshouxigong:pm2_5:mean:PT1H',
      '2014-02-14T15:00Z',
      704,
    ],
    [
      '4200 µg/m³ of CO',
      'beijing-air/wanshouxigong',
      'beijing-air',
      'beijing-wanshouxigong:carbon_monoxide:mean:PT1H',
      '2014-02-14T15:00Z',
      4.2,
    ],
    [
      '1018.1 hPa',
      'beijing-air/wanshouxigong',
      'beijing-air',
      'beijing-wanshouxigong:air_pressure:point',
      '2014-02-14T15:00Z',
      1018.1,
    ],
    [
      'wind from W',
      'beijing-air/wanshouxigong',
      'beijing-air',
      'beijing-wanshouxigong:wind_direction:mean:PT1H',
      '2014-02-14T15:00Z',
      270,
    ],
    [
      '15.8 mm/h over the hour',
      'beijing-air/dingling',
      'beijing-air',
      'beijing-dingling:precipitation:sum:PT1H',
      '2013-06-28T13:00Z',
      15.8,
    ],
    [
      '96.3943 kPa',
      'soil-san-joaquin/air-pressure',
      'soil-san-joaquin-pressure',
      'sjer-pressure-000:air_pressure:h6.03:mean:PT30M',
      '2022-06-01T00:00Z',
      963.943,
    ],
    [
      '0.0109 m³/m³ at z −0.065 m',
      'soil-san-joaquin/soil-moisture',
      'soil-san-joaquin-moisture',
      'sjer-moisture-002:soil_moisture:d0.065:mean:PT30M',
      '2022-06-13T00:00Z',
      0.0109,
    ],
    [
      '45.46 °C at z −0.02 m',
      'soil-san-joaquin/soil-temperature',
      'soil-san-joaquin-temperature',
      'sjer-temperature-002:soil_temperature:d0.02:mean:PT30M',
      '2022-06-13T00:00Z',
      45.46,
    ],
    // 10.887 psi × 68.94757 hPa; 11:44:29 in Bogotá, five hours behind UTC.
    [
      '10.887 psi',
      'fish-tank-bogota/tank',
      'fish-tank-bogota',
      'fish-tank-bogota:air_pressure:point',
      '2021-11-17T16:44:29Z',
      750.6322,
    ],
    // 628.9 µm of radius are 1257.8 µm of diameter.
    [
      '628.9 µm of radius',
      'dendrometer/stem',
      'dendrometer-stem',
      'dendrometer-site-1:stem_diameter:point',
      '2013-05-05T13:13:53Z',
      0.12578,
    ],
    [
      'stage 40.45 cm',
      'logan-river/mendon',
      'logan-river',
      'logan-mendon:water_level:point',
      '2019-02-05T00:00Z',
      0.4045,
    ],
    [
      '−9999 of a dead sensor',
      'logan-river/mendon',
      'logan-river',
      'logan-mendon:water_temperature:point',
      '2019-02-07T20:45Z',
      null,
    ],
    // The line stamped 00:00 is of the quarter of an hour before.
    [
      'a mean stamped at its end',
      'apalachicola-bay/east-bay-weather',
      'apalachicola-bay-weather',
      'apalachicola-east-bay-weather:air_temperature:mean:PT15M',
      '2012-03-27T23:45Z',
      21.3,
    ],
    [
      '9.4 mg/L',
      'apalachicola-bay/dry-bar-water',
      'apalachicola-bay-water',
      'apalachicola-dry-bar-water:dissolved_oxygen:point',
      '2012-02-03T00:00Z',
      9.4,
    ],
    [
      '0.422 FNU',
      'pringle-creek/downstream',
      'pringle-creek',
      'pringle-downstream:turbidity:point',
      '2019-07-28T00:00Z',
      0.422,
    ],
  ])('%s', async (_what, file, map, datastream, time, value) => {
    const {series} = await replayIntoMemory(resolve(REAL, `${file}.csv`), map);
    const got = series.get(datastream)?.rows.get(Date.parse(time));
    if (value === null) expect(got).toBeNull();
    else expect(got).toBeCloseTo(value, 4);
  });

  it('stand where the stations are, with limits, interval and datum of the map', async () => {
    const {plan} = await replayIntoMemory(resolve(REAL, 'logan-river/mendon.csv'), 'logan-river');
    expect(plan.devices).toMatchObject([
      {
        id: 'logan-mendon',
        longitudeDeg: -111.886,
        latitudeDeg: 41.72,
        intervalS: 900,
        origin: 'measured',
        levels: {verticalDatum: 'local'},
      },
    ]);
    const level = plan.devices[0]!.sensors!.find(({element}) => element === 'water_level');
    expect(level?.limits).toMatchObject({suspectRange: [0, 5], hardRange: [-1, 20]});
  });

  it('lists the columns that have no element', async () => {
    const {report} = await replayIntoMemory(resolve(REAL, 'fish-tank-bogota/tank.csv'), 'fish-tank-bogota');
    expect(report.columns).toEqual({
      mapped: ['temp', 'ph', 'air_pressure_psi', 'do_mg_l'],
      used: ['time_local'],
      ignored: ['orp_mv', 'ec_us_cm', 'tds_ppt', 'sal_psu', 'do_pct'],
      unknown: [],
      absent: [],
    });
  });
});
