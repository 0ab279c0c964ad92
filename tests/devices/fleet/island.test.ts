import {describe, expect, it} from 'vitest';
import {createIsland, type Island} from '#devices';
import {fleetSite, ISLAND_FOLDER, SALTMARSH_FOLDER} from '../fleet-site.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const site = await fleetSite(ISLAND_FOLDER);
const of = (model: string, zone?: string) =>
  site.devices.find((device) => device.model === model && (zone === undefined || device.zone === zone))!.id;

function reader(island: Island, device: string, element: string, depthM?: number) {
  const sampler = island.sampler(device, depthM === undefined ? {element} : {element, depthM})!;
  const cursor = island.cursor();
  return (timeMs: number) => sampler(cursor.seek(timeMs));
}
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const hours = (from: string, count: number) =>
  Array.from({length: count}, (_, k) => Date.parse(from) + k * HOUR_MS);

describe('one island', () => {
  const probes = [
    [of('D06'), 'soil_moisture', 0.3],
    [of('D04'), 'dissolved_oxygen', undefined],
    [of('D04'), 'chlorophyll_a', undefined],
    [of('D02'), 'discharge', undefined],
    [of('D08'), 'air_temperature', undefined],
    [of('D13'), 'stem_diameter', undefined],
    [of('D10'), 'pm2_5', undefined],
    [of('D05'), 'total_nitrogen', undefined],
    [of('D01', 'river'), 'water_level', undefined],
  ] as const;
  const times = [
    '2024-01-01T00:30:00Z',
    '2024-07-15T03:17:41Z',
    '2025-03-01T12:00:00Z',
    '2026-02-11T23:59:59Z',
  ].map((text) => Date.parse(text));
  const values = (island: Island, order: readonly number[]) => {
    const found = new Map<string, number>();
    for (const timeMs of order) {
      for (const [device, element, depthM] of probes) {
        found.set(`${device} ${element} ${timeMs}`, reader(island, device, element, depthM)(timeMs));
      }
    }
    return found;
  };

  it('has one value for an instant, whether reached forwards, backwards or through dropped blocks', () => {
    const forwards = values(createIsland({site, seed: 1}), times);
    const island = createIsland({site, seed: 1});
    const backwards = values(island, times.toReversed());
    const again = values(island, times);
    for (const [key, value] of forwards) {
      expect(backwards.get(key), key).toBe(value);
      expect(again.get(key), key).toBe(value);
    }
  });

  it('is another one with another seed', () => {
    const one = values(createIsland({site, seed: 1}), times);
    const two = values(createIsland({site, seed: 2}), times);
    for (const [key, value] of one) expect(two.get(key), key).not.toBe(value);
  });

  it('refuses what lies before its epoch', () => {
    const island = createIsland({site, seed: 1});
    expect(() => island.cursor().seek(island.epochMs - 1)).toThrow(RangeError);
  });

  it('is continuous over the hours and over the ends of its blocks', () => {
    const island = createIsland({site, seed: 1});
    // The end of the first block of 720 hours.
    const edge = island.epochMs + 720 * HOUR_MS;
    const cursor = island.cursor();
    const {columns} = island.weather;
    for (const column of [columns.temperature, columns.vapour, columns.pressure, columns.wind]) {
      const before = cursor.seek(edge - 1).value(column);
      expect(cursor.seek(edge).value(column)).toBeCloseTo(before, 4);
    }
  });

  it('reaches three years of hours in seconds', () => {
    const island = createIsland({site, seed: 9});
    const start = performance.now();
    island.cursor().seek(island.epochMs + 3 * 365 * DAY_MS);
    // A quarter of a second when the machine is idle; the bound is for a busy one.
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('what happens hangs together', () => {
  const island = createIsland({site, seed: 1});
  const {days} = island.world;
  const rainAt = (timeMs: number) => island.cursor().seek(timeMs).held(island.weather.columns.rain);
  const all = hours('2025-01-01T00:00:00Z', 8760);
  const cursor = island.cursor();
  const rain = all.map((timeMs) => cursor.seek(timeMs).held(island.weather.columns.rain));

  it('soil gets wetter after a good rain, first above', () => {
    const top = reader(island, of('D06', 'meadow'), 'soil_moisture', 0.1);
    const changes: number[] = [];
    for (let day = 20; day < 360; day++) {
      const start = all[day * 24]!;
      const sum = rain.slice(day * 24, day * 24 + 24).reduce((a, b) => a + b, 0);
      const dryBefore = rain.slice(day * 24 - 72, day * 24).every((mm) => mm < 0.2);
      if (sum > 8 && dryBefore) changes.push(top(start + DAY_MS) - top(start));
    }
    expect(changes.length).toBeGreaterThan(3);
    expect(Math.min(...changes)).toBeGreaterThan(0.01);
  });

  it('soil dries and deep soil lags in a dry-hot spell', () => {
    const spell = Array.from({length: 4 * 365}, (_, k) => days.day(days.numberAt(island.epochMs) + k)).filter(
      (day) => day.spell,
    );
    expect(spell.length).toBeGreaterThan(10);
    const first = days.startMs(spell[0]!.number);
    const length = spell.filter((day) => day.number < spell[0]!.number + 45).length;
    const probe = of('D06', 'meadow');
    const change = (depthM: number) => {
      const at = reader(island, probe, 'soil_moisture', depthM);
      return at(first + length * DAY_MS) - at(first);
    };
    expect(change(0.1)).toBeLessThan(-0.03);
    expect(change(0.6)).toBeLessThan(0.005);
  });

  it('a lake’s oxygen is higher in the afternoon than before dawn, in summer', () => {
    const oxygen = reader(island, of('D04'), 'dissolved_oxygen');
    const differences = hours('2025-06-01T00:00:00Z', 60 * 24)
      .filter((_, k) => k % 24 === 0)
      // 17:00 and 05:00 local: 09:00 and 21:00 UTC the day before.
      .map((day) => oxygen(day + 9 * HOUR_MS) - oxygen(day - 3 * HOUR_MS));
    expect(mean(differences)).toBeGreaterThan(0.2);
  });

  it('streams rise in rain and fall back within days', () => {
    const unfed = site.streams.find((stream) => stream.from === null && stream.outlet !== null)!;
    const gauge = site.devices.find((device) => device.model === 'D02' && device.feature === unfed.id)!;
    const flow = reader(island, gauge.id, 'discharge');
    const wettest = rain.indexOf(Math.max(...rain));
    const peak = Math.max(...all.slice(wettest, wettest + 12).map(flow));
    expect(peak).toBeGreaterThan(5 * flow(all[wettest - 12]!));
    expect(Math.min(...all.slice(wettest, wettest + 6 * 24).map(flow))).toBeLessThan(0.3 * peak);
  });

  it('radiation is nothing by night, and photovoltaics follow it', () => {
    const radiation = reader(island, of('D08'), 'solar_radiation');
    const power = reader(island, of('D24'), 'pv_power');
    const pairs = hours('2025-05-01T00:00:00Z', 720).map(
      (timeMs) => [radiation(timeMs), power(timeMs)] as const,
    );
    for (const [g, p] of pairs) {
      if (g <= 0) expect(p).toBe(0);
      if (g > 600) expect(p).toBeGreaterThan(200);
    }
    // 23:00 to 03:00 local.
    const night = hours('2025-06-01T15:00:00Z', 5).map(radiation);
    expect(Math.max(...night)).toBeLessThan(5);
  });

  it('particles are washed out by rain', () => {
    const pm = reader(island, of('D10'), 'pm2_5');
    const ratios: number[] = [];
    for (let hour = 200; hour < 8700; hour++) {
      const sum = rain.slice(hour, hour + 6).reduce((a, b) => a + b, 0);
      const dryBefore = rain.slice(hour - 30, hour).every((mm) => mm === 0);
      if (sum > 12 && dryBefore) ratios.push(pm(all[hour]! + 8 * HOUR_MS) / pm(all[hour]! - 16 * HOUR_MS));
    }
    expect(ratios.length).toBeGreaterThan(3);
    expect(mean(ratios)).toBeLessThan(0.75);
  });

  it('humid mornings of fog are still and saturated', () => {
    const {columns} = island.weather;
    const humidity = reader(island, of('D08', 'bank_wetland'), 'relative_humidity');
    const foggy = all.filter((timeMs) => cursor.seek(timeMs).value(columns.fog) >= 1);
    expect(foggy.length).toBeGreaterThan(200);
    for (const timeMs of foggy) {
      expect(humidity(timeMs)).toBeGreaterThan(92);
      expect(cursor.seek(timeMs).value(columns.wind)).toBeLessThan(1);
    }
  });

  it('more visitors come at weekends, none are left at four in the morning, and the gates balance', () => {
    const {people, world} = island;
    const byWeekday = Array.from({length: 7}, () => [] as number[]);
    for (let day = 0; day < 364; day++) {
      const noon = Date.parse('2025-01-06T04:00:00Z') + day * DAY_MS;
      byWeekday[new Date(noon).getUTCDay()]!.push(people.visitorsOfDay(noon));
      const four = world.clock.instantOf(world.clock.dayNumber(noon), 4);
      expect(people.present(four + DAY_MS - 1)).toBe(0);
      expect(people.present(four)).toBe(0);
      for (let minute = 0; minute < 1440; minute += 30) {
        expect(people.present(four + minute * 60_000)).toBeGreaterThanOrEqual(0);
      }
    }
    expect(mean([byWeekday[0]!, byWeekday[6]!].flat())).toBeGreaterThan(
      1.6 * mean(byWeekday.slice(1, 6).flat()),
    );
  });

  it('birds sing at dawn', () => {
    const birds = reader(island, of('D16', 'hill_forest'), 'bird_detection_rate');
    const april = Array.from({length: 30}, (_, day) => Date.parse('2025-04-01T00:00:00Z') + day * DAY_MS);
    // 06:00 and 02:00 local.
    const dawn = mean(april.map((day) => birds(day - 2 * HOUR_MS)));
    const night = mean(april.map((day) => birds(day - 6 * HOUR_MS)));
    expect(dawn).toBeGreaterThan(40);
    expect(night).toBeLessThan(6);
  });

  it('stems grow over the year and shrink in the afternoon', () => {
    const stem = reader(island, of('D13'), 'stem_diameter');
    const grown = stem(Date.parse('2025-12-01T20:00:00Z')) - stem(Date.parse('2025-01-01T20:00:00Z'));
    expect(grown).toBeGreaterThan(0.15);
    expect(grown).toBeLessThan(1.5);
    const shrinks = hours('2025-05-01T00:00:00Z', 30 * 24)
      .filter((_, k) => k % 24 === 0)
      .map((day) => stem(day + 7 * HOUR_MS) - stem(day - 2 * HOUR_MS));
    expect(mean(shrinks)).toBeLessThan(-0.001);
  });

  it('rice stands under water in summer and not in winter', () => {
    const depth = reader(island, of('D03'), 'paddy_water_depth');
    expect(mean(hours('2025-07-01T00:00:00Z', 240).map(depth))).toBeGreaterThan(2);
    expect(mean(hours('2025-01-10T00:00:00Z', 240).map(depth))).toBeLessThan(1);
  });

  it('a gauge over dry land reads the land, over flooded land the river', () => {
    const gauge = site.devices.find((device) => device.role === 'drawdown')!;
    const level = reader(island, gauge.id, 'water_level');
    const river = reader(island, of('D01', 'river'), 'water_level');
    for (const timeMs of hours('2025-05-01T00:00:00Z', 48)) {
      expect(level(timeMs)).toBeCloseTo(Math.max(gauge.groundM!, river(timeMs)), 0);
    }
  });

  it('a gauge’s minutes add up to its hours', () => {
    const gauge = of('D09');
    const sum = island.gauges.sum(gauge)!;
    const wettest = all[rain.indexOf(Math.max(...rain))]!;
    let minutes = 0;
    for (let minute = 0; minute < 60; minute++) {
      minutes +=
        sum(cursor.seek(wettest + (minute + 1) * 60_000)) - sum(cursor.seek(wettest + minute * 60_000));
    }
    expect(minutes).toBeCloseTo(sum(cursor.seek(wettest + HOUR_MS)) - sum(cursor.seek(wettest)), 6);
    expect(minutes / rainAt(wettest)).toBeGreaterThan(0.75);
  });
});

describe('another site', () => {
  it('lives by its own files: southern summer, salt lake below the sea, half-hour zone', async () => {
    const saltmarsh = await fleetSite(SALTMARSH_FOLDER);
    const island = createIsland({site: saltmarsh, seed: 1});
    const device = (model: string) => saltmarsh.devices.find((each) => each.model === model)!.id;
    const temperature = reader(island, device('D08'), 'air_temperature');
    const january = mean(hours('2025-01-01T00:00:00Z', 744).map(temperature));
    const july = mean(hours('2025-07-01T00:00:00Z', 744).map(temperature));
    expect(january - july).toBeGreaterThan(10);
    const level = hours('2025-03-01T00:00:00Z', 240).map(reader(island, device('D01'), 'water_level'));
    expect(Math.max(...level)).toBeLessThan(-11.5);
    expect(Math.min(...level)).toBeGreaterThan(-14.6);
    const pressure = mean(
      hours('2025-03-01T00:00:00Z', 240).map(reader(island, device('D08'), 'air_pressure')),
    );
    expect(pressure).toBeGreaterThan(1000);
    const moisture = reader(island, device('D06'), 'soil_moisture', 0.1)(Date.parse('2025-03-01T00:00:00Z'));
    expect(moisture).toBeGreaterThan(0.02);
    expect(moisture).toBeLessThan(0.5);
  });
});
