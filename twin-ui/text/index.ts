import {signal} from '@preact/signals';
import {en, type TextKey} from './en.ts';
import {zh} from './zh.ts';

export type Language = 'en' | 'zh';
export type {TextKey};

const STORED = 'eco.language';

/** What the address asks for holds on the following pages too. */
function initialLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  const wanted = asked ?? localStorage.getItem(STORED) ?? navigator.language;
  const initial = wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
  if (asked !== null) localStorage.setItem(STORED, initial);
  return initial;
}

export const language = signal<Language>(initialLanguage());

export function setLanguage(next: Language): void {
  language.value = next;
  localStorage.setItem(STORED, next);
  const address = new URL(location.href);
  if (!address.searchParams.has('lang')) return;
  address.searchParams.delete('lang');
  history.replaceState(null, '', address);
}

type Blanks = Readonly<Record<string, string | number>>;

/** How a page reads words of its own, so that the others need not load them; as `t` does. */
export function textOf<K extends string>(tables: Record<Language, Record<K, string>>) {
  return (key: K, values?: Blanks): string => {
    const text = tables[language.value][key];
    return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
  };
}

/** Words that all pages share, in the reader's language; `{name}` filled from `values`. */
export const t = textOf<TextKey>({en, zh});

/** A name that data give in both languages. */
export function named(name: {en: string; zh: string}): string {
  return name[language.value];
}
