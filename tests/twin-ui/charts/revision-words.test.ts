import {afterAll, beforeEach, describe, expect, it, vi} from 'vitest';
import type {RevisionBody} from '#schemas';
import {stubPage} from './page-globals.ts';

const revision = (version: number, change: Partial<RevisionBody>): RevisionBody => ({
  version,
  from: '2026-11-01T00:00:00Z',
  to: '2026-11-02T00:00:00Z',
  flag: null,
  failed: [],
  value: null,
  revoked: false,
  reason: 'seen',
  who: 'ranger',
  at: '2026-11-03T00:00:00Z',
  byPerson: false,
  ...change,
});

beforeEach(() => vi.resetModules());
afterAll(() => vi.unstubAllGlobals());
async function words(lang: 'en' | 'zh') {
  stubPage(lang);
  return await import('../../../twin-ui/charts/revision-words.ts');
}

describe('what a revision says', () => {
  it.each([
    {said: revision(2, {flag: 4, failed: ['manual']}), en: 'set to fail', zh: '标为不合格'},
    {said: revision(2, {flag: 1}), en: 'set to pass', zh: '标为通过'},
    {
      said: revision(2, {flag: 3, failed: ['neighbour']}),
      en: 'suspect by the test “Neighbours”',
      zh: '检验“相邻站对照”判为可疑',
    },
    {
      said: revision(2, {flag: 3, failed: ['manual'], value: 7.25}),
      en: 'set to suspect; value replaced by 7.25 °C',
      zh: '标为可疑; 数值替换为 7.25 °C',
    },
    {
      said: revision(2, {
        correction: {
          from: '2026-11-01T00:00:00Z',
          to: '2026-11-02T00:00:00Z',
          offset: [0, -0.12],
          gain: [1, 1.02],
        },
      }),
      en: 'corrected from +0 to ×1.02 -0.12 (°C)',
      zh: '订正 +0 至 ×1.02 -0.12（°C）',
    },
  ])('$en', async ({said, en, zh}) => {
    expect((await words('en')).revisionText(said, 'Cel')).toBe(en);
    vi.resetModules();
    expect((await words('zh')).revisionText(said, 'Cel')).toBe(zh);
  });
});

describe('acts', () => {
  it('are what was made together, newest first, with what takes them back now', async () => {
    const {actsOf} = await words('en');
    const undo = revision(30, {revokes: 10});
    const acts = actsOf([
      revision(10, {flag: 3, from: '2026-11-01T06:00:00Z', to: '2026-11-01T07:00:00Z', revoked: true}),
      revision(10, {flag: 4, from: '2026-11-01T02:00:00Z', to: '2026-11-01T03:00:00Z', revoked: true}),
      revision(20, {flag: 4}),
      undo,
      revision(40, {flag: 1, revoked: false}),
      revision(50, {revokes: 20, revoked: true}),
      revision(60, {revokes: 50}),
    ]);
    expect(acts.map(({version, parts, from, to}) => ({version, parts, from, to}))).toEqual([
      {version: 40, parts: 1, from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z'},
      {version: 20, parts: 1, from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z'},
      {version: 10, parts: 2, from: '2026-11-01T02:00:00Z', to: '2026-11-01T07:00:00Z'},
    ]);
    expect(acts.map(({undoneBy}) => undoneBy)).toEqual([undefined, undefined, undo]);
  });
});
