/** What every store behind the port must do. */
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {checkSeries, rollUp, thin, zonedBoundaries} from '#model';
import {
  FLAG,
  flagOf,
  type ObservationStore,
  QC_CENSORED_BELOW,
  QC_CORRECTED,
  QC_LATE,
  QC_REVISED_BY_PERSON,
  QC_TEST,
  QC_VERDICT_MASK,
  type RowColumns,
  type StoreCounts,
} from '#schemas';
import type {SeriesInfo} from '../../../ingest/store/index.ts';
import {add, eventfulDay, INFO, row, Stream, seeded, shuffled} from './stream.ts';

export type StoreHarness = {
  /** Makes an empty place to keep a store in. */
  make(): Promise<{
    open(options: {
      seriesInfo: (series: number) => SeriesInfo | undefined;
      now: () => number;
      log: (line: object) => void;
    }): Promise<ObservationStore>;
    remove(): Promise<void>;
  }>;
};

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** A Sunday in the middle of a month, midnight UTC. */
const START = Date.UTC(2026, 9, 11);

/** What must be equal whatever the order of arrival. */
function content(rows: RowColumns): {timeMs: number[]; value: number[]; verdict: number[]} {
  return {
    timeMs: [...rows.timeMs],
    value: [...rows.value],
    verdict: [...rows.qc].map((qc) => qc & QC_VERDICT_MASK),
  };
}

export function storeContract(name: string, harness: StoreHarness): void {
  describe(`${name}: the store port`, () => {
    let place: Awaited<ReturnType<StoreHarness['make']>>;
    let store: ObservationStore;
    let nowMs: number;
    const open = () =>
      place.open({
        seriesInfo: (series) => (series % 100 < 90 ? INFO : undefined),
        now: () => nowMs,
        log: (line) => logged.push(line),
      });
    const logged: object[] = [];
    const all = (series: number) => ({series, fromMs: 0, toMs: START + 400 * DAY});

    /** Tests share a store, each with a hundred series of its own. */
    let base = 0;
    const s = (n: number) => base + n;
    let before: StoreCounts;
    /** Counts of this test. */
    const counted = () => {
      const {received, stored, duplicate, conflict} = store.counts();
      return {
        received: received - before.received,
        stored: stored - before.stored,
        duplicate: duplicate - before.duplicate,
        conflict: conflict - before.conflict,
      };
    };

    beforeAll(async () => {
      nowMs = START + 10 * DAY;
      place = await harness.make();
      store = await open();
    });
    beforeEach(() => {
      nowMs = START + 10 * DAY;
      base += 100;
      before = store.counts();
    });
    afterAll(async () => {
      await store.close();
      await place.remove();
    });

    describe('writing', () => {
      it('stores rows and gives them back, oldest first, with null as NaN', async () => {
        const rows = [
          row(START + MINUTE, s(1), 2.5),
          row(START, s(1), -0.1),
          row(START + 2 * MINUTE, s(1), null),
        ];
        expect(await add(store, {rows})).toEqual({stored: 3, duplicate: 0, conflict: 0});
        const found = await store.rows(all(s(1)));
        expect([...found.timeMs]).toEqual([START, START + MINUTE, START + 2 * MINUTE]);
        expect([...found.value]).toEqual([-0.1, 2.5, Number.NaN]);
        expect([...found.qc]).toEqual([1, 1, 9]);
        expect([...found.receivedMs]).toEqual([START + 500, START + MINUTE + 500, START + 2 * MINUTE + 500]);
      });

      it('keeps the millisecond, the sign and every bit of a value', async () => {
        const values = [0.1 + 0.2, -1e-300, 1.7976931348623157e308, 5e-324, 123456789.12345679];
        await add(store, {rows: values.map((value, i) => row(START + i, s(1), value))});
        expect([...(await store.rows(all(s(1)))).value]).toEqual(values);
      });

      it('takes a repeated row as nothing new', async () => {
        await add(store, {rows: [row(START, s(1), 5)]});
        expect(await add(store, {rows: [row(START, s(1), 5), row(START + 1, s(1), 6)]})).toEqual({
          stored: 1,
          duplicate: 1,
          conflict: 0,
        });
        expect(await add(store, {rows: [row(START, s(1), 5), row(START, s(1), 5)]})).toEqual({
          stored: 0,
          duplicate: 2,
          conflict: 0,
        });
        expect((await store.rows(all(s(1)))).timeMs.length).toBe(2);
        expect(counted()).toEqual({received: 5, stored: 2, duplicate: 3, conflict: 0});
      });

      it('knows a repeat inside one batch', async () => {
        expect(
          await add(store, {rows: [row(START, s(1), 5), row(START, s(1), 5), row(START, s(1), 7)]}),
        ).toEqual({
          stored: 1,
          duplicate: 1,
          conflict: 1,
        });
        expect([...(await store.rows(all(s(1)))).value]).toEqual([5]);
      });

      it.each([
        {kept: 5, offered: 6},
        {kept: null, offered: 6},
        {kept: 5, offered: null},
      ])('keeps the first value $kept and $offered beside it', async ({kept, offered}) => {
        await add(store, {rows: [row(START, s(1), kept)]});
        expect(await add(store, {rows: [row(START, s(1), offered)]})).toEqual({
          stored: 0,
          duplicate: 0,
          conflict: 1,
        });
        // The same other value again is a redelivery and changes nothing.
        expect(await add(store, {rows: [row(START, s(1), offered)]})).toEqual({
          stored: 0,
          duplicate: 1,
          conflict: 0,
        });
        expect([...(await store.rows(all(s(1)))).value]).toEqual([kept ?? Number.NaN]);
        expect(await store.conflicts({limit: 10, series: s(1)})).toEqual([
          {series: s(1), timeMs: START, kept, offered, seenMs: START + 500},
        ]);
        expect(await store.conflicts({limit: 10, series: s(2)})).toEqual([]);
        expect(counted()).toEqual({received: 3, stored: 1, duplicate: 1, conflict: 1});
      });

      it('calls back in the order of the calls, and has nothing pending then', async () => {
        const order: number[] = [];
        await Promise.all(
          Array.from({length: 200}, (_, i) =>
            add(store, {rows: [row(START + i, s(1), i)]}).then(() => order.push(i)),
          ),
        );
        expect(order).toEqual([...Array(200).keys()]);
        expect(store.pending()).toBe(0);
      });

      it('answers each batch for its own rows', async () => {
        await add(store, {rows: [row(START, s(1), 1), row(START, s(2), 2)]});
        const outcomes = await Promise.all([
          add(store, {rows: [row(START, s(1), 1)]}),
          add(store, {rows: [row(START, s(2), 3), row(START, s(3), 3)]}),
          add(store, {rows: []}),
          add(store, {rows: Array.from({length: 40}, (_, i) => row(START + i, s(4), i))}),
        ]);
        expect(outcomes).toEqual([
          {stored: 0, duplicate: 1, conflict: 0},
          {stored: 1, duplicate: 0, conflict: 1},
          {stored: 0, duplicate: 0, conflict: 0},
          {stored: 40, duplicate: 0, conflict: 0},
        ]);
      });

      it('makes durable what it took in before it was closed, and says so', async () => {
        let stored = 0;
        for (let i = 0; i < 2000; i++) {
          const rows = Array.from({length: 6}, (_, series) => row(START + i, s(series), i));
          store.add({rows, revisions: [], deadLetters: [], rechecks: []}, (outcome) => {
            stored += outcome.stored;
          });
        }
        await store.close();
        expect(stored).toBe(12_000);
        store = await open();
        expect((await store.rows(all(s(3)))).timeMs.length).toBe(2000);
      });

      it('has everything after it was closed and opened again', async () => {
        await add(store, {
          rows: [row(START, s(1), 1), row(START + 1, s(1), 2)],
          revisions: [
            {
              series: s(1),
              fromMs: START,
              toMs: START,
              version: 1,
              value: null,
              qc: FLAG.suspect | QC_TEST.spike,
              reason: 'spike',
              who: 'quality',
              atMs: START + 600,
            },
          ],
        });
        await add(store, {rows: [row(START, s(1), 9)], counted: {time_future: 1}});
        await Promise.all([
          add(store, {counted: {device_refused: 2}}),
          add(store, {counted: {device_refused: 1}}),
        ]);
        expect(store.counts().byCode).toEqual({time_future: 1, device_refused: 3});
        const kept = {
          rows: await store.rows(all(s(1))),
          counts: store.counts(),
          latest: store.latest(),
          conflicts: await store.conflicts({limit: 5}),
        };
        await store.close();
        store = await open();
        expect({
          rows: await store.rows(all(s(1))),
          counts: store.counts(),
          latest: store.latest(),
          conflicts: await store.conflicts({limit: 5}),
        }).toEqual(kept);
      });
    });

    describe('dead letters', () => {
      const letter = (code: string, i = 0) => ({
        receivedMs: START + i,
        source: 'mqtt',
        topic: `eco/v1/guangyang/x/up/${i}`,
        principal: 'x',
        device: null,
        code,
        message: 'expected { got [',
        payload: Uint8Array.from([0, 255, i]),
      });

      it('keeps them with their bytes, newest first, and counts them by code', async () => {
        await add(store, {deadLetters: [letter('payload_syntax', 1), letter('unit_unknown', 2)]});
        await add(store, {deadLetters: [letter('payload_syntax', 3)]});
        const found = await store.deadLetters({limit: 3});
        expect(found.map(({id: _, replayedMs, ...rest}) => ({...rest, replayedMs}))).toEqual([
          {...letter('payload_syntax', 3), replayedMs: null},
          {...letter('unit_unknown', 2), replayedMs: null},
          {...letter('payload_syntax', 1), replayedMs: null},
        ]);
        expect(found[0]!.payload).toEqual(Uint8Array.from([0, 255, 3]));
        expect((await store.deadLetters({limit: 10, code: 'payload_syntax'})).length).toBe(2);
        expect(await store.deadLetters({limit: 1, beforeId: found[0]!.id})).toEqual([found[1]]);
        expect(store.counts().deadLetters).toEqual({payload_syntax: 2, unit_unknown: 1});
      });

      it('marks what was replayed', async () => {
        await add(store, {deadLetters: [letter('unit_unknown', 1), letter('unit_unknown', 2)]});
        const [second, first] = await store.deadLetters({limit: 2});
        await add(store, {rows: [row(START, s(1), 1)], replayed: [first!.id]});
        const after = await store.deadLetters({limit: 2});
        expect(after.map(({id, replayedMs}) => ({id, replayedMs}))).toEqual([
          {id: second!.id, replayedMs: null},
          {id: first!.id, replayedMs: nowMs},
        ]);
      });
    });

    describe('documents', () => {
      it('puts, replaces and removes, and shows a change when it is durable', async () => {
        const {documents} = store;
        const putting = documents.put([
          {collection: 'things', id: 'b', value: {schemaVersion: 1, name: '氧'}},
          {collection: 'things', id: 'a', value: {schemaVersion: 1, name: 'a'}},
          {collection: 'other', id: 'a', value: {schemaVersion: 1, list: [1, null]}},
        ]);
        expect(documents.all('things')).toEqual([]);
        await putting;
        await documents.put([{collection: 'things', id: 'a', value: {schemaVersion: 1, name: 'A'}}]);
        await documents.remove([{collection: 'other', id: 'a'}]);
        await store.close();
        store = await open();
        const things = store.documents.all<{name: string}>('things').map((thing) => thing.name);
        expect(things.sort()).toEqual(['A', '氧']);
        expect(store.documents.all('other')).toEqual([]);
      });
    });

    describe('latest', () => {
      it('is the newest row of each series, whatever the order of arrival', async () => {
        await add(store, {rows: [row(START + 5, s(1), 5), row(START + 3, s(1), 3), row(START, s(2), 7)]});
        expect(store.latest().filter(({series}) => series >= base)).toEqual([
          row(START + 5, s(1), 5),
          row(START, s(2), 7),
        ]);
        await add(store, {rows: [row(START + 4, s(1), 4), row(START + 1, s(2), 8)]});
        expect(store.latest([s(2), s(1), s(77)])).toEqual([row(START + 1, s(2), 8), row(START + 5, s(1), 5)]);
      });

      it('is never a row with an impossible time', async () => {
        const far = {...row(START + 300 * DAY, s(1), 9), qc: FLAG.fail | QC_TEST.time};
        await add(store, {rows: [row(START, s(1), 1), far]});
        expect(store.latest([s(1)])).toEqual([row(START, s(1), 1)]);
        expect([...(await store.rows(all(s(1)))).timeMs]).toEqual([START, START + 300 * DAY]);
        await store.close();
        store = await open();
        expect(store.latest([s(1)])).toEqual([row(START, s(1), 1)]);
      });

      it('has the newest verdict', async () => {
        await add(store, {rows: [row(START, s(1), 1)]});
        await add(store, {
          revisions: [
            {
              series: s(1),
              fromMs: START - HOUR,
              toMs: START + HOUR,
              version: 3,
              value: 1.5,
              qc: FLAG.suspect | QC_TEST.manual | QC_REVISED_BY_PERSON,
              reason: 'probe out of the water',
              who: 'ranger',
              atMs: START + DAY,
            },
          ],
        });
        const qc = FLAG.suspect | QC_TEST.manual | QC_REVISED_BY_PERSON | QC_CORRECTED;
        const revised = {value: 1.5, qc};
        expect(store.latest([s(1)])).toEqual([{...row(START, s(1), 1), ...revised}]);
        // A newer row that the revision covers too, and one that it does not.
        await add(store, {rows: [row(START + MINUTE, s(1), 2)]});
        expect(store.latest([s(1)])).toEqual([{...row(START + MINUTE, s(1), 2), ...revised}]);
        await store.close();
        store = await open();
        expect(store.latest([s(1)])).toEqual([{...row(START + MINUTE, s(1), 2), ...revised}]);
        await add(store, {rows: [row(START + DAY, s(1), 3)]});
        expect(store.latest([s(1)])).toEqual([row(START + DAY, s(1), 3)]);
      });
    });

    describe('revisions', () => {
      const revision = (version: number, flag: number, change: object = {}) => ({
        series: s(1),
        fromMs: START,
        toMs: START + 2,
        version,
        value: null,
        qc: flag,
        reason: 'test',
        who: 'tester',
        atMs: START + version * HOUR,
        ...change,
      });

      it.each([
        {
          name: 'the highest version',
          versions: [
            [2, 3],
            [1, 4],
          ] as const,
          flag: 3,
        },
        {
          name: 'among equal versions the later one',
          versions: [
            [1, 3],
            [1, 4],
          ] as const,
          flag: 4,
        },
      ])('$name counts', async ({versions, flag}) => {
        await add(store, {rows: [row(START, s(1), 1), row(START + 2, s(1), 2), row(START + 3, s(1), 3)]});
        for (const [version, to] of versions) await add(store, {revisions: [revision(version, to)]});
        expect([...(await store.rows(all(s(1)))).qc]).toEqual([flag, flag, 1]);
        expect((await store.revisions(all(s(1)))).map((one) => one.version)).toEqual(
          versions.map(([v]) => v),
        );
      });

      it('gives a new value, and leaves alone how the row came', async () => {
        await add(store, {rows: [row(START, s(1), 1, FLAG.pass | QC_LATE)]});
        await add(store, {revisions: [revision(1, FLAG.suspect, {value: 0.5})]});
        const found = await store.rows(all(s(1)));
        expect([found.value[0], found.qc[0]]).toEqual([0.5, FLAG.suspect | QC_LATE | QC_CORRECTED]);
      });

      it('shows what was known then', async () => {
        await add(store, {
          rows: [row(START, s(1), 1), {...row(START + 1, s(1), 2), receivedMs: START + DAY}],
        });
        await add(store, {revisions: [revision(1, 3), revision(2, 4)]});
        const at = async (asOfMs: number) => [...(await store.rows({...all(s(1)), asOfMs})).qc];
        expect(await at(START + 499)).toEqual([]);
        expect(await at(START + 500)).toEqual([1]);
        expect(await at(START + HOUR)).toEqual([3]);
        expect(await at(START + DAY)).toEqual([4, 4]);
      });
    });

    describe('corrections and what takes them back', () => {
      const DRIFT = {startMs: START, endMs: START + 2 * HOUR, offset: [0, -4], gain: [1, 1]} as const;
      /** A row a minute of two hours: 10, 11, 12 in turn, one of them suspect and one missing. */
      const sent = (series: number) =>
        Array.from({length: 120}, (_, i) => {
          if (i === 70) return row(START + i * MINUTE, series, null);
          return row(START + i * MINUTE, series, 10 + (i % 3), i === 30 ? FLAG.suspect : FLAG.pass);
        });
      const act = (version: number, change: object) => ({
        series: s(1),
        fromMs: START,
        toMs: START + 2 * HOUR,
        version,
        value: null,
        qc: 0,
        reason: 'calibrated',
        who: 'ranger',
        atMs: START + DAY + version,
        ...change,
      });
      const drifted = (i: number) => 10 + (i % 3) - 4 * (i / 120);
      const manual = FLAG.fail | QC_TEST.manual | QC_REVISED_BY_PERSON;

      it('gives each row the value that the rule gives, and leaves verdict and absence as they are', async () => {
        await add(store, {rows: sent(s(1)), revisions: [act(5, {correction: DRIFT})]});
        const found = await store.rows(all(s(1)));
        for (let i = 0; i < 120; i++) {
          if (i === 70) expect(found.value[i]).toBeNaN();
          else expect(found.value[i]).toBeCloseTo(drifted(i), 12);
        }
        expect([...found.qc].map((qc) => qc & ~QC_CORRECTED)).toEqual(sent(s(1)).map(({qc}) => qc));
        expect([...found.qc].map((qc) => (qc & QC_CORRECTED) !== 0)).toEqual(
          sent(s(1)).map(({value}) => value !== null),
        );
        expect((await store.revisions(all(s(1))))[0]).toEqual(act(5, {correction: DRIFT}));
      });

      it('corrects with gain and offset between and holds them outside of the calibrations', async () => {
        const rule = {startMs: START + HOUR, endMs: START + 2 * HOUR, offset: [1, 3], gain: [2, 4]} as const;
        const rows = [0, 60, 90, 120].map((i) => row(START + i * MINUTE, s(1), 10));
        await add(store, {rows, revisions: [act(5, {correction: rule})]});
        expect([...(await store.rows(all(s(1)))).value]).toEqual([21, 21, 32, 43]);
      });

      it('keeps a corrected value under a verdict, and a verdict under a correction', async () => {
        await add(store, {rows: sent(s(1)), revisions: [act(5, {correction: DRIFT})]});
        await add(store, {
          revisions: [act(6, {qc: manual, fromMs: START + 10 * MINUTE, toMs: START + 20 * MINUTE})],
        });
        const flagged = await store.rows(all(s(1)));
        expect(flagged.value[15]).toBeCloseTo(drifted(15), 12);
        expect(flagged.qc[15]! & QC_VERDICT_MASK).toBe(FLAG.fail | QC_TEST.manual);
        expect(flagged.qc[21]! & QC_VERDICT_MASK).toBe(FLAG.pass);
        await add(store, {revisions: [act(7, {correction: {...DRIFT, offset: [1, 1]}})]});
        const again = await store.rows(all(s(1)));
        // A later correction replaces the earlier one; both work on the value as it was stored.
        expect([again.value[15], again.value[120 - 1]]).toEqual([11, 13]);
        expect(again.qc[15]! & QC_VERDICT_MASK).toBe(FLAG.fail | QC_TEST.manual);
      });

      it('takes an act back, and takes that back', async () => {
        await add(store, {rows: sent(s(1))});
        const untouched = content(await store.rows(all(s(1))));
        const acts = [
          act(5, {qc: manual, toMs: START + HOUR}),
          act(5, {correction: DRIFT, fromMs: START + HOUR}),
          act(6, {qc: FLAG.suspect | QC_TEST.manual | QC_REVISED_BY_PERSON, toMs: START + 5 * MINUTE}),
        ];
        await add(store, {revisions: acts});
        const before = content(await store.rows(all(s(1))));
        await add(store, {revisions: [act(7, {revokes: 5})]});
        const undone = content(await store.rows(all(s(1))));
        expect(undone.value).toEqual(untouched.value);
        expect(undone.verdict.slice(6)).toEqual(untouched.verdict.slice(6));
        expect(undone.verdict[0]! & 0xf).toBe(FLAG.suspect);
        await add(store, {revisions: [act(8, {revokes: 7})]});
        expect(content(await store.rows(all(s(1))))).toEqual(before);
        // What was known then: the act stands until it was taken back.
        const asOf = async (atMs: number) => content(await store.rows({...all(s(1)), asOfMs: atMs}));
        expect(await asOf(START + DAY + 4)).toEqual(untouched);
        expect(await asOf(START + DAY + 6)).toEqual(before);
        expect(await asOf(START + DAY + 7)).toEqual(undone);
        const versions = async (leastVersion: number) =>
          (await store.revisions({...all(s(1)), leastVersion})).map(({version}) => version);
        expect(await versions(0)).toEqual([5, 5, 6, 7, 8]);
        expect(await versions(6)).toEqual([6, 7, 8]);
      });

      it('shows in roll-ups, charts and the newest value, and goes from them again', async () => {
        const rows = sent(s(1));
        await add(store, {rows});
        const ask = async () => ({
          hours: await store.rollUp({...all(s(1)), bucket: 'PT1H'}),
          quarters: await store.rollUp({...all(s(1)), bucket: 'PT15M'}),
          chart: await store.series({...all(s(1)), fromMs: START, toMs: START + 2 * HOUR, points: 8}),
          newest: store.latest([s(1)]),
        });
        const untouched = await ask();
        await add(store, {
          revisions: [
            act(5, {correction: DRIFT}),
            act(6, {qc: manual, fromMs: START + 60 * MINUTE, toMs: START + 74 * MINUTE}),
          ],
        });
        const revised = await ask();
        const found = await store.rows(all(s(1)));
        expect(revised.hours).toEqual(rollUp(found, {bucketMs: HOUR}, 'mean'));
        expect(revised.quarters).toEqual(rollUp(found, {bucketMs: 15 * MINUTE}, 'mean'));
        expect(revised.hours[0]!.mean).toBeCloseTo(11 - (4 * 29.5) / 120, 9);
        expect(revised.hours[1]!.flagCounts).toEqual([45, 0, 0, 14, 1]);
        expect(revised.newest[0]!.value).toBeCloseTo(drifted(119), 12);
        expect(revised.newest[0]!.qc & QC_CORRECTED).toBe(QC_CORRECTED);
        await store.close();
        store = await open();
        expect(await ask()).toEqual(revised);
        await add(store, {revisions: [act(7, {revokes: 5}), act(8, {revokes: 6})]});
        expect(await ask()).toEqual(untouched);
        await store.close();
        store = await open();
        expect(await ask()).toEqual(untouched);
      });

      it('shows rows as they were stored, beside what is made of them', async () => {
        const rows = sent(s(1));
        await add(store, {rows, revisions: [act(5, {correction: DRIFT}), act(6, {qc: manual})]});
        const found = await store.rows({...all(s(1)), asStored: true});
        expect([...found.value]).toEqual(rows.map(({value}) => value ?? Number.NaN));
        expect([...found.qc]).toEqual(rows.map(({qc}) => qc));
        expect(await store.rollUp({...all(s(1)), bucket: 'PT15M', asStored: true})).toEqual(
          rollUp(found, {bucketMs: 15 * MINUTE}, 'mean'),
        );
        const range = {...all(s(1)), fromMs: START, toMs: START + 2 * HOUR, points: 8};
        const {points} = await store.series({...range, asStored: true});
        expect(points).toEqual(thin(found, {...range, kind: 'mean'}));
      });

      it('gives what was stored beside what is shown, row by row, whatever is asked', async () => {
        const rows = sent(s(1));
        await add(store, {
          rows,
          revisions: [
            act(5, {correction: DRIFT}),
            act(6, {qc: manual, fromMs: START + 10 * MINUTE, toMs: START + 20 * MINUTE}),
            act(7, {value: 3, qc: FLAG.suspect, fromMs: START + 70 * MINUTE, toMs: START + 70 * MINUTE}),
          ],
        });
        const plain = await store.rows(all(s(1)));
        expect([plain.storedValue, plain.storedQc]).toEqual([undefined, undefined]);
        const both = await store.rows({...all(s(1)), stored: true});
        expect(both).toEqual({...plain, storedValue: both.storedValue, storedQc: both.storedQc});
        expect([...both.storedValue!]).toEqual(rows.map(({value}) => value ?? Number.NaN));
        expect([...both.storedQc!]).toEqual(rows.map(({qc}) => qc));

        // Rows are chosen by the flag that is shown, and what was stored stays beside each of them.
        const failed = await store.rows({...all(s(1)), stored: true, flags: [FLAG.fail]});
        expect([...failed.timeMs]).toEqual(rows.slice(10, 21).map(({timeMs}) => timeMs));
        expect([...failed.storedValue!]).toEqual(rows.slice(10, 21).map(({value}) => value));
        expect([...failed.storedQc!]).toEqual(Array(11).fill(FLAG.pass));

        // In blocks, and of what was known before the last two acts.
        const asOfMs = START + DAY + 5;
        const storedValue: number[] = [];
        const value: number[] = [];
        for await (const block of store.rowBlocks({...all(s(1)), stored: true, asOfMs}, 50)) {
          expect(block.timeMs.length).toBeLessThanOrEqual(50);
          storedValue.push(...block.storedValue!);
          value.push(...block.value);
        }
        expect(storedValue).toEqual([...both.storedValue!]);
        expect(value[70]).toBeNaN();
        expect(value[15]).toBeCloseTo(drifted(15), 12);

        // Without any revision both are the same.
        const asStored = await store.rows({...all(s(1)), stored: true, asStored: true});
        expect([...asStored.value]).toEqual([...asStored.storedValue!]);
        expect([...asStored.qc]).toEqual([...asStored.storedQc!]);
      });

      it('makes the tests again on corrected values, and again when they are taken back', async () => {
        const low = Array.from({length: 60}, (_, i) => row(START + i * MINUTE, s(1), 10 + (i % 3)));
        await add(store, {rows: low});
        const range = {series: s(1), fromMs: START, toMs: START + HOUR};
        // Beyond what INFO allows: the hard range fails.
        const beyond = INFO.limits.hardRange[1] + 1;
        const rule = {startMs: START, endMs: START + HOUR, offset: [beyond, beyond], gain: [1, 1]} as const;
        await add(store, {revisions: [act(5, {correction: rule})], rechecks: [range]});
        await store.settled();
        const failed = await store.rows(all(s(1)));
        expect([...failed.qc].every((qc) => (qc & QC_TEST.grossRange) !== 0)).toBe(true);
        await add(store, {revisions: [act(6, {revokes: 5})], rechecks: [range]});
        await store.settled();
        const mended = await store.rows(all(s(1)));
        expect([...mended.value]).toEqual(low.map(({value}) => value));
        expect([...mended.qc].some((qc) => (qc & QC_TEST.grossRange) !== 0)).toBe(false);
      });
    });

    describe('quality, whatever the order of arrival', () => {
      const day = eventfulDay(0, START, 7);
      const dayOf = (series: number) => day.map((sample) => ({...sample, series}));
      const expected = checkSeries(
        {
          timeMs: day.map((sample) => sample.timeMs),
          value: day.map((sample) => sample.value ?? Number.NaN),
          qc: day.map(() => 0),
        },
        INFO.limits,
        INFO,
      );

      it('has something to find', () => {
        const found = new Set([...expected].map(flagOf));
        expect([...found].sort()).toEqual([1, 3, 4, 9]);
      });

      it('a day in order has the flags of the whole series', async () => {
        await new Stream(store).sendAll(dayOf(s(1)));
        await store.settled();
        expect(content(await store.rows(all(s(1)))).verdict).toEqual(
          [...expected].map((qc) => qc & QC_VERDICT_MASK),
        );
      });

      it.each([1, 2, 3])('a shuffled, doubled day reads the same (seed %i)', async (seed) => {
        const random = seeded(seed);
        const doubled = shuffled([...dayOf(s(1)), ...dayOf(s(1))], random).map((sample) => ({
          ...sample,
          receivedMs: START + 2 * DAY + random() * HOUR,
        }));
        const outcome = await new Stream(store).sendAll(doubled);
        expect(outcome).toEqual({stored: day.length, duplicate: day.length, conflict: 0});
        await store.settled();
        const found = await store.rows(all(s(1)));
        expect(content(found)).toEqual({
          timeMs: day.map((sample) => sample.timeMs),
          value: day.map((sample) => sample.value ?? Number.NaN),
          verdict: [...expected].map((qc) => qc & QC_VERDICT_MASK),
        });
        const whole = {...found, qc: expected};
        for (const bucketMs of [MINUTE, 15 * MINUTE, HOUR]) {
          const bucket = ({[MINUTE]: 'PT1M', [15 * MINUTE]: 'PT15M', [HOUR]: 'PT1H'} as const)[bucketMs]!;
          expect(await store.rollUp({...all(s(1)), bucket})).toEqual(rollUp(whole, {bucketMs}, 'mean'));
        }
      });

      it('goes on with rechecks after it was closed', async () => {
        const samples = shuffled(dayOf(s(1)), seeded(4));
        await new Stream(store).sendAll(samples);
        await store.close();
        store = await open();
        await store.settled();
        expect(content(await store.rows(all(s(1)))).verdict).toEqual(
          [...expected].map((qc) => qc & QC_VERDICT_MASK),
        );
      });

      it('begins none once its writer was let go, and goes on with them when it is opened again', async () => {
        await new Stream(store).sendAll(shuffled(dayOf(s(1)), seeded(4)));
        await store.settled();
        const rechecks = [{series: s(1), fromMs: START, toMs: START + DAY}];
        store.add({rows: [], revisions: [], deadLetters: [], rechecks}, () => {});
        await store.endWriting();
        await new Promise((resolve) => setTimeout(resolve, 100));
        logged.length = 0;
        await store.close();
        // nothing that would have been written is waited for
        expect(logged.filter((line) => 'level' in line && line.level !== 'info')).toEqual([]);
        store = await open();
        await store.settled();
        expect(content(await store.rows(all(s(1)))).verdict).toEqual(
          [...expected].map((qc) => qc & QC_VERDICT_MASK),
        );
      });

      it('leaves a verdict of a person alone', async () => {
        await new Stream(store).sendAll(dayOf(s(1)).slice(0, 100));
        const at = day[50]!.timeMs;
        const qc = FLAG.pass | QC_TEST.manual | QC_REVISED_BY_PERSON;
        await add(store, {
          revisions: [
            {
              series: s(1),
              fromMs: at,
              toMs: at,
              version: 9,
              value: null,
              qc,
              reason: 'seen',
              who: 'ranger',
              atMs: nowMs,
            },
          ],
          rechecks: [{series: s(1), fromMs: START, toMs: START + DAY}],
        });
        await store.settled();
        const found = await store.rows({series: s(1), fromMs: at, toMs: at + 1});
        expect(found.qc[0]! & (QC_VERDICT_MASK | QC_REVISED_BY_PERSON)).toBe(qc);
      });

      it('lets a series go that nobody knows any more', async () => {
        await add(store, {
          rows: [row(START, s(95), 1)],
          rechecks: [{series: s(95), fromMs: START, toMs: START}],
        });
        await store.settled();
        expect((await store.rows(all(s(95)))).timeMs.length).toBe(1);
      });
    });

    describe('verdicts counted', () => {
      const edges = [START + 90 * MINUTE, START + 6 * HOUR, START + 6 * HOUR + MINUTE, START + 20 * HOUR];
      /** The same from rows, one by one. */
      const fromRows = async (series: number) => {
        const counts: Record<string, number> = {};
        const found = await store.rows(all(series));
        found.timeMs.forEach((timeMs, i) => {
          const span = edges.findLastIndex((edge) => edge <= timeMs);
          if (span < 0 || span === edges.length - 1) return;
          const key = `${span} ${found.qc[i]! & QC_VERDICT_MASK}`;
          counts[key] = (counts[key] ?? 0) + 1;
        });
        return counts;
      };
      const counted = async (series: number, only?: number[]) => {
        const found = await store.verdicts({edgesMs: edges, ...(only ? {series: only} : {})});
        const counts: Record<string, number> = {};
        found.series.forEach((one, i) => {
          if (one === series) counts[`${found.span[i]} ${found.verdict[i]}`] = found.rows[i]!;
        });
        return counts;
      };
      const act = (version: number, change: object) => ({
        series: s(1),
        fromMs: START + 2 * HOUR,
        toMs: START + 7 * HOUR,
        version,
        value: null,
        qc: FLAG.fail | QC_TEST.manual | QC_REVISED_BY_PERSON,
        reason: 'stuck',
        who: 'ranger',
        atMs: START + 2 * DAY + version,
        ...change,
      });

      it('are those of the rows, as they came, under later verdicts, and when these were taken back', async () => {
        const stream = new Stream(store);
        const both = [...eventfulDay(s(1), START, 11), ...eventfulDay(s(2), START, 12)];
        await stream.sendAll(shuffled(both, seeded(13)));
        await store.settled();
        const same = async () => {
          for (const series of [s(1), s(2)]) {
            expect(await counted(series, [s(1), s(2)]), `${series - base}`).toEqual(await fromRows(series));
          }
          return await counted(s(1));
        };
        const before = await same();
        expect(Object.keys(before).length).toBeGreaterThan(4);
        await add(store, {
          revisions: [
            act(6, {}),
            act(7, {fromMs: START + 5 * HOUR, toMs: START + 5 * HOUR, qc: FLAG.pass}),
            act(8, {qc: 0, correction: {startMs: START, endMs: START + DAY, offset: [1, 1], gain: [1, 1]}}),
          ],
        });
        const manual = await same();
        expect(manual[`1 ${FLAG.fail | QC_TEST.manual}`]).toBe(1);
        expect(manual).not.toEqual(before);
        await add(store, {revisions: [act(9, {revokes: 6}), act(10, {revokes: 7})]});
        expect(await same()).toEqual(before);
      });

      it('are of the series named alone, and of none that was purged', async () => {
        await add(store, {
          rows: [row(START + 2 * HOUR, s(1), 1), row(START + 2 * HOUR, s(2), 2, FLAG.suspect)],
        });
        expect(await counted(s(1), [s(1)])).toEqual({'0 1': 1});
        expect(await counted(s(2), [s(1)])).toEqual({});
        await store.purge([s(2)]);
        expect(await counted(s(2))).toEqual({});
        expect(await counted(s(1))).toEqual({'0 1': 1});
      });
    });

    describe('charts', () => {
      const days = [0, 1, 2].flatMap((i) => eventfulDay(0, START + i * DAY, 20 + i));
      const values = {
        timeMs: days.map((sample) => sample.timeMs),
        value: days.map((sample) => sample.value ?? Number.NaN),
      };
      let qc: number[];

      // One series for all of them: none writes.
      let chart = 0;
      const whole = () => all(chart);

      beforeAll(async () => {
        chart = s(89);
        await new Stream(store).sendAll(days.map((sample) => ({...sample, series: chart})));
        await store.settled();
        qc = [...(await store.rows(whole())).qc];
      });

      it('gives each row as a point when there are no more than points', async () => {
        const range = {series: chart, fromMs: START + HOUR, toMs: START + 2 * HOUR};
        const {points, rows} = await store.series({...range, points: 100});
        expect(rows).toBe(60);
        expect(points).toEqual(thin({...values, qc}, {...range, points: 100, kind: 'mean'}));
        expect(points[0]).toMatchObject({timeMs: START + HOUR, count: 1});
      });

      it.each([{points: 10}, {points: 77}, {points: 250}, {points: 1500}])(
        'thins to at most $points points; counts and extremes are those of the rows',
        async ({points: most}) => {
          const {points, rows} = await store.series({
            ...whole(),
            fromMs: START + 1,
            toMs: START + 3 * DAY,
            points: most,
          });
          expect(points.length).toBeLessThanOrEqual(most);
          expect(rows).toBe(days.length - 1);
          expect(points.reduce((sum, point) => sum + point.count, 0)).toBe(days.length - 1);
          const present = values.value.slice(1).filter((value) => !Number.isNaN(value));
          expect(Math.min(...points.map((point) => point.min ?? Number.POSITIVE_INFINITY))).toBe(
            Math.min(...present),
          );
          expect(Math.max(...points.map((point) => point.max ?? Number.NEGATIVE_INFINITY))).toBe(
            Math.max(...present),
          );
          expect(points.some((point) => point.flag === FLAG.fail)).toBe(true);
          const times = points.map((point) => point.timeMs);
          expect(times).toEqual([...times].sort((a, b) => a - b));
          expect(times[0]).toBeGreaterThanOrEqual(START + 1);
        },
      );

      it('keeps the flags asked for', async () => {
        const {rows, points} = await store.series({...whole(), flags: [FLAG.fail], points: 2000});
        const failed = qc.filter((one) => flagOf(one) === FLAG.fail).length;
        expect(failed).toBeGreaterThan(0);
        expect(rows).toBe(failed);
        expect(points.every((point) => point.flag === FLAG.fail)).toBe(true);
      });

      it('rolls up by local days, months and rain days', async () => {
        const rows = {...values, qc};
        for (const [bucket, hour] of [
          ['P1D', 0],
          ['P1D', 8],
          ['P1M', 0],
        ] as const) {
          const boundaries = zonedBoundaries(START, START + 3 * DAY, 'Asia/Shanghai', bucket, hour);
          expect(await store.rollUp({...whole(), bucket, dayStartHour: hour})).toEqual(
            rollUp(rows, boundaries, 'mean'),
          );
        }
        const {points} = await store.series({...whole(), bucket: 'P1D', points: 100});
        // Midnight in Chongqing is 16:00 UTC.
        expect(points[0]!.timeMs).toBe(START - 8 * HOUR);
        expect(points.reduce((sum, point) => sum + point.count, 0)).toBe(days.length);
      });

      it('gives whole buckets, whoever asks', async () => {
        const [hour] = await store.rollUp({
          series: chart,
          fromMs: START + 90 * MINUTE,
          toMs: START + 91 * MINUTE,
          bucket: 'PT1H',
        });
        const wide = await store.rollUp({...whole(), bucket: 'PT1H'});
        expect(hour).toEqual(wide[1]);
      });

      it('finds gaps from the nominal interval, up to now and not before the first row', async () => {
        nowMs = START + 3 * DAY + HOUR;
        const {gaps} = await store.series({...whole(), points: 5000});
        // Each day: 15:01 to 15:24 missing (eventfulDay), a value at 15:00 and 15:25; nothing after the last
        // minute, 23:59, and 00:59 is the last that is due before 01:00.
        expect(gaps).toEqual([
          {fromMs: START + 900 * MINUTE, toMs: START + 925 * MINUTE, missing: 24},
          {fromMs: START + DAY + 900 * MINUTE, toMs: START + DAY + 925 * MINUTE, missing: 24},
          {fromMs: START + 2 * DAY + 900 * MINUTE, toMs: START + 2 * DAY + 925 * MINUTE, missing: 24},
          {fromMs: START + 3 * DAY - MINUTE, toMs: nowMs, missing: 60},
        ]);
        expect((await store.series({...whole(), points: 20})).gaps.length).toBe(4);
      });

      it('is empty where nothing is', async () => {
        expect(await store.series({...all(s(50)), points: 10})).toEqual({points: [], gaps: [], rows: 0});
        expect(await store.rollUp({...all(s(50)), bucket: 'P1D'})).toEqual([]);
        expect((await store.rows(all(s(50)))).timeMs.length).toBe(0);
      });

      it('streams the same rows in blocks', async () => {
        const blocks: number[][] = [];
        for await (const block of store.rowBlocks(whole(), 1000)) blocks.push([...block.timeMs]);
        expect(blocks.length).toBe(Math.ceil(days.length / 1000));
        expect(blocks.flat()).toEqual(values.timeMs);
        const failed: number[] = [];
        for await (const block of store.rowBlocks({...whole(), flags: [FLAG.fail]}, 500))
          failed.push(...block.qc);
        expect(failed.length).toBe(qc.filter((one) => flagOf(one) === FLAG.fail).length);
      });
    });

    describe('rows in blocks, of what was known then', () => {
      it('go on after rows that came later, in files and not', async () => {
        const LATE_MS = START + 9 * DAY;
        // Three months that are closed and one that is not; what came late is the first half, and all of the second month.
        const sent = [-90 * DAY, -60 * DAY, -30 * DAY, 9 * DAY].flatMap((fromMs, month) =>
          Array.from({length: 400}, (_, i) => {
            const timeMs = START + fromMs + i * MINUTE;
            return {
              ...row(timeMs, s(1), i),
              receivedMs: i < 200 || month === 1 ? LATE_MS + 2 * DAY : timeMs + 500,
            };
          }),
        );
        await add(store, {rows: sent});
        nowMs = START + 10 * DAY + HOUR;
        await store.compact();
        for (const asOfMs of [START - 29 * DAY, LATE_MS + DAY, LATE_MS + 3 * DAY]) {
          const blocks: number[] = [];
          for await (const block of store.rowBlocks({...all(s(1)), asOfMs}, 150))
            blocks.push(...block.timeMs);
          const known = sent.filter(({receivedMs}) => receivedMs <= asOfMs);
          expect(known.length).toBeGreaterThan(0);
          expect(blocks).toEqual(known.map(({timeMs}) => timeMs));
        }
      });
    });

    describe('values known only as a limit', () => {
      const LIMIT = QC_CENSORED_BELOW;
      /** Arsenic of Helsel's Oahu example (see the test of Kaplan-Meier), a sample an hour, and a day without any detected. */
      const OAHU = [
        ...[0.5, 0.5, 0.5, 0.6, 0.7, 0.7, 0.9, 1.5, 1.7, 2.8, 3.2].map((value) => ({value, qc: FLAG.pass})),
        ...[0.9, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2].map((value) => ({value, qc: FLAG.pass | LIMIT})),
        {value: 0.01, qc: FLAG.pass | LIMIT},
        {value: 99, qc: FLAG.fail},
      ];
      const sent = (series: number) => OAHU.map(({value, qc}, i) => row(START + i * HOUR, series, value, qc));

      it('enter no mean as a value: a day has the published one, and says how', async () => {
        await add(store, {rows: sent(s(1))});
        // UTC days of a series that nobody knows.
        await add(store, {rows: sent(s(95))});
        const days = await store.rollUp({...all(s(95)), bucket: 'P1D'});
        expect(days[0]!.mean).toBeCloseTo(0.949, 3);
        expect(days[0]).toMatchObject({
          min: 0.5,
          max: 3.2,
          count: 24,
          censored: {below: 13, above: 0, belowLimit: 2, aboveLimit: null, restFraction: 0},
        });
        expect(days[1]).toMatchObject({
          min: null,
          max: null,
          mean: null,
          count: 2,
          censored: {below: 1, belowLimit: 0.01, restFraction: 1},
        });
        const found = await store.rows(all(s(1)));
        const hours = await store.rollUp({...all(s(1)), bucket: 'PT1H'});
        expect(hours).toEqual(rollUp(found, {bucketMs: HOUR}, 'mean'));
        expect(hours.filter(({censored}) => censored !== undefined).length).toBe(14);
        const range = {...all(s(1)), fromMs: START, toMs: START + 26 * HOUR};
        for (const points of [3, 10, 100]) {
          const chart = await store.series({...range, points});
          expect(chart.points).toEqual(thin(found, {...range, points, kind: 'mean'}));
        }
        const bucketed = await store.series({...all(s(95)), bucket: 'P1D', points: 10});
        expect(bucketed.points[0]!.mean).toBe(days[0]!.mean);
      });

      it('are still none beside a minute series that has quarter hours in a tier', async () => {
        const minutes = Array.from({length: 240}, (_, i) => row(START + i * MINUTE, s(1), 5 + (i % 4)));
        await add(store, {rows: minutes});
        const plain = await store.rollUp({...all(s(1)), bucket: 'PT1H'});
        await add(store, {rows: [row(START + 30_000, s(1), 100, FLAG.pass | LIMIT)]});
        const hours = await store.rollUp({...all(s(1)), bucket: 'PT1H'});
        // A limit above all detected values tells nothing of the mean.
        expect(hours[0]!.mean).toBeCloseTo(plain[0]!.mean!, 12);
        expect(hours[0]!.censored).toMatchObject({below: 1, belowLimit: 100});
        expect(hours.slice(1)).toEqual(plain.slice(1));
      });
    });

    describe('purge', () => {
      it('takes the rows, revisions and conflicts of the series and of no other', async () => {
        const one = eventfulDay(s(1), START, 3, 200);
        const two = eventfulDay(s(2), START, 4, 200);
        const stream = new Stream(store);
        await stream.sendAll(shuffled([...one, ...two], seeded(5)));
        await add(store, {rows: [row(one[0]!.timeMs, s(1), -3), row(two[0]!.timeMs, s(2), -3)]});
        await store.settled();
        const kept = content(await store.rows(all(s(2))));
        const revisions = await store.revisions(all(s(2)));
        expect(await store.purge([s(1)])).toEqual({rows: one.length});
        const gone = async () => {
          expect((await store.rows(all(s(1)))).timeMs.length).toBe(0);
          expect(await store.revisions(all(s(1)))).toEqual([]);
          expect(store.latest([s(1)])).toEqual([]);
          expect((await store.conflicts({limit: 9, series: s(1)})).length).toBe(0);
          expect((await store.conflicts({limit: 9, series: s(2)})).length).toBe(1);
          expect(content(await store.rows(all(s(2))))).toEqual(kept);
          expect(await store.revisions(all(s(2)))).toEqual(revisions);
        };
        await gone();
        await store.close();
        store = await open();
        await gone();
        // What comes again is new.
        expect(await add(store, {rows: [row(one[0]!.timeMs, s(1), 4)]})).toMatchObject({stored: 1});
      });
    });

    it('reads on once it let its writer go, takes nothing more, and has everything when it is opened again', async () => {
      const times = Array.from({length: 50}, (_, i) => START + i * MINUTE);
      let stored = 0;
      for (const timeMs of times) {
        store.add({rows: [row(timeMs, s(1), 1)], revisions: [], deadLetters: [], rechecks: []}, (outcome) => {
          stored += outcome.stored;
        });
      }
      await store.endWriting();
      expect(stored).toBe(50);
      expect(() => store.add({rows: [], revisions: [], deadLetters: [], rechecks: []}, () => {})).toThrow(
        expect.objectContaining({code: 'store_closed'}),
      );
      await expect(
        store.documents.put([{collection: 'note', id: 'late', value: {schemaVersion: 1}}]),
      ).rejects.toThrow(expect.objectContaining({code: 'store_closed'}));
      await store.written();
      for (let read = 0; read < 2; read += 1) {
        const found: number[] = [];
        for await (const {timeMs} of store.rowBlocks(all(s(1)))) found.push(...timeMs);
        expect(found).toEqual(times);
        await store.close();
        store = await open();
      }
      expect(await add(store, {rows: [row(START, s(2), 1)]})).toMatchObject({stored: 1});
    });

    it('refuses work after close, with the reason', async () => {
      await store.close();
      expect(() => store.add({rows: [], revisions: [], deadLetters: [], rechecks: []}, () => {})).toThrow(
        /closed/,
      );
      await store.close();
    });
  });
}
