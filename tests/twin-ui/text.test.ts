import {expect, it} from 'vitest';
import {en} from '../../twin-ui/text/en.ts';
import {zh} from '../../twin-ui/text/zh.ts';

const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

it('has the same words in both languages, none empty, with the same blanks to fill', () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en))
    expect(holes(zh[key as keyof typeof en]), key).toEqual(holes(text));
});

it('is Chinese where it says so', () => {
  const plain = Object.entries(zh).filter(
    ([key, text]) => !/[\u4e00-\u9fff，。：]/.test(text) && text !== en[key as keyof typeof en],
  );
  expect(plain).toEqual([]);
});
