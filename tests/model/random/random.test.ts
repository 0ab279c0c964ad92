import {describe, expect, it} from 'vitest';
import {
  exponentialAt,
  hashText,
  normalAt,
  normalQuantile,
  philox2x32,
  randomKey,
  uniformAt,
  uniformPairsAt,
  uniformsAt,
} from '#model';

describe('philox2x32', () => {
  // Random123 1.14, tests/kat_vectors, "philox2x32 10"
  it.each([
    {counter: [0, 0], key: 0, words: ['ff1dae59', '6cd10df2']},
    {counter: [0xffffffff, 0xffffffff], key: 0xffffffff, words: ['2c3f628b', 'ab4fd7ad']},
    {counter: [0x243f6a88, 0x85a308d3], key: 0x13198a2e, words: ['dd7ce038', 'f62a4c12']},
  ])('gives the known answer for $counter, $key', ({counter, key, words}) => {
    const out = new Uint32Array(2);
    philox2x32(counter[0]!, counter[1]!, key, out);
    expect([...out].map((word) => word.toString(16).padStart(8, '0'))).toEqual(words);
  });
});

describe('hashText', () => {
  // Known answers of MurmurHash3_x86_32 (Wikipedia, "MurmurHash", table of test data)
  it.each([
    ['', 0x00000000, '00000000'],
    ['', 0x00000001, '514e28b7'],
    ['', 0xffffffff, '81f16f39'],
    ['test', 0x00000000, 'ba6bd213'],
    ['test', 0x9747b28c, '704b81dc'],
    ['Hello, world!', 0x00000000, 'c0363e43'],
    ['Hello, world!', 0x9747b28c, '24884cba'],
    ['The quick brown fox jumps over the lazy dog', 0x00000000, '2e4ff723'],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, '2fa826cd'],
  ])('%j with seed %i is %s', (text, seed, expected) => {
    expect(hashText(text, seed).toString(16).padStart(8, '0')).toBe(expected);
  });

  it('randomKey tells its parts apart', () => {
    const keys = [
      randomKey(1, 'a', 'bc'),
      randomKey(1, 'ab', 'c'),
      randomKey(1, 'abc'),
      randomKey(2, 'abc'),
      randomKey(1, 'a', 1),
      randomKey(1, 'a', '1'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(randomKey(1, 'd08-01', 'air_temperature')).toBe(randomKey(1, 'd08-01', 'air_temperature'));
  });
});

describe('normalQuantile', () => {
  // Wichura (1988), AS 241: check values of PPND16
  it.each([
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.26234008979841],
    [0.5, 0],
    [0.975, 1.959963984540054],
  ])('of %d is %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-15 * Math.max(1, Math.abs(z)));
  });
});

describe('numbers by key and counter', () => {
  const COUNT = 100_000;
  const key = randomKey(7, 'test');
  const counters = Array.from({length: COUNT}, (_, i) => Date.UTC(2026, 0, 1) + i * 60_000);

  it('are the same however they are reached, and others for another key or counter', () => {
    expect(uniformAt(key, 5)).toBe(uniformAt(key, 5));
    expect(uniformAt(key, 5)).not.toBe(uniformAt(key, 6));
    expect(uniformAt(key, 5)).not.toBe(uniformAt(randomKey(8, 'test'), 5));
    expect(uniformAt(key, 5)).not.toBe(uniformAt(key, 5 + 2 ** 32));
    expect(uniformAt(key, -1)).not.toBe(uniformAt(key, 2 ** 32 - 1));
  });

  it('are the same one by one and many at once', () => {
    const lows = Uint32Array.of(0, 1, 5, 2 ** 31, 2 ** 32 - 1);
    const out = new Float64Array(lows.length);
    for (const high of [0, 1, 80, 2 ** 21 - 1]) {
      uniformsAt(key, high, lows, out);
      expect([...out]).toEqual([...lows].map((low) => uniformAt(key, high * 2 ** 32 + low)));
    }
  });

  it('come in pairs of 32 bits: both words of the draw', () => {
    const lows = Uint32Array.from([0, 1, 4_294_967_295, 123_456_789]);
    const out = new Float64Array(8);
    for (const high of [0, 2024]) {
      uniformPairsAt(key, high, lows, out);
      const words = new Uint32Array(2);
      for (const [i, low] of lows.entries()) {
        philox2x32(low, high, key, words);
        expect([out[2 * i]! * 2 ** 32, out[2 * i + 1]! * 2 ** 32]).toEqual([...words]);
      }
    }
  });

  it('are spread evenly: chi-squared over 100 bins', () => {
    const bins = new Array(100).fill(0);
    for (const counter of counters) bins[Math.floor(uniformAt(key, counter) * 100)] += 1;
    const chi2 = bins.reduce((sum, count) => sum + (count - COUNT / 100) ** 2 / (COUNT / 100), 0);
    // 99 degrees of freedom: 0.1 % and 99.9 % points 60.0 and 148.2 (NIST handbook, 1.3.6.7.4)
    expect(chi2).toBeGreaterThan(60);
    expect(chi2).toBeLessThan(148.2);
  });

  it('do not follow one another: neighbours in time and in key are uncorrelated', () => {
    const other = randomKey(7, 'tesu');
    let alongTime = 0;
    let acrossKeys = 0;
    for (let i = 1; i < COUNT; i += 1) {
      const here = uniformAt(key, counters[i]!) - 0.5;
      alongTime += here * (uniformAt(key, counters[i - 1]!) - 0.5);
      acrossKeys += here * (uniformAt(other, counters[i]!) - 0.5);
    }
    // standard error of a correlation of n pairs is 1/√n
    expect(Math.abs(alongTime / COUNT / (1 / 12))).toBeLessThan(4 / Math.sqrt(COUNT));
    expect(Math.abs(acrossKeys / COUNT / (1 / 12))).toBeLessThan(4 / Math.sqrt(COUNT));
  });

  it('are normal with mean 0 and deviation 1: moments and tails', () => {
    let sum = 0;
    let squares = 0;
    let cubes = 0;
    let beyond = 0;
    for (const counter of counters) {
      const z = normalAt(key, counter);
      sum += z;
      squares += z * z;
      cubes += z * z * z;
      if (Math.abs(z) > 1.959963984540054) beyond += 1;
    }
    const error = 1 / Math.sqrt(COUNT);
    expect(Math.abs(sum / COUNT)).toBeLessThan(4 * error);
    expect(Math.abs(squares / COUNT - 1)).toBeLessThan(4 * Math.SQRT2 * error);
    expect(Math.abs(cubes / COUNT)).toBeLessThan(4 * Math.sqrt(15) * error);
    expect(Math.abs(beyond / COUNT - 0.05)).toBeLessThan(4 * Math.sqrt(0.05 * 0.95) * error);
  });

  it('are exponential with mean 1', () => {
    const mean = counters.reduce((sum, counter) => sum + exponentialAt(key, counter), 0) / COUNT;
    expect(Math.abs(mean - 1)).toBeLessThan(4 / Math.sqrt(COUNT));
  });
});
