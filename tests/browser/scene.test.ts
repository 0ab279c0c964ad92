import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {TwinTestHook} from '../../twin-ui/hosts/test-hook.ts';
import {type RunningServer, startProduct, temporaryFolder} from '../integration/running-server.ts';
import {type OpenedPage, openPage, untilInPage} from './open-page.ts';

declare global {
  interface Window {
    __twin?: TwinTestHook;
  }
}

const SIZE = {width: 480, height: 270};
const folder = temporaryFolder('scene');
let server: RunningServer;
let opened: OpenedPage;

const twinReady = () => window.__twin?.ready;
const picture = () =>
  opened.page.evaluate(([w, h]) => window.__twin!.rgba(0, 0, w!, h!), [SIZE.width, SIZE.height]);
const stats = () => opened.page.evaluate(() => window.__twin!.stats());
const camera = () => opened.page.evaluate(() => window.__twin!.getCamera());

/** Waits until no frame has been drawn for two seconds: on a busy machine one of a flight may take longer than one. */
async function settled(): Promise<void> {
  for (let before = -1, now = (await stats()).frames; now !== before; ) {
    before = now;
    await opened.page.waitForTimeout(2000);
    now = (await stats()).frames;
  }
}

beforeAll(async () => {
  // without the fleet nothing but the test changes the picture
  server = await startProduct({dataDir: folder.path, env: {ECO_FLEET: 'off'}});
  opened = await openPage(`${server.url}/?test&lang=en`, SIZE);
  expect(await untilInPage(opened.page, 'scene', 150_000, twinReady)).toBe(true);
  await opened.page.evaluate(() => {
    window.__twin!.freeze();
    window.__twin!.setTime(Date.UTC(2026, 4, 20, 2));
    window.__twin!.setWaterLevel(170);
  });
}, 260_000);

afterAll(async () => {
  await opened?.close();
  await server?.stop();
  folder.remove();
});

describe('the scene', () => {
  it('draws nothing while nothing changes', async () => {
    await settled();
    const before = (await stats()).frames;
    await opened.page.waitForTimeout(3000);
    expect((await stats()).frames).toBe(before);
  });

  it('draws the same picture twice, to the last byte, within 40 draw calls and 300,000 triangles', async () => {
    const first = await picture();
    expect(await picture()).toEqual(first);
    const {drawCalls, triangles, crowns} = await stats();
    expect(drawCalls).toBeLessThanOrEqual(40);
    expect(triangles).toBeLessThanOrEqual(300_000);
    expect(crowns.placed).toBeGreaterThan(5000);
  });

  it('comes back the same after the graphics context was lost', async () => {
    const before = await picture();
    await opened.page.evaluate(() => window.__twin!.loseContext());
    await opened.page.waitForTimeout(300);
    expect((await stats()).contextAlive).toBe(false);
    await opened.page.evaluate(() => window.__twin!.restoreContext());
    await untilInPage(opened.page, 'context', 30_000, () => window.__twin!.stats().contextAlive);
    const after = await picture();
    // shade is baked anew for the light of now; it may have been up to a third of a degree older before
    const off = after.filter((byte, i) => Math.abs(byte - before[i]!) > 4).length / after.length;
    expect(off).toBeLessThan(0.001);
  }, 90_000);

  it('hides a place behind the hill and shows one before it', async () => {
    // from the south, low: what lies on the north shore is behind the hill
    const [behind, before] = await opened.page.evaluate(() => {
      window.__twin!.camera({
        longitudeDeg: 106.716,
        latitudeDeg: 29.566,
        heightM: 240,
        headingDeg: 0,
        pitchDeg: -3,
      });
      return [window.__twin!.project(106.716, 29.5865), window.__twin!.project(106.716, 29.5745)];
    });
    expect(behind?.occluded).toBe(true);
    expect(before?.occluded).toBe(false);
  });

  it('picks what it projected', async () => {
    const [at, hit] = await opened.page.evaluate(async () => {
      window.__twin!.camera({
        longitudeDeg: 106.7,
        latitudeDeg: 29.56,
        heightM: 900,
        headingDeg: 20,
        pitchDeg: -30,
      });
      const point = window.__twin!.project(106.7035, 29.5748)!;
      return [point, await window.__twin!.pick(point.x, point.y)] as const;
    });
    expect(at.occluded).toBe(false);
    expect(hit?.kind).toBe('ground');
    expect(hit?.longitudeDeg).toBeCloseTo(106.7035, 4);
    expect(hit?.latitudeDeg).toBeCloseTo(29.5748, 4);
  });

  it('goes with keys, and Home brings it back', async () => {
    const canvas = opened.page.locator('main canvas').first();
    await canvas.focus();
    await opened.page.keyboard.press('Home');
    await settled();
    const home = await camera();
    await opened.page.keyboard.down('ArrowRight');
    // Held until a frame came: on a busy machine one may take longer than any fixed time.
    await expect.poll(async () => (await camera()).longitudeDeg).toBeGreaterThan(home.longitudeDeg);
    await opened.page.keyboard.up('ArrowRight');
    await settled();
    const east = await camera();
    expect(east.longitudeDeg).toBeGreaterThan(home.longitudeDeg);
    expect(east.heightM).toBeCloseTo(home.heightM, 3);
    await opened.page.keyboard.press('Home');
    await settled();
    expect((await camera()).longitudeDeg).toBeCloseTo(home.longitudeDeg, 9);
  }, 120_000);

  it('never goes under ground or out of the world', async () => {
    const placed = await opened.page.evaluate(() => {
      window.__twin!.camera({
        longitudeDeg: 106.716,
        latitudeDeg: 29.5795,
        heightM: -50,
        headingDeg: 0,
        pitchDeg: 80,
      });
      const low = window.__twin!.getCamera();
      window.__twin!.camera({longitudeDeg: 120, latitudeDeg: 40, heightM: 1e6, headingDeg: 0, pitchDeg: -30});
      return [low, window.__twin!.getCamera()] as const;
    });
    expect(placed[0].heightM).toBeGreaterThan(240);
    expect(placed[0].pitchDeg).toBeLessThanOrEqual(12);
    expect(Math.abs(placed[1].longitudeDeg - 106.7)).toBeLessThan(0.2);
    expect(placed[1].heightM).toBeLessThan(20_000);
  });

  it('complains of nothing', () => {
    expect(opened.complaints).toEqual([]);
  });
});
