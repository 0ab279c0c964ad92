import {type NormalisedReading, normaliseReading, type ReadingElement} from '#model';
import {
  type DatastreamKey,
  type DeviceRecord,
  EcoError,
  type Envelope,
  InputError,
  type LimitOverrides,
  type Placement,
  type Reading,
  type Registry,
} from '#schemas';
import {placementAt} from '../registry/placements.ts';
import type {Series} from './message.ts';
import {nameBytes} from './quick-read.ts';
import type {SeriesBook} from './series-book.ts';

/** Series remembered of one device by the words of their readings; a device has tens. */
const MOST_REMEMBERED = 2000;
const NO_STATISTIC = '';

/** Names in a shape; and how often in a row a message may differ before no new shape is made for each. */
const MOST_NAMES = 64;
const MOST_MISSES = 32;

/** Names of a device's last plain message, in their order, and their series: what the quick reader expects. */
export type Shape = {names: Uint8Array[]; series: Series[]; misses: number};

/** Since when a device stands at a station without a break; −∞: since ever, +∞: it does not any more. */
function sinceMs(placements: readonly Placement[], station: string): number {
  let since = Number.POSITIVE_INFINITY;
  for (const placement of placements.toReversed()) {
    if (placement.station !== station) break;
    since = placement.fromMs ?? Number.NEGATIVE_INFINITY;
  }
  return since;
}

/**
 * A device as its readings meet it: which series each of them belongs to. Asking the registry costs a look-up of a long
 * key, so the answers are kept: by element for bare numbers, by the whole key for the others. A changed device gets a new
 * context.
 */
export class DeviceContext {
  readonly record: DeviceRecord;
  shape: Shape | null = null;
  private readonly registry: Registry;
  private readonly book: SeriesBook;
  private readonly bare = new Map<string, Series>();
  private readonly full = new Map<string, Series>();
  private readonly elements = new Map<string, ReadingElement>();

  /** Values of before belong to a station where the device stood earlier, or nowhere. */
  readonly fromMs: number;
  private readonly station: string;
  private readonly earlier = new Map<string, DeviceContext>();

  constructor(record: DeviceRecord, registry: Registry, book: SeriesBook, station = record.station) {
    this.record = record;
    this.registry = registry;
    this.book = book;
    this.station = station;
    this.fromMs = sinceMs(record.placements, station);
  }

  /**
   * The context of a time: a value belongs to the station at which the device stood then.
   * @throws {InputError} `device_not_deployed` for a time at which it stood nowhere.
   */
  at(timeMs: number): DeviceContext {
    if (timeMs >= this.fromMs) return this;
    const {device, placements} = this.record;
    const station = placementAt(placements, timeMs)?.placement.station ?? null;
    if (station === null) {
      const places = placements.map(({fromMs, station: where}) => {
        const since = fromMs === null ? 'the beginning' : new Date(fromMs).toISOString();
        return `${where ?? 'nowhere'} since ${since}`;
      });
      throw new InputError(
        'device_not_deployed',
        `${device.id} stood at ${places.join(', ')}; the value is of ${new Date(timeMs).toISOString()}`,
      );
    }
    let context = this.earlier.get(station);
    if (context === undefined) {
      context = new DeviceContext(this.record, this.registry, this.book, station);
      this.earlier.set(station, context);
    }
    return context;
  }

  /**
   * The series of a bare number: the element's default statistic and period, without depth.
   * @throws {InputError} `element_unknown`.
   */
  bareSeries(element: string, timeMs: number): Series {
    const known = this.bare.get(element);
    if (known !== undefined) return known;
    const normalised = normaliseReading({element, value: null}, this.elementOf(element, undefined));
    const series = this.ask(element, normalised, undefined, timeMs);
    if (this.bare.size < MOST_REMEMBERED) this.bare.set(element, series);
    return series;
  }

  /** A reading in the catalogue's unit, with its series. @throws {InputError} */
  normalise(
    reading: Reading,
    limits: LimitOverrides | undefined,
    timeMs: number,
  ): {normalised: NormalisedReading; series: Series} {
    const normalised = normaliseReading(reading, this.elementOf(reading.element, reading.stat));
    const {depthM, heightM, instance, statistic, period} = normalised;
    const key = `${reading.element}|${depthM}|${heightM}|${instance}|${statistic}|${period}`;
    let series = limits === undefined ? this.full.get(key) : undefined;
    if (series === undefined) {
      series = this.ask(reading.element, normalised, limits, timeMs);
      if (this.full.size < MOST_REMEMBERED) this.full.set(key, series);
    }
    return {normalised, series};
  }

  /** Remembers the shape of a message whose readings were all bare numbers, each of which made a row. */
  learn({time, readings, battery, link}: Envelope, series: readonly Series[]): void {
    const misses = (this.shape?.misses ?? 0) + 1;
    if (this.shape) this.shape.misses = misses;
    if (misses > MOST_MISSES || time === undefined || battery !== undefined || link !== undefined) return;
    const names = Object.keys(readings);
    if (names.length === 0 || names.length > MOST_NAMES || names.length !== series.length) return;
    if (!names.every((name, i) => typeof readings[name] === 'number' && this.bare.get(name) === series[i]))
      return;
    this.shape = {names: names.map(nameBytes), series: [...series], misses};
  }

  /** Tells the registry of a value earlier than all it knows of: the deployment starts there. */
  deployFrom(series: Series, timeMs: number): void {
    const {device, site} = this.record;
    this.registry.ensureDatastream(series.datastream, {
      device: device.id,
      site,
      origin: device.origin,
      atMs: timeMs,
    });
    series.deployedFromMs = timeMs;
  }

  private ask(
    element: string,
    normalised: NormalisedReading,
    limits: LimitOverrides | undefined,
    timeMs: number,
  ): Series {
    const {device, site} = this.record;
    const {station} = this;
    const {depthM, heightM, instance, statistic, period} = normalised;
    const key: DatastreamKey = {station, element, depthM, heightM, instance, statistic, period};
    try {
      const datastream = this.registry.ensureDatastream(key, {
        device: device.id,
        site,
        origin: device.origin,
        atMs: timeMs,
        ...(limits === undefined ? {} : {limits}),
      });
      return this.book.seriesOf(datastream);
    } catch (error) {
      // The registry says why a device's values cannot stand here (a purged station, a hidden virtual one).
      if (error instanceof EcoError) throw new InputError('device_unknown', error.message);
      throw error;
    }
  }

  private elementOf(id: string, statistic: string | undefined): ReadingElement {
    const key = `${id}|${statistic ?? NO_STATISTIC}`;
    const known = this.elements.get(key);
    if (known) return known;
    const type = this.registry.element(id);
    if (type === undefined) {
      throw new InputError(
        'element_unknown',
        `expected an element of the catalogue, got ${JSON.stringify(id.slice(0, 64))}`,
      );
    }
    if (type.retired) {
      throw new InputError(
        'element_unknown',
        `${id} is no longer defined: its series stay, new values do not come`,
      );
    }
    const element: ReadingElement = {
      id,
      type,
      defaults: this.registry.defaults(this.record.device.id, id, statistic),
    };
    if (this.elements.size < MOST_REMEMBERED) this.elements.set(key, element);
    return element;
  }
}
