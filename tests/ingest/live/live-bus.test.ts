import {expect, it} from 'vitest';
import type {LiveEvent} from '#schemas';
import {createLiveBus} from '../../../ingest/live/index.ts';

const event: LiveEvent = {kind: 'observation', observations: []};

it('tells every listener, in their order, until it leaves', () => {
  const bus = createLiveBus();
  const heard: string[] = [];
  const leave = bus.subscribe(() => heard.push('a'));
  bus.subscribe(() => heard.push('b'));
  bus.publish(event);
  leave();
  leave();
  bus.publish(event);
  expect(heard).toEqual(['a', 'b', 'b']);
  expect(bus.listeners()).toBe(1);
});

it('lets a listener leave while it is told', () => {
  const bus = createLiveBus();
  const heard: string[] = [];
  const leave = bus.subscribe(() => {
    heard.push('once');
    leave();
  });
  bus.subscribe(() => heard.push('always'));
  bus.publish(event);
  bus.publish(event);
  expect(heard).toEqual(['once', 'always', 'always']);
});

it('does not let one that throws cost the others the event', () => {
  const errors: unknown[] = [];
  const bus = createLiveBus({onListenerError: (error) => errors.push(error)});
  const heard: string[] = [];
  bus.subscribe(() => {
    throw new Error('mine');
  });
  bus.subscribe(() => heard.push('b'));
  bus.publish(event);
  expect(heard).toEqual(['b']);
  expect(errors).toEqual([new Error('mine')]);
});
