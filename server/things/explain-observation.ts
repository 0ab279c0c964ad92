import {type OpenRegistry, sourcesOf} from '#ingest';
import {contextRows, explainTests, hasCredibleTime, revisionsInForce, revokedVersions} from '#model';
import {
  type Datastream,
  deviceStatusOf,
  EcoError,
  type ExplanationBody,
  failedTests,
  flagOf,
  type LimitsInForce,
  type ObservationReader,
  QC_CORRECTED,
  QC_LATE,
  type RowColumns,
} from '#schemas';
import {limitsBody} from '../bodies/datastream.ts';
import {instant, instantOrNull} from '../bodies/instant.ts';
import {censoring, timeSource} from '../bodies/observation.ts';
import {revisionBody} from '../bodies/revision.ts';

type Reader = Pick<ObservationReader, 'rows' | 'rowBlocks' | 'revisions' | 'conflicts'>;

const HOUR_MS = 3_600_000;
const BEGINNING_MS = -8.64e15;
const END_MS = 8.64e15;
/** Conflicts of a series that are looked through, newest first. */
const MOST_CONFLICTS = 10_000;
/** Rows after it that are looked through for the next with a credible time. */
const MOST_AFTER = 100;

/** The rows around a time that decide its tests, with the row itself; oldest first. */
async function neighbourhood(
  reader: Reader,
  {series}: Datastream,
  timeMs: number,
  limits: LimitsInForce,
): Promise<RowColumns> {
  const needed = contextRows(limits);
  const usualMs = needed * (limits.intervalS === null ? HOUR_MS : limits.intervalS * 1000);
  let before: RowColumns | undefined;
  for (const fromMs of [timeMs - 1.5 * usualMs, timeMs - 20 * usualMs, BEGINNING_MS]) {
    before = await reader.rows({series, fromMs, toMs: timeMs + 1});
    let credible = 0;
    for (const qc of before.qc) if (hasCredibleTime(qc)) credible++;
    if (credible > needed) break;
  }
  let after: RowColumns | undefined;
  for await (const block of reader.rowBlocks({series, fromMs: timeMs + 1, toMs: END_MS}, MOST_AFTER)) {
    after = block;
    break;
  }
  return joined(before!, after);
}

function joined(a: RowColumns, b: RowColumns | undefined): RowColumns {
  if (b === undefined) return a;
  return {
    timeMs: Float64Array.from([...a.timeMs, ...b.timeMs]),
    value: Float64Array.from([...a.value, ...b.value]),
    qc: Int32Array.from([...a.qc, ...b.qc]),
    receivedMs: Float64Array.from([...a.receivedMs, ...b.receivedMs]),
  };
}

function verdict(rows: RowColumns, row: number) {
  const qc = rows.qc[row]!;
  const value = rows.value[row]!;
  const censored = censoring(qc);
  return {
    result: Number.isNaN(value) ? null : value,
    flag: flagOf(qc),
    failed: failedTests(qc) as string[],
    ...(censored === undefined ? {} : {censored}),
  };
}

/**
 * The whole story of one observation as far as it is kept; `unknown` says what is not.
 * @throws {EcoError} `datastream_unknown`, `observation_unknown` (404).
 */
export async function explainObservation(
  {registry, observations}: {registry: OpenRegistry; observations: Reader},
  id: string,
  timeMs: number,
): Promise<ExplanationBody> {
  const stream = registry.datastream(id);
  if (!stream) throw new EcoError('datastream_unknown', `no datastream ${id}`, 404);
  const {series} = stream;
  const only = {series, fromMs: timeMs, toMs: timeMs + 1};
  const asStored = await observations.rows({...only, asStored: true});
  if (asStored.timeMs[0] !== timeMs) {
    throw new EcoError('observation_unknown', `${id} has no observation at ${instant(timeMs)}`, 404);
  }
  const info = registry.seriesInfo(series)!;
  const {limits, companion: wind} = info;
  const [around, revisions, conflicts] = await Promise.all([
    neighbourhood(observations, stream, timeMs, limits),
    observations.revisions(only),
    observations.conflicts({series, limit: MOST_CONFLICTS}),
  ]);
  const row = around.timeMs.indexOf(timeMs);
  const companion =
    wind === null
      ? null
      : await observations.rows({series: wind, fromMs: around.timeMs[0]!, toMs: timeMs + 1});
  const receivedMs = asStored.receivedMs[0]!;
  const stories = explainTests(around, row, {receivedMs, limits, place: info, companion});
  const inForce = revisionsInForce(revisions, timeMs);
  const revoked = revokedVersions(revisions);

  const deployment = registry
    .deployments(id)
    .findLast(({fromMs, toMs}) => fromMs <= timeMs && (toMs === null || timeMs < toMs));
  const record = deployment && registry.device(deployment.device);
  const calibrations = (record?.calibrations ?? [])
    .filter(({element}) => element === null || element === stream.element)
    .map(({atMs, saidMs, ...rest}) => ({at: instant(atMs), ...rest, said: instant(saidMs), atMs}));
  const withoutMs = (found: (typeof calibrations)[number] | undefined) => {
    if (found === undefined) return null;
    const {atMs: _, ...body} = found;
    return body;
  };
  const element = registry.element(stream.element)!;
  const sources = sourcesOf(registry, stream);
  const qc = asStored.qc[0]!;
  return {
    datastream: id,
    element: stream.element,
    unit: stream.unit,
    time: instant(timeMs),
    origin: stream.origin,
    provenance: element.provenance,
    stored: {
      ...verdict(asStored, 0),
      received: instant(receivedMs),
      late: (qc & QC_LATE) !== 0,
      timeSource: timeSource(qc),
      deviceStatus: deviceStatusOf(qc),
    },
    shown: {...verdict(around, row), corrected: (around.qc[row]! & QC_CORRECTED) !== 0},
    device: deployment
      ? {
          id: deployment.device,
          model: record?.model.id ?? 'unknown',
          serial: record?.device.serial ?? null,
          origin: record?.device.origin ?? null,
        }
      : null,
    deployment: deployment
      ? {
          longitudeDeg: deployment.longitudeDeg,
          latitudeDeg: deployment.latitudeDeg,
          depthM: deployment.depthM,
          heightM: deployment.heightM,
          from: instant(deployment.fromMs),
          to: instantOrNull(deployment.toMs),
          sensor: deployment.sensor,
        }
      : null,
    calibrated: {
      before: withoutMs(calibrations.findLast(({atMs}) => atMs <= timeMs)),
      after: withoutMs(calibrations.find(({atMs}) => atMs > timeMs)),
    },
    limits: limitsBody(limits),
    tests: stories.map(({numbers, ...story}) => ({...story, numbers: readable(numbers)})),
    revisions: revisions.map((revision) => ({
      ...revisionBody(revision, revoked),
      inForce: (['verdict', 'value'] as const).filter((layer) => inForce[layer] === revision),
    })),
    conflicts: conflicts
      .filter((conflict) => conflict.timeMs === timeMs)
      .map(({kept, offered, seenMs}) => ({kept, offered, seen: instant(seenMs)})),
    derivedFrom: sources.map((source) => source.id),
    unknown: [
      'the bytes of the message: they are kept for messages that could not be understood, not for those that were',
      'the map that read a foreign payload, and the unit that was sent: rows keep the value in the catalogue unit',
      'the limits at the time of the first verdict: those shown are in force now',
      ...(deployment ? [] : ['the device: no deployment covers this time, or no device measured it']),
      ...(deployment && !record ? [`the device ${deployment.device}: it was removed`] : []),
      ...(sources.length > 0 ? ['which rows of its sources counted: they may have been revised since'] : []),
      ...(conflicts.length === MOST_CONFLICTS
        ? ['conflicts older than the newest 10,000 of the series']
        : []),
    ],
  };
}

/** Numbers of a test as they are told: times as text. */
function readable(numbers: Record<string, number | string | null>): Record<string, number | string | null> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) =>
      name.endsWith('Ms') && typeof value === 'number' ? [name.slice(0, -2), instant(value)] : [name, value],
    ),
  );
}
