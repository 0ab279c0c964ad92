import {describe, expect, it} from 'vitest';
import {RecheckBook} from '../../../ingest/store/embedded/recheck-book.ts';

const HOUR = 3_600_000;
const stretch = (fromMs: number, toMs: number, series = 1) => ({series, fromMs, toMs});

describe('stretches to be checked again', () => {
  it('writes nothing for what is covered', () => {
    const book = new RecheckBook([stretch(0, 10)]);
    expect(book.put(stretch(3, 7))).toEqual([]);
    expect(book.put(stretch(0, 10, 2))).toEqual([{kind: 'put', interval: stretch(0, 10, 2)}]);
  });

  it('joins what touches or lies within an hour, and takes the parts away first', () => {
    const book = new RecheckBook([]);
    book.put(stretch(0, 10));
    book.put(stretch(5 * HOUR, 5 * HOUR));
    expect(book.put(stretch(HOUR + 10, 4 * HOUR))).toEqual([
      {kind: 'remove', interval: stretch(0, 10)},
      {kind: 'remove', interval: stretch(5 * HOUR, 5 * HOUR)},
      {kind: 'put', interval: stretch(0, 5 * HOUR)},
    ]);
    expect(book.size).toBe(1);
    expect(book.first()).toEqual(stretch(0, 5 * HOUR));
  });

  it('keeps apart what is far apart, and forgets what is done', () => {
    const book = new RecheckBook([stretch(0, 0), stretch(10 * HOUR, 10 * HOUR)]);
    const first = book.first()!;
    expect(book.remove(first)).toEqual([{kind: 'remove', interval: first}]);
    expect(book.first()).toEqual(stretch(10 * HOUR, 10 * HOUR));
    book.forget([1]);
    expect(book.first()).toBeUndefined();
  });

  it('takes series in turn', () => {
    const book = new RecheckBook([stretch(0, 0, 1), stretch(0, 0, 2)]);
    book.postpone(1);
    expect(book.first()!.series).toBe(2);
  });
});
