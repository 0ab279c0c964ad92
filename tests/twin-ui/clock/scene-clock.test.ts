import {describe, expect, it} from 'vitest';
import {makeSceneClock} from '../../../twin-ui/clock/scene-clock.ts';

describe("the scene's clock", () => {
  it('follows the wall until it is held', () => {
    let wall = 1000;
    const clock = makeSceneClock(() => wall);
    wall = 5000;
    expect(clock.timeMs()).toBe(5000);
    clock.hold(42);
    wall = 9000;
    expect(clock.timeMs()).toBe(42);
    expect(clock.advance(100)).toBe(false);
    clock.goLive();
    expect(clock.timeMs()).toBe(9000);
  });

  it('plays at its speed, by what has passed and not by frames', () => {
    const clock = makeSceneClock(() => 0);
    clock.hold(0);
    clock.play(3600);
    expect(clock.advance(10)).toBe(true);
    clock.advance(26);
    clock.advance(60);
    expect(clock.timeMs()).toBe(50 * 3600);
  });

  it('resumes where it stood after a hidden tab', () => {
    const clock = makeSceneClock(() => 0);
    clock.hold(0);
    clock.play(1);
    clock.advance(0);
    clock.advance(60_000);
    expect(clock.timeMs()).toBe(100);
  });

  it('tells who listens, until they stop', () => {
    const clock = makeSceneClock(() => 0);
    const heard: number[] = [];
    const stop = clock.subscribe((t) => heard.push(t));
    clock.hold(7);
    stop();
    clock.hold(8);
    expect(heard).toEqual([7]);
  });
});
