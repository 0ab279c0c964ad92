import type {ComponentChildren} from 'preact';
import {useEffect} from 'preact/hooks';
import {named, t} from '../text/index.ts';
import {LanguageSwitch, PageLinks, type PagePath} from './page-links.tsx';
import './reading-page.css';

type Props = {
  path: PagePath;
  title: string;
  /** The site shown, once it is known. */
  siteName: {en: string; zh: string} | null;
  children: ComponentChildren;
};

/** A page that scrolls: header with the site, links to the other pages and the language, then what it is about. */
export function ReadingPage({path, title, siteName, children}: Props) {
  const place = siteName ? named(siteName) : t('app.title');
  useEffect(() => {
    document.title = `${title} · ${place}`;
  }, [title, place]);
  return (
    <>
      <a class="skip" href="#content">
        {t('page.skip')}
      </a>
      <header class="page-header">
        <p class="page-site">{place}</p>
        <PageLinks current={path} />
        <span class="spread" />
        <LanguageSwitch />
      </header>
      <main class="reading" id="content">
        {children}
      </main>
    </>
  );
}
