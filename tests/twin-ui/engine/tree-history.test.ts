import {describe, expect, it} from 'vitest';
import {channelByte, PLAYBACK_CHANNELS, type Playback, readEtw} from '#schemas';
import {writeEtw} from '#simulation';
import type {Crowns} from '../../../twin-ui/engine/crown-placement.ts';
import {CROWN_FORMS} from '../../../twin-ui/engine/ground-style.ts';
import {
  countTrees,
  joinCrowns,
  lastYear,
  sizeCrowns,
  stepOf,
  treeHistory,
} from '../../../twin-ui/engine/tree-history.ts';

/** Three trees over three years: one grows, one dies and stands, one is planted in the last year. */
const HEIGHT_M = [
  [10, 11, 12],
  [8, 8, 8],
  [0, 0, 2],
];
const HEALTH = [
  [1, 1, 1],
  [0.5, 0, 0],
  [0, 0, 1],
];
const bytes = (id: string, values: number[][]) =>
  Uint8Array.from(
    values.flat().map((value) => channelByte(PLAYBACK_CHANNELS.find((channel) => channel.id === id)!, value)),
  );
const playback: Playback = {
  text: {
    schemaVersion: 1,
    site: 'wood',
    scenario: 'thin',
    startTrees: 2,
    channels: PLAYBACK_CHANNELS,
    species: [
      {id: 'oak', scientificName: 'Quercus robur'},
      {id: 'pine', scientificName: 'Pinus sylvestris'},
    ],
  },
  firstYear: 2030,
  stepYears: 1,
  origin: {longitudeDeg: 9, latitudeDeg: 48, heightM: 100},
  ids: Uint32Array.of(4, 9, 70_000),
  xM: Float64Array.of(0, 20, 40),
  yM: Float64Array.of(0, 5, -30),
  zM: Float64Array.of(101, 102, 103),
  species: Uint16Array.of(0, 1, 0),
  steps: 3,
  channels: [
    bytes('height', HEIGHT_M),
    bytes(
      'crown_radius',
      HEIGHT_M.map((row) => row.map((height) => height / 4)),
    ),
    bytes('health', HEALTH),
    new Uint8Array(9),
    bytes(
      'dbh',
      HEIGHT_M.map((row) => row.map((height) => 2 * height)),
    ),
  ],
};
const history = treeHistory(readEtw(writeEtw(playback)), (id) => ({
  form: id === 'pine' ? 'conifer' : 'broadleaf',
  evergreen: id === 'pine',
}));

describe('the history of a playback', () => {
  it('has a texel for each tree and year, year after year', () => {
    expect([...history.texels.subarray(0, 12)].filter((_, k) => k % 4 === 0)).toEqual([40, 32, 0]);
    expect(history.texels[(2 * 3 + 1) * 4]).toBe(32);
    expect(history.heightScaleM).toBe(0.25);
    expect(history.radiusScaleM).toBeCloseTo(0.04, 12);
  });
  it('keeps places, forms and numbers', () => {
    expect([...history.ids]).toEqual([4, 9, 70_000]);
    expect([...history.crowns.groundM]).toEqual([101, 102, 103]);
    expect([...history.crowns.form].map((form) => CROWN_FORMS[form])).toEqual([
      'broadleaf',
      'conifer',
      'broadleaf',
    ]);
    expect([...history.crowns.evergreen]).toEqual([0, 1, 0]);
  });
  it('knows its years, and what lies outside them is its first or last state', () => {
    expect(lastYear(history)).toBe(2032);
    expect([2000, 2030, 2031.5, 2032, 2100].map((year) => stepOf(history, year))).toEqual([0, 0, 1.5, 2, 2]);
  });
  it.each([
    [2030, {alive: 2, dead: 0}, [10, 8, 0]],
    [2031, {alive: 1, dead: 1}, [11, 8, 0]],
    [2032, {alive: 2, dead: 1}, [12, 8, 2]],
  ])('in %d counts %o and sizes %o', (year, counts, heights) => {
    expect(countTrees(history, year)).toEqual(counts);
    sizeCrowns(history, year);
    expect([...history.crowns.heightM]).toEqual(heights);
  });
  it('refuses a file without heights', () => {
    const without = {
      ...playback,
      text: {...playback.text, channels: PLAYBACK_CHANNELS.slice(1)},
      channels: playback.channels.slice(1),
    };
    expect(() => treeHistory(without, () => ({form: 'broadleaf', evergreen: false}))).toThrow(
      /no channel height/,
    );
  });
});

describe('crowns around trees', () => {
  const at = (places: [number, number][]): Crowns => ({
    count: places.length,
    eastM: Float32Array.from(places, ([east]) => east),
    northM: Float32Array.from(places, ([, north]) => north),
    groundM: new Float32Array(places.length),
    heightM: new Float32Array(places.length).fill(9),
    radiusM: new Float32Array(places.length).fill(3),
    form: new Uint8Array(places.length),
    seed: new Float32Array(places.length),
    evergreen: new Uint8Array(places.length),
  });
  it('stand behind them in number and beside them in place', () => {
    const rest = at([
      [1, 1],
      [100, 100],
      [21, 7],
      [-300, 4],
      [55, 5],
    ]);
    sizeCrowns(history, 2030);
    const all = joinCrowns(history.crowns, rest);
    expect(all.count).toBe(6);
    expect([...all.eastM.subarray(0, 3)]).toEqual([0, 20, 40]);
    expect([...all.eastM.subarray(3)]).toEqual([100, -300, 55]);
  });
});
