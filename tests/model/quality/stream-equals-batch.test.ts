import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {affectedRows, checkSeries, contextRows, SeriesChecker, settledRange, withDeviceStatus} from '#model';
import {
  type FlatLineExemption,
  type LimitsInForce,
  QC_CENSORED_ABOVE,
  QC_LATE,
  QC_REVISED_BY_PERSON,
  QC_TEST,
} from '#schemas';

const PLACE = {latitudeDeg: 29.58, longitudeDeg: 106.71};

type Series = {timeMs: number[]; value: number[]; qc: number[]; wind: {timeMs: number[]; value: number[]}};

const limitsArbitrary: fc.Arbitrary<LimitsInForce> = fc
  .record({
    suspectRange: fc.option(fc.constant([-2, 2] as [number, number]), {nil: null}),
    ratePerS: fc.option(fc.constantFrom(0.0005, 0.002), {nil: null}),
    spike: fc.option(fc.constant({suspect: 0.75, fail: 1.5}), {nil: null}),
    suspectRows: fc.integer({min: 0, max: 5}),
    failRows: fc.integer({min: 0, max: 9}),
    tolerance: fc.constantFrom(0, 0.3, 0.6, 1.2),
    unless: fc.constantFrom<FlatLineExemption | null>(null, null, 'calm', 'night', {atLeast: 2}, {equals: 0}),
    flat: fc.boolean(),
    circular: fc.boolean(),
  })
  .map(({suspectRange, ratePerS, spike, suspectRows, failRows, tolerance, unless, flat, circular}) => ({
    hardRange: [-2.5, 2.5],
    suspectRange,
    intervalS: 600,
    ratePerS,
    spike,
    flatLine: flat
      ? {tolerance, suspectH: (suspectRows * 600) / 3600, failH: (failRows * 600) / 3600, unless, circular}
      : null,
  }));

/** Times with jitter and holes over some days, values on a coarse grid (flat runs, spikes), all sorts of bit fields. */
const seriesArbitrary: fc.Arbitrary<Series> = fc
  .array(
    fc.record({
      stepS: fc.constantFrom(600, 600, 600, 601, 7200, 20_000),
      value: fc.oneof(
        {weight: 6, arbitrary: fc.constantFrom(0, 0, 0, 0.5)},
        {weight: 3, arbitrary: fc.constantFrom(-3, -2, -0.5, 1, 2, 3)},
        {weight: 1, arbitrary: fc.constant(Number.NaN)},
      ),
      qc: fc.oneof(
        {
          weight: 20,
          arbitrary: fc.constantFrom(
            2,
            1,
            3 | QC_TEST.flatLine,
            4 | QC_TEST.spike,
            QC_LATE | 2,
            QC_CENSORED_ABOVE | 2,
          ),
        },
        {weight: 2, arbitrary: fc.constant(4 | QC_TEST.time)},
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            withDeviceStatus(2, 'D'),
            withDeviceStatus(2, 'T'),
            QC_REVISED_BY_PERSON | 3,
          ),
        },
      ),
      wind: fc.constantFrom(0.1, 0.4, 0.5, 3, Number.NaN, null),
    }),
    {maxLength: 60},
  )
  .map((rows) => {
    const series: Series = {timeMs: [], value: [], qc: [], wind: {timeMs: [], value: []}};
    let at = Date.UTC(2026, 2, 20);
    for (const {stepS, value, qc, wind} of rows) {
      at += stepS * 1000;
      series.timeMs.push(at);
      series.value.push(value);
      series.qc.push(qc);
      if (wind !== null) {
        series.wind.timeMs.push(at);
        series.wind.value.push(wind);
      }
    }
    return series;
  });

function windAt(series: Series, timeMs: number): number {
  const found = series.wind.timeMs.indexOf(timeMs);
  return found < 0 ? Number.NaN : series.wind.value[found]!;
}

/** Bit fields after pushing rows [from, to) and applying the revisions, on top of what was stored. */
function pushAll(
  checker: SeriesChecker,
  series: Series,
  stored: number[],
  from: number,
  to: number,
): number[] {
  const qc = [...stored];
  for (let row = from; row < to; row += 1) {
    const timeMs = series.timeMs[row]!;
    const value = series.value[row]!;
    const result = checker.push(
      timeMs,
      Number.isNaN(value) ? null : value,
      series.qc[row]!,
      windAt(series, timeMs),
    );
    qc[row] = result.qc;
    if (result.revisePrevious)
      qc[series.timeMs.indexOf(result.revisePrevious.timeMs)] = result.revisePrevious.qc;
  }
  return qc;
}

const slice = (series: Series, from: number, to: number) => ({
  timeMs: series.timeMs.slice(from, to),
  value: series.value.slice(from, to),
  qc: series.qc.slice(from, to),
});

describe('verdicts on the stream', () => {
  it('equal those of the whole series, bit for bit, for any series in order', () => {
    fc.assert(
      fc.property(seriesArbitrary, limitsArbitrary, (series, limits) => {
        const batch = checkSeries(series, limits, PLACE, series.wind);
        const pushed = pushAll(new SeriesChecker(limits, PLACE), series, series.qc, 0, series.timeMs.length);
        expect(pushed).toEqual([...batch]);
      }),
      {numRuns: 1500},
    );
  });

  it('do so at every moment: what stands after row n is what the series up to n gives', () => {
    fc.assert(
      fc.property(seriesArbitrary, limitsArbitrary, fc.nat(60), (series, limits, cut) => {
        const rows = Math.min(cut, series.timeMs.length);
        const batch = checkSeries(slice(series, 0, rows), limits, PLACE, series.wind);
        const pushed = pushAll(new SeriesChecker(limits, PLACE), series, series.qc, 0, rows);
        expect(pushed.slice(0, rows)).toEqual([...batch]);
      }),
      {numRuns: 500},
    );
  });

  it('do so when a checker goes on after stored rows, at any point', () => {
    fc.assert(
      fc.property(seriesArbitrary, limitsArbitrary, fc.nat(60), (series, limits, cut) => {
        const from = Math.min(cut, series.timeMs.length);
        const stored = pushAll(new SeriesChecker(limits, PLACE), series, series.qc, 0, from);
        // the newest contextRows rows with a credible time
        let first = from;
        for (let lacking = contextRows(limits); first > 0 && lacking > 0; ) {
          first -= 1;
          if ((series.qc[first]! & QC_TEST.time) === 0) lacking -= 1;
        }
        const context = {...slice(series, first, from), qc: stored.slice(first, from)};
        const checker = SeriesChecker.fromRows(limits, PLACE, context, series.wind);
        const resumed = pushAll(checker, series, stored, from, series.timeMs.length);
        expect(resumed).toEqual([...checkSeries(series, limits, PLACE, series.wind)]);
      }),
      {numRuns: 1000},
    );
  });

  it('change around a late row only where affectedRows says', () => {
    fc.assert(
      fc.property(seriesArbitrary, limitsArbitrary, fc.nat(60), (series, limits, place) => {
        fc.pre(series.timeMs.length > 0);
        const late = place % series.timeMs.length;
        const without = slice(series, 0, series.timeMs.length);
        for (const column of [without.timeMs, without.value, without.qc]) column.splice(late, 1);
        const before = [...checkSeries(without, limits, PLACE, series.wind)];
        const after = [...checkSeries(series, limits, PLACE, series.wind)];
        after.splice(late, 1);
        const credible = (row: number) => (without.qc[row]! & QC_TEST.time) === 0;
        const reach = affectedRows(limits);
        let earlier = 0;
        for (let row = late - 1; row >= 0; row -= 1) {
          if (earlier >= reach.before) expect(after[row]).toBe(before[row]);
          if (credible(row)) earlier += 1;
        }
        let later = 0;
        for (let row = late; row < before.length; row += 1) {
          if (later >= reach.after) expect(after[row]).toBe(before[row]);
          if (credible(row)) later += 1;
        }
      }),
      {numRuns: 1000},
    );
  });

  it('are settled by a stretch of the series where settledRange says', () => {
    fc.assert(
      fc.property(seriesArbitrary, limitsArbitrary, fc.nat(60), fc.nat(60), (series, limits, a, b) => {
        const rows = series.timeMs.length;
        const first = Math.min(a, b, rows);
        const end = Math.min(Math.max(a, b), rows);
        const stretch = slice(series, first, end);
        const part = checkSeries(stretch, limits, PLACE, series.wind);
        const whole = checkSeries(series, limits, PLACE, series.wind);
        const {from, to} = settledRange(stretch, limits, {fromStart: first === 0, toEnd: end === rows});
        expect([...part.slice(from, to)]).toEqual([...whole.slice(first + from, first + to)]);
      }),
      {numRuns: 1000},
    );
  });
});

/** The flat line rule as its definition reads, window by window. */
function flatByDefinition(series: Series, limits: LimitsInForce): boolean[] {
  const {flatLine, intervalS} = limits;
  const level = (row: number, hours: number) => {
    const before = Math.floor((hours * 3600) / intervalS!);
    if (before < 1 || row < before || Number.isNaN(series.value[row]!)) return false;
    const window = series.value.slice(row - before, row + 1);
    const values = window.filter((value) => !Number.isNaN(value));
    if (values.length * 2 < window.length) return false;
    return Math.max(...values) - Math.min(...values) < flatLine!.tolerance;
  };
  return series.value.map((_, row) => level(row, flatLine!.suspectH) || level(row, flatLine!.failH));
}

it('flat lines are those of the definition, window by window', () => {
  const plain = limitsArbitrary
    .filter((limits) => limits.flatLine !== null)
    .map(
      (limits): LimitsInForce => ({
        ...limits,
        flatLine: {...limits.flatLine!, unless: null, circular: false},
      }),
    );
  fc.assert(
    fc.property(seriesArbitrary, plain, (series, limits) => {
      const bare = {...series, qc: series.qc.map(() => 2)};
      const flat = [...checkSeries(bare, limits, PLACE)].map((qc) => (qc & QC_TEST.flatLine) !== 0);
      expect(flat).toEqual(flatByDefinition(bare, limits));
    }),
    {numRuns: 1000},
  );
});
