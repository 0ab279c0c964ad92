import {expect, it} from 'vitest';
import {secchiTransparencyM} from '#model';

// by hand: lg SD = lg 2.44 − 0.662 lg NTU
it.each([
  {ntu: 1, metres: 2.44},
  {ntu: 10, metres: 0.5314},
  {ntu: 100, metres: 0.1157},
])('is $metres m at $ntu NTU', ({ntu, metres}) => {
  expect(secchiTransparencyM(ntu)).toBeCloseTo(metres, 4);
});

it.each([0, -1, Number.NaN])('has no answer for %d NTU', (ntu) => {
  expect(secchiTransparencyM(ntu)).toBeNull();
});
