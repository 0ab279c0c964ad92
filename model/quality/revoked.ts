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
