import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import type {Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {TwinTestHook} from '../../twin-ui/hosts/test-hook.ts';
import {
  getJson,
  type RunningServer,
  startProduct,
  temporaryFolder,
  until,
} from '../integration/running-server.ts';
import {type OpenedPage, openPage, untilInPage} from './open-page.ts';

declare global {
  interface Window {
    __twin?: TwinTestHook;
  }
}

const ZONE = 'terrace_woodland';
const YEARS = 26;
const THINNED_IN = 2040;
const LOOK_AT = 2050;
const folder = temporaryFolder('lab');
let server: RunningServer;
const runs: Record<'baseline' | 'thinned', string> = {baseline: '', thinned: ''};

const scenario = (id: string, operations: unknown[]) => ({
  schemaVersion: 1,
  id,
  name: {en: `Test ${id}`, zh: `测试 ${id}`},
  description: {en: 'For a test.', zh: '用于测试。'},
  site: 'guangyang',
  start: {from: 'archive', date: '2026-01-01'},
  years: YEARS,
  regenerate: false,
  climate: {from: 'normals'},
  operations,
  members: 1,
  seed: 7,
});

async function post(path: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  });
}

async function started(path: string, body: unknown): Promise<{id: string}> {
  const answer = await post(path, body);
  const told = (await answer.json()) as {id: string};
  expect(answer.ok, JSON.stringify(told)).toBe(true);
  return told;
}

async function done(run: string): Promise<void> {
  await until('the run', 90_000, async () => {
    const {state} = await getJson<{state: string}>(`${server.url}/api/v1/runs/${run}`);
    return state === 'done';
  });
}

beforeAll(async () => {
  server = await startProduct({dataDir: folder.path, env: {ECO_FLEET: 'off'}});
  await started('/scenarios', scenario('test-baseline', []));
  await started(
    '/scenarios',
    scenario('test-thinned', [
      {
        kind: 'thin',
        date: `${THINNED_IN}-02-01`,
        place: {zone: ZONE},
        rule: 'proportional',
        target: {removedFraction: 0.6},
      },
    ]),
  );
  runs.baseline = (await started('/scenarios/test-baseline/runs', {})).id;
  runs.thinned = (await started('/scenarios/test-thinned/runs', {})).id;
  await done(runs.baseline);
  await done(runs.thinned);
}, 260_000);

afterAll(async () => {
  await server?.stop();
  folder.remove();
});

/** Living stems of the zone in the state that the picture shows, by the run's own table: year t begins as the one before it ended. */
async function stemsOf(run: string): Promise<number> {
  const text = await (await fetch(`${server.url}/api/v1/runs/${run}/tables/stand?format=csv`)).text();
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  const at = (name: string) => header!.split(',').indexOf(name);
  return lines
    .map((line) => line.split(','))
    .filter((cells) => cells[at('year')] === String(LOOK_AT - 1) && cells[at('zone')] === ZONE)
    .reduce((sum, cells) => sum + Number(cells[at('stems')]), 0);
}

describe('a run in the twin', () => {
  const SIZE = {width: 560, height: 420};
  /** Small: every pixel is drawn by software here. */
  const SMALL = {width: 320, height: 240};
  let opened: OpenedPage;
  const twinReady = () => window.__twin?.ready;
  const wholePicture = (page: Page) =>
    page.evaluate(([w, h]) => window.__twin!.rgba(0, 0, w!, h!), [SMALL.width, SMALL.height]);

  /** Place of the zone with most trees of the archive around it. */
  async function thickest(): Promise<readonly [number, number]> {
    const {features} = await getJson<{features: {geometry: {coordinates: [number, number]}}[]}>(
      `${server.url}/api/v1/trees?site=guangyang&zone=${ZONE}`,
    );
    const near = new Map<string, {count: number; at: [number, number]}>();
    for (const {geometry} of features) {
      const [lon, lat] = geometry.coordinates;
      const key = `${Math.floor(lon * 1000)} ${Math.floor(lat * 1000)}`;
      const cell = near.get(key) ?? {count: 0, at: [0, 0]};
      cell.count += 1;
      cell.at[0] += lon;
      cell.at[1] += lat;
      near.set(key, cell);
    }
    const {count, at} = [...near.values()].sort((a, b) => b.count - a.count)[0]!;
    return [at[0] / count, at[1] / count];
  }

  /** Share of the picture that trees cover: what changes when they are taken away. */
  async function covered(run: string): Promise<number> {
    const [longitudeDeg, latitudeDeg] = await thickest();
    opened = await openPage(`${server.url}/?test&lang=en&run=${run}&year=${LOOK_AT}`, SMALL);
    const {page} = opened;
    expect(await untilInPage(page, 'scene', 150_000, twinReady)).toBe(true);
    await untilInPage(page, 'trees', 60_000, () => window.__twin!.stats().crowns.trees > 1000);
    await page.evaluate(
      ([lon, lat]) => {
        window.__twin!.freeze();
        window.__twin!.setTime(Date.UTC(2026, 6, 1, 4));
        window.__twin!.layer('shadows', false);
        window.__twin!.camera({
          longitudeDeg: lon!,
          latitudeDeg: lat!,
          heightM: 340,
          headingDeg: 0,
          pitchDeg: -89,
        });
        window.__twin!.frame();
      },
      [longitudeDeg, latitudeDeg],
    );
    const bare = async (on: boolean) => {
      await page.evaluate((shown) => {
        window.__twin!.layer('vegetation', shown);
        window.__twin!.frame();
      }, on);
      return wholePicture(page);
    };
    const [with_, without] = [await bare(true), await bare(false)];
    let moved = 0;
    for (let i = 0; i < with_.length; i += 4) {
      const apart =
        Math.abs(with_[i]! - without[i]!) +
        Math.abs(with_[i + 1]! - without[i + 1]!) +
        Math.abs(with_[i + 2]! - without[i + 2]!);
      if (apart > 24) moved += 1;
    }
    expect(await page.locator('.playback-year').textContent()).toBe(String(LOOK_AT));
    expect(opened.complaints).toEqual([]);
    expect(opened.requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
    await opened.close();
    return moved / (with_.length / 4);
  }

  it('shows a thinned zone thinner than without, by the table and by pixels', async () => {
    const [all, left] = [await stemsOf(runs.baseline), await stemsOf(runs.thinned)];
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(0.6 * all);
    const [dense, thin] = [await covered(runs.baseline), await covered(runs.thinned)];
    expect(dense).toBeGreaterThan(0.02);
    expect(thin).toBeLessThan(0.85 * dense);
  }, 240_000);

  it('plays, steps and scrubs through its years', async () => {
    opened = await openPage(`${server.url}/?test&lang=en&run=${runs.thinned}`, SIZE);
    const {page} = opened;
    try {
      const year = async () => Number(await page.locator('.playback-year').textContent());
      await page.getByRole('button', {name: 'A year on'}).waitFor({timeout: 120_000});
      expect(await untilInPage(page, 'scene', 150_000, twinReady)).toBe(true);
      const first = await year();
      await page.getByRole('button', {name: 'A year on'}).click();
      expect(await year()).toBe(first + 1);
      await page.getByRole('button', {name: 'Play the years'}).click();
      await expect.poll(year, {timeout: 60_000}).toBeGreaterThan(first + 3);
      await page.getByRole('button', {name: 'Pause'}).click();
      const slider = page.getByRole('slider', {name: 'Year'});
      await slider.focus();
      await page.keyboard.press('End');
      expect(await year()).toBe(first + YEARS);
      expect(new URL(page.url()).searchParams.get('year')).toBe(String(first + YEARS));
      await page.getByRole('button', {name: 'Leave the simulation'}).click();
      await expect.poll(() => page.locator('.playback').count()).toBe(0);
      expect(opened.complaints).toEqual([]);
    } finally {
      await opened.close();
    }
  }, 240_000);
});

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.each([
  {lang: 'en', size: {width: 1440, height: 900}},
  {lang: 'zh', size: {width: 390, height: 844}},
])('the lab in $lang at $size.width', ({lang, size}) => {
  it('runs a scenario with progress, shows its charts beside another’s, and is clean', async () => {
    const {page, requests, complaints, close} = await openPage(
      `${server.url}/lab?lang=${lang}&run=${runs.thinned}&against=${runs.baseline}`,
      size,
    );
    try {
      await page.locator('.indicator').first().waitFor({timeout: 60_000});
      expect(await page.locator('.indicator').count()).toBeGreaterThanOrEqual(6);
      expect(await page.locator('.difference').count()).toBeGreaterThanOrEqual(6);
      const before = await page.locator('.run').count();
      const card = page.locator('.scenario').first();
      await card.locator('summary').click();
      await card.locator('input').nth(0).fill('3');
      await card.locator('input').nth(1).fill('1');
      await card.locator('.primary').click();
      await expect.poll(() => page.locator('.run').count(), {timeout: 20_000}).toBe(before + 1);
      await expect.poll(() => page.locator('.run.shown .state.done').count(), {timeout: 120_000}).toBe(1);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const axe = (window as unknown as {axe: {run(): Promise<{violations: unknown[]}>}}).axe;
        return (await axe.run()).violations;
      });
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
    } finally {
      await close();
    }
  }, 180_000);
});
