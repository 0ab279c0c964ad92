import {type Device, type DeviceModel, type SensorSpec, upTopic} from '#schemas';
import {Battery} from './battery.ts';
import type {Cursor} from './cursor.ts';
import {Episodes} from './episodes.ts';
import {LINK_FAULTS, SLEEPS_AT_NIGHT} from './fault-rules.ts';
import {keyOf, noise, uniform} from './hash.ts';
import {type Island, sensorsOf} from './island.ts';
import type {FleetMessage} from './message.ts';
import type {Place, Sampler} from './process.ts';
import {bindSensor, periodMs, type SensorReader, tips} from './sensor-reading.ts';
import {isFloodable} from './stage.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longest delay between a due instant and its message, ms. */
const MOST_JITTER_MS = 12_000;
/** Battery and link are told about every half hour. */
const STATUS_EVERY_MS = 30 * MINUTE_MS;
/** Local hour at which the day of an element begins, where it is not midnight. */
const DAY_STARTS_H: Record<string, number> = {pest_trap_count: 6};
/** Models that also send so many past hours at a start: yesterday's transparency is derived from the buoys' turbidity. */
const START_HOURS: Record<string, number> = {D04: 48};
/** Models that report every minute in a flood. */
const FLOOD_MODELS: ReadonlySet<string> = new Set(['D01']);
const USUAL_INTERVAL_S = 900;

/** Sensors that report together. */
type Group = {
  everyMs: number;
  /** Days that begin at this local hour; null for shorter intervals. */
  dayStartH: number | null;
  envelopes: {periodMs: number | null; elements: [name: string, readers: SensorReader[]][]}[];
};

export type CollectOptions = {
  /** Faults that silence the device count from this instant on; earlier messages always go out. */
  silenceFromMs?: number;
};

/** What one virtual device sends and when: a pure function of the island, the device and the range of time. */
export class Transmitter {
  readonly device: Device;
  readonly model: DeviceModel;
  readonly #island: Island;
  readonly #cursor: Cursor;
  readonly #place: Place;
  readonly #topic: string;
  readonly #key: number;
  readonly #groups: Group[];
  readonly #jitterMs: number;
  readonly #faults: boolean;
  readonly #outages: Episodes | null;
  readonly #gatewayOutages: Episodes | null;
  readonly #clock: Episodes | null;
  readonly #battery: Battery | null;
  readonly #rainSum: Sampler | undefined;
  readonly #stage: Sampler | undefined;
  readonly #link: {rssiDbm: number; gateway: string | null} | null;
  readonly #utcOffsetMs: number;

  constructor(of: {
    island: Island;
    cursor: Cursor;
    device: Device;
    model: DeviceModel;
    siteId: string;
    seed: number;
    faults: boolean;
    gateways: readonly {id: string; longitudeDeg: number; latitudeDeg: number}[];
  }) {
    const {island, device, model, faults} = of;
    this.device = device;
    this.model = model;
    this.#island = island;
    this.#cursor = of.cursor;
    this.#place = island.place(device.id)!;
    this.#topic = upTopic(of.siteId, device.id);
    this.#key = keyOf(of.seed, 'link', device.id);
    this.#faults = faults;
    this.#utcOffsetMs = island.world.days.standardOffsetMs;
    const sensors = sensorsOf(device, model);
    if (
      island.people.controller === device.id &&
      !sensors.some(({element}) => element === 'visitors_on_island')
    ) {
      sensors.push({element: 'visitors_on_island', intervalS: 300});
    }
    this.#groups = groupsOf({
      island,
      place: this.#place,
      model,
      sensors,
      faults,
      ownIntervalS: device.intervalS,
    });
    const shortest = Math.min(...this.#groups.map((group) => group.everyMs), DAY_MS);
    this.#jitterMs = Math.round(300 + uniform(this.#key, 1) * Math.min(MOST_JITTER_MS, shortest / 10));

    const rules = LINK_FAULTS[model.protocol]!;
    this.#outages = faults ? new Episodes(keyOf(this.#key, 'outage'), rules.outage) : null;
    this.#gatewayOutages =
      faults && device.gateway !== undefined
        ? new Episodes(keyOf(of.seed, 'gateway', device.gateway), {
            slotDays: 90,
            chance: 0.5,
            hours: [0.5, 5],
          })
        : null;
    this.#clock = faults && rules.clock ? new Episodes(keyOf(this.#key, 'clock'), rules.clock) : null;
    this.#battery = model.power === 'mains' ? null : new Battery(island.world, this.#place, model.power);
    this.#rainSum = sensors.some((sensor) => sensor.element === 'precipitation' && sensor.period === null)
      ? island.gauges.sum(device.id)
      : undefined;
    this.#stage = FLOOD_MODELS.has(model.id)
      ? island.sampler(device.id, {element: 'water_level'})
      : undefined;
    this.#link = linkOf(device, model, of.gateways, this.#key);
  }

  get intervalMs(): number {
    return Math.min(...this.#groups.map((group) => group.everyMs));
  }

  /** Messages whose time of sending lies in [fromMs, toMs), in no particular order. */
  collect(fromMs: number, toMs: number, out: FleetMessage[], options: CollectOptions = {}): void {
    const silenceFromMs = options.silenceFromMs ?? Number.NEGATIVE_INFINITY;
    const dueFrom = Math.max(fromMs - this.#jitterMs, this.#island.epochMs);
    const dueTo = toMs - this.#jitterMs;
    if (dueTo <= this.#island.epochMs) return;
    const rules = LINK_FAULTS[this.model.protocol]!;
    const report = (into: FleetMessage[]) => (group: Group, dueMs: number) => {
      if (this.#faults && dueMs >= silenceFromMs && this.#isSilent(dueMs)) return;
      this.#send(group, dueMs, dueMs + this.#jitterMs, into);
      const last = into.at(-1);
      if (this.#faults && last?.dueMs === dueMs && uniform(this.#key ^ 2, dueMs) < rules.doubledShare) {
        into.push(last);
      }
    };
    if (this.#rainSum) {
      // Tips are told as they fall, before the report that closes their interval.
      const own: FleetMessage[] = [];
      this.#due(dueFrom, dueTo + this.intervalMs, report(own));
      for (const message of own) if (message.sentMs >= fromMs && message.sentMs < toMs) out.push(message);
    } else {
      this.#due(dueFrom, dueTo, report(out));
    }
    this.#backFill(fromMs, toMs, silenceFromMs, out);
  }

  /** What was due last at an instant, of each kind of report; buoys also their past hours. */
  lastDue(atMs: number, out: FleetMessage[]): void {
    const pastMs = (START_HOURS[this.model.id] ?? 0) * HOUR_MS;
    if (pastMs > 0) {
      this.#due(Math.max(this.#island.epochMs, atMs - pastMs), atMs, (group, dueMs) =>
        this.#send(group, dueMs, atMs, out),
      );
    }
    for (const group of this.#groups) {
      const dueMs = this.#lastDueOf(group, atMs);
      if (dueMs >= this.#island.epochMs) this.#send(group, dueMs, atMs, out, true);
    }
  }

  #lastDueOf(group: Group, atMs: number): number {
    if (group.dayStartH === null) {
      const shift = group.everyMs > HOUR_MS ? this.#utcOffsetMs : 0;
      return Math.floor((atMs + shift) / group.everyMs) * group.everyMs - shift;
    }
    const {clock} = this.#island.world;
    const number = clock.dayNumber(atMs);
    const today = clock.instantOf(number, group.dayStartH);
    return today <= atMs ? today : clock.instantOf(number - 1, group.dayStartH);
  }

  /** Every due instant in [fromMs, toMs), group after group. */
  #due(fromMs: number, toMs: number, visit: (group: Group, dueMs: number) => void): void {
    for (const group of this.#groups) {
      if (group.dayStartH !== null) {
        const {clock} = this.#island.world;
        for (let number = clock.dayNumber(fromMs); ; number++) {
          const dueMs = clock.instantOf(number, group.dayStartH);
          if (dueMs >= toMs) break;
          if (dueMs >= fromMs) visit(group, dueMs);
        }
        continue;
      }
      const {everyMs} = group;
      const shift = everyMs > HOUR_MS ? this.#utcOffsetMs : 0;
      if (this.#stage && everyMs > MINUTE_MS) {
        this.#dueInFlood(group, fromMs, toMs, visit);
        continue;
      }
      for (
        let dueMs = Math.ceil((fromMs + shift) / everyMs) * everyMs - shift;
        dueMs < toMs;
        dueMs += everyMs
      ) {
        visit(group, dueMs);
      }
    }
  }

  /** The same for a gauge that reports every minute of an hour that begins in a flood. */
  #dueInFlood(
    group: Group,
    fromMs: number,
    toMs: number,
    visit: (group: Group, dueMs: number) => void,
  ): void {
    for (let hourMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS; hourMs < toMs; hourMs += HOUR_MS) {
      const stepMs = this.#isFlood(hourMs) ? MINUTE_MS : group.everyMs;
      const from = Math.max(fromMs, hourMs);
      const to = Math.min(toMs, hourMs + HOUR_MS);
      for (let dueMs = Math.ceil(from / stepMs) * stepMs; dueMs < to; dueMs += stepMs) visit(group, dueMs);
    }
  }

  #floodHourMs = Number.NaN;
  #flood = false;
  #isFlood(hourMs: number): boolean {
    if (hourMs !== this.#floodHourMs) {
      this.#floodHourMs = hourMs;
      const levels = this.device.levels as {warningLevelM?: number; bankfullM?: number} | undefined;
      if (hourMs < this.#island.epochMs) this.#flood = false;
      else if (this.#island.world.isWaterBody(this.#place) || isFloodable(this.#place)) {
        this.#flood = this.#island.stage.isFlood(
          hourMs,
          levels?.warningLevelM ?? this.#island.world.climate.riverStage?.warningLevelM,
        );
      } else {
        this.#flood =
          levels?.bankfullM !== undefined && this.#stage!(this.#cursor.seek(hourMs)) > levels.bankfullM;
      }
    }
    return this.#flood;
  }

  #localH(timeMs: number): number {
    const local = timeMs + this.#utcOffsetMs;
    return (local - Math.floor(local / DAY_MS) * DAY_MS) / HOUR_MS;
  }

  /** Whether a report is not sent when it is due: lost on the air, link or gateway down, battery empty, asleep. */
  #isSilent(dueMs: number): boolean {
    const rules = LINK_FAULTS[this.model.protocol]!;
    // A rain gauge's reports are acknowledged: rain that nobody hears of would be missing for good.
    if (!this.#rainSum && rules.lostShare > 0 && uniform(this.#key ^ 1, dueMs) < rules.lostShare) return true;
    if (this.#outages!.at(dueMs) || this.#gatewayOutages?.at(dueMs)) return true;
    const localH = this.#localH(dueMs);
    if (this.#battery?.isDown(dueMs, localH)) return true;
    const sleeps = SLEEPS_AT_NIGHT[this.model.id];
    if (sleeps !== undefined && (localH < 6 || localH >= 20)) {
      const night = Math.floor((dueMs + this.#utcOffsetMs - DAY_MS / 2) / DAY_MS);
      if (uniform(this.#key ^ 4, night) < sleeps) return true;
    }
    return false;
  }

  /** What fell into an outage that ended in [fromMs, toMs), for devices that keep it. */
  #backFill(fromMs: number, toMs: number, silenceFromMs: number, out: FleetMessage[]): void {
    if (!this.#outages || !(LINK_FAULTS[this.model.protocol]!.outage.backFill || this.#rainSum)) return;
    for (const each of this.#outages.endingIn(fromMs, toMs)) {
      const from = Math.max(each.startMs, silenceFromMs, this.#island.epochMs);
      this.#due(from, each.endMs, (group, dueMs) => {
        if (this.#battery?.isDown(dueMs, this.#localH(dueMs))) return;
        this.#send(group, dueMs, each.endMs, out);
      });
    }
  }

  #send(group: Group, dueMs: number, sentMs: number, out: FleetMessage[], withStatus = false): void {
    if (this.#rainSum && group.dayStartH === null) {
      this.#sendRain(group, dueMs, sentMs, out, withStatus);
      return;
    }
    const late = this.#clockErrorMs(dueMs);
    let payload = '';
    for (const {periodMs: length, elements} of group.envelopes) {
      const startMs = length === null ? dueMs : this.#periodStart(group, dueMs, length);
      if (startMs < this.#island.epochMs) continue;
      if (payload !== '') payload += ',';
      payload += this.#envelope(elements, dueMs, startMs, (length === null ? dueMs : startMs) + late);
    }
    if (payload === '') return;
    if (withStatus || group.everyMs >= STATUS_EVERY_MS || dueMs % STATUS_EVERY_MS === 0) {
      payload = `${payload.slice(0, -1)}${this.#status(dueMs)}}`;
    }
    if (group.envelopes.length > 1) payload = `[${payload}]`;
    out.push({device: this.device.id, topic: this.#topic, payload, dueMs, sentMs});
  }

  #periodStart(group: Group, dueMs: number, length: number): number {
    if (group.dayStartH === null || length !== DAY_MS) return dueMs - length;
    const {clock} = this.#island.world;
    return clock.instantOf(clock.dayNumber(dueMs) - 1, group.dayStartH);
  }

  #envelope(
    elements: Group['envelopes'][number]['elements'],
    dueMs: number,
    startMs: number,
    timeMs: number,
  ): string {
    let text = `{"time":"${isoTime(timeMs)}","seq":${Math.round((dueMs - this.#island.epochMs) / MINUTE_MS)},"readings":{`;
    let isFirst = true;
    for (const [name, readers] of elements) {
      text += isFirst ? `"${name}":` : `,"${name}":`;
      isFirst = false;
      const many = readers.length > 1;
      if (many) text += '[';
      for (let k = 0; k < readers.length; k++) {
        const reader = readers[k]!;
        const told = reader.read(this.#cursor, dueMs, startMs);
        if (k > 0) text += ',';
        if (told.status === undefined) text += reader.before + told.value + reader.after;
        else if (reader.before === '') text += `{"value":${told.value},"status":"${told.status}"}`;
        else text += `${reader.before}${told.value},"status":"${told.status}"${reader.after}`;
      }
      if (many) text += ']';
    }
    return `${text}}}`;
  }

  #status(timeMs: number): string {
    let text = '';
    if (this.#battery) {
      text += `,"battery":{"volts":${this.#battery.volts(timeMs)},"percent":${this.#battery.percent(timeMs)}}`;
    }
    if (this.#link) {
      const rssi = Math.round(this.#link.rssiDbm + 4 * noise(this.#key ^ 5, timeMs));
      text += `,"link":{"rssiDbm":${rssi}${this.#link.gateway === null ? '' : `,"gateway":"${this.#link.gateway}"`}}`;
    }
    return text;
  }

  /** Milliseconds by which the device's clock is late (whole seconds), growing through an episode. */
  #clockErrorMs(dueMs: number): number {
    const episode = this.#clock?.at(dueMs);
    if (!episode) return 0;
    const share = (dueMs - episode.startMs) / (episode.endMs - episode.startMs);
    return -Math.round(share * LINK_FAULTS[this.model.protocol]!.clock!.seconds) * 1000;
  }

  /**
   * A rain gauge tells rain since its last report, whatever caused that: one message for every second tip (0.2 mm) as it
   * falls, and at the due instant what is left.
   */
  #sendRain(group: Group, dueMs: number, sentMs: number, out: FleetMessage[], withStatus: boolean): void {
    const fromMs = Math.max(this.#island.epochMs, dueMs - group.everyMs);
    const sum = this.#rainSum!;
    const cursor = this.#cursor;
    const before = tips(sum, cursor, fromMs);
    const after = tips(sum, cursor, dueMs);
    let told = before;
    let lastMs = fromMs;
    while (after - told >= 2) {
      // The instant of the second tip, to the second.
      let low = lastMs;
      let high = dueMs;
      while (high - low > 500) {
        const middle = (low + high) / 2;
        if (tips(sum, cursor, middle) >= told + 2) high = middle;
        else low = middle;
      }
      const atMs = Math.max(lastMs + 1000, Math.ceil(high / 1000) * 1000);
      if (atMs >= dueMs) break;
      told += 2;
      lastMs = atMs;
      // Sent as it falls, unless the report itself is late (back-fill).
      const isLate = sentMs > dueMs + this.#jitterMs || withStatus;
      this.#rainMessage(group, atMs, 0.2, isLate ? sentMs : atMs + this.#jitterMs, out, false);
    }
    this.#rainMessage(
      group,
      dueMs,
      (after - told) / 10,
      sentMs,
      out,
      withStatus || dueMs % STATUS_EVERY_MS === 0,
    );
  }

  #rainMessage(
    group: Group,
    atMs: number,
    mm: number,
    sentMs: number,
    out: FleetMessage[],
    withStatus: boolean,
  ): void {
    const reader = group.envelopes[0]!.elements[0]![1][0]!;
    const told = reader.tell(this.#cursor, atMs, mm);
    const seq = Math.round((atMs - this.#island.epochMs) / 1000);
    const payload = `{"time":"${isoTime(atMs)}","seq":${seq},"readings":{"precipitation":${told.value}}${withStatus ? this.#status(atMs) : ''}}`;
    out.push({device: this.device.id, topic: this.#topic, payload, dueMs: atMs, sentMs});
  }
}

/** ISO 8601 with Z; seconds stand without fraction. Neighbouring messages share their minute. */
let isoMinute = Number.NaN;
let isoPrefix = '';
function isoTime(timeMs: number): string {
  const minute = Math.floor(timeMs / MINUTE_MS);
  if (minute !== isoMinute) {
    isoMinute = minute;
    isoPrefix = new Date(minute * MINUTE_MS).toISOString().slice(0, 17);
  }
  const second = Math.floor((timeMs - minute * MINUTE_MS) / 1000);
  return `${isoPrefix}${second < 10 ? '0' : ''}${second}Z`;
}

function groupsOf(of: {
  island: Island;
  place: Place;
  model: DeviceModel;
  sensors: readonly SensorSpec[];
  faults: boolean;
  ownIntervalS: number | undefined;
}): Group[] {
  const {island, place, model, sensors, faults} = of;
  const groups = new Map<string, Group>();
  for (const sensor of sensors) {
    const sameElement = sensors.filter(
      (each) => each.element === sensor.element && (each.intervalS ?? 0) === (sensor.intervalS ?? 0),
    );
    const reader = bindSensor({
      island,
      place,
      model,
      sensor,
      sensors,
      faults,
      bare: sameElement.length === 1,
    });
    if (!reader) continue;
    const everyMs = 1000 * (sensor.intervalS ?? of.ownIntervalS ?? model.intervalS ?? USUAL_INTERVAL_S);
    const dayStartH = everyMs >= DAY_MS ? (DAY_STARTS_H[sensor.element] ?? 0) : null;
    const id = `${everyMs} ${dayStartH}`;
    let group = groups.get(id);
    if (!group) {
      group = {everyMs, dayStartH, envelopes: []};
      groups.set(id, group);
    }
    const length = periodMs(reader.period);
    let envelope = group.envelopes.find((each) => each.periodMs === length);
    if (!envelope) {
      envelope = {periodMs: length, elements: []};
      group.envelopes.push(envelope);
    }
    const entry = envelope.elements.find(([name]) => name === sensor.element);
    if (entry) entry[1].push(reader);
    else envelope.elements.push([sensor.element, [reader]]);
  }
  return [...groups.values()];
}

/** Usual strength of the radio link, dBm: falls with the distance to the gateway. */
function linkOf(
  device: Device,
  model: DeviceModel,
  gateways: readonly {id: string; longitudeDeg: number; latitudeDeg: number}[],
  key: number,
): {rssiDbm: number; gateway: string | null} | null {
  if (model.protocol === 'hj212' || model.protocol === 'mqtt') return null;
  const gateway = gateways.find((each) => each.id === device.gateway);
  if (!gateway) return {rssiDbm: -78 - 22 * uniform(key, 7), gateway: device.gateway ?? null};
  const km = Math.hypot(
    (device.latitudeDeg - gateway.latitudeDeg) * 111.2,
    (device.longitudeDeg - gateway.longitudeDeg) * 111.2 * Math.cos((device.latitudeDeg * Math.PI) / 180),
  );
  return {
    rssiDbm: Math.max(-122, -84 - 27 * Math.log10(0.3 + km) - 8 * uniform(key, 7)),
    gateway: gateway.id,
  };
}
