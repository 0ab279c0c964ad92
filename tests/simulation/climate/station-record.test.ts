import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Datastream, FLAG, type Registry, type ScenarioClimate, type Station} from '#schemas';
import {readStartWater, readStationRecord} from '#simulation';
import {type EmbeddedStore, openEmbeddedStore} from '../../../ingest/store/index.ts';
import {add, INFO, row} from '../../ingest/store/stream.ts';
import {temporaryFolder} from '../../ingest/store/temporary-folder.ts';

const HOUR = 3_600_000;
/** Half an hour off the full hours. */
const TIME_ZONE = 'Asia/Kolkata';
const OFFSET = 5.5 * HOUR;
const FIRST = Date.UTC(2023, 11, 25) - OFFSET;
const DAYS = 12;

const stream = (series: number, element: string, more: Partial<Datastream> = {}): Datastream => ({
  ...{series, element, id: `met:${element}:${series}`, station: 'met', site: 's', zone: null, device: null},
  ...{
    depthM: null,
    heightM: null,
    instance: null,
    statistic: 'mean',
    period: null,
    unit: '',
    origin: 'measured',
  },
  ...more,
});
const STREAMS = [
  stream(1, 'air_temperature', {heightM: 10}),
  stream(2, 'air_temperature', {heightM: 2}),
  stream(3, 'precipitation', {statistic: 'sum'}),
  stream(4, 'solar_radiation'),
  stream(5, 'wind_speed', {heightM: 10}),
  stream(6, 'soil_moisture', {station: 'soil', depthM: 0.3, id: 'soil:soil_moisture'}),
];
const registry = {
  stations: () => [{id: 'met'}, {id: 'soil'}] as Station[],
  datastreams: (filter?: {station?: string}) => STREAMS.filter(({station}) => station === filter?.station),
  datastream: (id: string) => STREAMS.find((one) => one.id === id),
} as Pick<Registry, 'stations' | 'datastreams' | 'datastream'>;
const climate: Extract<ScenarioClimate, {from: 'station'}> = {
  from: 'station',
  station: 'met',
  fromDate: '2023-12-26',
  toDate: '2024-01-04',
};
const site = {id: 's', timeZone: TIME_ZONE};

let store: EmbeddedStore;
let remove: () => void;
beforeAll(async () => {
  const temporary = temporaryFolder();
  remove = temporary.remove;
  store = await openEmbeddedStore({
    folder: temporary.folder,
    seriesInfo: (series) => ({...INFO, timeZone: TIME_ZONE, rollUp: series === 3 ? 'sum' : 'mean'}),
    commitIntervalMs: 1,
    compactEveryMs: 0,
    now: () => FIRST + (DAYS + 1) * 24 * HOUR,
  });
  const rows = [];
  for (let hour = 0; hour < DAYS * 24; hour += 1) {
    const timeMs = FIRST + hour * HOUR;
    const day = Math.floor(hour / 24);
    rows.push(row(timeMs, 1, 99));
    // of the third day, five values are left
    if (day !== 2 || hour % 24 < 5) rows.push(row(timeMs, 2, day + (hour % 24)));
    // of the fourth day, one value failed a test
    rows.push(day === 3 && hour % 24 === 7 ? row(timeMs, 3, 500, FLAG.fail) : row(timeMs, 3, 0.5));
    rows.push(row(timeMs, 4, 100));
    rows.push(row(timeMs, 5, 3));
  }
  rows.push(row(FIRST + 9 * 24 * HOUR, 6, 0.27));
  await add(store, {rows});
});
afterAll(async () => {
  await store.close();
  remove();
});

describe('a station’s record', () => {
  it('has the extremes, means and sums of the site’s own days, across the year’s end', async () => {
    const {record} = await readStationRecord({climate, site, reader: store, registry});
    expect(record).toMatchObject({step: 'day', firstYear: 2023, years: 2, windHeightM: 10});
    const at = (quantity: keyof NonNullable<typeof record>['columns'], date: string) => {
      const year = Number(date.slice(0, 4));
      const slot = (Date.parse(date) - Date.UTC(year, 0, 1)) / (24 * HOUR);
      return record!.columns[quantity]![year - 2023]![slot]!;
    };
    // local hour h of day d has d + h degrees: 1 January is day 7
    expect(at('airTemperatureMinC', '2024-01-01')).toBe(7);
    expect(at('airTemperatureMaxC', '2024-01-01')).toBe(7 + 23);
    expect(at('airTemperatureMeanC', '2024-01-01')).toBeCloseTo(7 + 11.5, 9);
    expect(at('rainMm', '2023-12-31')).toBeCloseTo(12, 9);
    // 100 W/m² through a day are 8.64 MJ/m²
    expect(at('radiationMjPerM2', '2023-12-31')).toBeCloseTo(8.64, 9);
    expect(at('windSpeedMPerS', '2024-01-04')).toBe(3);
    expect(at('airTemperatureMaxC', '2023-12-27')).toBeNaN();
    expect(at('rainMm', '2023-12-28')).toBeCloseTo(11.5, 9);
    // outside the days asked for there is nothing
    expect(at('rainMm', '2023-12-25')).toBeNaN();
    expect(at('rainMm', '2024-01-05')).toBeNaN();
  });

  it.each([
    ['nowhere', '/climate/station', 'a station of the site with weather: met'],
    ['soil', '/climate/station', 'a station that measures air_temperature and precipitation'],
  ])('is not to be had of %s', async (station, path, allowed) => {
    const {record, problems} = await readStationRecord({
      climate: {...climate, station},
      site,
      reader: store,
      registry,
    });
    expect(record).toBeNull();
    expect(problems[0]).toMatchObject({path, allowed, value: station});
  });
});

describe('water at the start', () => {
  const read = (datastream: string, nowMs: number) =>
    readStartWater({
      start: {from: 'store', soilWater: [{zone: 'wood', datastream}]},
      reader: store,
      registry,
      nowMs,
    });
  it('is the newest good value of the series', () => {
    expect(read('soil:soil_moisture', FIRST + 10 * 24 * HOUR)).toEqual({
      readings: [{zone: 'wood', moistureFraction: 0.27, depthM: 0.3}],
      problems: [],
    });
  });
  it.each([
    ['soil:soil_moisture', 40, 'a good value of the last 14 days'],
    ['met:air_temperature:2', 10, 'a series of soil_moisture'],
    ['none', 10, 'a series of soil_moisture'],
  ])('is not to be had of %s on day %d', (datastream, day, allowed) => {
    const {readings, problems} = read(datastream, FIRST + day * 24 * HOUR);
    expect(readings).toEqual([]);
    expect(problems[0]).toMatchObject({path: '/start/soilWater/0/datastream', value: datastream});
    expect(problems[0]!.allowed).toContain(allowed);
  });
});
