import {expect, it} from 'vitest';
import {createComponents, worst, worstState} from '../../server/components.ts';

it.each([
  [['ok', 'off'], 'ok'],
  [['off', 'off'], 'ok'],
  [['ok', 'degraded', 'off'], 'degraded'],
  [['degraded', 'failed'], 'failed'],
] as const)('%j make a whole that is %s', (states, whole) => {
  expect(worst(Object.fromEntries(states.map((status, index) => [String(index), {status}])))).toBe(whole);
});

it('asks each part when somebody looks', () => {
  const components = createComponents();
  let status: 'ok' | 'failed' = 'ok';
  components.set('store', () => ({status}));
  expect(components.all()).toEqual({store: {status: 'ok'}});
  status = 'failed';
  expect(components.all()).toEqual({store: {status: 'failed'}});
});

it('one part of several is as bad as its worst, with what each says', () => {
  expect(
    worstState([
      {status: 'ok', message: 'a'},
      {status: 'degraded', message: 'b'},
    ]),
  ).toEqual({
    status: 'degraded',
    message: 'a; b',
  });
  expect(worstState([])).toEqual({status: 'off'});
});
