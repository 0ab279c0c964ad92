import {type Browser, chromium, type Page} from 'playwright-core';
import {afterAll} from 'vitest';
import {findProgram} from '../needs.ts';

/** Software WebGL, and none of the browser's own calls home. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

export type OpenedPage = {
  page: Page;
  /** Every address that the page asked for. */
  requests: string[];
  /** What it complained of: console errors, uncaught errors, violations of its content policy. */
  complaints: string[];
  close(): Promise<void>;
};

/** One browser for the pages of a file; each page has cookies, storage and permissions of its own. */
let browser: Promise<Browser> | null = null;
afterAll(async () => (await browser)?.close());

/** A page of its own, watched. */
export async function openPage(url: string, size = {width: 640, height: 400}): Promise<OpenedPage> {
  browser ??= chromium.launch({executablePath: findProgram('chromium')!, args: FLAGS});
  const context = await (await browser).newContext({viewport: size, deviceScaleFactor: 1, locale: 'en-GB'});
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return {page, requests, complaints, close: () => context.close()};
}

/** Waits for something in the page by asking again: the page's policy forbids evaluating text there in a loop of its own. */
export async function untilInPage<T>(
  page: Page,
  what: string,
  timeoutMs: number,
  read: () => T | undefined | false,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await page.evaluate(read);
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await page.waitForTimeout(250);
  }
}
