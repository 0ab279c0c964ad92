import {isAbsolute} from 'node:path';
import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {type Static, Type} from 'typebox';
import {ApiError, EcoError, Instant} from '#schemas';
import type {BackupJob, BackupJobs} from '../backup/backup-jobs.ts';

const closed = {additionalProperties: false} as const;

export const BackupBody = Type.Object(
  {
    id: Type.String(),
    folder: Type.String(),
    state: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
    files: Type.Object({done: Type.Integer(), total: Type.Integer()}, closed),
    marked: Type.Union([Instant, Type.Null()], {
      description: 'What was acknowledged before is in it; what was stored later is not',
    }),
    rows: Type.Union([Type.Integer(), Type.Null()]),
    bytes: Type.Union([Type.Integer(), Type.Null()]),
    error: Type.Union([Type.Object({code: Type.String(), message: Type.String()}, closed), Type.Null()]),
  },
  closed,
);
export type BackupBody = Static<typeof BackupBody>;

function bodyOf({id, folder, state, files, manifest, error}: BackupJob): BackupBody {
  return {
    id,
    folder,
    state,
    files,
    marked: manifest?.marked ?? null,
    rows: manifest?.store.rows ?? null,
    bytes: manifest?.files.reduce((sum, file) => sum + file.bytes, 0) ?? null,
    error,
  };
}

/** Backups of the data folder to a folder of this machine, while everything goes on. */
export const backupRoutes: FastifyPluginAsyncTypebox<{backups: BackupJobs}> = async (app, {backups}) => {
  app.post(
    '/backups',
    {
      schema: {
        action: 'operate',
        tags: ['operation'],
        summary: 'Begins a backup into a new folder of this machine; one at a time',
        body: Type.Object(
          {
            folder: Type.String({minLength: 1, maxLength: 2000, description: 'Absolute path; new or empty'}),
            link: Type.Optional(
              Type.Boolean({
                description: 'Column files get a second name instead of a copy, where the disk can do that',
              }),
            ),
          },
          closed,
        ),
        response: {202: BackupBody, 409: ApiError},
      },
    },
    async (request, reply) => {
      const {folder, link} = request.body;
      if (!isAbsolute(folder) || folder.includes('\0')) {
        throw new EcoError(
          'folder_invalid',
          `folder: expected an absolute path, got ${JSON.stringify(folder)}`,
        );
      }
      return reply.code(202).send(bodyOf(backups.start({folder, ...(link === undefined ? {} : {link})})));
    },
  );

  app.get(
    '/backups/:id',
    {
      schema: {
        action: 'operate',
        tags: ['operation'],
        summary: 'How far a backup is',
        params: Type.Object({id: Type.String({maxLength: 64})}),
        response: {200: BackupBody, 404: ApiError},
      },
    },
    async (request) => {
      const job = backups.get(request.params.id);
      if (job) return bodyOf(job);
      throw new EcoError('backup_unknown', `no backup ${request.params.id} since this server started`, 404);
    },
  );
};
