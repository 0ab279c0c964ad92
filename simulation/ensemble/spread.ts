import {BLOCK} from './draws.ts';

/** Shares of the variance between members, 0–1, together 1; `error`: standard error of `guess`. */
export type Spread = {guess: number; known: number; chance: number; error: number};

/** Blocks of four members that are needed to tell anything: with fewer even the error is unknown. */
export const LEAST_BLOCKS = 3;
/** Members of a block (by place) that share the guesses, the other parameters, and chance. */
const PAIRS = {
  guess: [
    [0, 1],
    [2, 3],
  ],
  known: [
    [0, 2],
    [1, 3],
  ],
  chance: [
    [0, 3],
    [1, 2],
  ],
} as const;
type Source = keyof typeof PAIRS;
const SOURCES = Object.keys(PAIRS) as readonly Source[];

/** By source: the variance that is left where members have it in common. */
type Left = Record<Source, number>;

function leftOf(block: readonly number[]): Left {
  const half = (pairs: readonly (readonly [number, number])[]) =>
    pairs.reduce((sum, [a, b]) => sum + (block[a]! - block[b]!) ** 2 / 2, 0) / pairs.length;
  return {guess: half(PAIRS.guess), known: half(PAIRS.known), chance: half(PAIRS.chance)};
}

function added(a: Left, b: Left, sign: 1 | -1 = 1): Left {
  const of = (source: Source) => a[source] + sign * b[source];
  return {guess: of('guess'), known: of('known'), chance: of('chance')};
}

/** Shares of the whole, none below 0; null where nothing differs. */
function sharesOf(left: Left, drawn: Readonly<Record<Source, boolean>>): Left | null {
  const all = left.guess + left.known + left.chance;
  const part = (source: Source) => (drawn[source] ? Math.max(0, all - 2 * left[source]) : 0);
  const parts = {guess: part('guess'), known: part('known'), chance: part('chance')};
  const sum = parts.guess + parts.known + parts.chance;
  if (!(sum > 0)) return null;
  return {guess: parts.guess / sum, known: parts.known / sum, chance: parts.chance / sum};
}

/**
 * How much of the variance of a result between members rests on guessed parameters G, on those with a source, and on chance. By
 * the law of total variance Var(Y) = Var(E[Y|G]) + E[Var(Y|G)]: what is left where G is the same is half the mean squared difference
 * of two results that have G in common and nothing else (Jansen 1999, doi:10.1016/S0010-4655(98)00154-4). The members of a block are
 * such pairs, for each of the three sources (`drawOf`). Where sources act one beside the other, the three rests L add up to twice
 * the variance, and G's share is (L_known + L_chance − L_guess)/(L_guess + L_known + L_chance). Where they act on each other, half
 * of what only two together bring counts for each of the three.
 *
 * Cost: no further run, but members share draws, so that their mean is as sure as that of half as many independent ones. Error: none
 * where one source is all; else it falls with the square root of the members. `error` is the jackknife over blocks (Efron & Stein
 * 1981, doi:10.1214/aos/1176345462); tests/simulation/ensemble/spread.test.ts compares it with the scatter of many ensembles.
 *
 * `byMember`: a result of each member, in order from member 0. Null where fewer than three blocks are whole or nothing differs.
 */
export function spreadOf(
  byMember: readonly number[],
  {guess, known}: {guess: boolean; known: boolean} = {guess: true, known: true},
): Spread | null {
  const blocks: number[][] = [];
  for (let from = 1; from + BLOCK <= byMember.length; from += BLOCK) {
    const block = byMember.slice(from, from + BLOCK);
    if (!block.some(Number.isNaN)) blocks.push(block);
  }
  if (blocks.length < LEAST_BLOCKS) return null;
  // What is not drawn brings nothing: here the estimate would be noise.
  const drawn = {guess, known, chance: true};
  const lefts = blocks.map(leftOf);
  const whole = lefts.reduce((a, b) => added(a, b));
  const size = Math.max(...blocks.flat().map(Math.abs));
  // Rounding alone: nothing differs.
  if (!(Math.max(...SOURCES.map((source) => whole[source])) > (1e-12 * size) ** 2)) return null;
  const shares = sharesOf(whole, drawn);
  if (shares === null) return null;
  const without = lefts.map((left) => sharesOf(added(whole, left, -1), drawn)?.guess ?? shares.guess);
  const middle = without.reduce((sum, value) => sum + value, 0) / without.length;
  const scatter = without.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return {...shares, error: Math.sqrt(((lefts.length - 1) / lefts.length) * scatter)};
}
