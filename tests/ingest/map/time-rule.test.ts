import {describe, expect, it} from 'vitest';
import type {TimeRule} from '#schemas';
import {applyMap, readMap} from '../../../ingest/map/index.ts';

function timeOf(rule: Partial<TimeRule>, value: unknown) {
  const map = readMap(
    {
      schemaVersion: 1,
      id: 'test',
      device: {value: 'd'},
      time: {path: 't', ...rule},
      columns: [{path: 'v', element: 'air_temperature'}],
    },
    'test',
  );
  const {timeMs, timeNote, laterMs} = applyMap(map, {topic: 't', payload: {t: value, v: 1}});
  const iso = (ms: number | null | undefined) => (typeof ms === 'number' ? new Date(ms).toISOString() : ms);
  return {time: iso(timeMs), note: timeNote, later: iso(laterMs)};
}

describe('times', () => {
  it.each<[string, Partial<TimeRule>, unknown, string | null]>([
    ['ISO with Z', {}, '2024-02-29T23:59:59.123456Z', '2024-02-29T23:59:59.123Z'],
    ['ISO without seconds', {}, '2012-01-01T05:00Z', '2012-01-01T05:00:00.000Z'],
    ['ISO with an offset', {}, '2024-01-01T00:00:00+05:30', '2023-12-31T18:30:00.000Z'],
    ['ISO with a short offset', {}, '2024-01-01 00:00-0330', '2024-01-01T03:30:00.000Z'],
    [
      'an offset wins over the zone',
      {zone: 'Asia/Shanghai'},
      '2024-01-01T00:00:00Z',
      '2024-01-01T00:00:00.000Z',
    ],
    ['local time of a fixed offset', {zone: '-05:00'}, '2021-11-17T11:44:29', '2021-11-17T16:44:29.000Z'],
    ['local time of a zone', {zone: 'Asia/Shanghai'}, '2026-07-01 08:00:00', '2026-07-01T00:00:00.000Z'],
    ['a date alone', {zone: 'Asia/Shanghai'}, '2026-07-01', '2026-06-30T16:00:00.000Z'],
    // Zone with half an hour and daylight saving: +10:30 in winter, +11:00 in summer (Lord Howe).
    [
      'a zone of half hours, winter',
      {zone: 'Australia/Lord_Howe'},
      '2024-07-01T12:00',
      '2024-07-01T01:30:00.000Z',
    ],
    [
      'a zone of half hours, summer',
      {zone: 'Australia/Lord_Howe'},
      '2024-01-01T12:00',
      '2024-01-01T01:00:00.000Z',
    ],
    ['summer time', {zone: 'Europe/Berlin'}, '2024-07-01T12:00', '2024-07-01T10:00:00.000Z'],
    ['winter time', {zone: 'Europe/Berlin'}, '2024-01-01T12:00', '2024-01-01T11:00:00.000Z'],
    // Shanghai kept local mean time (+8:05:43) until 1901.
    ['an odd old offset', {zone: 'Asia/Shanghai'}, '1900-06-01T00:00:00', '1900-05-31T15:54:17.000Z'],
    ['seconds since 1970', {format: 'unix'}, 1700000000, '2023-11-14T22:13:20.000Z'],
    ['seconds as text with a fraction', {format: 'unix'}, '1700000000.5', '2023-11-14T22:13:20.500Z'],
    ['milliseconds since 1970', {format: 'unixMs'}, 1700000000123, '2023-11-14T22:13:20.123Z'],
    ['a pattern', {format: 'yyyyMMddHHmmss', zone: '+08:00'}, '20260701120000', '2026-07-01T04:00:00.000Z'],
    [
      'a pattern as number',
      {format: 'yyyyMMddHHmmss', zone: '+08:00'},
      20260701120000,
      '2026-07-01T04:00:00.000Z',
    ],
    ['day first', {format: 'dd/MM/yyyy HH:mm', zone: 'UTC'}, '31/12/2023 23:45', '2023-12-31T23:45:00.000Z'],
    [
      'figures without leading zeros',
      {format: 'M/d/yyyy H:mm', zone: 'UTC'},
      '7/4/2023 5:07',
      '2023-07-04T05:07:00.000Z',
    ],
    [
      'words in a pattern',
      {format: 'yyyy年MM月dd日 HH时', zone: 'Asia/Shanghai'},
      '2026年07月01日 08时',
      '2026-07-01T00:00:00.000Z',
    ],
    ['hour 24', {format: 'yyyy-MM-dd HH:mm', zone: 'UTC'}, '2023-12-31 24:00', '2024-01-01T00:00:00.000Z'],
    ['the end of a period', {stampsEndOfS: 900}, '2024-01-01T00:00:00Z', '2023-12-31T23:45:00.000Z'],
    ['none: time of arrival', {}, undefined, null],
    ['an empty cell', {}, ' ', null],
  ])('%s', (_name, rule, value, expected) => {
    expect(timeOf(rule, value)).toEqual({time: expected, note: undefined, later: undefined});
  });

  // Berlin 2024: forward on 31 March at 02:00, back on 27 October at 03:00.
  it.each<[string, string, ReturnType<typeof timeOf>]>([
    ['2024-10-27T01:59:59', 'once', {time: '2024-10-26T23:59:59.000Z', note: undefined, later: undefined}],
    [
      '2024-10-27T02:30:00',
      'twice',
      {time: '2024-10-27T00:30:00.000Z', note: 'ambiguous', later: '2024-10-27T01:30:00.000Z'},
    ],
    [
      '2024-10-27T03:00:00',
      'once again',
      {time: '2024-10-27T02:00:00.000Z', note: undefined, later: undefined},
    ],
    ['2024-03-31T01:59:59', 'once', {time: '2024-03-31T00:59:59.000Z', note: undefined, later: undefined}],
    ['2024-03-31T02:30:00', 'never', {time: '2024-03-31T01:30:00.000Z', note: 'skipped', later: undefined}],
    [
      '2024-03-31T03:00:00',
      'once again',
      {time: '2024-03-31T01:00:00.000Z', note: undefined, later: undefined},
    ],
  ])('%s, which clocks in Berlin show %s', (value, _times, expected) => {
    expect(timeOf({zone: 'Europe/Berlin'}, value)).toEqual(expected);
  });

  it('moves both instants of an ambiguous end of a period', () => {
    expect(timeOf({zone: 'Europe/Berlin', stampsEndOfS: 600}, '2024-10-27T02:30:00')).toEqual({
      time: '2024-10-27T00:20:00.000Z',
      note: 'ambiguous',
      later: '2024-10-27T01:20:00.000Z',
    });
  });

  it.each<[string, Partial<TimeRule>, unknown]>([
    ['no zone anywhere', {}, '2024-01-01T00:00:00'],
    ['a day that is none', {}, '2023-02-29T00:00:00Z'],
    ['month 13', {}, '2023-13-01T00:00:00Z'],
    ['minute 60', {}, '2023-01-01T00:60:00Z'],
    ['a word', {}, 'yesterday'],
    ['a number where a text belongs', {}, 1700000000],
    ['text after the time', {}, '2024-01-01T00:00:00Z!'],
    ['a word where a number belongs', {format: 'unix'}, 'now'],
    ['a number beyond time', {format: 'unix'}, 1e18],
    ['an object', {format: 'unixMs'}, {}],
    ['another pattern', {format: 'yyyyMMdd', zone: 'UTC'}, '2024-01-01'],
    ['hour 25', {format: 'yyyyMMddHH', zone: 'UTC'}, '2024010125'],
  ])('refuses %s', (_name, rule, value) => {
    expect(() => timeOf(rule, value)).toThrow(expect.objectContaining({code: 'time_invalid'}));
  });

  it.each<[string, Partial<TimeRule>, RegExp]>([
    ['an unknown zone', {zone: 'Mars/Olympus'}, /time: .*Mars\/Olympus/],
    ['an offset too large', {zone: '+25:00'}, /offset up to 18:00 was expected/],
    ['a pattern without a zone', {format: 'yyyyMMdd'}, /a zone was expected/],
    ['no pattern', {format: 'rfc'}, /iso, unix, unixMs or a pattern/],
  ])('a map with %s is refused when read', (_name, rule, message) => {
    expect(() => timeOf(rule, '2024-01-01T00:00:00Z')).toThrow(message);
  });
});
