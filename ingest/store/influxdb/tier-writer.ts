import type {DatabaseSync} from 'node:sqlite';
import {BASE_BUCKET_MS} from '#model';
import type {RollUp} from '#schemas';
import type {SegmentRecord} from '../embedded/protocol.ts';
import {changedQuarters} from '../embedded/quarter-reader.ts';
import {SnapshotReader} from '../embedded/series-snapshot.ts';
import {BATCH_LINES} from './influx-api.ts';
import type {InfluxRows} from './influx-rows.ts';
import {tierLineOf} from './points.ts';
import type {Sender} from './sender.ts';

/**
 * Brings the quarter hours of segments up to date, before rows of them leave the local database: those that a row or a
 * verdict touched since they were last written. Gives the segments with the state that the quarter hours now have; what
 * comes meanwhile is newer than that state, and so counted as not yet in them.
 */
export async function writeTiers(
  of: {db: DatabaseSync; rows: InfluxRows; sender: Sender},
  segments: readonly SegmentRecord[],
  kinds: ReadonlyMap<number, RollUp>,
): Promise<SegmentRecord[]> {
  const snapshots = new SnapshotReader(of.db);
  const revisionSeq = Number(of.db.prepare('SELECT ifnull(max(id), 0) n FROM revision').get()!['n']);
  const done: SegmentRecord[] = [];
  for (const segment of segments) {
    const {heads, write} = await of.sender.tierWriter(segment.series);
    const seriesTierKind: (RollUp | null)[] = [];
    let lines: string[] = [];
    for (let s = 0; s < segment.series.length; s++) {
      const series = segment.series[s]!;
      const kind = kinds.get(series) ?? null;
      if (kind === null) {
        seriesTierKind.push(null);
        continue;
      }
      const query = {
        series,
        fromMs: Math.floor(segment.seriesT0[s]! / BASE_BUCKET_MS) * BASE_BUCKET_MS,
        toMs: (Math.floor(segment.seriesT1[s]! / BASE_BUCKET_MS) + 1) * BASE_BUCKET_MS,
      };
      const tier = await changedQuarters(of.rows, query, snapshots.take({...query, credible: true}), kind);
      let sound = tier !== null;
      for (let i = 0; tier !== null && i < tier.startMs.length && sound; i++) {
        const line = tierLineOf(heads.get(series)!, tier, i);
        if (line === null) sound = false;
        else lines.push(line);
        if (lines.length === BATCH_LINES) {
          await write(lines);
          lines = [];
        }
      }
      seriesTierKind.push(sound ? kind : null);
    }
    if (lines.length > 0) await write(lines);
    done.push({...segment, tier: `${segment.raw}/15m`, revisionSeq, seriesTierKind});
  }
  return done;
}
