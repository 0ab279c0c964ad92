import {
  type Correction,
  type Flag,
  failedTests,
  flagOf,
  QC_REVISED_BY_PERSON,
  type Revision,
  type RevisionBody,
} from '#schemas';
import {instant} from './instant.ts';
import {censoring} from './observation.ts';

function correctionBody({startMs, endMs, offset, gain}: Correction) {
  return {
    from: instant(startMs),
    to: instant(endMs),
    offset: [offset[0], offset[1]] as [number, number],
    gain: [gain[0], gain[1]] as [number, number],
  };
}

/** A revision as the API tells it; `revoked` are the versions of its series that were taken back. */
export function revisionBody(revision: Revision, revoked: ReadonlySet<number>): RevisionBody {
  const {version, fromMs, toMs, qc, value, correction, revokes, reason, who, atMs} = revision;
  const judges = (qc & 0xf) !== 0;
  const censored = value === null ? undefined : censoring(qc);
  return {
    version,
    from: instant(fromMs),
    to: instant(toMs + 1),
    flag: judges ? (flagOf(qc) as Flag) : null,
    failed: judges ? failedTests(qc) : [],
    value,
    ...(censored === undefined ? {} : {censored}),
    ...(correction === undefined ? {} : {correction: correctionBody(correction)}),
    ...(revokes === undefined ? {} : {revokes}),
    revoked: revoked.has(version),
    reason,
    who,
    at: instant(atMs),
    byPerson: (qc & QC_REVISED_BY_PERSON) !== 0,
  };
}
