import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import type {Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {RevisionBody, SeriesBody} from '#schemas';
import {en} from '../../twin-ui/text/revise/en.ts';
import {zh} from '../../twin-ui/text/revise/zh.ts';
import {getJson, type RunningServer, startProduct, temporaryFolder} from '../integration/running-server.ts';
import {findProgram} from '../needs.ts';
import {type OpenedPage, openPage} from './open-page.ts';

const QUARTER_MS = 900_000;
const ROWS = 90;
/** A row three days before them: no chart of 24 hours shows it. */
const EARLIER = -288;
/** A pond for each language, so that what one does cannot be what the other sees; and one that two people look at. */
const SHARED = 'pond-shared';
const PONDS = ['pond-en', 'pond-zh', SHARED];
const streamOf = (pond: string) => `${pond}:water_temperature:point`;
const folder = temporaryFolder('revise');
let server: RunningServer;
let startMs: number;
const timeOf = (row: number) => new Date(startMs + row * QUARTER_MS).toISOString();
/** A slow rise; rows 40 to 49 a degree and a half too warm, below what any test finds. */
const warmthOf = (row: number) => 18 + row / 100 + (row >= 40 && row < 50 ? 1.4 : 0);

beforeAll(async () => {
  if (findProgram('chromium') === undefined)
    throw new Error('missing: chromium; `npm run services` installs it');
  server = await startProduct({dataDir: folder.path, env: {ECO_FLEET: 'off'}});
  startMs = Math.floor(Date.now() / QUARTER_MS) * QUARTER_MS - ROWS * QUARTER_MS;
  for (const id of PONDS) {
    const added = await fetch(`${server.url}/api/v1/devices`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({
        id,
        model: 'generic-json',
        longitudeDeg: 106.71,
        latitudeDeg: 29.58,
        intervalS: 900,
      }),
    });
    const {username, password} = (await added.json()) as {username: string; password: string};
    const sent = await fetch(`${server.url}/api/v1/readings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${btoa(`${username}:${password}`)}`,
      },
      body: JSON.stringify(
        [EARLIER, ...Array(ROWS).keys()].map((row) => ({
          time: timeOf(row),
          readings: {water_temperature: Math.round(warmthOf(row) * 100) / 100},
        })),
      ),
    });
    expect(await sent.json()).toMatchObject({stored: ROWS + 1});
  }
}, 120_000);

afterAll(async () => {
  await server?.stop();
  folder.remove();
});

const flagged = async (pond: string, more = ''): Promise<number[]> => {
  const query = `datastream=${streamOf(pond)}&from=${timeOf(0)}&to=${timeOf(ROWS)}${more}`;
  const {points} = await getJson<SeriesBody>(`${server.url}/api/v1/series?${query}`);
  return points.flatMap(({flag}, row) => (flag === 4 ? [row] : []));
};
const revisions = async (pond: string) =>
  (
    await getJson<{items: RevisionBody[]}>(
      `${server.url}/api/v1/datastreams/${encodeURIComponent(streamOf(pond))}/revisions`,
    )
  ).items;

/** A page that has no WebGL: the panels are all there, and no scene is drawn beside them, which takes minutes here. */
async function open(pond: string, lang: string, size: {width: number; height: number}): Promise<OpenedPage> {
  const opened = await openPage('about:blank', size);
  await opened.page.addInitScript(() => {
    const {getContext} = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...more: []) {
      return kind.startsWith('webgl') ? null : getContext.call(this, kind, ...more);
    } as typeof getContext;
  });
  await opened.page.goto(`${server.url}/?lang=${lang}&station=${pond}&element=water_temperature`);
  await opened.page.locator('.u-over').waitFor({timeout: 60_000});
  return opened;
}
/** What a page complained of, but for the scene that it could not draw. */
const complaints = (opened: OpenedPage) => opened.complaints.filter((text) => !text.includes('WebGL'));

/** Where a row lies in the chart, which shows the last 24 hours. */
async function placeOf(page: Page, row: number): Promise<{x: number; y: number}> {
  await page.locator('.u-over').scrollIntoViewIfNeeded();
  const box = (await page.locator('.u-over').boundingBox())!;
  const share = (startMs + row * QUARTER_MS - (Date.now() - 86_400_000)) / 86_400_000;
  return {x: box.x + box.width * share, y: box.y + box.height / 2};
}

/** How many pixels of the chart have a colour, nearly. */
function pixelsOf(page: Page, [red, green, blue]: readonly [number, number, number]): Promise<number> {
  return page.evaluate(
    ([r, g, b]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.u-wrap canvas')!;
      const {data} = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let found = 0;
      for (let i = 0; i < data.length; i += 4) {
        const far = Math.max(
          Math.abs(data[i]! - r!),
          Math.abs(data[i + 1]! - g!),
          Math.abs(data[i + 2]! - b!),
        );
        if (far < 8 && data[i + 3]! > 200) found += 1;
      }
      return found;
    },
    [red, green, blue],
  );
}
const REVISED = [0x7f, 0xd1, 0xb0] as const;
const MEASURED = [0xcb, 0xc3, 0xb8] as const;
const FAIL = [0xff, 0x7a, 0x6b] as const;

async function faults(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const {axe: tool} = window as unknown as {
      axe: {
        run(of: string): Promise<{violations: {id: string; impact: string; nodes: {html: string}[]}[]}>;
      };
    };
    return (await tool.run('.station')).violations
      .filter(({impact}) => impact === 'serious' || impact === 'critical')
      .map(({id, nodes}) => `${id}: ${nodes[0]?.html}`);
  });
}

describe.each([
  {lang: 'en', text: en as Record<string, string>, pond: 'pond-en', size: {width: 1440, height: 900}},
  {lang: 'zh', text: zh as Record<string, string>, pond: 'pond-zh', size: {width: 390, height: 844}},
])('judging on the chart, $lang at $size.width px', ({text, pond, size, lang}) => {
  let opened: OpenedPage;
  let page: Page;
  const button = (key: string) => page.getByRole('button', {name: text[key]!, exact: true});

  beforeAll(async () => {
    opened = await open(pond, lang, size);
    page = opened.page;
    await button('chart.judge').waitFor({timeout: 20_000});
  }, 90_000);
  afterAll(() => opened?.close());

  it('tells what lies in a brushed range, and asks for a reason', async () => {
    const from = await placeOf(page, 39.5);
    const to = await placeOf(page, 49.5);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, to.y, {steps: 4});
    await page.mouse.move(to.x, to.y, {steps: 4});
    await page.mouse.up();
    const panel = page.getByRole('region', {name: text['range.title']!});
    await panel.locator('.tally [data-flag="1"][data-count="10"]').waitFor({timeout: 10_000});
    expect(await panel.textContent()).toContain(text['range.failed.none']);
    expect(await faults(page)).toEqual([]);

    expect(await button('judge.save').isDisabled()).toBe(true);
    await panel.getByLabel(text['judge.4']!).check();
    expect(await panel.locator('.preview').textContent()).toContain('10');
    // The mark that the values would get is there before anything is saved.
    await expect.poll(() => pixelsOf(page, FAIL), {timeout: 5_000}).toBeGreaterThan(30);
    expect(await flagged(pond)).toEqual([]);
    await button('judge.save').click();
    expect(await panel.getByRole('alert').textContent()).toBe(text['judge.needs.reason']);
    expect(await revisions(pond)).toEqual([]);
  });

  it('says in words what the server refused, and saves nothing', async () => {
    const panel = page.getByRole('region', {name: text['range.title']!});
    await panel.getByLabel(text['judge.reason']!).fill('probe out of the water');
    await panel.getByLabel(text['judge.who']!).fill('Li Wei');
    await page.route('**/revisions', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/json',
        body: '{"code":"access_forbidden","message":"no"}',
      }),
    );
    await button('judge.save').click();
    await expect
      .poll(() => panel.getByRole('alert').textContent(), {timeout: 10_000})
      .toContain(text['error.forbidden']);
    await page.unroute('**/revisions');
    expect(await revisions(pond)).toEqual([]);
    expect(complaints(opened)).toEqual([expect.stringContaining('403')]);
    opened.complaints.length = 0;
  });

  it('saves, and shows raw and revised together', async () => {
    expect(await pixelsOf(page, MEASURED)).toBe(0);
    await button('judge.save').click();
    await page.locator('.revisions li').waitFor({timeout: 20_000});
    expect(await flagged(pond)).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49]);
    expect(await flagged(pond, '&asStored=true')).toEqual([]);
    expect(await revisions(pond)).toMatchObject([
      {flag: 4, failed: ['manual'], who: 'Li Wei', reason: 'probe out of the water', byPerson: true},
    ]);
    await page.locator('.line-measured').waitFor();
    await expect.poll(() => pixelsOf(page, MEASURED), {timeout: 10_000}).toBeGreaterThan(10);
    expect(await pixelsOf(page, REVISED)).toBeGreaterThan(30);
    expect(await pixelsOf(page, FAIL)).toBeGreaterThan(20);
    expect(await page.locator('.revisions').textContent()).toContain('probe out of the water');
    expect(await faults(page)).toEqual([]);
  });

  it('tells the story of the value that is tapped, and of a row of the table by keyboard', async () => {
    const {x, y} = await placeOf(page, 44);
    await page.mouse.click(x, y);
    const story = page.getByRole('region', {name: text['story.title']!});
    await story.locator('.plain').first().waitFor({timeout: 10_000});
    const said = await story.textContent();
    expect(said).toContain('19.84 °C');
    expect(said).toContain('probe out of the water');
    expect(said).toContain(text['state.inForce']);
    expect(said).toContain(text['check.spike']);
    expect(await faults(page)).toEqual([]);
    await button('story.close').click();
    await page.locator('.series-tools .quiet').first().click();
    await page.locator('tbody tr:nth-child(2) .why').focus();
    await page.keyboard.press('Enter');
    await story.locator('.plain').first().waitFor({timeout: 10_000});
    expect(await story.textContent()).toContain('18.88 °C');
    await button('story.close').click();
    await page.locator('.series-tools .quiet').first().click();
  });

  it('takes it back with a reason, and the chart is as it was', async () => {
    await page.locator('.revisions .quiet').first().click();
    await page.locator('.revisions .judge-form input:focus').waitFor();
    await page.keyboard.type('it was in the water after all');
    await page.keyboard.press('Enter');
    await page.locator('.revisions li[data-revoked="true"]').waitFor({timeout: 20_000});
    expect(await flagged(pond)).toEqual([]);
    expect(await revisions(pond)).toMatchObject([
      {revoked: true},
      {revokes: expect.any(Number), reason: 'it was in the water after all', who: 'Li Wei'},
    ]);
    await expect.poll(() => pixelsOf(page, MEASURED), {timeout: 10_000}).toBe(0);
    expect(await pixelsOf(page, FAIL)).toBe(0);
    await page.locator('.revisions .quiet').first().click();
    await page.locator('.revisions .judge-form input:focus').waitFor();
    await page.keyboard.type('no');
    await page.keyboard.press('Enter');
    await page.locator('.revisions li[data-revoked="false"]').waitFor({timeout: 20_000});
    expect(await flagged(pond)).toHaveLength(10);
  });

  it('does the same by keyboard alone, with two clock times of the site', async () => {
    await button('chart.judge').focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('region', {name: text['range.title']!});
    // Guangyang is at UTC+8.
    const clock = (row: number) =>
      new Date(startMs + row * QUARTER_MS + 8 * 3_600_000).toISOString().slice(0, 19);
    await panel.getByLabel(text['range.to']!).fill(clock(45));
    await panel.getByLabel(text['range.from']!).fill(clock(50));
    await panel.getByLabel(text['range.from']!).blur();
    expect(await panel.getByRole('alert').textContent()).toBe(text['range.invalid']);
    await panel.getByLabel(text['range.from']!).fill(clock(40));
    await panel.getByLabel(text['range.from']!).blur();
    await panel.locator('.tally [data-flag="4"][data-count="5"]').waitFor({timeout: 10_000});
    await panel.getByLabel(text['judge.1']!).focus();
    await page.keyboard.press('Space');
    await panel.getByLabel(text['judge.reason']!).focus();
    await page.keyboard.type('the pond was warm');
    // Escape closes the range alone, and the reader is back where he was.
    await page.keyboard.press('Escape');
    await panel.waitFor({state: 'detached'});
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200)), {timeout: 5_000})
      .toContain(text['chart.judge']);
    expect(await page.locator('.station').count()).toBe(1);
    await page.keyboard.press('Enter');
    await panel.getByLabel(text['range.to']!).fill(clock(45));
    await panel.getByLabel(text['range.from']!).fill(clock(40));
    await panel.getByLabel(text['judge.1']!).check();
    await panel.getByLabel(text['judge.reason']!).focus();
    await page.keyboard.type('the pond was warm');
    await button('judge.save').focus();
    await page.keyboard.press('Enter');
    await page.locator('.revisions li:nth-child(2)').waitFor({timeout: 20_000});
    expect(await flagged(pond)).toEqual([45, 46, 47, 48, 49]);
    expect(complaints(opened)).toEqual([]);
  });
});

describe('two people who look at one chart', () => {
  const reason = 'probe out of the water';
  let judge: OpenedPage;
  let watcher: OpenedPage;
  beforeAll(async () => {
    judge = await open(SHARED, 'en', {width: 1440, height: 900});
    watcher = await open(SHARED, 'zh', {width: 390, height: 844});
    for (const [{page}, text] of [
      [judge, en],
      [watcher, zh],
    ] as const) {
      await page.getByRole('button', {name: text['chart.judge'], exact: true}).waitFor({timeout: 20_000});
      await page.evaluate(() => Object.assign(window, {sameDocument: true}));
    }
  }, 120_000);
  afterAll(async () => {
    await judge?.close();
    await watcher?.close();
  });

  const clock = (row: number) =>
    new Date(startMs + row * QUARTER_MS + 8 * 3_600_000).toISOString().slice(0, 19);
  async function chooseRange(page: Page, text: Record<string, string>, from: number, to: number) {
    await page.getByRole('button', {name: text['chart.judge']!, exact: true}).click();
    const panel = page.getByRole('region', {name: text['range.title']!});
    await panel.getByLabel(text['range.to']!).fill(clock(to));
    await panel.getByLabel(text['range.from']!).fill(clock(from));
    return panel;
  }
  async function flag(from: number, to: number): Promise<void> {
    const {page} = judge;
    const panel = await chooseRange(page, en, from, to);
    await panel.getByLabel(en['judge.4']).check();
    await panel.getByLabel(en['judge.reason']).fill(reason);
    await panel.getByLabel(en['judge.who']).fill('Li Wei');
    await page.getByRole('button', {name: en['judge.save'], exact: true}).click();
    await panel.waitFor({state: 'detached'});
  }

  it('shows one of them, without a reload, what the other judged', async () => {
    const {page} = watcher;
    expect(await pixelsOf(page, FAIL)).toBe(0);
    await flag(40, 50);
    await page.locator('.revisions li').waitFor({timeout: 5_000});
    expect(await page.locator('.revisions').textContent()).toContain(reason);
    await expect.poll(() => pixelsOf(page, FAIL), {timeout: 5_000}).toBeGreaterThan(20);
    await page.locator('.line-measured').waitFor();
    expect(await faults(page)).toEqual([]);
  });

  it('leaves what is being written as it is, and counts its range anew', async () => {
    const {page} = watcher;
    const panel = await chooseRange(page, zh, 45, 60);
    await panel.locator('.tally [data-flag="4"][data-count="5"]').waitFor({timeout: 10_000});
    await panel.getByLabel(zh['judge.1']).check();
    await panel.getByLabel(zh['judge.reason']).fill('池水温度偏高');
    await flag(55, 58);
    await panel.locator('.tally [data-flag="4"][data-count="8"]').waitFor({timeout: 5_000});
    expect(await panel.getByLabel(zh['judge.reason']).inputValue()).toBe('池水温度偏高');
    expect(await panel.getByLabel(zh['judge.1']).isChecked()).toBe(true);
    await page.getByRole('button', {name: zh['judge.cancel'], exact: true}).click();
    await page.locator('.revisions li:nth-child(2)').waitFor({timeout: 5_000});
  });

  it('shows that it was taken back, also to who was about to', async () => {
    const undo = '.revisions li:last-child .quiet';
    await watcher.page.locator(undo).click();
    await watcher.page.locator('.revisions .judge-form input:focus').waitFor();
    await watcher.page.keyboard.type('it was in the water');
    await judge.page.locator(undo).click();
    await judge.page.locator('.revisions .judge-form input:focus').waitFor();
    await judge.page.keyboard.type('it was in the water after all');
    await judge.page.keyboard.press('Enter');
    await watcher.page.locator('.revisions li[data-revoked="true"]').waitFor({timeout: 5_000});
    // What he was about to take back is; sent now, his word would give it back.
    expect(await watcher.page.locator('.revisions .judge-form').count()).toBe(0);
    expect(await watcher.page.locator('.revisions').textContent()).toContain('it was in the water after all');
    for (const {page} of [judge, watcher]) {
      expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
    }
    expect([...complaints(judge), ...complaints(watcher)]).toEqual([]);
  });

  it('reads only what shows the range: not for another series, not for another time', async () => {
    const asked: string[] = [];
    watcher.page.on('request', (request) => {
      if (/\/series\?|\/revisions\?/.test(request.url())) asked.push(request.url());
    });
    const revise = async (pond: string, from: string, to: string) => {
      const made = await fetch(
        `${server.url}/api/v1/datastreams/${encodeURIComponent(streamOf(pond))}/revisions`,
        {
          method: 'POST',
          headers: {'content-type': 'application/json'},
          body: JSON.stringify({from, to, flag: 3, reason, who: 'Li Wei'}),
        },
      );
      expect(made.status).toBe(201);
    };
    await revise('pond-en', timeOf(80), timeOf(81));
    await revise(SHARED, timeOf(EARLIER), timeOf(EARLIER + 1));
    await watcher.page.waitForTimeout(1_500);
    expect(asked).toEqual([]);
    // Five in a row are read once.
    for (const row of [60, 62, 64, 66, 68]) await revise(SHARED, timeOf(row), timeOf(row + 1));
    await watcher.page.locator('.revisions li:nth-child(7)').waitFor({timeout: 5_000});
    await watcher.page.waitForTimeout(500);
    expect(asked.filter((url) => url.includes('/revisions?'))).toHaveLength(1);
  });
});

it('draws a range by touch, and scrolls on when a finger moves up', async () => {
  const opened = await open('pond-en', 'en', {width: 390, height: 844});
  try {
    const {page} = opened;
    await page.getByRole('button', {name: en['chart.judge']}).waitFor({timeout: 20_000});
    const from = await placeOf(page, 9.5);
    const to = await placeOf(page, 19.5);
    const touch = await page.context().newCDPSession(page);
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number, y?: number) =>
      touch.send('Input.dispatchTouchEvent', {type, touchPoints: x === undefined ? [] : [{x, y: y!}]});
    await touch.send('Emulation.setTouchEmulationEnabled', {enabled: true});
    await send('touchStart', from.x, from.y);
    for (let step = 1; step <= 8; step += 1) {
      await send('touchMove', from.x + ((to.x - from.x) * step) / 8, from.y);
    }
    await send('touchEnd');
    await page.locator('.tally [data-flag="1"][data-count="10"]').waitFor({timeout: 10_000});
    // The same finger upwards moves the panel, and the range stays as it is.
    const scrolled = () =>
      page.evaluate(() => document.querySelector<HTMLElement>('.card-scroll')!.scrollTop);
    const fields = () =>
      page
        .locator('.judge-range input')
        .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    const chosen = await fields();
    const place = await placeOf(page, 60);
    const before = await scrolled();
    await send('touchStart', place.x, place.y + 40);
    for (let step = 1; step <= 8; step += 1) await send('touchMove', place.x, place.y + 40 - step * 15);
    await send('touchEnd');
    await expect.poll(scrolled, {timeout: 5_000}).toBeGreaterThan(before + 20);
    expect(await fields()).toEqual(chosen);
  } finally {
    await opened.close();
  }
});

it('offers no button to whom may not correct, and still tells stories', async () => {
  const opened = await open('pond-en', 'en', {width: 1440, height: 900});
  try {
    const {page} = opened;
    await page.route('**/api/v1/access', (route) =>
      route.fulfill({status: 200, contentType: 'application/json', body: '{"actions":["observe"]}'}),
    );
    await page.reload();
    await page.getByText(en['chart.hint.look']).waitFor();
    await page.locator('.revisions li').first().waitFor();
    expect(await page.getByRole('button', {name: en['chart.judge']}).count()).toBe(0);
    expect(await page.locator('.revisions .quiet').count()).toBe(0);
    const from = await placeOf(page, 10);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 80, from.y, {steps: 4});
    await page.mouse.up();
    expect(await page.locator('.judge').count()).toBe(0);
    await page.mouse.click(from.x, from.y);
    await page.locator('.story .plain').first().waitFor({timeout: 10_000});
  } finally {
    await opened.close();
  }
});
