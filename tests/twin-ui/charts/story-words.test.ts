import {afterAll, beforeEach, describe, expect, it, vi} from 'vitest';
import type {ExplanationBody} from '#schemas';
import {stubPage} from './page-globals.ts';

/** A value that was flagged for a spike on arrival, flagged by a person, and that taken back. */
const STORY: ExplanationBody = {
  datastream: 'pond-1:water_temperature:point',
  element: 'water_temperature',
  unit: 'Cel',
  time: '2026-11-29T08:00:00Z',
  origin: 'measured',
  provenance: 'sensed',
  stored: {
    result: 21.5,
    flag: 3,
    failed: ['spike'],
    received: '2026-11-29T08:00:30Z',
    late: true,
    timeSource: 'device',
    deviceStatus: 'T',
  },
  shown: {result: 21.4, flag: 3, failed: ['spike'], corrected: true},
  device: {id: 'pond-1', model: 'generic-json', serial: null, origin: 'measured'},
  deployment: {
    longitudeDeg: 106.7,
    latitudeDeg: 29.6,
    depthM: null,
    heightM: null,
    from: '2026-11-01T00:00:00Z',
    to: null,
    sensor: null,
  },
  calibrated: {
    before: {
      at: '2026-11-20T01:00:00Z',
      element: null,
      note: 'ice bath',
      who: 'lab',
      said: '2026-11-20T01:00:00Z',
    },
    after: null,
  },
  limits: {
    hardRange: [-2, 50],
    suspectRange: [2, 38],
    intervalS: 900,
    ratePerS: null,
    spike: {suspect: 1, fail: 3},
    flatLine: null,
  },
  tests: [
    {test: 'grossRange', flag: 1, named: false, numbers: {value: 21.5, least: -2, most: 50}},
    {
      test: 'spike',
      flag: 3,
      named: true,
      numbers: {before: 20, value: 21.5, after: 20, distance: 1.5, suspectAbove: 1, failAbove: 3},
    },
    {test: 'rateOfChange', flag: 3, named: true, numbers: {perS: 0.001, mostPerS: 0.0005}},
    {
      test: 'flatLine',
      flag: 1,
      named: false,
      numbers: {tolerance: 0.01, suspectRows: 4, failRows: 8, suspectSpread: 1.5, failSpread: null},
    },
    {test: 'neighbour', flag: 2, named: false, numbers: {}},
  ],
  revisions: [
    {
      version: 5,
      from: '2026-11-29T08:00:00Z',
      to: '2026-11-29T08:00:00.001Z',
      flag: 4,
      failed: ['manual'],
      value: null,
      revoked: true,
      reason: 'probe dry',
      who: 'Li Wei',
      at: '2026-11-29T09:00:00Z',
      byPerson: true,
      inForce: [],
    },
    {
      version: 6,
      from: '2026-11-29T08:00:00Z',
      to: '2026-11-29T08:00:00.001Z',
      flag: null,
      failed: [],
      value: null,
      revokes: 5,
      revoked: false,
      reason: 'wrong pond',
      who: 'Li Wei',
      at: '2026-11-29T10:00:00Z',
      byPerson: false,
      inForce: [],
    },
  ],
  conflicts: [{kept: 21.5, offered: 22, seen: '2026-11-29T08:05:00Z'}],
  derivedFrom: [],
  unknown: [],
};

beforeEach(() => vi.resetModules());
afterAll(() => vi.unstubAllGlobals());
async function told(lang: 'en' | 'zh') {
  stubPage(lang);
  const {storyOf} = await import('../../../twin-ui/charts/story-words.ts');
  return storyOf(STORY, 'Asia/Shanghai');
}

describe('the story of a value', () => {
  it('is told from arrival to flag in English', async () => {
    const story = await told('en');
    expect(story.arrival).toEqual([
      'Measured 29/11/2026, 16:00:00 GMT+8; arrived 29/11/2026, 16:00:30 GMT+8, 30 s later.',
      'Newer values were there before it.',
      'By device pond-1 (generic-json), in this place since 1 Nov 2026.',
      'Calibrated before: 20/11/2026, 09:00:00 GMT+8, ice bath (lab).',
      'The device itself marked it “T”.',
      'On arrival: 21.5 °C, suspect (spike).',
      'For the same time 22 °C came too; the first, 21.5 °C, stays.',
    ]);
    // What was not evaluated and is not named is left out; what takes back is told by what is taken back.
    expect(story.tests.map(({test, text}) => [test, text])).toEqual([
      ['grossRange', '21.5 °C; allowed -2 to 50 °C'],
      ['spike', '1.5 °C from the middle of the values before and after; suspect above 1, fail above 3'],
      ['rateOfChange', 'changed by 3.6 °C per hour; usual is at most 1.8 °C'],
      ['flatLine', 'the last 5 values span 1.5 °C; below 0.01 is a flat line'],
    ]);
    expect(story.later).toEqual([
      {text: '29/11/2026, 17:00:00 GMT+8, Li Wei: set to fail. Reason: probe dry', state: 'undone'},
    ]);
    expect(story.shown).toBe('Shown now: 21.4 °C (corrected), suspect (spike).');
  });

  it('is told in Chinese, without a word of English but names and reasons', async () => {
    const story = await told('zh');
    expect(story.shown).toBe('现在显示：21.4 °C（订正值），可疑 (尖峰)。');
    expect(story.tests[1]!.text).toBe('与前后两值的中点相差 1.5 °C；超过 1 为可疑，超过 3 为不合格');
    const sentences = [...story.arrival, ...story.tests.map(({text}) => text), story.notKept].join(' ');
    const names = /pond-1|generic-json|ice bath|lab|GMT\+8|°C|T/g;
    expect(sentences.replace(names, '')).not.toMatch(/[A-Za-z]{2,}/);
  });
});
