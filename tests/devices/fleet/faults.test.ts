import {describe, expect, it, vi} from 'vitest';
import {createFleet, type Fleet, type FleetMessage} from '#devices';
import {Battery} from '../../../devices/fleet/battery.ts';
import {Episodes} from '../../../devices/fleet/episodes.ts';
import {keyOf} from '../../../devices/fleet/hash.ts';
import {fleetSite, ISLAND_FOLDER} from '../fleet-site.ts';
import {valuesOf} from '../readings-of.ts';

vi.setConfig({testTimeout: 120_000});
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string) => Date.parse(text);
const site = await fleetSite(ISLAND_FOLDER);
const fleet = createFleet({site, seed: 1});
const faultless = createFleet({site, seed: 1, faults: 'off'});
const from = at('2025-01-01T00:00:00Z');
const ofModel = (model: string) => site.devices.filter((device) => device.model === model).map(({id}) => id);

/** Messages of each device over so many days from the start, asked for in stretches that the island keeps in memory. */
function sentBy(of: Fleet, ids: readonly string[], days: number): Map<string, FleetMessage[]> {
  const sent = new Map<string, FleetMessage[]>(ids.map((id) => [id, []]));
  for (let day = 0; day < days; day += 20) {
    const to = from + Math.min(days, day + 20) * DAY_MS;
    for (const id of ids) sent.get(id)!.push(...of.messagesBetween(id, from + day * DAY_MS, to));
  }
  return sent;
}

describe('episodes', () => {
  const rule = {slotDays: 30, chance: 0.5, hours: [2, 40]} as const;
  const all = (key: number) => new Episodes(key, rule).endingIn(from, from + 20 * 365 * DAY_MS);
  it('come as often and last as long as their rule says', () => {
    const found = Array.from({length: 20}, (_, key) => all(keyOf(5, String(key)))).flat();
    const slots = (20 * 20 * 365) / 30;
    expect(Math.abs(found.length / slots - 0.5)).toBeLessThan(0.03);
    const lengths = found.map(({startMs, endMs}) => (endMs - startMs) / HOUR_MS);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...lengths)).toBeLessThan(40.1);
  });
  it('are the same however they are asked for', () => {
    const [first] = all(77);
    const episodes = new Episodes(77, rule);
    expect(episodes.at(first!.startMs)).toEqual(first);
    expect(episodes.at(first!.startMs - 1)).toBeNull();
    expect(episodes.at(first!.endMs)).toBeNull();
    expect(new Episodes(77, rule).endingIn(first!.endMs, first!.endMs + 1)).toEqual([first]);
  });
});

describe('links', () => {
  it('back-fill what fell into an outage, with the values it would have had', () => {
    let checked = 0;
    for (const [id, sent] of sentBy(fleet, ofModel('D01').slice(0, 12), 120)) {
      const late = sent.filter((message) => message.sentMs - message.dueMs > HOUR_MS);
      if (late.length === 0) continue;
      const one = late[0]!;
      const truth = faultless.messagesBetween(id, one.dueMs, one.dueMs + MINUTE_MS)[0]!;
      const value = (text: typeof one) => valuesOf(text)[0]!.value;
      expect(Math.abs(value(one)! - value(truth)!)).toBeLessThan(2.5);
      // Together and in order, after it.
      const together = late.filter((message) => message.sentMs === one.sentMs);
      expect(together.length).toBeGreaterThan(0);
      expect(together.map(({dueMs}) => dueMs)).toEqual(
        together.map(({dueMs}) => dueMs).toSorted((a, b) => a - b),
      );
      checked++;
    }
    expect(checked).toBeGreaterThan(5);
  });

  it('of LoRaWAN lose about one message in a hundred', () => {
    let sent = 0;
    let due = 0;
    for (const messages of sentBy(fleet, ofModel('D02').slice(0, 16), 20).values()) {
      // Each due instant once, whether doubled or not.
      sent += new Set(messages.map(({dueMs}) => dueMs)).size;
      due += 20 * 288;
    }
    expect(sent / due).toBeLessThan(0.995);
    expect(sent / due).toBeGreaterThan(0.96);
  });

  it('double some messages, word for word', () => {
    const sent = [...sentBy(fleet, ofModel('D11'), 30).values()].flat();
    const texts = new Map<string, number>();
    for (const {device, payload} of sent) texts.set(device + payload, (texts.get(device + payload) ?? 0) + 1);
    const doubled = [...texts.values()].filter((count) => count > 1).length;
    expect(doubled).toBeGreaterThan(10);
    expect(doubled / texts.size).toBeLessThan(0.01);
  });

  it('have clocks that run late by seconds, never by minutes, never early', () => {
    const errors = [...sentBy(fleet, ofModel('D01').slice(0, 16), 60).values()].flatMap((sent) =>
      sent.map((message) => valuesOf(message)[0]!.timeMs - message.dueMs),
    );
    const lowest = errors.reduce((low, error) => Math.min(low, error), 0);
    expect(errors.every((error) => error <= 0)).toBe(true);
    expect(lowest).toBeLessThan(-10_000);
    expect(lowest).toBeGreaterThan(-120_000);
  });

  it('of the inverter sleep in some nights', () => {
    const [id] = ofModel('D24');
    const sent = fleet.messagesBetween(id!, from, from + 60 * DAY_MS);
    const nights = new Map<number, number>();
    for (const {dueMs} of sent) {
      // 22:00 to 04:00 local.
      const hour = new Date(dueMs).getUTCHours();
      if (hour >= 14 && hour < 20)
        nights.set(Math.floor(dueMs / DAY_MS), (nights.get(Math.floor(dueMs / DAY_MS)) ?? 0) + 1);
    }
    const asleep = 60 - nights.size;
    expect(asleep).toBeGreaterThan(2);
    expect(asleep).toBeLessThan(25);
  });
});

describe('values', () => {
  const values = (model: string, element: string, days: number, of = fleet) =>
    [...sentBy(of, ofModel(model).slice(0, 12), days).values()]
      .flatMap((sent) => sent.flatMap(valuesOf))
      .filter((value) => value.element === element);

  it('of analysers carry the letters of calibration, maintenance and defects', () => {
    const marks = new Set(values('D05', 'ammonia_nitrogen', 240).map(({status}) => status));
    expect(marks).toEqual(new Set([undefined, 'C', 'M', 'D']));
    const air = values('D10', 'ozone', 30);
    const calibrations = air.filter(({status}) => status === 'C');
    // About one hour a week of twelve values an hour, and no hour's mean that holds one mostly.
    expect(calibrations.length).toBeGreaterThan(20);
    expect(calibrations.length).toBeLessThan(120);
    expect(calibrations.every(({value}) => value === 0.5 || value === null)).toBe(true);
  });

  it('drift as the sensors foul, and come back when someone cleans them', () => {
    const [id] = ofModel('D04');
    const oxygen = (of: typeof fleet) =>
      new Map(
        of
          .messagesBetween(id!, from, from + 90 * DAY_MS)
          .flatMap(valuesOf)
          .filter(({element}) => element === 'dissolved_oxygen')
          .map(({timeMs, value}) => [timeMs, value!]),
      );
    const truth = oxygen(faultless);
    const errors = [...oxygen(fleet)]
      .filter(([timeMs]) => truth.has(timeMs))
      .map(([timeMs, value]) => value - truth.get(timeMs)!);
    expect(Math.min(...errors)).toBeLessThan(-0.5);
    expect(errors.filter((error) => Math.abs(error) < 0.05).length).toBeGreaterThan(0.05 * errors.length);
  });

  it('jump now and then, and repeat themselves where something sticks', () => {
    const levels = values('D01', 'water_level', 60);
    const truth = new Map(
      values('D01', 'water_level', 60, faultless).map((value) => [
        `${value.device} ${value.timeMs}`,
        value.value!,
      ]),
    );
    const errors = levels
      .filter(({device, timeMs}) => truth.has(`${device} ${timeMs}`))
      .map(({device, timeMs, value}) => Math.abs(value! - truth.get(`${device} ${timeMs}`)!));
    const jumps = errors.filter((error) => error > 0.8).length;
    expect(jumps).toBeGreaterThan(4);
    expect(jumps / errors.length).toBeLessThan(0.002);
    let longest = 0;
    let run = 0;
    levels.forEach((value, k) => {
      run =
        k > 0 && value.device === levels[k - 1]!.device && value.value === levels[k - 1]!.value ? run + 1 : 0;
      longest = Math.max(longest, run);
    });
    expect(longest).toBeGreaterThan(200);
  });

  it('are missing where a cable is cut', () => {
    const deep = values('D06', 'soil_moisture', 240).filter(({depthM}) => depthM === 0.6);
    const missing = deep.filter(({value}) => value === null).length;
    expect(missing).toBeGreaterThan(20);
    expect(missing / deep.length).toBeLessThan(0.05);
  });
});

describe('batteries', () => {
  const {world} = fleet.island;
  const solar = site.devices
    .filter(({model}) => model === 'D01')
    .map(({id}) => new Battery(world, fleet.island.place(id)!, 'solar'));
  const lowest = (text: string, days: number) =>
    Math.min(
      ...solar.flatMap((battery) =>
        Array.from({length: days}, (_, day) => battery.percent(at(text) + day * DAY_MS)),
      ),
    );
  it('are drained by foggy winters and full in summer', () => {
    expect(lowest('2025-07-15T00:00:00Z', 30)).toBeGreaterThan(60);
    const winters = ['2024-12-01', '2025-12-01'].map((day) => lowest(`${day}T00:00:00Z`, 95));
    expect(Math.min(...winters)).toBeLessThan(40);
  });
  it('rise no faster than 12 % and fall no faster than 2.5 % a day', () => {
    for (const battery of solar) {
      for (let day = 1; day < 700; day++) {
        const change =
          battery.percent(world.epochMs + day * DAY_MS) - battery.percent(world.epochMs + (day - 1) * DAY_MS);
        expect(change).toBeLessThanOrEqual(12.1);
        expect(change).toBeGreaterThanOrEqual(-2.6);
      }
    }
  });
  it('of primary cells last for years', () => {
    const battery = new Battery(world, fleet.island.place(ofModel('D02')[0]!)!, 'battery');
    const month = battery.percent(at('2025-02-01T00:00:00Z')) - battery.percent(at('2025-01-01T00:00:00Z'));
    expect(month).toBeGreaterThanOrEqual(-4);
    expect(battery.volts(from)).toBeGreaterThan(2.9);
    expect(battery.volts(from)).toBeLessThan(3.8);
  });
});
