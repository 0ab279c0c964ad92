import {describe, expect, it} from 'vitest';
import {en as connectEn} from '../../twin-ui/text/connect/en.ts';
import {zh as connectZh} from '../../twin-ui/text/connect/zh.ts';
import {en as dataEn} from '../../twin-ui/text/data/en.ts';
import {zh as dataZh} from '../../twin-ui/text/data/zh.ts';
import {en} from '../../twin-ui/text/en.ts';
import {en as reviseEn} from '../../twin-ui/text/revise/en.ts';
import {zh as reviseZh} from '../../twin-ui/text/revise/zh.ts';
import {zh} from '../../twin-ui/text/zh.ts';

const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

describe.each<{of: string; en: Record<string, string>; zh: Record<string, string>}>([
  {of: 'all pages', en, zh},
  {of: '/data', en: dataEn, zh: dataZh},
  {of: '/data/connect', en: connectEn, zh: connectZh},
  {of: 'later verdicts', en: reviseEn, zh: reviseZh},
])('words of $of', ({en: english, zh: chinese}) => {
  it('are the same in both languages, with the same blanks to fill', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) expect(holes(chinese[key]!), key).toEqual(holes(text));
  });

  it('are Chinese where they say so', () => {
    const plain = Object.entries(chinese).filter(
      ([key, text]) => !/[\u4e00-\u9fff，。：]/.test(text) && text !== english[key],
    );
    expect(plain).toEqual([]);
  });
});
