import {ageOfDiameter, curveHeightM, normalAt, randomKey, uniformAt} from '#model';
import type {HabitatSeed, Seed, TreeSeed} from './seed.ts';
import {type Place, Stand, type TreeGround} from './tree-ground.ts';
import type {Kind} from './tree-kinds.ts';
import {placeStems} from './tree-places.ts';

/** Slenderness, m of height per m of diameter, that no stem leaves. */
const SLENDERNESS = {least: 22, most: 195};
const PALM_M_PER_YR = 0.25;
const OLDEST_CULM_YR = 6;
/** Draws beyond this many standard deviations are cut: no giants by chance. */
const MOST_DEVIATIONS = 2.2;

/** Whole numbers in proportion to the shares that add up to `total`: largest remainders, the first among equals. */
export function apportion(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((all, share) => all + share, 0);
  const exact = shares.map((share) => (share / sum) * total);
  const counts = exact.map(Math.floor);
  const left = total - counts.reduce((all, count) => all + count, 0);
  exact
    .map((value, i) => ({i, rest: value - counts[i]!}))
    .sort((a, b) => b.rest - a.rest || a.i - b.i)
    .slice(0, left)
    .forEach(({i}) => {
      counts[i]! += 1;
    });
  return counts;
}

/** Diameter, height and age that go together: height by the species' curve, age by its growth, both with scatter. */
function sizeOf(
  {id, traits, parameters}: Kind,
  habitat: HabitatSeed,
  key: number,
  n: number,
): {dbhCm: number; heightM: number; ageYr: number} {
  const draw = (k: number) => Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, normalAt(key, n * 8 + k)));
  const {maxHeightM, maxDbhCm, openMPerCm, shadeMPerCm} = parameters.values;
  if (!parameters.thickens) {
    const palm = traits.leafType === 'palm';
    const dbhCm = Math.min(maxDbhCm, maxDbhCm * (palm ? 0.75 : 0.55) * Math.exp(0.16 * draw(0)));
    const share = palm ? 0.15 + 0.45 * uniformAt(key, n * 8 + 1) : 0.7 * Math.exp(0.12 * draw(1));
    const heightM = Math.min(maxHeightM, SLENDERNESS.most * (dbhCm / 100), maxHeightM * share);
    const ageYr = palm
      ? 5 + heightM / PALM_M_PER_YR
      : 1 + Math.floor(OLDEST_CULM_YR * uniformAt(key, n * 8 + 2));
    return {dbhCm: Math.min(dbhCm, (heightM * 100) / SLENDERNESS.least), heightM, ageYr};
  }
  const veteran = uniformAt(key, n * 8 + 3) < (habitat.veterans?.[id] ?? 0);
  const median = Math.min(habitat.dbhCm, 0.35 * maxDbhCm);
  const wanted = veteran
    ? habitat.veteranDbhCm! * (0.7 + 0.6 * uniformAt(key, n * 8 + 4))
    : median * Math.exp(habitat.dbhSpread * draw(0));
  let dbhCm = Math.min(0.8 * maxDbhCm, Math.max(2, wanted));
  const mPerCm = openMPerCm + (shadeMPerCm - openMPerCm) * habitat.crowding;
  const curve = curveHeightM(dbhCm, maxHeightM, mPerCm) * Math.exp(0.1 * draw(1));
  const heightM = Math.min(maxHeightM, SLENDERNESS.most * (dbhCm / 100), Math.max(1.5, curve));
  dbhCm = Math.min(dbhCm, (heightM * 100) / SLENDERNESS.least);
  const ageYr = ageOfDiameter(dbhCm, traits.growthRate, traits.maxAgeYr) * Math.exp(0.15 * draw(2));
  return {dbhCm, heightM, ageYr: Math.min(0.9 * traits.maxAgeYr, Math.max(2, ageYr))};
}

/**
 * `trees.csv`: the seed's number of stems, by the species' relative abundance, each species in its habitats, in the pattern of
 * each habitat, with sizes that go together. Nobody measured them.
 */
export function treeRows(seed: Seed, trees: TreeSeed, ground: TreeGround, kinds: readonly Kind[]): string {
  const {count, habitats, species} = trees;
  const counts = apportion(
    kinds.map(({abundance}) => abundance),
    count,
  );
  const names = Object.keys(habitats);
  const byHabitat = new Map<string, {kind: Kind; count: number}[]>(names.map((name) => [name, []]));
  kinds.forEach((kind, i) => {
    const shares = species[kind.id];
    if (!shares) throw new Error(`trees.species: no habitat for ${kind.id}`);
    const lots = apportion(Object.values(shares), counts[i]!);
    Object.keys(shares).forEach((name, k) => {
      const list = byHabitat.get(name);
      if (!list) throw new Error(`trees.species.${kind.id}: ${name} is no habitat`);
      if (lots[k]! > 0) list.push({kind, count: lots[k]!});
    });
  });
  const stand = new Stand(seed, ground);
  const stems: (Place & {kind: Kind; habitat: HabitatSeed; name: string})[] = [];
  for (const name of names) {
    const habitat = habitats[name]!;
    const wanted = byHabitat.get(name)!.map(({kind, count: lot}) => ({
      species: kind.id,
      count: lot,
      clumps: kind.traits.leafType === 'bamboo',
      // 1 at the foot of the band for the most tolerant of wet ground, 0 at its top
      standsWet: kind.traits.waterloggingTolerance >= 4,
      preferredHeight: Math.min(1, Math.max(0, (kind.traits.waterloggingTolerance - 2) / 3)),
    }));
    const placed = placeStems({seed: seed.randomSeed, habitat, name, ground, stand}, wanted);
    wanted.forEach((want, i) => {
      const {kind} = byHabitat.get(name)![i]!;
      for (const place of placed.get(want)!) stems.push({...place, kind, habitat, name});
    });
  }
  stems.sort(
    (a, b) =>
      (a.zone < b.zone ? -1 : a.zone > b.zone ? 1 : 0) ||
      a.longitudeDeg - b.longitudeDeg ||
      a.latitudeDeg - b.latitudeDeg,
  );
  const lines = stems.map(({kind, habitat, name, longitudeDeg, latitudeDeg, zone}, i) => {
    const {dbhCm, heightM, ageYr} = sizeOf(kind, habitat, randomKey(seed.randomSeed, 'size', name), i);
    const place = `${longitudeDeg.toFixed(6)},${latitudeDeg.toFixed(6)}`;
    const origin = habitat.planted ? 'planted' : 'natural';
    return `${i + 1},${kind.id},${place},${oneDigit(dbhCm)},${oneDigit(heightM)},${Math.round(ageYr)},${zone},${origin}`;
  });
  return `id,species,longitude_deg,latitude_deg,dbh_cm,height_m,age_yr,zone,origin\n${lines.join('\n')}\n`;
}

const oneDigit = (value: number) => Math.round(value * 10) / 10;
