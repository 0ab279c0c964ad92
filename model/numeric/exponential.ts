/** Steps of the table of 2^(j/STEPS), a power of two. */
const STEPS = 64;
const STEPS_OVER_LN2 = STEPS / Math.LN2;
/** ln 2 in two parts, the first with so few digits that its multiples are exact. Source: W. J. Cody & W. Waite (1980), as in fdlibm. */
const STEP_HIGH = 0.6931471803691238 / STEPS;
const STEP_LOW = 1.9082149292705877e-10 / STEPS;
/** Added and taken away again, it rounds to a whole number: 1.5 · 2⁵². */
const ROUNDS = 6_755_399_441_055_744;
/** Beyond these the result is no normal number. */
const LEAST = -708;
const MOST = 709;
const FIRST_POWER = Math.floor(LEAST / Math.LN2) - 1;

const FRACTIONS = Float64Array.from({length: STEPS}, (_, j) => 2 ** (j / STEPS));
const POWERS = Float64Array.from({length: 1026 - FIRST_POWER}, (_, k) => 2 ** (k + FIRST_POWER));

/**
 * e^x, to one unit in the last place, for loops over many stems: the compiler puts it in line, which it does not do with `Math.exp`,
 * so that several are worked on at once. By a table of 2^(j/64) and a polynomial for what is left, after P. T. P. Tang (1989),
 * Table-driven implementation of the exponential function, ACM Transactions on Mathematical Software 15.
 */
export function exponential(x: number): number {
  if (!(x > LEAST && x < MOST)) return Math.exp(x);
  const whole = x * STEPS_OVER_LN2 + ROUNDS - ROUNDS;
  const left = x - whole * STEP_HIGH - whole * STEP_LOW;
  const more = left + left * left * (0.5 + left * (1 / 6 + left * (1 / 24 + left * (1 / 120))));
  const steps = whole | 0;
  const fraction = FRACTIONS[steps & (STEPS - 1)]!;
  return (fraction + fraction * more) * POWERS[(steps >> 6) - FIRST_POWER]!;
}
