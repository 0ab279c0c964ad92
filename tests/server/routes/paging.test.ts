import fc from 'fast-check';
import {expect, it} from 'vitest';
import {nextPath, page} from '../../../server/routes/paging.ts';

it('keeps the other parameters in the path of the next page', () => {
  expect(nextPath('/api/v1/latest?element=a,b&limit=2', 'x:y')).toBe(
    '/api/v1/latest?element=a%2Cb&limit=2&after=x%3Ay',
  );
  expect(nextPath('/api/v1/latest', 'a')).toBe('/api/v1/latest?after=a');
  expect(nextPath('/l?after=a', 'b')).toBe('/l?after=b');
});

it('pages hold every item once, in order, whatever the size', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({minLength: 1, maxLength: 6})),
      fc.integer({min: 1, max: 9}),
      (ids, limit) => {
        const seen: string[] = [];
        let after: string | undefined;
        for (;;) {
          const {items, next} = page(
            ids,
            (id) => id,
            {limit, ...(after === undefined ? {} : {after})},
            '/x',
            (id) => id,
          );
          expect(items.length).toBeLessThanOrEqual(limit);
          seen.push(...items);
          if (next === undefined) break;
          after = new URL(next, 'http://localhost').searchParams.get('after')!;
        }
        expect(seen).toEqual([...ids].sort());
      },
    ),
  );
});
