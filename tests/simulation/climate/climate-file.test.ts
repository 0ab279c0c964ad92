import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import type {ScenarioClimate} from '#schemas';
import {weatherOf} from '#simulation';
import {monthStarts} from '../../../simulation/climate/calendar.ts';
import {readClimateFile} from '../../../simulation/climate/climate-file.ts';
import {planClimate} from '../../../simulation/climate/plan-climate.ts';
import type {WeatherRecord} from '../../../simulation/climate/record.ts';
import {CLIMATES, type ClimateCase, climatePlan} from './site-climates.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures');
const rowsOf = (path: string) =>
  readFileSync(resolve(FIXTURES, path), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
type FileClimate = Extract<ScenarioClimate, {from: 'file'}>;
const NORTH = CLIMATES[0]!;

function recordOf(text: string, climate: FileClimate): WeatherRecord {
  const {record, problems} = readClimateFile(text, climate);
  if (!record) throw new Error(JSON.stringify(problems));
  return record;
}

// Nine months of REF-ET 4.1 at AgriMet Fallon, Nevada; the days between are made up and not compared.
describe('271 days of AgriMet Fallon', () => {
  const rows = rowsOf('reference/et0/agrimet_fallon_2015_daily.csv').map((cells) => cells.map(Number));
  const saturation = (c: number) => 0.6108 * Math.exp((17.27 * c) / (c + 237.3));
  const day = (month: number, of: number) =>
    `2015-${String(month).padStart(2, '0')}-${String(of).padStart(2, '0')}`;
  const lines = rows.map(([month, of, minC, maxC, mj, wind, , vapour]) => {
    const vpd = (saturation(minC!) + saturation(maxC!)) / 2 - vapour!;
    return [
      day(month!, of!),
      (maxC! * 9) / 5 + 32,
      minC! + 273.15,
      mj! / 0.0864,
      wind! * 3.6,
      vpd * 10,
      0,
    ].join(';');
  });
  const known = new Set(lines.map((line) => line.slice(0, 10)));
  const dayOfYear = (row: number[]) =>
    (Date.UTC(2015, row[0]! - 1, row[1]!) - Date.UTC(2015, 0, 1)) / 86_400_000;
  for (let n = 0; n < 365; n += 1) {
    const date = new Date(Date.UTC(2015, 0, 1 + n)).toISOString().slice(0, 10);
    if (!known.has(date)) lines.push(`${date};50;273.15;100;7;2;1`);
  }
  const text = `day;hot;cold;sun;wind;vpd;rain\r\n${lines.join('\r\n')}\r\n`;
  const climate: FileClimate = {
    from: 'file',
    file: 'fallon.csv',
    dateColumn: 'day',
    columns: [
      {column: 'hot', quantity: 'airTemperatureMaxC', unit: '°F'},
      {column: 'cold', quantity: 'airTemperatureMinC', unit: 'K'},
      {column: 'sun', quantity: 'radiationMjPerM2', unit: 'W/m2'},
      {column: 'wind', quantity: 'windSpeedMPerS', unit: 'km/h'},
      {column: 'vpd', quantity: 'vpdKPa', unit: 'hPa'},
      {column: 'rain', quantity: 'rainMm', unit: 'mm'},
    ],
    windHeightM: 3,
  };
  const {climate: plan} = planClimate({
    scenario: {climate, events: [], seed: 1, years: 3},
    firstYear: 2026,
    site: null,
    latitudeDeg: 39.4575,
    elevationM: 1208.5,
    record: recordOf(text, climate),
  });

  it('has the reference evapotranspiration of REF-ET, other units and all', () => {
    const weather = weatherOf(plan!, 0, 2026);
    rows.forEach((row) => {
      // as the model's own test: by FAO-56's clear sky REF-ET is missed by up to 0.15 mm
      expect(Math.abs(weather.et0Mm[dayOfYear(row)]! - row[9]!)).toBeLessThan(0.15);
    });
  });

  it('is the same for every member and, over and over, every year', () => {
    expect(weatherOf(plan!, 5, 2026)).toEqual(weatherOf(plan!, 0, 2026));
    expect(weatherOf(plan!, 0, 2027).maxC).toEqual(weatherOf(plan!, 0, 2026).maxC);
    const leap = weatherOf(plan!, 0, 2028);
    expect(leap.days).toBe(366);
    expect(leap.maxC[59]).toBe(leap.maxC[58]);
    expect(leap.maxC[365]).toBe(weatherOf(plan!, 0, 2026).maxC[364]);
  });

  it('takes the wind of the height that it is measured at', () => {
    // FAO-56 (47), 3 m: 4.87 / ln(67.8·3 − 5.42) = 0.921
    expect(weatherOf(plan!, 0, 2026).windSpeedAt2mMPerS[0]! / rows[0]![5]!).toBeCloseTo(0.921, 3);
  });
});

// Monthly climate of a European stand, 2001 to 2010, as the 3-PG spreadsheets have it: a month has the rain total and the mean day's sun.
describe('a monthly file', () => {
  const rows = rowsOf('copyleft/3pg/climate-europe.csv').filter(([id]) => id === 'eumixfor_clim');
  const text = `month,tmin,tmax,rain,sun\n${rows
    .map(
      ([, year, month, tmin, tmax, , rain, sun]) =>
        `${year}-${month!.padStart(2, '0')},${tmin},${tmax},${rain},${sun}`,
    )
    .join('\n')}`;
  const climate: FileClimate = {
    from: 'file',
    file: 'stand.csv',
    dateColumn: 'month',
    columns: [
      {column: 'tmin', quantity: 'airTemperatureMinC', unit: 'Cel'},
      {column: 'tmax', quantity: 'airTemperatureMaxC', unit: 'Cel'},
      {column: 'rain', quantity: 'rainMm', unit: 'mm'},
      {column: 'sun', quantity: 'radiationMjPerM2', unit: 'MJ/m2'},
    ],
    years: 'repeat',
  };
  const stand: ClimateCase = {...NORTH, latitudeDeg: 49};
  const record = recordOf(text, climate);

  it.each([true, false])('keeps each month of each year, days drawn: %s', (generator) => {
    const plan = climatePlan(stand, {climate: {...climate, generator}}, {record});
    for (let year = 2001; year <= 2010; year += 1) {
      const weather = weatherOf(plan, 3, year);
      const starts = monthStarts(weather.days);
      for (let m = 0; m < 12; m += 1) {
        const row = rows[(year - 2001) * 12 + m]!.map(Number);
        const of = (values: Float64Array) =>
          values.subarray(starts[m], starts[m + 1]).reduce((sum, value) => sum + value, 0);
        const days = starts[m + 1]! - starts[m]!;
        expect(of(weather.rainMm)).toBeCloseTo(row[6]!, 6);
        expect(of(weather.maxC) / days).toBeCloseTo(row[4]!, 6);
        expect(of(weather.minC) / days).toBeCloseTo(row[3]!, 6);
        expect(of(weather.radiationMjPerM2) / days).toBeCloseTo(row[7]!, 6);
      }
    }
    expect(plan.notes.join(' ')).toMatch(/saturated at the minimum.*wind was not measured/s);
  });

  it('serves by its dates, over and over, or drawn', () => {
    const dated = climatePlan(
      stand,
      {climate: {...climate, years: 'as-dated'}, years: 10},
      {record, firstYear: 2001},
    );
    const repeated = climatePlan(stand, {climate}, {record});
    const rain = (plan: typeof dated, year: number, member = 0) =>
      weatherOf(plan, member, year).rainMm.reduce((sum, mm) => sum + mm, 0);
    expect(rain(dated, 2003)).toBeCloseTo(rain(repeated, 2003), 9);
    expect(rain(repeated, 2023)).toBeCloseTo(rain(repeated, 2003), 6);
    expect(rain(repeated, 2024)).not.toBeCloseTo(rain(repeated, 2023), 0);
    expect(() => weatherOf(dated, 0, 2011)).toThrow('the climate record has no 2011: it holds 2001 to 2010');
    const drawn = climatePlan(stand, {climate: {...climate, years: 'draw'}}, {record});
    const taken = Array.from({length: 40}, (_, k) => rain(drawn, 2030 + k));
    expect(new Set(taken.map((mm) => mm.toFixed(3))).size).toBeGreaterThan(6);
    expect(Array.from({length: 40}, (_, k) => rain(drawn, 2030 + k, 1))).not.toEqual(taken);
  });

  it('says which years it lacks', () => {
    const {problems} = planClimate({
      scenario: {climate: {...climate, years: 'as-dated'}, seed: 1, years: 10},
      firstYear: 2005,
      site: NORTH.site,
      latitudeDeg: 49,
      elevationM: 50,
      record,
    });
    expect(problems).toEqual([
      expect.objectContaining({
        path: '/climate/years',
        value: 'as-dated',
        allowed:
          'repeat or draw: the run needs 2005 to 2014, and the record lacks 4 of them, the first is 2011',
      }),
    ]);
  });
});

describe('gaps', () => {
  const climate: FileClimate = {
    from: 'file',
    file: 'gaps.csv',
    dateColumn: 'date',
    columns: [
      {column: 'tx', quantity: 'airTemperatureMaxC', unit: 'Cel'},
      {column: 'tn', quantity: 'airTemperatureMinC', unit: 'Cel'},
      {column: 'rr', quantity: 'rainMm', unit: 'mm'},
    ],
    missing: ['NA', '-999'],
  };
  const text = (change: (date: string, cells: string[]) => string[] | null) => {
    const lines = ['date,tx,tn,rr'];
    for (let n = 0; n < 730; n += 1) {
      const date = new Date(Date.UTC(2021, 0, 1 + n)).toISOString().slice(0, 10);
      const cells = change(date, [date, String(20 + (n % 10)), String(10 + (n % 10)), String(n % 5)]);
      if (cells) lines.push(cells.join(','));
    }
    return lines.join('\n');
  };
  const planOf = (file: string) => climatePlan(NORTH, {climate}, {record: recordOf(file, climate)});

  it('are bridged by a line where short, and told', () => {
    const plan = planOf(
      text((date, cells) =>
        date === '2021-03-05' || date === '2021-03-06' ? [date, 'NA', '-999', cells[3]!] : cells,
      ),
    );
    const weather = weatherOf(plan, 0, 2021);
    const day = 31 + 28 + 4;
    const [before, after] = [weather.maxC[day - 1]!, weather.maxC[day + 2]!];
    expect(weather.maxC[day]!).toBeCloseTo(before + (after - before) / 3, 9);
    expect(weather.maxC[day + 1]!).toBeCloseTo(before + (2 * (after - before)) / 3, 9);
    expect(plan.notes).toContain(
      'airTemperatureMaxC: 2 missing days filled by a line, such as 2021-03-05 to 2021-03-06',
    );
  });

  it('of rain come from the same days of the nearest year, never from a mean', () => {
    const plan = planOf(
      text((date, cells) => (date.startsWith('2021-07') ? [date, cells[1]!, cells[2]!, ''] : cells)),
    );
    const [gap, other] = [weatherOf(plan, 0, 2021), weatherOf(plan, 0, 2022)];
    expect(gap.rainMm.subarray(181, 212)).toEqual(other.rainMm.subarray(181, 212));
    expect(plan.notes).toContain(
      'rainMm: 31 missing days filled from the same time of other years, such as 2021-07-01 to 2021-07-31',
    );
  });

  it('of rows that are left out are gaps too; those of all years come from the normals', () => {
    const plan = planOf(text((date, cells) => (date.slice(5, 7) === '07' ? null : cells)));
    const july = weatherOf(plan, 0, 2021)
      .rainMm.subarray(181, 212)
      .reduce((sum, mm) => sum + mm, 0);
    expect(july).toBeCloseTo(NORTH.site.normals.rainMm[6]!, 6);
    expect(plan.notes.join('\n')).toMatch(/rainMm: 62 missing days filled from the site's normals/);
  });

  it('that leave no year end in an error that says so', () => {
    const record = recordOf(
      text((date, cells) => (date > '2021-04-30' ? null : cells)),
      climate,
    );
    const {problems} = planClimate({
      scenario: {climate, seed: 1, years: 1},
      firstYear: 2026,
      site: NORTH.site,
      latitudeDeg: 30,
      elevationM: 0,
      record,
    });
    expect(problems[0]!.message).toBe(
      '/climate/file is "gaps.csv", expected a record that tells a year with 80 % of its days of temperature and rain',
    );
  });
});

describe('a file drawn from its statistics', () => {
  it('gives back the mean year, the spread and the persistence of days that were drawn by known figures', () => {
    const drawn = climatePlan(NORTH);
    const source = {...drawn, generator: {...drawn.generator!, spells: null}};
    const lines = ['date,tx,tn,rr,rs,rh'];
    for (let year = 2000; year < 2060; year += 1) {
      const weather = weatherOf(source, 0, year);
      for (let day = 0; day < weather.days; day += 1) {
        const date = new Date(Date.UTC(year, 0, 1 + day)).toISOString().slice(0, 10);
        lines.push(
          [
            date,
            weather.maxC[day],
            weather.minC[day],
            weather.rainMm[day],
            weather.radiationMjPerM2[day],
            80,
          ].join(','),
        );
      }
    }
    const climate: FileClimate = {
      from: 'file',
      file: 'long.csv',
      dateColumn: 'date',
      generator: true,
      columns: [
        {column: 'tx', quantity: 'airTemperatureMaxC', unit: 'Cel'},
        {column: 'tn', quantity: 'airTemperatureMinC', unit: 'Cel'},
        {column: 'rr', quantity: 'rainMm', unit: 'mm'},
        {column: 'rs', quantity: 'radiationMjPerM2', unit: 'MJ/m2'},
        {column: 'rh', quantity: 'relativeHumidityPercent', unit: '%'},
      ],
    };
    const plan = climatePlan(NORTH, {climate}, {record: recordOf(lines.join('\n'), climate)});
    const truth = source.generator;
    const fitted = plan.generator!;
    expect(fitted.gammaShape).toBeCloseTo(truth.gammaShape, 1);
    expect(fitted.wetAfterWetGain).toBeCloseTo(truth.wetAfterWetGain, 1.3);
    expect(fitted.phi).toBeCloseTo(truth.phi, 1);
    expect(fitted.minShare).toBeCloseTo(truth.minShare, 1);
    fitted.maxSdC.forEach((sd, m) => {
      expect(Math.abs(sd / truth.maxSdC[m]! - 1)).toBeLessThan(0.2);
    });
    if (plan.source.kind !== 'normals') throw new Error('normals');
    plan.source.normals.rainDays.forEach((days, m) => {
      expect(Math.abs(days - NORTH.site.normals.rainDays[m]!)).toBeLessThan(1.5);
    });
    // and a year drawn from it is no year of the file
    expect(weatherOf(plan, 0, 2030).rainMm).not.toEqual(weatherOf(source, 0, 2030).rainMm);
  });
});

describe('a file that is wrong', () => {
  const climate: FileClimate = {
    from: 'file',
    file: 'c.csv',
    dateColumn: 'date',
    columns: [
      {column: 'tx', quantity: 'airTemperatureMaxC', unit: 'Cel'},
      {column: 'tn', quantity: 'airTemperatureMinC', unit: 'Cel'},
      {column: 'rr', quantity: 'rainMm', unit: 'mm'},
    ],
  };
  it.each([
    [
      'a column that is not there',
      'date,tx,tn,rain\n2021-01-01,1,0,0',
      '/climate/columns/2/column',
      "one of the file's columns: date, tx, tn, rain",
    ],
    [
      'a date that is none',
      'date,tx,tn,rr\n2021-02-30,1,0,0',
      '/climate/dateColumn',
      'a day such as 2024-07-31',
    ],
    [
      'days among months',
      'date,tx,tn,rr\n2021-02,1,0,0\n2021-03-01,1,0,0',
      '/climate/dateColumn',
      'months throughout',
    ],
    [
      'a day twice',
      'date,tx,tn,rr\n2021-02-01,1,0,0\n2021-02-01,1,0,0',
      '/climate/file',
      'each day or month once',
    ],
    [
      'a temperature of a furnace',
      'date,tx,tn,rr\n2021-02-01,300,0,0',
      '/climate/columns/0',
      '-90 to 60 Cel',
    ],
    ['rain below nothing', 'date,tx,tn,rr\n2021-02-01,3,0,-1', '/climate/columns/2', '0 to 2000 mm'],
    ['words', 'date,tx,tn,rr\n2021-02-01,warm,0,1', '/climate/columns/0', 'or a text listed as missing'],
    ['no rows', 'date,tx,tn,rr\n', '/climate/file', 'rows of days or months'],
    ['nothing', '', '/climate/dateColumn', "one of the file's columns"],
    [
      'a thousand years',
      'date,tx,tn,rr\n1000-01-01,1,0,0\n2021-02-01,3,0,1',
      '/climate/file',
      'span at most 500',
    ],
  ])('%s', (_, text, path, allowed) => {
    const {record, problems} = readClimateFile(text, climate);
    expect(record).toBeNull();
    expect(problems[0]!.path).toBe(path);
    expect(problems[0]!.allowed).toContain(allowed);
  });

  it('a unit of another quantity', () => {
    const columns = climate.columns.map((one) => ({...one, unit: 'mm'}));
    const {problems} = readClimateFile('date,tx,tn,rr\n2021-02-01,1,0,1', {...climate, columns});
    expect(problems.map(({path}) => path)).toEqual(['/climate/columns/0/unit', '/climate/columns/1/unit']);
    expect(problems[0]!.allowed).toBe('a unit of airTemperatureMaxC: Cel, K, [degF]');
  });

  it('tells lines, and no more than twenty of them', () => {
    const rows = Array.from({length: 50}, (_, k) => `2021-01-${k},x,y,z`);
    const {problems} = readClimateFile(`date,tx,tn,rr\n${rows.join('\n')}`, climate);
    expect(problems).toHaveLength(20);
    expect(problems[0]!.message).toContain('c.csv, line 2');
  });
});
