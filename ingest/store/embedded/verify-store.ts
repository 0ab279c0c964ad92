import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {EcoError} from '#schemas';
import {layoutOf} from './layout.ts';

/**
 * Looks a store over that nobody has open: the database's own integrity, and every column file that it counts on, by size.
 * Gives the rows it holds and the version of its tables. Changes nothing.
 * @throws {EcoError} `store_damaged` with what was found.
 */
export function verifyStore(folder: string): {rows: number; schemaVersion: number} {
  const layout = layoutOf(folder);
  const damaged = (message: string) => new EcoError('store_damaged', `${folder}: ${message}`, 409);
  if (!existsSync(layout.database)) throw damaged(`${path.basename(layout.database)} is missing`);
  const db = new DatabaseSync(layout.database, {readOnly: true});
  try {
    const integrity = String(db.prepare('PRAGMA integrity_check(1)').get()!['integrity_check']);
    if (integrity !== 'ok') throw damaged(`the database is damaged: ${integrity}`);
    for (const segment of db.prepare('SELECT raw, tier, bytes FROM segment').all()) {
      let bytes = 0;
      for (const name of [segment['raw'], segment['tier']]) {
        if (name === null) continue;
        const file = path.join(layout.cold, String(name));
        const size = statSync(file, {throwIfNoEntry: false})?.size;
        if (size === undefined) throw damaged(`column file ${String(name)} is missing`);
        bytes += size;
      }
      if (bytes !== Number(segment['bytes'])) {
        throw damaged(
          `${String(segment['raw'])} and its tier have ${bytes} bytes, expected ${Number(segment['bytes'])}`,
        );
      }
    }
    const rows = db
      .prepare('SELECT (SELECT count(*) FROM hot) + (SELECT ifnull(sum(n), 0) FROM segment_series) AS n')
      .get()!['n'];
    return {
      rows: Number(rows),
      schemaVersion: Number(db.prepare('PRAGMA user_version').get()!['user_version']),
    };
  } catch (error) {
    if (error instanceof EcoError) throw error;
    throw damaged((error as Error).message);
  } finally {
    db.close();
  }
}
