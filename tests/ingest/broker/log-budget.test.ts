import {expect, it} from 'vitest';
import {budgetLog} from '../../../ingest/broker/log-budget.ts';

it('lets so many lines of an event through in a window, and then says how many it left out', () => {
  const lines: Record<string, unknown>[] = [];
  let nowMs = 0;
  const log = budgetLog((line) => lines.push(line), {lines: 2, windowMs: 1000, now: () => nowMs});
  for (let i = 0; i < 5; i++) log({event: 'password_wrong', i});
  log({event: 'protocol_v5', message: 'use 3.1.1'});
  nowMs = 1000;
  log({event: 'password_wrong', level: 'info', i: 9});
  expect(lines).toEqual([
    {level: 'warn', message: 'password wrong', event: 'password_wrong', i: 0},
    {level: 'warn', message: 'password wrong', event: 'password_wrong', i: 1},
    {level: 'warn', message: 'use 3.1.1', event: 'protocol_v5'},
    {level: 'warn', message: 'password wrong left out', event: 'password_wrong_left_out', lines: 3},
    {level: 'info', message: 'password wrong', event: 'password_wrong', i: 9},
  ]);
});
