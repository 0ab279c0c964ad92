import {Worker} from 'node:worker_threads';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {kept, madePlan, unitOf} from './made-plan.ts';

const plan = () =>
  madePlan({
    years: 12,
    units: [unitOf(0), unitOf(1, {regenerates: true})],
    cohorts: [{unit: 0, species: 3, dbhCm: 8, heightM: 8, ageYr: 12, stemsPerHa: 150}],
  });

type Said = {member: number; indicators: Float64Array; parts: Float64Array};

function inWorker(members: number[]): Promise<Said[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./member-in-worker.ts', import.meta.url), {
      workerData: {plan: plan(), members},
    });
    const said: Said[] = [];
    worker.on('message', (message: Said) => said.push(message));
    worker.on('error', reject);
    worker.on('exit', () => resolve(said));
  });
}

it('members come out the same to the last bit in one thread and over workers, in any order', async () => {
  const [one, other] = await Promise.all([inWorker([2, 0]), inWorker([3, 1])]);
  for (const {member, indicators, parts} of [...one, ...other]) {
    const here = kept(plan(), {member}).years.at(-1)!;
    expect(indicators).toEqual(here.indicators);
    expect(parts).toEqual(here.parts);
  }
  expect(new Set([...one, ...other].map(({member}) => member)).size).toBe(4);
});

describe('where an engine rounds e^x and ln x otherwise', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  // The language leaves the last digits of these to the engine; all engines are within one unit of the last place.
  it('a member’s figures are the same to 1e-12 after a year, 1e-9 after twelve', () => {
    const before = kept(plan()).years;
    const ulp = 2 ** -53;
    let calls = 0;
    for (const name of ['exp', 'log', 'expm1', 'cbrt'] as const) {
      const exact = Math[name];
      vi.spyOn(Math, name).mockImplementation((x: number) => {
        calls += 1;
        return exact(x) * (1 + (calls % 2 === 0 ? ulp : -ulp));
      });
    }
    const after = kept(plan()).years;
    expect(calls).toBeGreaterThan(10_000);
    const furthest = (k: number) => {
      let most = 0;
      for (const [i, value] of before[k]!.indicators.entries()) {
        const other = after[k]!.indicators[i]!;
        if (Number.isNaN(value)) expect(other).toBeNaN();
        // an uptake is a small difference of large stocks
        else most = Math.max(most, Math.abs(other - value) / Math.max(1, Math.abs(value)));
      }
      return most;
    };
    expect(furthest(1)).toBeLessThan(1e-12);
    expect(furthest(12)).toBeLessThan(1e-9);
    expect(after.at(-1)!.ids).toEqual(before.at(-1)!.ids);
  });
});
