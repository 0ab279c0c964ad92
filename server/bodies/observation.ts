import {
  type Datastream,
  failedTests,
  flagOf,
  type ObservationBody,
  QC_CENSORED_ABOVE,
  QC_CENSORED_BELOW,
  QC_CORRECTED,
  QC_LATE,
  QC_TIME_SOURCE_SHIFT,
  type Registry,
  type Row,
  TIME_SOURCE,
} from '#schemas';
import {verticalDatum} from './datum.ts';
import {instant} from './instant.ts';

const TIME_SOURCES = Object.keys(TIME_SOURCE);

/** `<` or `>` of a censored value; undefined if it is not. */
export function censoring(qc: number): '<' | '>' | undefined {
  if ((qc & QC_CENSORED_BELOW) !== 0) return '<';
  return (qc & QC_CENSORED_ABOVE) !== 0 ? '>' : undefined;
}

/** Where the row's time came from: `device`, `arrival`, `network`. */
export function timeSource(qc: number): string {
  return TIME_SOURCES[(qc >> QC_TIME_SOURCE_SHIFT) & 3] ?? 'device';
}

/** A row of a datastream as `/latest` and the stream tell it. */
export function observationBody(registry: Registry, datastream: Datastream, row: Row): ObservationBody {
  const datum = verticalDatum(registry, datastream);
  const censored = censoring(row.qc);
  return {
    datastream: datastream.id,
    station: datastream.station,
    ...(datastream.device === null ? {} : {device: datastream.device}),
    element: datastream.element,
    ...(datastream.depthM === null ? {} : {depthM: datastream.depthM}),
    ...(datastream.heightM === null ? {} : {heightM: datastream.heightM}),
    instance: datastream.instance,
    statistic: datastream.statistic,
    period: datastream.period,
    phenomenonTime: instant(row.timeMs),
    result: row.value === null || Number.isNaN(row.value) ? null : row.value,
    unit: datastream.unit,
    flag: flagOf(row.qc),
    failed: failedTests(row.qc),
    ...(censored === undefined ? {} : {censored}),
    ...((row.qc & QC_CORRECTED) === 0 ? {} : {corrected: true as const}),
    received: instant(row.receivedMs),
    late: (row.qc & QC_LATE) !== 0,
    timeSource: timeSource(row.qc),
    origin: datastream.origin,
    ...(datum === null ? {} : {verticalDatum: datum}),
  };
}
