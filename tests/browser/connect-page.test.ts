import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {chirpstackUp, DEV_EUI, thingsStackUp, UPLINKS} from '../ingest/map/network-envelopes.ts';
import {getJson, type RunningServer, startProduct, temporaryFolder} from '../integration/running-server.ts';
import {type OpenedPage, openPage} from './open-page.ts';
import {expectSound} from './page-faults.ts';

const SIZES = {phone: {width: 390, height: 844}, desktop: {width: 1440, height: 900}} as const;
/** A weather station's own bytes, and what its maker's decoder makes of them (tests/fixtures/payloads/decentlab). */
const STATION = UPLINKS[0]!;
const stated = (name: string) => (STATION.decoded[name] as {value: number}).value;

const folder = temporaryFolder('connect-page');
let server: RunningServer;
/** The bridge's token, as the page showed it. */
let token = '';

beforeAll(async () => {
  server = await startProduct({dataDir: folder.path, env: {ECO_FLEET: 'off'}});
}, 120_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

async function withPage(
  path: string,
  size: {width: number; height: number},
  use: (page: OpenedPage['page']) => Promise<void>,
) {
  const {page, requests, complaints, close} = await openPage(server.url + path, size);
  try {
    await use(page);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
    expect(requests.filter((url) => /three|local-host|uplot/.test(url))).toEqual([]);
  } finally {
    await close();
  }
}

async function hook(bridge: string, payload: unknown) {
  const answer = await fetch(`${server.url}/api/v1/hooks/${bridge}`, {
    method: 'POST',
    headers: {'content-type': 'application/json', authorization: `Bearer ${token}`},
    body: JSON.stringify(payload),
  });
  return {status: answer.status, body: (await answer.json()) as {code?: string; stored?: number}};
}

/** Cells of the row of an element in the table of decoded values. */
async function decodedRow(page: OpenedPage['page'], element: string): Promise<string[]> {
  const row = page.locator('.decoded tbody tr').filter({hasText: element}).first();
  await row.waitFor();
  return (await row.locator('td').allTextContents()).map((text) => text.trim());
}

describe('a message that is pasted', () => {
  it.each([
    ['ChirpStack v4', 'chirpstack-v4', chirpstackUp(STATION), `cs-${DEV_EUI}`],
    ['The Things Stack v3', 'the-things-stack-v3', thingsStackUp(STATION), `tts-${DEV_EUI}`],
  ])(
    'of %s is decoded by its map, and nothing is stored',
    async (_, map, payload, device) => {
      await withPage(`/data/connect?lang=en&map=${map}`, SIZES.desktop, async (page) => {
        await page.getByLabel('Message, as it came').fill(JSON.stringify(payload, null, 2));
        await page.getByRole('button', {name: 'Decode'}).click();
        const pressure = await decodedRow(page, 'Station pressure');
        // The device states Pa and kPa; the catalogue has hPa.
        expect(Number.parseFloat(pressure[1]!.replace(',', ''))).toBeCloseTo(
          stated('Atmospheric pressure') * 10,
          0,
        );
        expect(pressure[1]).toContain('hPa');
        expect(pressure[3]).toBe('pass');
        const temperature = await decodedRow(page, 'Air temperature');
        expect(Number.parseFloat(temperature[1]!)).toBeCloseTo(stated('Air temperature'), 2);
        expect(temperature[4]).toMatch(/air_temperature\.value line \d+/);
        await page.locator('.decoded').getByText(device).waitFor();
        await expectSound(page, 'decoded');
      });
      const {items} = await getJson<{items: unknown[]}>(`${server.url}/api/v1/devices?status=waiting`);
      expect(items).toEqual([]);
    },
    60_000,
  );

  it('tells the line and the reason of what it cannot read', async () => {
    const payload = {last_seen: '2026-11-22T07:00:00Z', humidity: 64.2, temperature: 'warm', pressure: 9930};
    const text = JSON.stringify(payload, null, 2);
    const line = text.split('\n').findIndex((one) => one.includes('temperature')) + 1;
    await withPage(
      '/data/connect?lang=zh&map=zigbee2mqtt&topic=zigbee2mqtt/greenhouse',
      SIZES.phone,
      async (page) => {
        await page.getByLabel('原始消息').fill(text);
        await page.getByRole('button', {name: '解读', exact: true}).click();
        const fault = page.locator('.faults li');
        await fault.waitFor();
        expect(await fault.textContent()).toContain(`第 ${line} 行`);
        expect(await fault.textContent()).toContain('a number was expected, got "warm"');
        // 9930 hPa is beyond what there is on earth: the flag says so, the value stays.
        const pressure = await decodedRow(page, '气压');
        expect(pressure[3]).toContain('不合格');
        await page.getByText('z2m-greenhouse').waitFor();
        await expectSound(page, 'decoded with faults');
      },
    );
  }, 60_000);

  it('has an example of each network that decodes without a fault', async () => {
    await withPage('/data/connect?lang=en', SIZES.desktop, async (page) => {
      for (const map of ['chirpstack-v4', 'the-things-stack-v3', 'zigbee2mqtt']) {
        await page.getByLabel('Map', {exact: true}).selectOption(map);
        await page.getByRole('button', {name: 'Put an example here'}).click();
        await page.getByRole('button', {name: 'Decode'}).click();
        await page.getByText(/^Values that would be stored: \d+\. Faults: 0\.$/).waitFor();
        expect(await page.locator('.decoded tbody tr').count()).toBeGreaterThanOrEqual(3);
      }
    });
  }, 60_000);
});

describe('a network that is connected by hand', () => {
  const OWN = 'my-field';
  /** What the field's gateway sends: names of its own, and its time where the first map does not look. */
  const message = (timeKey: string) => ({
    station: 'north',
    [timeKey]: '2026-11-22T07:00:00Z',
    soil: {vwc: 31.5, t: 64.4},
  });
  const map = (timePath: string) => ({
    schemaVersion: 1,
    id: OWN,
    name: 'Field gateway',
    device: {path: 'station'},
    devicePrefix: 'field-',
    time: {path: timePath, format: 'iso'},
    columns: [
      {path: 'soil.vwc', element: 'soil_moisture', unit: '%', depthM: 0.2},
      {path: 'soil.t', element: 'soil_temperature', unit: '[degF]', depthM: 0.2},
    ],
  });

  it('keeps a map of its own and makes a bridge, whose token is shown this once', async () => {
    await withPage('/data/connect?lang=en&map=zigbee2mqtt', SIZES.desktop, async (page) => {
      await page.getByRole('button', {name: 'Change the map'}).click();
      const draft = page.getByLabel('The map (JSON)');
      await draft.waitFor();
      expect(JSON.parse(await draft.inputValue()).id).toBe('my-zigbee2mqtt');
      await draft.fill(JSON.stringify(map('measuredAt')));
      await page.getByLabel('Message, as it came').fill(JSON.stringify(message('measuredAt')));
      await page.getByRole('button', {name: 'Decode'}).click();
      // 31.5 % by volume is 0.315 m³/m³; 64.4 °F is 18 °C.
      expect((await decodedRow(page, 'Volumetric soil water'))[1]).toBe('0.315 m³/m³');
      expect((await decodedRow(page, 'Soil temperature'))[1]).toBe('18 °C');
      await page.getByRole('button', {name: 'Save the map'}).click();
      await page.getByText(`Saved as ${OWN}`).waitFor();
      await page
        .getByRole('navigation', {name: 'Parts of this page'})
        .getByRole('link', {name: 'Bridges'})
        .click();
      const form = page.getByRole('form', {name: 'Set up a bridge'});
      await form.getByLabel('Name of the bridge').fill('field');
      await form.getByLabel('Map of its messages').selectOption(OWN);
      await form.getByRole('button', {name: 'Make it and show the token'}).click();
      await page.getByText('Bridge field is there.').waitFor();
      await expectSound(page, 'a bridge was made');
      await page.setViewportSize(SIZES.phone);
      await expectSound(page, 'a bridge was made, on a phone');
      token = (await page.locator('.secret dd').nth(3).textContent())!;
      expect(await page.locator('.secret dd').nth(0).textContent()).toBe(`${server.url}/api/v1/hooks/field`);
      const mosquitto = await page.getByRole('region', {name: 'By MQTT'}).textContent();
      expect(mosquitto).toContain(`address 127.0.0.1:${server.mqttPort}\n`);
      await page.reload();
      await page.getByText('map: my-field').waitFor();
      expect(await page.content()).not.toContain(token);
    });
  }, 60_000);

  it('lets a device in where it stands, and its readings are in the API', async () => {
    expect(await hook('field', message('measuredAt'))).toMatchObject({
      status: 422,
      body: {code: 'device_waiting'},
    });
    await withPage('/data/connect?lang=zh&view=waiting', SIZES.phone, async (page) => {
      const form = page.getByRole('form', {name: '批准 field-north 接入'});
      await form.getByLabel('经度').fill('106.7101');
      await form.getByLabel('纬度').fill('29.5802');
      await form.getByLabel('英文名称').fill('North plot');
      await form.getByLabel('中文名称').fill('北样地');
      await page.getByText('最新消息').click();
      await expectSound(page, 'waiting room');
      await form.getByRole('button', {name: '批准接入'}).click();
      await page.getByText('北样地 已接入。').waitFor();
      await page.getByText('目前没有等候的设备').waitFor();
      await expectSound(page, 'approved');
    });
    type Item = {element: string; result: number; unit: string; phenomenonTime: string};
    const {items} = await getJson<{items: Item[]}>(`${server.url}/api/v1/latest?device=field-north`);
    expect(items.map(({element, result, unit}) => [element, Number(result.toFixed(6)), unit]).sort()).toEqual(
      [
        ['soil_moisture', 0.315, 'm3/m3'],
        ['soil_temperature', 18, 'Cel'],
      ],
    );
    expect(items[0]!.phenomenonTime).toBe('2026-11-22T07:00:00Z');
    const device = await getJson<object>(`${server.url}/api/v1/devices/field-north`);
    expect(device).toMatchObject({longitudeDeg: 106.7101, latitudeDeg: 29.5802, name: {zh: '北样地'}});
  }, 60_000);

  it('replays a dead letter after its map was mended', async () => {
    // A new firmware sends another name, and writes degrees as a text.
    const changed = {
      station: 'north',
      measuredAt: 'at eight',
      sampledAt: '2026-11-22T08:00:00Z',
      soil: {vwc: 32.5},
    };
    expect(await hook('field', changed)).toMatchObject({status: 422, body: {code: 'time_invalid'}});
    await withPage('/data?lang=en&view=letters&code=time_invalid', SIZES.desktop, async (page) => {
      await page.locator('.letter summary').first().click();
      await expectSound(page, 'an open letter');
      await page
        .getByRole('link', {name: /^Try it with a map: number \d+$/})
        .first()
        .click();
      // The letter's own message, topic and map.
      const pasted = page.getByLabel('Message, as it came');
      await expect.poll(() => pasted.inputValue()).toBe(JSON.stringify(changed));
      await expect.poll(() => page.getByLabel('Map', {exact: true}).inputValue()).toBe(OWN);
      await page.getByRole('button', {name: 'Decode'}).click();
      expect(await page.locator('.faults li').textContent()).toContain('time_invalid');
      await page.getByRole('button', {name: 'Change the map'}).click();
      await page.getByLabel('The map (JSON)').fill(JSON.stringify(map('sampledAt')));
      await page.getByRole('button', {name: 'Decode'}).click();
      expect((await decodedRow(page, 'Volumetric soil water'))[1]).toBe('0.325 m³/m³');
      await page.getByRole('button', {name: 'Save the map'}).click();
      await page.getByRole('link', {name: 'Replay what could not be understood'}).click();
      await page.waitForURL(/\/data\?view=letters/);
      await page.getByRole('button', {name: /no valid time/}).click();
      await page
        .getByRole('checkbox', {name: /^Mark number/})
        .first()
        .check();
      await page.getByRole('button', {name: 'Replay 1 marked after the fix'}).click();
      await page.getByText('1 understood now.').waitFor();
      await page.getByText('All of these were understood since.').waitFor();
      await page.getByLabel('Show those understood since').check();
      await page.getByText('understood since', {exact: true}).first().waitFor();
      await expectSound(page, 'replayed');
    });
    const {items} = await getJson<{items: {result: number; phenomenonTime: string}[]}>(
      `${server.url}/api/v1/latest?device=field-north&element=soil_moisture`,
    );
    expect(items).toMatchObject([{result: 0.325, phenomenonTime: '2026-11-22T08:00:00Z'}]);
  }, 60_000);

  it('refuses a device for good, and lets it wait again', async () => {
    const other = {station: 'stranger', sampledAt: '2026-11-22T08:00:00Z', soil: {vwc: 12}};
    await hook('field', other);
    await withPage('/data/connect?lang=en&view=waiting', SIZES.desktop, async (page) => {
      // By keyboard alone.
      await page.getByRole('button', {name: 'Refuse', exact: true}).press('Enter');
      const form = page.getByRole('form', {name: 'Refuse field-stranger'});
      expect(await form.getByLabel('Reason').evaluate((field) => field === document.activeElement)).toBe(
        true,
      );
      await page.keyboard.press('Escape');
      expect(await form.count()).toBe(0);
      await page.keyboard.press('Enter');
      await page.keyboard.type('of the farm next door');
      await form.getByLabel('Who').fill('Lin');
      await expectSound(page, 'refusing');
      await page.keyboard.press('Enter');
      await page.getByText('Nobody waits.').waitFor();
      await page.getByText('field-stranger is refused.').waitFor();
      expect(await hook('field', other)).toMatchObject({status: 200, body: {stored: 0}});
      await page.getByRole('button', {name: 'Look again'}).click();
      await page.getByText('Refused devices: 1').click();
      await page.getByText('Nobody waits.').waitFor();
      const refused = page.locator('.refused li');
      expect(await refused.textContent()).toMatch(/field-stranger.*Lin, .*of the farm next door/);
      await expectSound(page, 'refused');
      await page.setViewportSize(SIZES.phone);
      await expectSound(page, 'refused, on a phone');
      await page.getByRole('button', {name: 'Let it wait again: field-stranger'}).press('Enter');
      await page.getByText('field-stranger waits again.').waitFor();
      await page.getByRole('form', {name: 'Let field-stranger in'}).waitFor();
      expect(await page.locator('.refused').count()).toBe(0);
    });
  }, 60_000);

  it.each(['en', 'zh'].flatMap((lang) => Object.entries(SIZES).map(([name, size]) => ({lang, name, size}))))(
    'is sound in every part, in $lang on a $name',
    async ({lang, size}) => {
      await withPage(`/data/connect?lang=${lang}`, size, async (page) => {
        for (const view of ['paste', 'waiting', 'bridges']) {
          await page.goto(`${server.url}/data/connect?lang=${lang}&view=${view}`);
          await page.waitForSelector('main :is(.paste, .card-flat, .form)');
          expect(await page.evaluate(() => document.documentElement.lang)).toBe(
            lang === 'zh' ? 'zh-CN' : 'en',
          );
          await expectSound(page, `${view} ${lang} ${size.width}`);
        }
      });
    },
    60_000,
  );
});
