import {randomUUID} from 'node:crypto';
import {EcoError} from '#schemas';
import {type BackupParts, type BackupRequest, backUp} from './back-up.ts';
import type {BackupManifest} from './manifest.ts';

const MOST_REMEMBERED = 20;

export type BackupJob = {
  id: string;
  folder: string;
  state: 'running' | 'done' | 'failed';
  files: {done: number; total: number};
  manifest: BackupManifest | null;
  error: {code: string; message: string} | null;
};

/** Backups of a running server: one at a time, the last ones remembered. */
export type BackupJobs = {
  /** @throws {EcoError} `backup_running` while one is under way. */
  start(request: Omit<BackupRequest, 'signal'>): BackupJob;
  get(id: string): BackupJob | undefined;
  /** Ends the one under way; nothing of it is left. */
  close(): Promise<void>;
};

export function createBackupJobs(parts: BackupParts, log: (line: object) => void): BackupJobs {
  const jobs = new Map<string, BackupJob>();
  const stop = new AbortController();
  let running: Promise<void> | null = null;

  async function run(job: BackupJob, request: BackupRequest): Promise<void> {
    try {
      job.manifest = await backUp(parts, {...request, signal: stop.signal}, (done, total) => {
        job.files = {done, total};
      });
      job.state = 'done';
      log({level: 'info', message: 'backup made', folder: job.folder, rows: job.manifest.store.rows});
    } catch (error) {
      job.state = 'failed';
      const known = error instanceof EcoError ? error : null;
      job.error = {code: known?.code ?? 'backup_failed', message: (error as Error).message};
      log({level: 'error', message: 'a backup failed', folder: job.folder, error});
    } finally {
      running = null;
    }
  }

  return {
    start: (request) => {
      if (running) throw new EcoError('backup_running', 'a backup is under way: wait until it is done', 409);
      stop.signal.throwIfAborted();
      const job: BackupJob = {
        id: randomUUID(),
        folder: request.folder,
        state: 'running',
        files: {done: 0, total: 0},
        manifest: null,
        error: null,
      };
      jobs.set(job.id, job);
      for (const id of jobs.keys()) {
        if (jobs.size <= MOST_REMEMBERED) break;
        jobs.delete(id);
      }
      running = run(job, request);
      return job;
    },
    get: (id) => jobs.get(id),
    close: async () => {
      stop.abort(new EcoError('server_closing', 'the server is stopping', 503));
      await running;
    },
  };
}
