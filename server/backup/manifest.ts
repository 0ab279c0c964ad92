import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Static, Type} from 'typebox';
import {createValidator, EcoError, Instant} from '#schemas';

const closed = {additionalProperties: false} as const;
export const MANIFEST_VERSION = 1;
const MANIFEST = 'backup.json';

/**
 * What of the data folder a backup holds besides the store: folders with the plain files at their first level, and files.
 * Each is replaced whole, or only grows by lines (`frames`), so that a copy taken at any moment can be read.
 */
export const KEPT_FOLDERS = ['maps', 'models', 'frames', 'archive', 'scenarios'] as const;
export const KEPT_FILES = ['elements.json'] as const;

/** `store/hot.db`, `store/cold/raw-2026-11-0a1b2c3d.parquet`, `maps/probe.json`: no step up, no hidden name. */
const FilePath = Type.String({
  maxLength: 400,
  pattern:
    '^((store|maps|models|frames|archive|scenarios)(/[A-Za-z0-9_][A-Za-z0-9._-]{0,199}){1,4}|elements\\.json)$',
});

/** `backup.json`: what a backup holds. A folder without it is no backup. */
export const BackupManifest = Type.Object(
  {
    schemaVersion: Type.Literal(MANIFEST_VERSION),
    kind: Type.Literal('eco-backup'),
    /** Version of the program that made it. */
    program: Type.String({maxLength: 64}),
    /** What was acknowledged before is in it; what was stored later is not. */
    marked: Instant,
    store: Type.Object({schemaVersion: Type.Integer({minimum: 1}), rows: Type.Integer({minimum: 0})}, closed),
    files: Type.Array(
      Type.Object(
        {path: FilePath, bytes: Type.Integer({minimum: 0}), sha256: Type.String({pattern: '^[0-9a-f]{64}$'})},
        closed,
      ),
      {minItems: 1, maxItems: 200_000},
    ),
  },
  closed,
);
export type BackupManifest = Static<typeof BackupManifest>;
const isManifest = createValidator<BackupManifest>(BackupManifest);

export const manifestIn = (folder: string): string => join(folder, MANIFEST);

/**
 * The manifest of a finished backup.
 * @throws {EcoError} `backup_missing` for a folder that is none or is half made, `backup_too_new`, `backup_damaged`.
 */
export function readManifest(folder: string): BackupManifest {
  const file = manifestIn(folder);
  if (!existsSync(file)) {
    throw new EcoError(
      'backup_missing',
      `${folder} is no finished backup: expected ${MANIFEST} in it, which \`eco backup\` writes last`,
      404,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new EcoError('backup_damaged', `${file}: expected JSON: ${(error as Error).message}`, 409);
  }
  const version = (value as {schemaVersion?: unknown} | null)?.schemaVersion;
  if (typeof version === 'number' && version > MANIFEST_VERSION) {
    throw new EcoError(
      'backup_too_new',
      `${file} has schemaVersion ${version}; this program knows up to ${MANIFEST_VERSION}: use the newer program`,
      409,
    );
  }
  if (isManifest(value)) return value;
  throw new EcoError('backup_damaged', `${file}: ${isManifest.problem()}`, 409);
}
