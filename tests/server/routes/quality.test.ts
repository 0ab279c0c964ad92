import {resolve} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {planReplay, readMapFile, replayFile} from '#ingest';
import type {QualityBody, StorageBody} from '#schemas';
import {addMapDevices} from '../../../server/things/add-map-devices.ts';
import {siteFolder} from '../../ingest/registry/site-folder.ts';
import {columnOf, expectedFlags, REAL, SETS} from '../../ingest/replay/expected-flags.ts';
import {type Harness, openHarness} from '../harness.ts';

const SITE = 'here';
const MAPS = resolve(import.meta.dirname, '../../../sites/maps');
const DAY_MS = 86_400_000;

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({sitesDir: await siteFolder(SITE), site: SITE, fleet: 'off'});
}, 60_000);
afterAll(() => harness.close());

async function get<T>(url: string, status = 200): Promise<T> {
  const answer = await harness.app.inject({url: `/api/v1${url}`});
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(status);
  return answer.json() as T;
}

/** Local Monday (yyyy-mm-dd) of an instant's week, by the calendar of Intl. */
function mondayOf(timeMs: number, timeZone: string): string {
  const date = new Intl.DateTimeFormat('en-CA', {timeZone, dateStyle: 'short'}).format(timeMs);
  const noon = Date.parse(`${date}T12:00:00Z`);
  const sinceMonday = (new Date(noon).getUTCDay() + 6) % 7;
  return new Date(noon - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}

type Tally = {rows: number; flags: Record<string, number>; failed: Record<string, number>};

/** Weekly counts from the digits that ioos_qc gave: gross and suspect range, spike, rate, flat line, worst. */
function weekly(table: ReadonlyMap<number, string>, timeZone: string): Map<string, Tally> {
  const weeks = new Map<string, Tally>();
  for (const [timeMs, digits] of table) {
    const monday = mondayOf(timeMs, timeZone);
    const tally = weeks.get(monday) ?? {rows: 0, flags: {}, failed: {}};
    weeks.set(monday, tally);
    tally.rows++;
    const flag = digits === '9' ? '9' : digits.at(-1)!;
    tally.flags[flag] = (tally.flags[flag] ?? 0) + 1;
    const count = (test: string, bad: boolean) => {
      if (bad) tally.failed[test] = (tally.failed[test] ?? 0) + 1;
    };
    if (digits === '9') continue;
    const [gross, spike, rate, flat] = digits;
    count('grossRange', gross === '4');
    count('spike', '34'.includes(spike!));
    count('rateOfChange', '34'.includes(rate!));
    count('flatLine', '34'.includes(flat!));
  }
  return weeks;
}

describe.each(SETS)('quality of %s through map %s', (file, mapId) => {
  it('counts, week by week, the flags and tests that ioos_qc gives', async () => {
    const path = resolve(REAL, `${file}.csv`);
    const map = await readMapFile(resolve(MAPS, `${mapId}.json`));
    const plan = await planReplay({file: path, map, fallback: {longitudeDeg: 10.5, latitudeDeg: 50.5}});
    await addMapDevices(harness.core.registry, {site: SITE, devices: plan.devices});
    const report = await replayFile({
      file: path,
      map,
      publish: async (device, payload) => {
        const {rejected} = await harness.send(device, JSON.parse(payload));
        expect(rejected).toEqual([]);
      },
    });
    await harness.core.store.settled();
    const expected = expectedFlags(file);
    const times = [...expected.values()].flatMap((table) => [...table.keys()]);
    const range = `from=${new Date(Math.min(...times)).toISOString()}&to=${new Date(Math.max(...times) + 1).toISOString()}`;
    const body = await get<QualityBody>(`/quality?device=${report.devices.join(',')}&${range}`);
    const mondays = body.weeks.map(({from}) => mondayOf(Date.parse(from), body.timeZone));
    expect(new Set(mondays).size).toBe(mondays.length);
    let compared = 0;
    for (const item of body.items) {
      const stream = harness.core.registry.datastream(item.datastream)!;
      const column = columnOf(expected, stream, report.devices.find((id) => stream.device === id)!)!;
      const wanted = weekly(expected.get(column)!, body.timeZone);
      for (const [week, monday] of mondays.entries()) {
        const tally = wanted.get(monday) ?? {rows: 0, flags: {}, failed: {}};
        const at = (counts: Record<string, number[]>, names: readonly string[]) =>
          Object.fromEntries(names.map((name) => [name, counts[name]?.[week] ?? 0]));
        const all = (counts: Record<string, number>, names: readonly string[]) =>
          Object.fromEntries(names.map((name) => [name, counts[name] ?? 0]));
        const flags = ['1', '2', '3', '4', '9'];
        const tests = ['grossRange', 'spike', 'rateOfChange', 'flatLine'];
        expect(item.rows[week], `${item.datastream} ${monday}`).toBe(tally.rows);
        expect(at(item.flags, flags), `${item.datastream} ${monday}`).toEqual(all(tally.flags, flags));
        expect(at(item.failed, tests), `${item.datastream} ${monday}`).toEqual(all(tally.failed, tests));
        compared += tally.rows;
      }
    }
    expect(compared).toBe([...expected.values()].reduce((sum, table) => sum + table.size, 0));
  }, 60_000);
});

describe('quality', () => {
  it('is the same once the rows lie in column files, and after a later verdict', async () => {
    const ask = () =>
      get<QualityBody>('/quality?element=dissolved_oxygen&from=2019-02-01T00:00:00Z&to=2019-02-20T00:00:00Z');
    const before = await ask();
    await harness.core.store.compact();
    expect(harness.core.store.counts().stored).toBeGreaterThan(10_000);
    expect(await ask()).toEqual(before);
    const item = before.items.find(({rows}) => rows.some((n) => n > 0))!;
    const week = item.rows.findIndex((n) => n > 0);
    const {from, to} = before.weeks[week]!;
    const revised = await harness.app.inject({
      method: 'POST',
      url: `/api/v1/datastreams/${encodeURIComponent(item.datastream)}/revisions`,
      payload: {
        from,
        to: new Date(Date.parse(to) - 1).toISOString(),
        flag: 4,
        reason: 'the probe lay dry',
        who: 'tester',
      },
    });
    expect(revised.statusCode, revised.body).toBeLessThan(300);
    const after = (await ask()).items.find(({datastream}) => datastream === item.datastream)!;
    expect(after.flags['4']![week]).toBe(item.rows[week]! - (item.flags['9']?.[week] ?? 0));
    expect(after.failed['manual']![week]).toBe(after.flags['4']![week]);
    expect(after.rows).toEqual(item.rows);
  });

  // A sonde that sends each quarter of an hour from 5 to 10 February 2019 (Logan River, Mendon): 96 values a day.
  it('tells how many rows the interval asks for, from the first one on', async () => {
    const {items, weeks} = await get<QualityBody>(
      '/quality?element=water_temperature&from=2019-02-04T00:00:00Z&to=2019-02-18T00:00:00Z',
    );
    const item = items.find(({rows}) => rows[0]! > 0)!;
    const first = Date.parse('2019-02-05T00:00:00Z');
    const interval = 900_000;
    expect(item.expected[0]).toBe(Math.floor((Date.parse(weeks[0]!.to) - first) / interval));
    expect(item.expected[1]).toBe(7 * 96);
  });

  it('goes page by page', async () => {
    const range = 'from=2019-02-04T00:00:00Z&to=2019-02-18T00:00:00Z';
    const all = await get<QualityBody>(`/quality?${range}`);
    const first = await get<QualityBody>(`/quality?${range}&limit=2`);
    expect(first.items).toEqual(all.items.slice(0, 2));
    const second = await get<QualityBody>(first.next!.replace('/api/v1', ''));
    expect(second.items).toEqual(all.items.slice(2, 4));
  });

  it.each([
    ['an unknown parameter', '/quality?weeks=3', 400, 'parameter_unknown'],
    ['an unknown element', '/quality?element=nothing', 404, 'element_unknown'],
    ['a time without a zone', '/quality?from=2019-02-04', 400, 'time_invalid'],
    [
      'a range that ends before it begins',
      '/quality?from=2019-02-04T00:00:00Z&to=2018-02-04T00:00:00Z',
      400,
      'time_invalid',
    ],
    ['three years', '/quality?from=2019-02-04T00:00:00Z&to=2022-02-04T00:00:00Z', 400, 'range_too_long'],
  ])('refuses %s', async (_, url, status, code) => {
    expect(await get<{code: string}>(url, status)).toMatchObject({code});
  });
});

describe('storage', () => {
  it('adds up to what the store holds, month by month, and tells the room left', async () => {
    const body = await get<StorageBody>('/storage');
    expect(body.rows.recent + body.rows.closed).toBe(harness.core.store.counts().stored);
    expect(body.months.reduce((sum, {rows}) => sum + rows, 0)).toBe(body.rows.closed);
    expect(body.months.reduce((sum, {bytes}) => sum + bytes, 0)).toBe(body.bytes.closed);
    expect(body.months.map(({month}) => month)).toEqual(body.months.map(({month}) => month).toSorted());
    expect(body.months.map(({month}) => month)).toContain('2019-02');
    expect(body.disk.freeBytes).toBeGreaterThan(0);
    expect(body.disk.totalBytes).toBeGreaterThan(body.disk.freeBytes);
  });
});
