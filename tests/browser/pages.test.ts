import {afterAll, beforeAll, expect, it} from 'vitest';
import type {TwinTestHook} from '../../twin-ui/hosts/test-hook.ts';
import {type RunningServer, startProduct, temporaryFolder} from '../integration/running-server.ts';
import {openPage, untilInPage} from './open-page.ts';

declare global {
  interface Window {
    __twin?: TwinTestHook;
  }
}

const folder = temporaryFolder('pages');
let server: RunningServer;

beforeAll(async () => {
  server = await startProduct({dataDir: folder.path, env: {ECO_FLEET: 'off'}});
}, 120_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

it('goes from the twin to another page and back, and that page never loads the scene', async () => {
  const {page, requests, complaints, close} = await openPage(`${server.url}/?test&lang=en`, {
    width: 480,
    height: 270,
  });
  try {
    // Trees are drawn by software here: nothing else is heard meanwhile.
    expect(await untilInPage(page, 'scene', 150_000, () => window.__twin?.ready)).toBe(true);
    await page.getByRole('link', {name: 'Data', exact: true}).click();
    await page.waitForURL(`${server.url}/data`);
    await page.getByRole('link', {name: 'Elements', exact: true}).click();
    await untilInPage(page, 'the elements', 30_000, () => document.querySelectorAll('tbody tr').length >= 54);
    const here = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({name}) => new URL(name).pathname),
    );
    expect(here.filter((path) => path.endsWith('.js')).length).toBeGreaterThan(0);
    expect(here.filter((path) => /three|local-host|uplot/.test(path))).toEqual([]);
    await page.getByRole('link', {name: 'Twin', exact: true}).click();
    await page.waitForURL(`${server.url}/`);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
  } finally {
    await close();
  }
}, 260_000);

it('keeps the language of a link on the pages that follow, until the reader chooses another', async () => {
  const {page, close} = await openPage(`${server.url}/data?lang=zh&view=elements`);
  const lang = () => page.evaluate(() => document.documentElement.lang);
  try {
    await page.getByRole('link', {name: '接入', exact: true}).click();
    await page.waitForURL(`${server.url}/data/connect`);
    await page.getByRole('link', {name: '等候区'}).waitFor();
    expect(await lang()).toBe('zh-CN');
    await page.goto(`${server.url}/data?lang=zh&view=elements`);
    await page.getByRole('button', {name: 'EN', exact: true}).click();
    await page.reload();
    await page.getByRole('link', {name: 'Elements', exact: true}).waitFor();
    expect(await lang()).toBe('en');
    expect(new URL(page.url()).search).toBe('?view=elements');
  } finally {
    await close();
  }
}, 120_000);

it('serves a page under its plain path, sends a slash too many there, and says so where nothing is', async () => {
  const plain = await fetch(`${server.url}/data`);
  expect(plain.status).toBe(200);
  expect(plain.headers.get('content-type')).toContain('text/html');
  const slash = await fetch(`${server.url}/data/?view=elements&q=/`, {redirect: 'manual'});
  expect(slash.status).toBe(308);
  expect(slash.headers.get('location')).toBe('/data?view=elements&q=/');
  expect((await fetch(`${server.url}/nothing`)).status).toBe(404);
});
