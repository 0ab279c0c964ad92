import {addressOf} from '../state/address.ts';
import {language, setLanguage, type TextKey, t} from '../text/index.ts';

/** The pages that lead to each other, in the order of the header. */
const PAGES = [
  {path: '/', word: 'page.twin'},
  {path: '/lab', word: 'page.lab'},
  {path: '/data', word: 'page.data'},
  {path: '/data/connect', word: 'page.connect'},
] as const satisfies readonly {path: string; word: TextKey}[];
export type PagePath = (typeof PAGES)[number]['path'];

/** Plain links to the pages; the one that is open says so. */
export function PageLinks({current}: {current: PagePath}) {
  return (
    <nav class="page-links" aria-label={t('page.nav')}>
      {PAGES.map(({path, word}) => (
        <a key={path} href={addressOf(path)} aria-current={path === current ? 'page' : undefined}>
          {t(word)}
        </a>
      ))}
    </nav>
  );
}

export function LanguageSwitch() {
  return (
    <fieldset class="segmented" aria-label={t('app.language')}>
      <button
        type="button"
        aria-pressed={language.value === 'en'}
        lang="en"
        onClick={() => setLanguage('en')}
      >
        EN
      </button>
      <button
        type="button"
        aria-pressed={language.value === 'zh'}
        lang="zh"
        onClick={() => setLanguage('zh')}
      >
        中文
      </button>
    </fieldset>
  );
}
