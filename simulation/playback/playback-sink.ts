import {CARBON_FRACTION} from '#model';
import {channelByte, PLAYBACK_CHANNELS, type Playback, type PlaybackChannelId} from '#schemas';
import type {RunPlan} from '../plan.ts';
import {type RunSink, TREE_STATUS, type TreeRows} from '../run/sink.ts';

const [HEIGHT, CROWN, HEALTH, CARBON, DBH] = PLAYBACK_CHANNELS;

/** Carbon in all parts of a tree, kg. */
function carbonKg(trees: TreeRows, i: number): number {
  const {foliageKg, fineRootKg, coarseRootKg, stemKg, branchKg, reserveKg} = trees;
  const mass = foliageKg[i]! + fineRootKg[i]! + coarseRootKg[i]! + stemKg[i]! + branchKg[i]! + reserveKg[i]!;
  return CARBON_FRACTION.all * mass;
}

/**
 * Gathers the trees of a member's years for a playback file. Step t is the state on 1 January of the plan's first year + t.
 * Trees stand on the mean ground of their unit: who has the terrain knows better.
 */
export function playbackSink(
  plan: RunPlan,
  options: {origin: Playback['origin']},
): Pick<RunSink, 'year'> & {finish(): Playback} {
  const places = new Map<number, number>();
  const trees: {id: number; xM: number; yM: number; species: number; unit: number}[] = [];
  /** By channel and step: a byte of each tree that was known then. */
  const frames: Uint8Array[][] = PLAYBACK_CHANNELS.map(() => []);
  const startTrees = plan.trees.id.length;

  return {
    year: ({trees: rows}) => {
      for (let i = 0; i < rows.count; i += 1) {
        const id = rows.id[i]!;
        if (places.has(id)) continue;
        places.set(id, trees.length);
        const [species, unit] = [rows.species[i]!, rows.unit[i]!];
        trees.push({id, xM: rows.xM[i]!, yM: rows.yM[i]!, species, unit});
      }
      const frame = PLAYBACK_CHANNELS.map(() => new Uint8Array(trees.length));
      const [height, crown, health, carbon, dbh] = frame as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      for (let i = 0; i < rows.count; i += 1) {
        if (rows.status[i] === TREE_STATUS.gone) continue;
        const at = places.get(rows.id[i]!)!;
        const alive = rows.status[i] === TREE_STATUS.alive;
        height[at] = Math.max(1, channelByte(HEIGHT, rows.heightM[i]!));
        crown[at] = channelByte(CROWN, rows.crownRadiusM[i]!);
        health[at] = alive ? Math.max(1, channelByte(HEALTH, 1 - rows.stress[i]!)) : 0;
        carbon[at] = channelByte(CARBON, carbonKg(rows, i));
        dbh[at] = channelByte(DBH, rows.dbhCm[i]!);
      }
      for (const [c, bytes] of frame.entries()) frames[c]!.push(bytes);
    },
    finish: () => {
      const order = [...trees.keys()].sort((a, b) => trees[a]!.id - trees[b]!.id);
      const steps = frames[0]!.length;
      const ground = ({unit}: (typeof trees)[number]) => plan.units[unit]?.groundM ?? 0;
      return {
        text: {
          schemaVersion: 1,
          site: plan.site,
          scenario: plan.scenario,
          startTrees,
          channels: PLAYBACK_CHANNELS,
          species: plan.speciesIds.map((id, s) => ({id, scientificName: plan.species[s]!.scientificName})),
        },
        firstYear: plan.firstYear,
        stepYears: 1,
        origin: options.origin,
        ids: Uint32Array.from(order, (i) => trees[i]!.id),
        xM: Float64Array.from(order, (i) => trees[i]!.xM),
        yM: Float64Array.from(order, (i) => trees[i]!.yM),
        zM: Float64Array.from(order, (i) => ground(trees[i]!)),
        species: Uint16Array.from(order, (i) => trees[i]!.species),
        steps,
        channels: frames.map((byStep) => {
          const bytes = new Uint8Array(order.length * steps);
          for (const [row, i] of order.entries()) {
            // A tree that came later has no byte in the steps before.
            for (let t = 0; t < steps; t += 1) bytes[row * steps + t] = byStep[t]![i] ?? 0;
          }
          return bytes;
        }),
      };
    },
  };
}

/** Bytes of a channel over the steps of the tree at a place of the file. */
export function channelOf(playback: Playback, id: PlaybackChannelId, tree: number): Uint8Array {
  const channel = playback.text.channels.findIndex((one) => one.id === id);
  return playback.channels[channel]!.subarray(tree * playback.steps, (tree + 1) * playback.steps);
}
