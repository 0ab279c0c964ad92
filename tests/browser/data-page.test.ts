import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  getJson,
  type RunningServer,
  startProduct,
  temporaryFolder,
  until,
} from '../integration/running-server.ts';
import {type OpenedPage, openPage} from './open-page.ts';
import {expectSound} from './page-faults.ts';

const SIZES = {phone: {width: 390, height: 844}, desktop: {width: 1440, height: 900}} as const;
const VIEWS = ['quality', 'elements', 'stations', 'devices', 'series', 'letters', 'storage', 'download'];
const PROBE = 'page-probe';
/** 48 quarter hours, the newest a quarter of an hour ago: one spike beyond all limits, one message that is no JSON. */
const ROWS = 48;
const FAILED_AT = 30;

const folder = temporaryFolder('data-page');
let server: RunningServer;
let authorization: string;

async function send(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  return await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {'content-type': 'application/json', ...headers},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

beforeAll(async () => {
  server = await startProduct({dataDir: folder.path, env: {ECO_FLEET: 'off'}});
  const {items} = await getJson<{items: {origin: {longitudeDeg: number; latitudeDeg: number}}[]}>(
    `${server.url}/api/v1/sites`,
  );
  const {longitudeDeg, latitudeDeg} = items[0]!.origin;
  const added = await send('POST', '/devices', {
    id: PROBE,
    model: 'generic-json',
    longitudeDeg,
    latitudeDeg,
    intervalS: 900,
    name: {en: 'Page probe', zh: '页面探头'},
  });
  const {username, password} = (await added.json()) as {username: string; password: string};
  authorization = `Basic ${btoa(`${username}:${password}`)}`;
  const nowMs = Date.now();
  const readings = Array.from({length: ROWS}, (_, i) => ({
    time: new Date(nowMs - (ROWS - i) * 900_000).toISOString(),
    readings: {
      soil_moisture: i === FAILED_AT ? 0.95 : Math.round((0.3 + 0.02 * Math.sin(i / 3)) * 1e4) / 1e4,
    },
  }));
  expect((await send('POST', '/readings', readings, {authorization})).status).toBe(200);
  expect((await send('POST', '/readings', '{"readings":', {authorization})).status).toBe(400);
}, 120_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

async function withPage(
  path: string,
  size: {width: number; height: number},
  use: (opened: OpenedPage) => Promise<void>,
) {
  const opened = await openPage(server.url + path, size);
  try {
    await use(opened);
    expect(opened.complaints).toEqual([]);
    expect(opened.requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
  } finally {
    await opened.close();
  }
}

describe.each(['en', 'zh'])('/data in %s', (lang) => {
  it.each(Object.entries(SIZES))(
    'is sound in every part on a %s, and asks nobody else',
    async (_, size) => {
      await withPage(`/data?lang=${lang}`, size, async ({page}) => {
        for (const view of VIEWS) {
          await page.goto(`${server.url}/data?lang=${lang}&view=${view}`);
          await page.waitForSelector('main :is(table, .strips, .letters, .tiles, .download)');
          expect(await page.evaluate(() => document.documentElement.lang)).toBe(
            lang === 'zh' ? 'zh-CN' : 'en',
          );
          await expectSound(page, `${view} ${lang} ${size.width}`);
        }
        const deep = [
          `view=quality&datastream=${PROBE}:soil_moisture:point`,
          `view=devices&device=${PROBE}`,
          'view=elements&q=nothing-is-called-so',
        ];
        for (const query of deep) {
          await page.goto(`${server.url}/data?lang=${lang}&${query}`);
          await page.waitForSelector('main :is(.heat, .device-card, .empty)');
          await expectSound(page, `${query} ${lang} ${size.width}`);
        }
      });
    },
    180_000,
  );
});

describe('/data', () => {
  it('shows what the tests said of the rows that were sent, in numbers and by name', async () => {
    await withPage(`/data?lang=en&datastream=${PROBE}:soil_moisture:point`, SIZES.desktop, async ({page}) => {
      const total = page.locator('.heat tbody tr').first();
      await total.waitFor();
      const cells = await total.locator('th, td').allTextContents();
      // Catalogue: hard range 0 to 0.7; one of 48 rows is beyond it.
      expect(cells[0]).toBe('All weeks');
      expect(cells[1]).toMatch(/^48 \/ 4\d$/);
      const heads = await page.locator('.heat thead th').allTextContents();
      const at = (name: string) => cells[heads.findIndex((head) => head.startsWith(name))];
      expect(at('outside physical limits')).toBe('97.9 %');
      expect(at('impossible time')).toBe('100 %');
      expect(at('missing')).toBe('—');
      await page.getByRole('link', {name: 'All series'}).click();
      await page.waitForSelector('.strips');
      expect(await page.getByRole('img', {name: /^Volumetric soil water, Page probe/}).count()).toBe(1);
      expect(new URL(page.url()).searchParams.get('datastream')).toBeNull();
      await page.goBack();
      await page.waitForSelector('.heat');
    });
  }, 60_000);

  it('finds, sorts and keeps what was chosen in the address', async () => {
    await withPage('/data?lang=en&view=elements', SIZES.desktop, async ({page}) => {
      await page.waitForSelector('tbody tr');
      expect(await page.locator('tbody tr').count()).toBe(54);
      await page.getByRole('searchbox', {name: 'Search'}).fill('nitrogen');
      const falling = ['Total nitrogen', 'NO2', 'Available nitrogen', 'Ammonia nitrogen'];
      const names = () => page.locator('tbody tr td:first-child strong').allTextContents();
      await expect.poll(names).toEqual(['Ammonia nitrogen', 'Total nitrogen', 'Available nitrogen', 'NO2']);
      await page.getByRole('button', {name: 'Element'}).click();
      await page.getByRole('button', {name: 'Element'}).click();
      await expect.poll(names).toEqual(falling);
      expect(await page.locator('th[aria-sort="descending"]').count()).toBe(1);
      await page.reload();
      await expect.poll(names).toEqual(falling);
    });
  }, 60_000);

  it('works with the keyboard alone: from the skip link to a sorted table', async () => {
    await withPage('/data?lang=en&view=elements', SIZES.desktop, async ({page}) => {
      await page.waitForSelector('tbody tr');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => location.hash)).toBe('#content');
      const sorted = () => page.locator('th[aria-sort]').count();
      for (let tabs = 0; tabs < 30 && (await sorted()) === 0; tabs++) {
        await page.keyboard.press('Tab');
        const name = await page.evaluate(() => document.activeElement?.closest('th')?.textContent ?? '');
        if (name.startsWith('Element')) await page.keyboard.press('Enter');
      }
      expect(await sorted()).toBe(1);
    });
  }, 60_000);

  it('notes a calibration and a move, which the API then tells', async () => {
    await withPage(`/data?lang=en&view=devices&device=${PROBE}`, SIZES.phone, async ({page}) => {
      await page.getByRole('button', {name: 'Calibrate', exact: true}).click();
      const calibrate = page.getByRole('form', {name: 'Calibrate'});
      await calibrate.getByLabel('What was done and found').fill('0.31 read, 0.302 weighed');
      await calibrate.getByLabel('Who').fill('Li Na');
      await calibrate.getByRole('button', {name: 'Calibrate'}).click();
      await page.getByText('The calibration is noted.').waitFor();
      await page.getByText('0.31 read, 0.302 weighed').first().waitFor();
      await page.getByRole('button', {name: 'Move', exact: true}).click();
      const move = page.getByRole('form', {name: 'Move'});
      await move.getByLabel('Latitude').fill('29.5801');
      await move.getByLabel('Reason').fill('out of the shade');
      await move.getByRole('button', {name: 'Move'}).click();
      await page.getByText('Its new place is noted.').waitFor();
      await expectSound(page, 'device with forms');
    });
    const device = await getJson<{
      latitudeDeg: number;
      placements: {reason: string | null}[];
      calibrations: {note: string; who: string}[];
    }>(`${server.url}/api/v1/devices/${PROBE}`);
    expect(device.latitudeDeg).toBe(29.5801);
    expect(device.placements.at(-1)!.reason).toBe('out of the shade');
    expect(device.calibrations).toMatchObject([{note: '0.31 read, 0.302 weighed', who: 'Li Na'}]);
  }, 60_000);

  it('replaces a device: the password is shown once, works, and the series go on', async () => {
    let password = '';
    await withPage(`/data?lang=en&view=devices&device=${PROBE}`, SIZES.desktop, async ({page}) => {
      await page.getByRole('button', {name: 'Replace', exact: true}).click();
      const replace = page.getByRole('form', {name: 'Replace'});
      await replace.getByLabel('Id of the device that comes').fill('page-probe-2');
      await replace.getByRole('button', {name: 'Replace'}).click();
      await page.getByText('These credentials are shown this once.').waitFor();
      password = (await page.locator('.secret dd').nth(1).textContent())!;
      await page.getByRole('button', {name: 'Noted, go on'}).click();
      await page.getByText('This device was replaced').waitFor();
      expect(await page.content()).not.toContain(password);
    });
    const sent = await send(
      'POST',
      '/readings',
      {readings: {soil_moisture: 0.305}},
      {authorization: `Basic ${btoa(`page-probe-2:${password}`)}`},
    );
    expect(sent.status).toBe(200);
    const latest = await until('the value of the new device', 10_000, async () => {
      const {items} = await getJson<{items: {device: string; result: number}[]}>(
        `${server.url}/api/v1/latest?datastream=${PROBE}:soil_moisture:point`,
      );
      return items[0]?.result === 0.305 && items[0];
    });
    expect(latest.device).toBe('page-probe-2');
  }, 60_000);

  it('says what is wrong, and offers another try, where there is no such device', async () => {
    const {page, close} = await openPage(
      `${server.url}/data?lang=zh&view=devices&device=nobody`,
      SIZES.phone,
    );
    try {
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toContain('no device nobody');
      await page.getByRole('button', {name: '重试'}).waitFor();
      await expectSound(page, 'no such device');
    } finally {
      await close();
    }
  }, 60_000);

  it('gives a download whose bytes are those of the API, by the address that it shows', async () => {
    await withPage(
      `/data?lang=en&view=download&datastream=${PROBE}:soil_moisture:point&flags=4`,
      SIZES.desktop,
      async ({page}) => {
        const link = page.getByRole('link', {name: 'Download the file'});
        await link.waitFor();
        const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
        const stream = await download.createReadStream();
        let text = '';
        for await (const chunk of stream) text += String(chunk);
        const address = await page.getByLabel('Address').inputValue();
        expect(new URL(address).searchParams.get('flags')).toBe('4');
        expect(text).toBe(await (await fetch(address)).text());
        const lines = text.trim().split('\n');
        const flagAt = lines[0]!.split(',').indexOf('flag');
        expect(lines.slice(1).some((line) => line.includes('0.95'))).toBe(true);
        expect(new Set(lines.slice(1).map((line) => line.split(',')[flagAt]))).toEqual(new Set(['4']));
      },
    );
  }, 60_000);

  it('shows the bytes of a dead letter, and that a replay without a fix mends nothing', async () => {
    await withPage('/data?lang=en&view=letters', SIZES.desktop, async ({page}) => {
      await page.locator('.letter summary').first().click();
      expect(await page.locator('.letter pre').first().textContent()).toBe('{"readings":');
      await page.getByRole('button', {name: /not JSON/}).click();
      await page.getByRole('button', {name: 'Replay these 1 after the fix'}).click();
      await page.getByText('1 cannot be understood yet:').waitFor();
      await expectSound(page, 'letters after a replay');
    });
  }, 60_000);
});
