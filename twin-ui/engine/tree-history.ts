import {channelValue, type Playback, type PlaybackChannelId} from '#schemas';
import type {Crowns} from './crown-placement.ts';
import {CROWN_FORMS, type CrownForm} from './ground-style.ts';
import {hash01} from './hash.ts';

/** How a species is drawn. */
export type TreeLook = {form: CrownForm; evergreen: boolean};

/** What a shader is told of a tree and year, a byte each, in the order of a texel. */
const TEXEL = ['height', 'crown_radius', 'health', 'carbon'] as const satisfies readonly PlaybackChannelId[];

/** Trees by year, as a graphics card reads them: texel `step · count + tree`. */
export type TreeHistory = {
  count: number;
  /** Trees that stood at the start; the rest was planted or came up. */
  startCount: number;
  steps: number;
  firstYear: number;
  stepYears: number;
  ids: Uint32Array;
  /** Index into `speciesIds`. */
  species: Uint16Array;
  speciesIds: readonly string[];
  texels: Uint8Array<ArrayBuffer>;
  /** Metres in a byte of height and of radius. */
  heightScaleM: number;
  radiusScaleM: number;
  /** Diameter of tree i at step t, cm, at [i · steps + t]; null where the file does not say. */
  dbhBytes: Uint8Array | null;
  crowns: Crowns;
};

/** Sets the trees on the ground that is drawn, so that none floats or is sunk. */
export function standOn({crowns}: TreeHistory, groundM: (eastM: number, northM: number) => number): void {
  for (let i = 0; i < crowns.count; i++) crowns.groundM[i] = groundM(crowns.eastM[i]!, crowns.northM[i]!);
}

/** Last year that the history tells of. */
export function lastYear({firstYear, steps, stepYears}: TreeHistory): number {
  return firstYear + (steps - 1) * stepYears;
}

/**
 * A playback made ready to be drawn, on ground as the file has it: see `standOn`.
 * @throws {Error} when the file lacks heights or radii.
 */
export function treeHistory(playback: Playback, lookOf: (speciesId: string) => TreeLook): TreeHistory {
  const {ids, steps, xM, yM, zM, species, text} = playback;
  const count = ids.length;
  const channels = new Map(text.channels.map((channel, k) => [channel.id, {channel, k}]));
  const texels = new Uint8Array(count * steps * TEXEL.length);
  TEXEL.forEach((id, part) => {
    const found = channels.get(id);
    if (!found) {
      if (part < 2) throw new Error(`the playback has no channel ${id}`);
      return;
    }
    const bytes = playback.channels[found.k]!;
    for (let i = 0; i < count; i++)
      for (let t = 0; t < steps; t++) texels[(t * count + i) * TEXEL.length + part] = bytes[i * steps + t]!;
  });
  const looks = text.species.map(({id}) => lookOf(id));
  const scaleOf = (id: PlaybackChannelId) => channelValue(channels.get(id)!.channel, 1);
  const dbh = channels.get('dbh');
  const history: TreeHistory = {
    count,
    startCount: text.startTrees,
    steps,
    firstYear: playback.firstYear,
    stepYears: playback.stepYears,
    ids,
    species,
    speciesIds: text.species.map(({id}) => id),
    texels,
    heightScaleM: scaleOf('height'),
    radiusScaleM: scaleOf('crown_radius'),
    dbhBytes: dbh ? playback.channels[dbh.k]! : null,
    crowns: {
      count,
      eastM: Float32Array.from(xM),
      northM: Float32Array.from(yM),
      groundM: Float32Array.from(zM),
      heightM: new Float32Array(count),
      radiusM: new Float32Array(count),
      form: Uint8Array.from(species, (s) => CROWN_FORMS.indexOf(looks[s]!.form)),
      seed: Float32Array.from(ids, (id) => hash01(id, 1, 17)),
      evergreen: Uint8Array.from(species, (s) => (looks[s]!.evergreen ? 1 : 0)),
    },
  };
  sizeCrowns(history, history.firstYear);
  return history;
}

/** Step in time of a year, within the history; a fraction lies between two states. */
export function stepOf({firstYear, stepYears, steps}: TreeHistory, year: number): number {
  return Math.min(steps - 1, Math.max(0, (year - firstYear) / stepYears));
}

/** Writes heights and radii of the nearest state into the crowns, for what is sorted by size. */
export function sizeCrowns(history: TreeHistory, year: number): void {
  const {count, texels, crowns, heightScaleM, radiusScaleM} = history;
  const from = Math.round(stepOf(history, year)) * count * TEXEL.length;
  for (let i = 0; i < count; i++) {
    crowns.heightM[i] = texels[from + i * TEXEL.length]! * heightScaleM;
    crowns.radiusM[i] = texels[from + i * TEXEL.length + 1]! * radiusScaleM;
  }
}

/** Trees that live, stand dead, or are not there, at the state nearest to a year. */
export function countTrees(history: TreeHistory, year: number): {alive: number; dead: number} {
  const {count, texels} = history;
  const from = Math.round(stepOf(history, year)) * count * TEXEL.length;
  let alive = 0;
  let dead = 0;
  for (let i = 0; i < count; i++) {
    const at = from + i * TEXEL.length;
    if (texels[at] === 0) continue;
    if (texels[at + 2] === 0) dead += 1;
    else alive += 1;
  }
  return {alive, dead};
}

/** Crowns of `rest` that no crown of `trees` stands in the way of, after those of `trees`, which keep their numbers. */
export function joinCrowns(trees: Crowns, rest: Crowns): Crowns {
  const near = nearTree(trees);
  const kept: number[] = [];
  for (let k = 0; k < rest.count; k++)
    if (!near(rest.eastM[k]!, rest.northM[k]!, rest.radiusM[k]!)) kept.push(k);
  const floats = (a: Float32Array, b: Float32Array) => {
    const all = new Float32Array(trees.count + kept.length);
    all.set(a);
    kept.forEach((k, i) => {
      all[trees.count + i] = b[k]!;
    });
    return all;
  };
  const bytes = (a: Uint8Array, b: Uint8Array) => {
    const all = new Uint8Array(trees.count + kept.length);
    all.set(a);
    kept.forEach((k, i) => {
      all[trees.count + i] = b[k]!;
    });
    return all;
  };
  return {
    count: trees.count + kept.length,
    eastM: floats(trees.eastM, rest.eastM),
    northM: floats(trees.northM, rest.northM),
    groundM: floats(trees.groundM, rest.groundM),
    heightM: floats(trees.heightM, rest.heightM),
    radiusM: floats(trees.radiusM, rest.radiusM),
    form: bytes(trees.form, rest.form),
    seed: floats(trees.seed, rest.seed),
    evergreen: bytes(trees.evergreen, rest.evergreen),
  };
}

const CELL_M = 12;
/** Crowns may reach into each other by this share of their radii. */
const OVERLAP = 0.7;

function nearTree(trees: Crowns): (eastM: number, northM: number, radiusM: number) => boolean {
  const cells = new Map<number, number[]>();
  const cell = (eastM: number, northM: number) =>
    Math.floor(eastM / CELL_M) * 100_003 + Math.floor(northM / CELL_M);
  for (let i = 0; i < trees.count; i++) {
    if (trees.heightM[i] === 0) continue;
    const key = cell(trees.eastM[i]!, trees.northM[i]!);
    const list = cells.get(key);
    if (list) list.push(i);
    else cells.set(key, [i]);
  }
  return (eastM, northM, radiusM) => {
    for (let de = -1; de <= 1; de++)
      for (let dn = -1; dn <= 1; dn++)
        for (const i of cells.get(cell(eastM + de * CELL_M, northM + dn * CELL_M)) ?? []) {
          const distance = Math.hypot(trees.eastM[i]! - eastM, trees.northM[i]! - northM);
          if (distance < OVERLAP * (trees.radiusM[i]! + radiusM)) return true;
        }
    return false;
  };
}
