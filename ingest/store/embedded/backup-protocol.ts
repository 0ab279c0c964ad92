/** What the main thread asks the worker that copies a store. */
export type BackupQuestion =
  /** Answered once the worker is up. */
  | {kind: 'hello'}
  /** Fixes what is seen of the database from here on; commits wait meanwhile, so nothing else is done. */
  | {kind: 'snapshot'}
  /** Copies the database as it was then; gives its entry and the names of the column files that it counts on. */
  | {kind: 'database'; to: string}
  | {kind: 'file'; name: string; to: string; link: boolean}
  | {kind: 'close'};

/** A file of a copy: SHA-256 of its bytes, hex. */
export type CopiedFile = {bytes: number; sha256: string};
export type DatabaseAnswer = CopiedFile & {schemaVersion: number; rows: number; files: string[]};
