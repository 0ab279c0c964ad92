import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {TwinTestHook} from '../../twin-ui/hosts/test-hook.ts';
import {
  getJson,
  type RunningServer,
  startProduct,
  temporaryFolder,
  until,
} from '../integration/running-server.ts';
import {findProgram} from '../needs.ts';
import {type OpenedPage, openPage, untilInPage} from './open-page.ts';

declare global {
  interface Window {
    __twin?: TwinTestHook;
  }
}

const folder = temporaryFolder('twin');
let server: RunningServer;
let opened: OpenedPage;

type Station = {id: string; longitudeDeg: number; latitudeDeg: number; groundM: number | null};
type Rgba = [number, number, number, number];

const twinReady = () => window.__twin?.ready;
/** Small: every pixel is drawn by software here. */
const SIZE = {width: 560, height: 400};

/** Mean colour of a square of the picture. */
async function colourAt(x: number, y: number, size = 6): Promise<Rgba> {
  const bytes = await opened.page.evaluate(
    ([px, py, n]) => window.__twin!.rgba(px!, py!, n!, n!),
    [x, y, size],
  );
  const sum = [0, 0, 0, 0];
  for (const [i, byte] of bytes.entries()) sum[i % 4]! += byte;
  return sum.map((value) => value / (bytes.length / 4)) as Rgba;
}

/** The whole picture, coarsely, to see what a change moves. */
const wholePicture = () =>
  opened.page.evaluate(([w, h]) => window.__twin!.rgba(0, 0, w!, h!), [SIZE.width, SIZE.height]);

function share(before: number[], after: number[], rows: [number, number] = [0, SIZE.height]): number {
  let moved = 0;
  const [from, to] = rows.map((row) => row * SIZE.width * 4) as [number, number];
  for (let i = from; i < to; i += 4) {
    if (
      Math.abs(before[i]! - after[i]!) +
        Math.abs(before[i + 1]! - after[i + 1]!) +
        Math.abs(before[i + 2]! - after[i + 2]!) >
      12
    )
      moved += 1;
  }
  return moved / ((to - from) / 4);
}

beforeAll(async () => {
  if (findProgram('chromium') === undefined)
    throw new Error('missing: chromium; `npm run services` installs it');
  server = await startProduct({dataDir: folder.path});
  opened = await openPage(`${server.url}/?test&lang=en`, SIZE);
  expect(await untilInPage(opened.page, 'scene', 150_000, twinReady)).toBe(true);
  // Noon, so that colours do not hang on when the test runs; no panel over the picture.
  await opened.page.evaluate(() => window.__twin!.freeze());
}, 260_000);

afterAll(async () => {
  await opened?.close();
  await server?.stop();
  folder.remove();
});

describe('the twin', () => {
  it('draws with a living context, every program linked, within its budget of draw calls', async () => {
    const stats = await opened.page.evaluate(() => window.__twin!.frame());
    expect(stats.contextAlive).toBe(true);
    expect(stats.failedPrograms).toBe(0);
    expect(stats.triangles).toBeGreaterThan(10_000);
    expect(stats.drawCalls).toBeLessThanOrEqual(60);
    expect(stats.terrainPatches).toBeGreaterThan(3);
  });

  it('shows sky above, ground below, and neither is one flat colour', async () => {
    await opened.page.evaluate(() => window.__twin!.setTime(Date.UTC(2026, 5, 1, 4)));
    const picture = await wholePicture();
    const colours = new Set<number>();
    for (let y = 0; y < 9; y += 1) {
      for (let x = 0; x < 16; x += 1) {
        const at =
          (Math.floor((y + 0.5) * (SIZE.height / 9)) * SIZE.width +
            Math.floor((x + 0.5) * (SIZE.width / 16))) *
          4;
        colours.add((picture[at]! >> 3) * 1024 + (picture[at + 1]! >> 3) * 32 + (picture[at + 2]! >> 3));
      }
    }
    expect(colours.size).toBeGreaterThan(30);
  });

  it('turns green with vegetation and loses it with its layer', async () => {
    const before = await wholePicture();
    await opened.page.evaluate(() => window.__twin!.layer('vegetation', false));
    const without = await wholePicture();
    await opened.page.evaluate(() => window.__twin!.layer('vegetation', true));
    const again = await wholePicture();
    expect(share(before, without)).toBeGreaterThan(0.03);
    expect(share(before, again)).toBeLessThan(0.001);
  });

  it('floods the banks when the river rises, and not the summit', async () => {
    const site = (
      await getJson<{
        items: {
          views: {
            id: string;
            longitudeDeg: number;
            latitudeDeg: number;
            heightM: number;
            headingDeg: number;
            pitchDeg: number;
          }[];
        }[];
      }>(`${server.url}/api/v1/sites`)
    ).items[0]!;
    await opened.page.evaluate((view) => window.__twin!.camera(view), site.views[0]!);
    await opened.page.evaluate(() => window.__twin!.setWaterLevel(163));
    const low = await wholePicture();
    const lowInk = await opened.page.evaluate(() => window.__twin!.pick(280, 200));
    await opened.page.evaluate(() => window.__twin!.setWaterLevel(175));
    const high = await wholePicture();
    const moved = share(low, high);
    expect(moved).toBeGreaterThan(0.01);
    expect(moved).toBeLessThan(0.7);
    // The middle of the picture is the island itself: the ground there stays.
    expect(await opened.page.evaluate(() => window.__twin!.pick(280, 200))).toEqual(lowInk);
  });

  it('has every marker where its station is: the ground picked under it lies at its coordinates', async () => {
    const stations = (await getJson<{items: Station[]}>(`${server.url}/api/v1/stations`)).items;
    const byId = new Map(stations.map((station) => [station.id, station]));
    await opened.page.waitForTimeout(500);
    const markers = await opened.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.marker')].map((marker) => {
        const [, x, y] = /translate\(([\d.-]+)px, ([\d.-]+)px\)/.exec(marker.style.transform)!;
        return {
          station: marker.dataset['station']!,
          count: Number(marker.dataset['count']),
          x: Number(x),
          y: Number(y),
        };
      }),
    );
    expect(markers.length).toBeGreaterThan(10);
    let checked = 0;
    for (const marker of markers
      .filter(({x, y}) => x > 5 && y > 5 && x < SIZE.width - 5 && y < SIZE.height - 5)
      .slice(0, 12)) {
      const station = byId.get(marker.station)!;
      const foot = await opened.page.evaluate(
        ([lon, lat]) => window.__twin!.project(lon!, lat!),
        [station.longitudeDeg, station.latitudeDeg],
      );
      expect(Math.hypot(foot!.x - marker.x, foot!.y - marker.y), marker.station).toBeLessThan(2);
      const hit = await opened.page.evaluate(([x, y]) => window.__twin!.pick(x!, y!), [foot!.x, foot!.y]);
      if (hit?.kind !== 'ground' || foot!.occluded) continue;
      const metresNorth = Math.abs(hit.latitudeDeg - station.latitudeDeg) * 111_000;
      const metresEast =
        Math.abs(hit.longitudeDeg - station.longitudeDeg) *
        111_000 *
        Math.cos((station.latitudeDeg * Math.PI) / 180);
      expect(Math.hypot(metresNorth, metresEast), marker.station).toBeLessThan(60);
      checked += 1;
    }
    expect(checked).toBeGreaterThan(2);
  });

  it('shows a value that is published now, in its label, with its unit', async () => {
    const [site] = (
      await getJson<{items: {id: string; origin: {longitudeDeg: number; latitudeDeg: number}}[]}>(
        `${server.url}/api/v1/sites`,
      )
    ).items;
    const added = await fetch(`${server.url}/api/v1/devices`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({
        id: 'browser-probe',
        model: 'generic-json',
        longitudeDeg: site!.origin.longitudeDeg,
        latitudeDeg: site!.origin.latitudeDeg,
      }),
    });
    expect(added.ok, await added.clone().text()).toBe(true);
    const {username, password} = (await added.json()) as {username: string; password: string};
    const publish = async (value: number) => {
      const answer = await fetch(`${server.url}/api/v1/readings`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${btoa(`${username}:${password}`)}`,
        },
        body: JSON.stringify({readings: {carbon_dioxide: value}}),
      });
      expect(answer.ok, await answer.text()).toBe(true);
    };
    await publish(417.5);
    const seen = await openPage(
      `${server.url}/?test&lang=en&element=carbon_dioxide&station=browser-probe`,
      SIZE,
    );
    try {
      await until('the first value', 60_000, () =>
        seen.page.evaluate(() =>
          [...document.querySelectorAll('.value-number')].some(
            (node) => node.textContent === '417.5 µmol/mol',
          ),
        ),
      );
      await publish(421.25);
      await until('the value published while the page is open', 60_000, () =>
        seen.page.evaluate(() =>
          [...document.querySelectorAll('.value-number')].some(
            (node) => node.textContent === '421.3 µmol/mol',
          ),
        ),
      );
    } finally {
      await seen.close();
    }
  });

  it('keeps to its own server and its own policy', () => {
    const origin = new URL(server.url).origin;
    expect(opened.requests.length).toBeGreaterThan(5);
    expect(opened.requests.filter((url) => !url.startsWith(origin))).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  it('has no serious fault that axe can see, in either language', async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const language of ['EN', '中文']) {
      await opened.page.getByRole('button', {name: language, exact: true}).click();
      await opened.page.evaluate(axe);
      const faults = await opened.page.evaluate(async () => {
        const {axe: tool} = window as unknown as {
          axe: {run(): Promise<{violations: {id: string; impact: string; nodes: {html: string}[]}[]}>};
        };
        return (await tool.run()).violations
          .filter(({impact}) => impact === 'serious' || impact === 'critical')
          .map(({id, nodes}) => `${id}: ${nodes[0]?.html}`);
      });
      expect(faults).toEqual([]);
    }
    expect(await opened.page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
  });

  it('paints the sky bluer than red by day', async () => {
    await opened.page.evaluate(() => window.__twin!.setTime(Date.UTC(2026, 5, 1, 4)));
    const camera = await opened.page.evaluate(() => window.__twin!.getCamera());
    await opened.page.evaluate((state) => window.__twin!.camera({...state, pitchDeg: 10}), camera);
    const [red, , blue] = await colourAt(280, 40);
    expect(blue).toBeGreaterThan(red);
  });
});
