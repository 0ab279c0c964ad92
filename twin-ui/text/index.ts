import {signal} from '@preact/signals';
import {en, type TextKey} from './en.ts';
import {zh} from './zh.ts';

export type Language = 'en' | 'zh';
export type {TextKey};

const TABLES: Record<Language, Record<TextKey, string>> = {en, zh};
const STORED = 'eco.language';

function initialLanguage(): Language {
  const asked =
    new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(STORED) ?? navigator.language;
  return asked.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const language = signal<Language>(initialLanguage());

export function setLanguage(next: Language): void {
  language.value = next;
  localStorage.setItem(STORED, next);
}

/** The page's words in the reader's language; `{name}` filled from `values`. */
export function t(key: TextKey, values?: Readonly<Record<string, string | number>>): string {
  const text = TABLES[language.value][key];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
}

/** A name that data give in both languages. */
export function named(name: {en: string; zh: string}): string {
  return name[language.value];
}
