import {vi} from 'vitest';

/** What words of the page need of a browser, for tests in Node. */
export function stubPage(lang: 'en' | 'zh'): void {
  vi.stubGlobal('location', {search: `?lang=${lang}`});
  vi.stubGlobal('localStorage', {getItem: () => null, setItem: () => undefined});
}
