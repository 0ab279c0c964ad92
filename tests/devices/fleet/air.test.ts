import {beforeAll, describe, expect, it} from 'vitest';
import {createIsland} from '#devices';
import {ELEMENTS} from '#schemas';
import {fleetSite, ISLAND_FOLDER} from '../fleet-site.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEARS = 10;
const MONTHS = Array.from({length: 12}, (_, month) => month + 1);

const site = await fleetSite(ISLAND_FOLDER);
const table = site.climate.airQuality!;
const station = site.devices.find(({model}) => model === 'D10')!;

/** Chance of ten years: a month's mean of PM2.5 has a standard error of about 6 %, of ozone's daily maximum 4 %. */
describe(`the standard air station over ${YEARS} years`, () => {
  const ofMonth = () => Array.from({length: 12}, (): number[] => []);
  const particles = ofMonth();
  const ozoneMax8h = ofMonth();
  beforeAll(() => {
    const island = createIsland({site: {...site, devices: [station], streams: []}, seed: 3});
    const cursor = island.cursor();
    const pm = island.sampler(station.id, {element: 'pm2_5'})!;
    const ozone = island.sampler(station.id, {element: 'ozone'})!;
    const {clock} = island.world;
    const first = clock.dayNumber(island.epochMs) + 1;
    for (let day = first; day < first + YEARS * 365; day++) {
      const startMs = clock.instantOf(day, 0);
      const month = new Date(day * DAY_MS).getUTCMonth();
      const hours: number[] = [];
      for (let hour = 0; hour < 24; hour++) {
        cursor.seek(startMs + (hour + 0.5) * HOUR_MS);
        particles[month]!.push(pm(cursor));
        hours.push(ozone(cursor));
      }
      const means = Array.from({length: 17}, (_, k) => mean(hours.slice(k, k + 8)));
      ozoneMax8h[month]!.push(Math.max(...means));
    }
  });

  it.each(MONTHS)(
    'month %i: PM2.5 within 25 %, the highest 8 h of ozone within 20 % of the table',
    (month) => {
      expect(Math.abs(mean(particles[month - 1]!) / table.pm25UgPerM3![month - 1]! - 1)).toBeLessThan(0.25);
      expect(Math.abs(mean(ozoneMax8h[month - 1]!) / table.ozoneMax8hUgPerM3![month - 1]! - 1)).toBeLessThan(
        0.2,
      );
    },
  );

  it('PM2.5 keeps its usual range: one hour in a hundred lies above it, not one in ten', () => {
    const all = Float64Array.from(particles.flat()).sort();
    const usual = ELEMENTS.pm2_5.usualRange[1];
    expect(all[Math.floor(0.99 * all.length)]!).toBeLessThan(usual * 1.1);
    expect(all.at(-1)!).toBeLessThan(ELEMENTS.pm2_5.suspectRange[1]);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
