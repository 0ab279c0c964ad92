/**
 * Random numbers without state: a pure function of a stream's key and a counter (a time in ms, a day, an index), so that
 * any instant has the same number however it is reached. The generator is Philox2x32-10.
 * Source: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405.
 */
const MULTIPLIER = 0xd256d193;
const WEYL = 0x9e3779b9;
const ROUNDS = 10;
const TWO_32 = 4_294_967_296;

const MULTIPLIER_LOW = MULTIPLIER & 0xffff;
const MULTIPLIER_HIGH = MULTIPLIER >>> 16;

/** High 32 bits of the product of MULTIPLIER and a 32-bit number, by halves, none of whose sums exceeds 32 bits. */
function highProduct(x: number): number {
  const low = x & 0xffff;
  const high = x >>> 16;
  const middle = (Math.imul(high, MULTIPLIER_LOW) >>> 0) + (Math.imul(low, MULTIPLIER_LOW) >>> 16);
  const other = (Math.imul(low, MULTIPLIER_HIGH) >>> 0) + (middle & 0xffff);
  return (Math.imul(high, MULTIPLIER_HIGH) + (middle >>> 16) + (other >>> 16)) | 0;
}

/** Both words of Philox2x32-10, into `out`: the counter's low and high word and the key are 32-bit. */
export function philox2x32(low: number, high: number, key: number, out: Uint32Array): void {
  let left = low;
  let right = high;
  let roundKey = key;
  for (let round = 0; round < ROUNDS; round += 1) {
    const mixed = highProduct(left >>> 0) ^ roundKey ^ right;
    right = Math.imul(left, MULTIPLIER);
    left = mixed;
    roundKey = (roundKey + WEYL) | 0;
  }
  out[0] = left;
  out[1] = right;
}

const words = new Uint32Array(2);

function fill(key: number, counter: number): void {
  // floor, so that negative counters (times before 1970) are counters of their own
  philox2x32(counter >>> 0, Math.floor(counter / TWO_32) >>> 0, key, words);
}

/** A number 0 ≤ u < 1 with 53 random bits. `counter`: a safe integer. */
export function uniformAt(key: number, counter: number): number {
  fill(key, counter);
  return ((words[0]! >>> 5) * 67_108_864 + (words[1]! >>> 6)) / 9_007_199_254_740_992;
}

/**
 * Numbers 0 ≤ u < 1 for many counters at once, without allocating: `out[i]` is `uniformAt(key, high·2³² + lows[i])`, for the first
 * `count`. `high`: a whole number 0 ≤ high < 2²¹.
 */
export function uniformsAt(
  key: number,
  high: number,
  lows: Uint32Array,
  out: Float64Array,
  count = lows.length,
): void {
  for (let i = 0; i < count; i += 1) {
    let left = lows[i]! | 0;
    let right = high | 0;
    let roundKey = key | 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const mixed = highProduct(left) ^ roundKey ^ right;
      right = Math.imul(left, MULTIPLIER);
      left = mixed;
      roundKey = (roundKey + WEYL) | 0;
    }
    out[i] = ((left >>> 5) * 67_108_864 + (right >>> 6)) / 9_007_199_254_740_992;
  }
}

/**
 * Two numbers 0 ≤ u < 1 of 32 bits for each counter, `out[2i]` and `out[2i + 1]`, from both words of one draw: half the work where so
 * many bits are enough. The rounds stand in both loops: from a function that hands two words back they take a fifth longer.
 */
export function uniformPairsAt(
  key: number,
  high: number,
  lows: Uint32Array,
  out: Float64Array,
  count = lows.length,
): void {
  for (let i = 0; i < count; i += 1) {
    let left = lows[i]! | 0;
    let right = high | 0;
    let roundKey = key | 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const mixed = highProduct(left) ^ roundKey ^ right;
      right = Math.imul(left, MULTIPLIER);
      left = mixed;
      roundKey = (roundKey + WEYL) | 0;
    }
    out[2 * i] = (left >>> 0) / TWO_32;
    out[2 * i + 1] = (right >>> 0) / TWO_32;
  }
}

/** A number strictly between 0 and 1 (for logarithms and quantiles). */
function openUniformAt(key: number, counter: number): number {
  fill(key, counter);
  return ((words[0]! >>> 5) * 67_108_864 + (words[1]! >>> 6) + 0.5) / 9_007_199_254_740_992;
}

/** A standard normal number: mean 0, standard deviation 1. */
export function normalAt(key: number, counter: number): number {
  return normalQuantile(openUniformAt(key, counter));
}

/** An exponential number with mean 1. */
export function exponentialAt(key: number, counter: number): number {
  return -Math.log(openUniformAt(key, counter));
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i -= 1) sum = sum * x + coefficients[i]!;
  return sum;
}

const CENTRAL_A = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const CENTRAL_B = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852546,
];
const MIDDLE_C = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const MIDDLE_D = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const TAIL_E = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const TAIL_F = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
];

/**
 * The standard normal quantile of 0 < p < 1, to about 1e-16 relative.
 * Source: Wichura (1988), algorithm AS 241 (PPND16), doi:10.2307/2347330.
 */
export function normalQuantile(p: number): number {
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred;
    return (centred * polynomial(CENTRAL_A, r)) / polynomial(CENTRAL_B, r);
  }
  const r = Math.sqrt(-Math.log(centred < 0 ? p : 1 - p));
  const quantile =
    r <= 5
      ? polynomial(MIDDLE_C, r - 1.6) / polynomial(MIDDLE_D, r - 1.6)
      : polynomial(TAIL_E, r - 5) / polynomial(TAIL_F, r - 5);
  return centred < 0 ? -quantile : quantile;
}
