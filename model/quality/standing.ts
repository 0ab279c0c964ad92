import type {Revision} from '#schemas';

/**
 * Versions of one series that were taken back and not given back since. One that revokes is newer than what it revokes, so
 * that, from the newest on, each meets its own end first.
 */
export function revokedVersions(revisions: readonly Revision[]): ReadonlySet<number> {
  const revoked = new Set<number>();
  const revoking = revisions.filter((revision) => revision.revokes !== undefined);
  for (const {version, revokes} of revoking.toSorted((a, b) => b.version - a.version)) {
    if (!revoked.has(version)) revoked.add(revokes!);
  }
  return revoked;
}

/** The revisions that stand, in their order: without those taken back and without those that took them back. */
export function standingRevisions<T extends Revision>(revisions: readonly T[]): readonly T[] {
  const revoked = revokedVersions(revisions);
  return revisions.filter(({version, revokes}) => revokes === undefined && !revoked.has(version));
}

/** Whether a revision says something of the verdict (0 is no flag), and of the value. */
export function saysOf({qc, value, correction}: Revision): {verdict: boolean; value: boolean} {
  return {verdict: (qc & 0xf) !== 0, value: value !== null || correction !== undefined};
}

/** Whether `later`, made after `earlier`, counts before it: the higher version does, and among equals the later one. */
export function outranks(later: Revision, earlier: Revision): boolean {
  return later.version >= earlier.version;
}

/** The revisions in force on the row of a time, of those of its series in the order in which they were made; null: none. */
export function revisionsInForce<T extends Revision>(
  revisions: readonly T[],
  timeMs: number,
): {verdict: T | null; value: T | null} {
  const inForce: {verdict: T | null; value: T | null} = {verdict: null, value: null};
  for (const revision of standingRevisions(revisions)) {
    if (timeMs < revision.fromMs || timeMs > revision.toMs) continue;
    const says = saysOf(revision);
    for (const layer of ['verdict', 'value'] as const) {
      const held = inForce[layer];
      if (says[layer] && (held === null || outranks(revision, held))) inForce[layer] = revision;
    }
  }
  return inForce;
}
