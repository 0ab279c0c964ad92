import {effect} from '@preact/signals';
import {render} from 'preact';
import {language} from '../text/index.ts';
import {MonitorPage} from './monitor/monitor-page.tsx';
import './page.css';
import './monitor/monitor.css';

/** Puts the page into its place and keeps the document's language with the reader's. */
export function startPage(root: HTMLElement): void {
  effect(() => {
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
  });
  render(<MonitorPage />, root);
}
