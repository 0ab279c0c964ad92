import {BLOCK} from './draws.ts';

/** Shares of the variance between members, 0–1; `error`: standard error of `guess`. */
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
type Shares = Record<Source, number>;
/** Of values less a common one: sum, sum of squares, and by source the products of members that share it. */
type Sums = {blocks: number; sum: number; squares: number; products: Shares};

function sumsOf(block: readonly number[]): Sums {
  const products = (pairs: readonly (readonly [number, number])[]) =>
    pairs.reduce((sum, [a, b]) => sum + block[a]! * block[b]!, 0) / pairs.length;
  return {
    blocks: 1,
    sum: block.reduce((sum, value) => sum + value, 0),
    squares: block.reduce((sum, value) => sum + value * value, 0),
    products: {guess: products(PAIRS.guess), known: products(PAIRS.known), chance: products(PAIRS.chance)},
  };
}

/** Sums of two lots; `sign` −1: of the first without the second. */
function together(a: Sums, b: Sums, sign: 1 | -1 = 1): Sums {
  const product = (source: Source) => a.products[source] + sign * b.products[source];
  return {
    blocks: a.blocks + sign * b.blocks,
    sum: a.sum + sign * b.sum,
    squares: a.squares + sign * b.squares,
    products: {guess: product('guess'), known: product('known'), chance: product('chance')},
  };
}

/**
 * Correlations of members that share a source. The mean of all members varies by V/(2 blocks), each source having two draws a block,
 * which is added back to variance and covariances.
 */
function sharesOf({blocks, sum, squares, products}: Sums): Shares {
  const mean = sum / (BLOCK * blocks);
  const variance = (squares / (BLOCK * blocks) - mean * mean) / (1 - 1 / (2 * blocks));
  const share = (source: Source) => (products[source] / blocks - mean * mean) / variance + 1 / (2 * blocks);
  return {guess: share('guess'), known: share('known'), chance: share('chance')};
}

/**
 * How much of the variance of a result between members rests on guessed parameters, on those with a source, and on chance. By the
 * law of total variance Var(Y) = Var(E[Y|G]) + E[Var(Y|G)]: the first term over the whole is the first-order index of the group G
 * (Sobol' 2001, doi:10.1016/S0378-4754(00)00270-6), and it is the correlation of two results that have G in common and nothing else
 * (Janon et al. 2014, doi:10.1051/ps/2013040, equation 6). The members of a block are such pairs (`drawOf`). What is left to 1 are
 * interactions.
 *
 * Cost: no further run, but members share draws, so that their mean is as sure as that of half as many independent ones. Error: about
 * (1 − share²)/√(pairs); two pairs a block, so 0.18 at a share of 0 and 0.14 at 0.5 with 64 members, half of it with 256. `error`
 * is the jackknife over blocks (Efron & Stein 1981).
 *
 * `byMember`: a result of each member, in order from member 0. Null where fewer than three blocks are whole or nothing differs.
 */
export function spreadOf(
  byMember: readonly number[],
  drawn: {guess: boolean; known: boolean} = {guess: true, known: true},
): Spread | null {
  const blocks: number[][] = [];
  for (let from = 1; from + BLOCK <= byMember.length; from += BLOCK) {
    const block = byMember.slice(from, from + BLOCK);
    if (!block.some(Number.isNaN)) blocks.push(block);
  }
  if (blocks.length < LEAST_BLOCKS) return null;
  const all = blocks.flat();
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  // Less their mean, so that nothing is lost where they differ by little.
  const lots = blocks.map((block) => sumsOf(block.map((value) => value - mean)));
  const whole = lots.reduce((a, b) => together(a, b));
  // Rounding alone: nothing differs.
  if (!(whole.squares / all.length > (1e-12 * mean) ** 2)) return null;
  const found = sharesOf(whole);
  // What is not drawn brings nothing: here the estimate would be noise.
  if (!drawn.guess) found.guess = 0;
  if (!drawn.known) found.known = 0;
  let error = 0;
  if (drawn.guess) {
    const without = lots.map((lot) => sharesOf(together(whole, lot, -1)).guess);
    const middle = without.reduce((sum, value) => sum + value, 0) / without.length;
    const scatter = without.reduce((sum, value) => sum + (value - middle) ** 2, 0);
    error = Math.sqrt(((lots.length - 1) / lots.length) * scatter);
  }
  const inside = (share: number) => Math.min(1, Math.max(0, share));
  const shares = {guess: inside(found.guess), known: inside(found.known), chance: inside(found.chance)};
  // Parts of a whole: errors of estimation never make them more than it.
  const over = Math.max(1, shares.guess + shares.known + shares.chance);
  return {guess: shares.guess / over, known: shares.known / over, chance: shares.chance / over, error};
}
