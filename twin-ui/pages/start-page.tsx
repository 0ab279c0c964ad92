import {effect} from '@preact/signals';
import {type ComponentChild, render} from 'preact';
import {language} from '../text/index.ts';
import './page.css';

/** Puts a page into its place and keeps the document's language with the reader's. */
export function startPage(page: ComponentChild): void {
  effect(() => {
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
  });
  render(page, document.getElementById('app')!);
}
