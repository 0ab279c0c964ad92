import {expect, it} from 'vitest';
import {readEtw} from '#schemas';
import {channelOf, playbackSink, runSummary, writeEtw} from '#simulation';
import {smallMember, smallPlan} from '../small-plan.ts';

const ORIGIN = {longitudeDeg: 106.7, latitudeDeg: 29.58, heightM: 0};

function played(member = 0) {
  const plan = smallPlan();
  const deaths: {year: number; id: number}[] = [];
  const sink = playbackSink(plan, {origin: ORIGIN});
  const watch = {
    year: ({year, removals}: Parameters<typeof sink.year>[0]) => {
      if (removals.count > 0) deaths.push({year, id: removals.id[0]!});
    },
  };
  runSummary(smallMember, plan, member, [sink, watch]);
  return {plan, deaths, playback: readEtw(writeEtw(sink.finish()))};
}

it('holds every tree that ever stood, by number, those that came later at the end', () => {
  const {plan, playback} = played();
  expect(playback.steps).toBe(plan.years + 1);
  expect(playback.firstYear).toBe(2026);
  expect(playback.text.startTrees).toBe(12);
  expect([...playback.ids]).toEqual([...plan.trees.id, 1000, 1001, 1002, 1003, 1004, 1005]);
  expect(playback.text.species[playback.species[1]!]!.scientificName).toBe('Machilus nanmu');
  expect(playback.zM[0]).toBe(190);
});

it('has height 0 until a tree is there', () => {
  const {playback} = played();
  // The fourth that came up did so in the fourth year, 2029, and stands on 1 January 2030: step 4.
  expect([...channelOf(playback, 'height', 15)]).toEqual([0, 0, 0, 0, 12, 12, 12]);
  expect(channelOf(playback, 'height', 0).every((byte) => byte === 24)).toBe(true);
});

it('shows health of the living and 0 of those that stand dead', () => {
  const {playback, deaths} = played();
  expect(deaths.length).toBeGreaterThan(0);
  for (const {year, id} of deaths) {
    const tree = playback.ids.indexOf(id);
    const health = channelOf(playback, 'health', tree);
    const step = year - 2026 + 1;
    expect(health[step - 1]).toBe(id === 1000 + year - 2026 ? 0 : 191);
    expect([...health.subarray(step)].every((byte) => byte === 0)).toBe(true);
    expect(channelOf(playback, 'height', tree)[step]).toBeGreaterThan(0);
  }
});

it('tells diameters to the centimetre', () => {
  const {playback} = played();
  expect(channelOf(playback, 'dbh', 0)[0]).toBe(8);
  expect(channelOf(playback, 'dbh', 11)[0]).toBe(19);
});
