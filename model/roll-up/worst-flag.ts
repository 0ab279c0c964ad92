import {FLAG, FLAGS, type Flag} from '#schemas';

/** Place of a flag in FLAGS' order (1, 2, 3, 4, 9). */
export function flagIndex(flag: number): number {
  const index = FLAGS.indexOf(flag as Flag);
  if (index < 0) throw new RangeError(`expected a flag of ${FLAGS.join(', ')}, got ${flag}`);
  return index;
}

/**
 * The flag that a bucket shows, from its rows by flag (in FLAGS' order): 4 > 3 > 1 > 2 among rows with a value; 9 only
 * when no row has one. One missing value among sixty does not make an hour missing.
 */
export function worstFlag(flagCounts: ArrayLike<number>): Flag {
  const [pass, notEvaluated, suspect, fail] = [
    flagCounts[0]!,
    flagCounts[1]!,
    flagCounts[2]!,
    flagCounts[3]!,
  ];
  if (fail > 0) return FLAG.fail;
  if (suspect > 0) return FLAG.suspect;
  if (pass > 0) return FLAG.pass;
  return notEvaluated > 0 ? FLAG.notEvaluated : FLAG.missing;
}
