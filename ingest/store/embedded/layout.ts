import path from 'node:path';

/** Names inside the store's folder. */
export type Layout = {
  folder: string;
  /** Rows of the last days, documents and all that is small (SQLite). */
  database: string;
  /** Held locked while the store is open. */
  lock: string;
  /** Immutable column files (Parquet). */
  cold: string;
};

export function layoutOf(folder: string): Layout {
  const root = path.resolve(folder);
  return {
    folder: root,
    database: path.join(root, 'hot.db'),
    lock: path.join(root, 'lock.db'),
    cold: path.join(root, 'cold'),
  };
}
