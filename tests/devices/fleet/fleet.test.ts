import {beforeAll, describe, expect, it, vi} from 'vitest';
import {createFleet, DEVICE_MODELS, type FleetMessage, type FleetSite, fleetPrincipals} from '#devices';
import {checkSeries, limitsInForce} from '#model';
import {
  createValidator,
  ELEMENTS,
  type ElementType,
  Envelope,
  FLAG,
  flagOf,
  ReadingBody,
  upTopic,
} from '#schemas';
import {fleetSite, ISLAND_FOLDER, SALTMARSH_FOLDER} from '../fleet-site.ts';
import {envelopesOf, type SentValue, valuesOf} from '../readings-of.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string) => Date.parse(text);
const keyOf = ({device, element, timeMs, depthM, stat, period}: SentValue) =>
  [device, element, depthM, stat, period, timeMs].join(' ');
const plain = ({device, topic, payload, dueMs, sentMs}: FleetMessage) =>
  `${sentMs} ${dueMs} ${device} ${topic} ${payload}`;

const site = await fleetSite(ISLAND_FOLDER);
const fleet = createFleet({site, seed: 1});
const faultless = createFleet({site, seed: 1, faults: 'off'});
const ofModel = (model: string) => site.devices.filter((device) => device.model === model);

// A busy machine is several times slower.
vi.setConfig({testTimeout: 120_000, hookTimeout: 120_000});

describe('what the fleet sends', () => {
  const validEnvelope = createValidator<Envelope>(Envelope);
  const validReading = createValidator<ReadingBody>(ReadingBody);
  const from = at('2026-06-12T00:00:00Z');
  let day: FleetMessage[] = [];
  beforeAll(() => {
    day = fleet.block(from, from + DAY_MS);
  });

  it('are valid messages on the devices’ own topics, oldest first', () => {
    let before = 0;
    for (const message of day) {
      expect(message.topic).toBe(upTopic(site.site.id, message.device));
      expect(message.sentMs).toBeGreaterThanOrEqual(before);
      before = message.sentMs;
      for (const envelope of envelopesOf(message)) {
        if (!validEnvelope(envelope)) throw new Error(`${validEnvelope.problem()}: ${message.payload}`);
        for (const said of Object.values(envelope.readings)) {
          for (const one of Array.isArray(said) ? said : [said]) {
            if (typeof one !== 'number' && !validReading(one)) {
              throw new Error(`${validReading.problem()}: ${message.payload}`);
            }
          }
        }
      }
    }
  });

  // The reference design: 47,500 messages and about 119,000 values a day.
  it('is the load of the reference design within 5 %', () => {
    let messages = 0;
    let values = 0;
    const days = ['2025-02-03', '2025-06-09', '2025-10-30'];
    for (const date of days) {
      const block = fleet.block(at(`${date}T00:00:00Z`), at(`${date}T00:00:00Z`) + DAY_MS);
      messages += block.length / days.length;
      for (const message of block) values += valuesOf(message).length / days.length;
    }
    expect(Math.abs(messages / 47_500 - 1), `${messages} messages a day`).toBeLessThan(0.05);
    expect(Math.abs(values / 119_000 - 1), `${values} values a day`).toBeLessThan(0.05);
  });

  it('holds all elements that are sensed, and the balance of the gates', () => {
    const sent = new Set(day.flatMap((message) => valuesOf(message).map(({element}) => element)));
    // Computed elsewhere or surveyed.
    const others = [
      'soil_erosion_modulus',
      'water_transparency',
      'soil_organic_matter',
      'tree_height',
      'work_order_backlog',
    ];
    expect([...sent].sort()).toEqual(
      Object.keys(ELEMENTS)
        .filter((id) => !others.includes(id))
        .sort(),
    );
  });

  it('states each value once', () => {
    const seen = new Map<string, number | null>();
    for (const message of day) {
      for (const value of valuesOf(message)) {
        const key = keyOf(value);
        // A doubled message repeats keys with equal values; nothing else repeats them.
        if (seen.has(key)) expect(value.value).toBe(seen.get(key));
        seen.set(key, value.value);
      }
    }
  });

  it('is told by one principal a device, and the bridges for theirs', () => {
    const principals = fleetPrincipals(site);
    const bridges = principals.filter((principal) => principal.kind === 'bridge');
    expect(principals.filter((principal) => principal.kind === 'device')).toHaveLength(87);
    expect(bridges.map(({username}) => username)).toEqual([
      `${site.site.id}-bridge-summit`,
      `${site.site.id}-bridge-heads`,
    ]);
    expect(bridges.flatMap(({devices}) => devices ?? [])).toHaveLength(107);
    expect(new Set(principals.map(({username}) => username)).size).toBe(89);
  });
});

describe('the same messages', () => {
  const from = at('2025-06-20T03:07:11Z');
  const to = from + 31 * HOUR_MS;
  it('come however the time is cut', () => {
    const whole = fleet.block(from, to).map(plain).sort();
    const pieces: string[] = [];
    const steps = [17, 601, 3600, 13, 7200, 2713];
    for (let start = from, k = 0; start < to; k++) {
      const end = Math.min(to, start + steps[k % steps.length]! * 1000);
      pieces.push(...fleet.block(start, end).map(plain));
      start = end;
    }
    expect(pieces.sort()).toEqual(whole);
  });

  it('come after a restart, and from each device alone', () => {
    const again = createFleet({site, seed: 1});
    const end = from + 2 * HOUR_MS;
    const alone = again.devices.flatMap(({id}) => again.messagesBetween(id, from, end));
    expect(alone.map(plain).sort()).toEqual(fleet.block(from, end).map(plain).sort());
  });

  it('repeat what a start has sent with equal values', () => {
    const start = at('2026-11-25T08:03:20Z');
    const atStart = new Map<string, number | null>();
    for (const {id} of fleet.devices) {
      for (const message of fleet.lastDue(id, start)) {
        for (const value of valuesOf(message)) atStart.set(keyOf(value), value.value);
      }
    }
    let repeated = 0;
    for (const message of createFleet({site, seed: 1}).block(start - 50 * HOUR_MS, start)) {
      for (const value of valuesOf(message)) {
        const known = atStart.get(keyOf(value));
        if (known === undefined) continue;
        expect(value.value, keyOf(value)).toBe(known);
        repeated++;
      }
    }
    expect(repeated).toBeGreaterThan(5000);
  });
});

describe('at a start', () => {
  // 16:03:20 local.
  const start = at('2026-11-25T08:03:20Z');
  const values = (device: string) => fleet.lastDue(device, start).flatMap(valuesOf);

  it('every device has its last due observations, of each kind of report', () => {
    const elements = new Set<string>();
    for (const {id} of fleet.devices) {
      const sent = values(id);
      expect(sent.length, id).toBeGreaterThan(0);
      for (const {element} of sent) elements.add(element);
    }
    expect(elements.size).toBe(49);
  });

  it.each([
    {model: 'D08', element: 'air_temperature', time: '2026-11-25T08:03:00Z'},
    {model: 'D08', element: 'wind_speed', time: '2026-11-25T08:02:00Z'},
    {model: 'D10', element: 'ozone', time: '2026-11-25T07:55:00Z'},
    {model: 'D10', element: 'ozone', period: 'PT1H', time: '2026-11-25T07:00:00Z'},
    // The runs at 00, 04, 08, 12, 16, 20 h local.
    {model: 'D05', element: 'codmn', time: '2026-11-25T08:00:00Z'},
    {model: 'D07', element: 'soil_ph', time: '2026-11-25T04:00:00Z'},
    // Yesterday 00:00 local, and 06:00 for the trap (the night that ended today at 06:00).
    {model: 'D17', element: 'wildlife_detection_rate', time: '2026-11-23T16:00:00Z'},
    {model: 'D16', element: 'bird_species_richness', time: '2026-11-23T16:00:00Z'},
    {model: 'D18', element: 'pest_trap_count', time: '2026-11-23T22:00:00Z'},
  ])('$model $element $period carries $time', ({model, element, period, time}) => {
    const sent = values(ofModel(model)[0]!.id).filter(
      (value) => value.element === element && value.period === period,
    );
    expect(new Date(sent.at(-1)!.timeMs).toISOString()).toBe(time.replace('Z', '.000Z'));
  });

  it('the buoys send their last 48 h, so that yesterday is whole', () => {
    const times = values(ofModel('D04')[0]!.id)
      .filter(({element}) => element === 'turbidity')
      .map(({timeMs}) => timeMs);
    expect(Math.min(...times)).toBeLessThanOrEqual(start - 47.75 * HOUR_MS);
    expect(new Set(times).size).toBe(192);
  });

  it('no fault silences a device within the first half hour', () => {
    // January: batteries are low, and every kind of outage has had its chance.
    for (const text of ['2025-01-28T00:00:00Z', '2026-01-20T12:00:00Z', '2026-02-10T00:00:00Z']) {
      const from = at(text);
      const heard = new Set(
        fleet
          .block(from, from + 30 * MINUTE_MS, {silenceFromMs: from + 30 * MINUTE_MS})
          .map(({device}) => device),
      );
      const often = fleet.devices.filter(
        ({model}) => !['D05', 'D07', 'D15', 'D16', 'D17', 'D18'].includes(model),
      );
      for (const {id} of often) expect(heard.has(id), id).toBe(true);
    }
  });
});

describe('reports', () => {
  it('of a rain gauge add up to what its bucket tipped, 0.2 mm as it falls', () => {
    const gauge = ofModel('D09')[0]!.id;
    const from = at('2025-06-01T00:00:00Z');
    const to = from + 30 * DAY_MS;
    const sent = faultless.messagesBetween(gauge, from, to + 30_000).flatMap(valuesOf);
    const sum = sent.filter(({timeMs}) => timeMs > from).reduce((all, {value}) => all + value!, 0);
    const cursor = faultless.island.cursor();
    const total = faultless.island.gauges.sum(gauge)!;
    const fell = total(cursor.seek(to)) - total(cursor.seek(from));
    expect(fell).toBeGreaterThan(20);
    expect(Math.abs(sum - fell)).toBeLessThan(0.11);
    const events = sent.filter(({timeMs}) => timeMs % (10 * MINUTE_MS) !== 0);
    expect(events.length).toBeGreaterThan(fell / 0.4);
    expect(events.every(({value}) => value === 0.2)).toBe(true);
    expect(new Set(sent.map(({timeMs}) => timeMs)).size).toBe(sent.length);
  });

  it('of an hour are the mean of its five minutes, and energy means of sound', () => {
    const from = at('2026-05-04T00:00:00Z');
    const values = (device: string) =>
      faultless.messagesBetween(device, from, from + 2 * HOUR_MS).flatMap(valuesOf);
    const air = values(ofModel('D10')[0]!.id).filter(({element}) => element === 'ozone');
    const hour = air.find(({period, timeMs}) => period === 'PT1H' && timeMs === from)!;
    const five = air.filter(
      ({period, timeMs}) => period === undefined && timeMs >= from && timeMs < from + HOUR_MS,
    );
    expect(five).toHaveLength(12);
    expect(hour.value).toBeCloseTo(five.reduce((sum, {value}) => sum + value!, 0) / 12, 1);

    const sound = values(ofModel('D22')[0]!.id);
    const twenty = sound.find(({period, timeMs}) => period === 'PT20M' && timeMs === from)!;
    const minutes = sound.filter(
      ({period, timeMs}) => period === undefined && timeMs >= from && timeMs < from + 20 * MINUTE_MS,
    );
    expect(minutes).toHaveLength(20);
    const power = minutes.reduce((sum, {value}) => sum + 10 ** (value! / 10), 0) / 20;
    expect(twenty.value).toBeCloseTo(10 * Math.log10(power), 1);
  });

  it('of the gate controller are all in minus all out since 04:00', () => {
    // Saturday, 04:00 to 22:00 local.
    const from = at('2025-10-11T20:00:00Z') - DAY_MS;
    const flows = ofModel('D21').flatMap(({id, countsDirection}) =>
      faultless
        .messagesBetween(id, from, from + 18 * HOUR_MS + MINUTE_MS)
        .flatMap(valuesOf)
        .map((value) => ({...value, sign: countsDirection === 'in' ? 1 : -1})),
    );
    const balance = flows.filter(({element}) => element === 'visitors_on_island');
    expect(new Set(balance.map(({device}) => device))).toEqual(new Set([ofModel('D21')[0]!.id]));
    let most = 0;
    for (const {timeMs, value} of balance) {
      const people = flows
        .filter((flow) => flow.element === 'visitor_flow' && flow.timeMs >= from && flow.timeMs < timeMs)
        .reduce((sum, flow) => sum + (flow.sign * flow.value!) / 12, 0);
      expect(value).toBe(Math.round(people));
      most = Math.max(most, value!);
    }
    expect(most).toBeGreaterThan(500);
  });

  it('of a level gauge come every minute in a flood', () => {
    const gauge = site.devices.find(({role}) => role === 'river')!.id;
    const {stage, epochMs} = faultless.island;
    const warning = site.climate.riverStage!.warningLevelM!;
    let flood = epochMs;
    while (stage.levelM(flood) < warning) flood += HOUR_MS;
    const sent = faultless.messagesBetween(gauge, flood, flood + HOUR_MS);
    expect(sent).toHaveLength(60);
    const calm = at('2025-04-10T00:00:00Z');
    expect(faultless.messagesBetween(gauge, calm, calm + HOUR_MS)).toHaveLength(12);
  });

  it('of a day begin at local midnight, on days of 23 and 25 hours too', async () => {
    const saltmarsh = await fleetSite(SALTMARSH_FOLDER);
    const camera = {...saltmarsh.devices[0]!, id: 'sm-d17-01', model: 'D17'};
    const other = createFleet({site: {...saltmarsh, devices: [camera]} as FleetSite, seed: 1, faults: 'off'});
    // Adelaide leaves summer time on 2026-04-05 and takes it up on 2026-10-04.
    const starts = (from: string, to: string) =>
      other
        .messagesBetween(camera.id, at(from), at(to))
        .flatMap(valuesOf)
        .map(({timeMs}) => new Date(timeMs).toISOString());
    expect(starts('2026-04-04T00:00:00Z', '2026-04-07T00:00:00Z')).toEqual([
      '2026-04-03T13:30:00.000Z',
      '2026-04-04T13:30:00.000Z',
      '2026-04-05T14:30:00.000Z',
    ]);
    expect(starts('2026-10-04T00:00:00Z', '2026-10-06T00:00:00Z')).toEqual([
      '2026-10-03T14:30:00.000Z',
      '2026-10-04T13:30:00.000Z',
    ]);
  });
});

describe('values', () => {
  const limitsOf = (value: SentValue) => {
    const type: ElementType = ELEMENTS[value.element as keyof typeof ELEMENTS];
    const own = site.devices.find(({id}) => id === value.device)!.limits?.[value.element];
    return {hard: own?.hardRange ?? type.hardRange, suspect: own?.suspectRange ?? type.suspectRange};
  };
  /** Share of values in eight hours of each season that are there, unmarked and within hard and suspect range. */
  const goodShare = (of: typeof fleet) => {
    let good = 0;
    let all = 0;
    for (const month of ['01', '04', '07', '10']) {
      for (const message of of.block(at(`2025-${month}-16T00:00:00Z`), at(`2025-${month}-16T08:00:00Z`))) {
        for (const value of valuesOf(message)) {
          all++;
          if (value.value === null || value.status !== undefined) continue;
          const {hard, suspect} = limitsOf(value);
          const inside = (range: readonly number[]) => value.value! >= range[0]! && value.value! <= range[1]!;
          if (inside(hard) && inside(suspect)) good++;
        }
      }
    }
    return good / all;
  };
  it('of a faultless fleet lie within their ranges', () => {
    expect(goodShare(faultless)).toBeGreaterThan(0.995);
  });
  it('of a faultless fleet pass the quality tests of their series', () => {
    const series = new Map<string, SentValue[]>();
    for (const message of faultless.block(at('2025-06-14T00:00:00Z'), at('2025-06-15T12:00:00Z'))) {
      for (const value of valuesOf(message)) {
        const id = [value.device, value.element, value.depthM, value.stat, value.period].join(' ');
        const found = series.get(id);
        if (found) found.push(value);
        else series.set(id, [value]);
      }
    }
    let flagged = 0;
    let all = 0;
    for (const values of series.values()) {
      const {element, device: id, depthM, stat, period} = values[0]!;
      const device = site.devices.find((each) => each.id === id)!;
      const sensors = DEVICE_MODELS.get(device.model)!.sensors;
      const sensor = sensors.find(
        (each) =>
          each.element === element &&
          each.depthM === depthM &&
          (period === undefined || each.period === period),
      );
      const limits = limitsInForce(
        ELEMENTS[element as keyof typeof ELEMENTS],
        sensor?.limits,
        device.limits?.[element],
        sensor?.intervalS ?? null,
        stat,
      );
      const sorted = values.toSorted((a, b) => a.timeMs - b.timeMs);
      const wind =
        element === 'wind_direction' ? series.get([id, 'wind_speed', '', '', ''].join(' ')) : undefined;
      const columns = (of: SentValue[]) => ({
        timeMs: of.map((value) => value.timeMs),
        value: of.map((value) => value.value ?? Number.NaN),
        qc: new Int32Array(of.length),
      });
      const {latitudeDeg, longitudeDeg} = device;
      for (const qc of checkSeries(
        columns(sorted),
        limits,
        {latitudeDeg, longitudeDeg},
        wind && columns(wind),
      )) {
        all++;
        if (flagOf(qc) === FLAG.suspect || flagOf(qc) === FLAG.fail) flagged++;
      }
    }
    expect(all).toBeGreaterThan(150_000);
    expect(flagged / all).toBeLessThan(0.001);
  });
  it('of a fleet with faults are mostly good', () => {
    const share = goodShare(fleet);
    expect(share).toBeGreaterThan(0.95);
    expect(share).toBeLessThan(1);
  });
});
