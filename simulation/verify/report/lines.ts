import type {ProofLine} from '../judge.ts';
import {PROCESSES} from '../processes/index.ts';
import {shortNumber} from './numbers.ts';

/** The largest error of a line with its unit. */
export function worstText({worst, worstUnit}: ProofLine): string {
  if (worst === null) return 'nothing compared';
  return `${shortNumber(worst)}${worstUnit === '' ? '' : ` ${worstUnit}`}`;
}

/** A line of the proof for a terminal, and its misses below it. */
export function terminalLines(line: ProofLine): string[] {
  const verdict = line.pass ? 'pass' : 'MISS';
  const known = line.known.length === 0 ? '' : `  known misses ${line.known.length}`;
  const head = `${verdict}  ${line.case}: ${line.what}  n ${line.n}  tolerance ${line.tolerance}  worst ${worstText(line)}${known}  [${line.source}]`;
  if (line.n === 0) return [head, '      no row has a value to compare with'];
  const misses = line.misses.map(({row, quantity, expected, computed}) => {
    const wanted = expected === null ? '' : `, expected ${expected}`;
    return `      ${row}: ${quantity} is ${computed ?? 'not known'}${wanted}`;
  });
  const more = line.missCount - misses.length;
  return [head, ...misses, ...(more > 0 ? [`      and ${more} more`] : [])];
}

/** What each process reads and gives, for whoever writes a manifest. */
export function processLines(): string[] {
  return PROCESSES.flatMap(({id, title, reads, inputs, gives}) => [
    `${id}: ${title}`,
    ...Object.entries(reads).map(([role, columns]) => `  files.${role}: ${columns.join(', ')}`),
    ...Object.entries(inputs).map(([name, what]) => `  inputs.${name}: ${what}`),
    `  gives: ${gives.join(', ')}`,
    '',
  ]);
}
