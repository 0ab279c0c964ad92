import {existsSync, mkdirSync} from 'node:fs';
import {EcoError} from '#schemas';
import {openForWriting} from '../embedded/database.ts';
import {layoutOf} from '../embedded/layout.ts';

/** The document that says that a folder is the target of a migration that is not done. */
export const MIGRATION = {collection: 'migration', id: 'state'} as const;
/** Months that end before `closedToMs` come first; of what follows all before `doneToMs` is done. null: not yet begun. */
export type MigrationState = {
  schemaVersion: 1;
  from: string;
  closedToMs: number | null;
  doneToMs: number | null;
};

/** All that is kept beside the rows and does not change while rows are copied. */
const TABLES = ['document', 'revision', 'conflict', 'dead_letter'] as const;
/** What the copying itself changes: set right at the end. */
const LAST_TABLES = ['counter', 'recheck'] as const;

/**
 * Makes a store's folder and copies what is kept beside the rows into it, with a mark that the rows are to follow; all in
 * one transaction. Does nothing if a migration from the same place was begun before. Nobody may have the target open.
 * @throws {EcoError} `target_not_empty` if the folder holds a store that is not such a target.
 */
export function copySideTables(source: {folder: string; name: string}, target: string): void {
  mkdirSync(layoutOf(target).folder, {recursive: true});
  const db = openForWriting(layoutOf(target).database);
  try {
    db.prepare('ATTACH ? AS source').run(layoutOf(source.folder).database);
    const count = (table: string) => Number(db.prepare(`SELECT count(*) n FROM main.${table}`).get()!['n']);
    const found = db
      .prepare('SELECT value FROM main.document WHERE collection=? AND id=?')
      .get(MIGRATION.collection, MIGRATION.id);
    if (found) {
      const {from} = JSON.parse(String(found['value'])) as MigrationState;
      if (from === source.name) return;
      throw new EcoError('target_not_empty', `${target} is the target of a migration from ${from}`, 409);
    }
    if ([...TABLES, ...LAST_TABLES, 'hot', 'segment'].some((table) => count(table) > 0)) {
      throw new EcoError(
        'target_not_empty',
        `${target} holds a store already: move the folder away, or choose another ECO_DATA_DIR`,
        409,
      );
    }
    const state: MigrationState = {schemaVersion: 1, from: source.name, closedToMs: null, doneToMs: null};
    db.exec('BEGIN IMMEDIATE');
    for (const table of TABLES) db.exec(`INSERT INTO main.${table} SELECT * FROM source.${table}`);
    db.prepare('INSERT INTO main.document(collection, id, schema_version, value) VALUES(?,?,1,?)').run(
      MIGRATION.collection,
      MIGRATION.id,
      JSON.stringify(state),
    );
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

/** The last step, in one transaction: counts as they were, and the mark away. Nobody may have the target open. */
export function finishSideTables(source: {folder: string}, target: string): void {
  const db = openForWriting(layoutOf(target).database);
  try {
    db.prepare('ATTACH ? AS source').run(layoutOf(source.folder).database);
    db.exec('BEGIN IMMEDIATE');
    for (const table of LAST_TABLES) {
      db.exec(`DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM source.${table}`);
    }
    db.prepare('DELETE FROM main.document WHERE collection=? AND id=?').run(
      MIGRATION.collection,
      MIGRATION.id,
    );
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

/** Whether a store's folder has been made. */
export function hasStore(folder: string): boolean {
  return existsSync(layoutOf(folder).database);
}
