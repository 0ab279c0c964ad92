import {checkAlone, contextRows, SeriesChecker} from '#model';
import {
  type Datastream,
  type ElementType,
  FLAG,
  type LimitsInForce,
  type Observation,
  QC_LATE,
  QC_TEST,
  type Revision,
  type RowColumns,
} from '#schemas';
import {ContextRows} from './context-rows.ts';

type Place = {latitudeDeg: number; longitudeDeg: number};
type Recheck = {series: number; fromMs: number; toMs: number};

/** Version of verdicts that no person made: of two the one made later counts, and a person's is higher. */
const AUTOMATIC_VERSION = 1;
const MACHINE = 'qc';
/** Times remembered of rows that came too early to be true, and of rows judged without their wind. */
const TIMES_KEPT = 1024;

/** What the judging of one message's rows brings beside the rows. */
export type Verdicts = {
  revisions: Revision[];
  rechecks: Recheck[];
  /** Rows of before this message whose verdict changed, as they are now. */
  revised: Observation[];
};

/**
 * One series in the pipeline's memory: its checker, the newest rows that its next verdicts depend on, and the messages
 * that wait for them to be read from the store.
 */
export class SeriesState<Waiting> {
  readonly datastream: Datastream;
  readonly series: number;
  readonly id: string;
  readonly limits: LimitsInForce;
  /** 360° is 0°: one direction, one number. */
  readonly circular: boolean;
  /** Wind vanes do not turn while it is calm: the wind series that tells. */
  readonly needsWind: boolean;
  wind: SeriesState<Waiting> | null = null;
  /** Series whose verdicts depend on this one's values. */
  readonly vanes: SeriesState<Waiting>[] = [];

  ready = false;
  loading = false;
  readonly queue: Waiting[] = [];
  /** Earliest time that the registry was told of. */
  deployedFromMs = Number.POSITIVE_INFINITY;

  private readonly place: Place;
  private checker: SeriesChecker;
  private context: ContextRows;
  /** A late row stands in the context and not in the checker. */
  private stale = false;
  private newestMs = Number.NEGATIVE_INFINITY;
  private newest: Observation | null = null;
  /** Number of the message that brought the newest row: until it is handed on, its rows may still be changed. */
  private newestOf = 0;
  private readonly early = new Set<number>();
  private readonly withoutWind = new Set<number>();

  constructor(datastream: Datastream, element: ElementType, limits: LimitsInForce, place: Place) {
    this.datastream = datastream;
    this.series = datastream.series;
    this.id = datastream.id;
    this.limits = limits;
    this.circular = element.rollUp === 'circularMean' && datastream.statistic !== 'sd';
    this.needsWind = limits.flatLine?.unless === 'calm';
    this.place = place;
    this.checker = new SeriesChecker(limits, place);
    this.context = new ContextRows(this.rowsNeeded(), this.needsWind);
  }

  /** Series that must be in memory with this one. */
  get others(): readonly SeriesState<Waiting>[] {
    return this.wind === null ? this.vanes : [this.wind];
  }

  rowsNeeded(): number {
    return contextRows(this.limits);
  }

  /** Goes on after stored rows, oldest first; `whole`: there are none before them. `newest` is the last credible one. */
  resume(
    rows: RowColumns,
    whole: boolean,
    newest: Observation | null,
    windAt: (timeMs: number) => number,
  ): void {
    this.context = new ContextRows(this.rowsNeeded(), this.needsWind);
    if (!whole) this.context.markCut();
    for (let i = 0; i < rows.timeMs.length; i++) {
      const timeMs = rows.timeMs[i]!;
      const qc = rows.qc[i]!;
      if ((qc & QC_TEST.time) !== 0) {
        this.remember(this.early, timeMs);
        continue;
      }
      const wind = this.needsWind ? windAt(timeMs) : Number.NaN;
      if (this.needsWind && Number.isNaN(wind)) this.remember(this.withoutWind, timeMs);
      this.context.push(timeMs, rows.value[i]!, qc, wind);
    }
    this.newest = newest;
    this.newestOf = 0;
    this.newestMs = this.context.length > 0 ? this.context.timeMs.at(-1)! : Number.NEGATIVE_INFINITY;
    this.rebuild();
    this.ready = true;
  }

  /** A series without rows. */
  start(): void {
    this.ready = true;
  }

  /** Wind speed known for a time; NaN: none. */
  valueAt(timeMs: number): number {
    const place = this.context.find(timeMs);
    return place >= 0 ? this.context.value[place]! : Number.NaN;
  }

  /**
   * Judges a row: sets its bit field. In order of time it gets all tests that the past allows, and the row before may get
   * a new verdict; out of order it gets those that need no neighbour, and its neighbourhood is to be checked again.
   */
  judge(row: Observation, of: number, verdicts: Verdicts): void {
    const {timeMs} = row;
    if ((row.qc & QC_TEST.time) !== 0) {
      row.qc = checkAlone(row.value, row.qc, this.limits);
      if (timeMs > row.receivedMs) this.remember(this.early, timeMs);
      return;
    }
    if (this.early.size > 0 && this.early.has(timeMs)) {
      // It is in the store with the verdict of then, so this is the same row or a conflict with it.
      row.qc = checkAlone(row.value, row.qc, this.limits);
      return;
    }
    if (timeMs > this.newestMs) this.judgeNext(row, of, verdicts);
    else this.judgeLate(row, verdicts);
    if (this.vanes.length > 0) this.tellVanes(timeMs, row.value ?? Number.NaN, verdicts);
  }

  private judgeNext(row: Observation, of: number, verdicts: Verdicts): void {
    if (this.stale) this.rebuild();
    const {timeMs, value} = row;
    let wind = Number.NaN;
    if (this.needsWind) {
      wind = this.wind?.valueAt(timeMs) ?? Number.NaN;
      if (Number.isNaN(wind)) this.remember(this.withoutWind, timeMs);
    }
    const qcIn = row.qc;
    const result = this.checker.push(timeMs, value, qcIn, wind);
    row.qc = result.qc;
    const before = this.newest;
    if (result.revisePrevious !== undefined && before !== null) {
      if (this.newestOf === of) {
        before.qc = result.revisePrevious.qc;
      } else {
        const {qc} = result.revisePrevious;
        verdicts.revisions.push(this.revision(before.timeMs, qc, row.receivedMs));
        verdicts.revised.push({...before, qc});
      }
    }
    this.context.push(timeMs, value ?? Number.NaN, qcIn, wind);
    this.newestMs = timeMs;
    this.newest = row;
    this.newestOf = of;
  }

  private judgeLate(row: Observation, verdicts: Verdicts): void {
    const {timeMs, value} = row;
    row.qc = checkAlone(value, row.qc | QC_LATE, this.limits);
    const place = this.context.find(timeMs);
    // Known already: a redelivery, or a conflict, which changes nothing in the series.
    if (place >= 0) return;
    verdicts.rechecks.push({series: this.series, fromMs: timeMs, toMs: timeMs});
    if (!this.context.reaches(timeMs)) return;
    const wind = this.needsWind ? (this.wind?.valueAt(timeMs) ?? Number.NaN) : Number.NaN;
    this.context.insert(~place, timeMs, value ?? Number.NaN, row.qc, wind);
    this.stale = true;
  }

  /** A wind speed came: vanes that were judged without it are judged again. */
  private tellVanes(timeMs: number, speed: number, verdicts: Verdicts): void {
    for (const vane of this.vanes) vane.takeWind(timeMs, speed, verdicts);
  }

  private takeWind(timeMs: number, speed: number, verdicts: Verdicts): void {
    if (timeMs > this.newestMs) return;
    const place = this.context.find(timeMs);
    const unknown = this.withoutWind.delete(timeMs) || (place < 0 && !this.context.reaches(timeMs));
    if (!unknown) return;
    verdicts.rechecks.push({series: this.series, fromMs: timeMs, toMs: timeMs});
    if (place >= 0) {
      this.context.setCompanion(place, speed);
      this.stale = true;
    }
  }

  private revision(timeMs: number, qc: number, atMs: number): Revision {
    return {
      series: this.series,
      fromMs: timeMs,
      toMs: timeMs,
      version: AUTOMATIC_VERSION,
      value: null,
      qc,
      reason: 'spike: the next value came',
      who: MACHINE,
      atMs,
    };
  }

  private rebuild(): void {
    const {timeMs, value, qc, companion} = this.context;
    this.checker = SeriesChecker.fromRows(
      this.limits,
      this.place,
      {timeMs, value, qc},
      companion === null ? null : {timeMs, value: companion},
    );
    this.stale = false;
  }

  private remember(times: Set<number>, timeMs: number): void {
    times.add(timeMs);
    if (times.size > TIMES_KEPT) times.delete(times.values().next().value!);
  }
}

/** The flag a row has before any test ran: 9 without a value. */
export function flagBefore(value: number | null): number {
  return value === null ? FLAG.missing : FLAG.notEvaluated;
}
