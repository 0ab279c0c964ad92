import {mkdirSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {EcoError, type RunIndicators, type SkippedOperation} from '#schemas';
import {executeRun} from './execute-run.ts';
import {fingerprintOf} from './fingerprint.ts';
import {indicatorsCsv} from './indicators-csv.ts';
import type {RunToBe} from './planner.ts';
import {type Finished, runIndicators} from './results.ts';
import {createRunFolder, isRunFolder, openRunFolder, type RunFolder} from './run-folder.ts';
import {runManifest} from './run-manifest.ts';
import {newRecord, skippedOperations} from './runs.ts';
import {writeWholeFile} from './whole-file.ts';

export type LocalRunOptions = {
  program: string;
  /** Folder for everything that it gives; absent: only what is told stays. */
  out?: string;
  workers?: number;
  signal: AbortSignal;
  now: () => number;
  onProgress?(done: number, total: number): void;
  onRetry?(member: number, error: Error): void;
};
export type LocalRun = Finished & {indicators: RunIndicators; skipped: SkippedOperation[]};

/**
 * The folder of a run that is about to be made, or was begun here.
 * @throws {EcoError} `folder_taken` (409) if something else lies there, `folder_unusable` if it cannot be made.
 */
function folderFor({plan, origin}: RunToBe, path: string, options: LocalRunOptions): RunFolder {
  if (isRunFolder(path)) {
    const folder = openRunFolder(path);
    if (folder.record().fingerprint === fingerprintOf(plan, options.program)) return folder;
    throw new EcoError(
      'folder_taken',
      `${path} holds another run (other scenario, site, seed, years, members or program): choose another folder`,
      409,
    );
  }
  let names: string[];
  try {
    mkdirSync(path, {recursive: true});
    names = readdirSync(path);
  } catch (error) {
    throw new EcoError('folder_unusable', `${path}: expected a folder: ${(error as Error).message}`);
  }
  // What a run leaves that was cut off while it was made is no reason to refuse.
  if (names.some((name) => name !== 'members' && !/^(plan|origin)\./.test(name))) {
    throw new EcoError('folder_taken', `${path} is not empty: choose another folder`, 409);
  }
  const record = newRecord(plan, {id: plan.scenario, program: options.program, createdMs: options.now()});
  return createRunFolder(path, {record, plan, origin});
}

/**
 * Runs a scenario here and now. A run into a folder that was cut off goes on where it stopped; one that is done is told again.
 * @throws {EcoError} `folder_taken`; the signal's reason; {MemberError}.
 */
export async function runHere(toBe: RunToBe, options: LocalRunOptions): Promise<LocalRun> {
  const {out, now} = options;
  const path = out ?? mkdtempSync(join(tmpdir(), 'eco-run-'));
  try {
    const folder = folderFor(toBe, path, options);
    let record = folder.record();
    if (record.state !== 'done') {
      const fromMs = now();
      const before = record.computedMs;
      record = {...record, state: 'running', startedMs: record.startedMs ?? fromMs};
      folder.save(record);
      try {
        await executeRun(folder, toBe.plan, {
          signal: options.signal,
          tables: out !== undefined,
          ...(options.workers === undefined ? {} : {workers: options.workers}),
          ...(options.onProgress ? {onProgress: options.onProgress} : {}),
          ...(options.onRetry ? {onRetry: options.onRetry} : {}),
        });
      } finally {
        record = {...record, computedMs: before + now() - fromMs};
        folder.save(record);
      }
      record = {...record, state: 'done', endedMs: now()};
    }
    const indicators = runIndicators({record, folder});
    const skipped = skippedOperations(folder);
    if (out !== undefined) {
      writeWholeFile(folder.file('indicators.csv'), indicatorsCsv(indicators));
      writeWholeFile(
        folder.file('manifest.json'),
        `${JSON.stringify(runManifest({record, folder}), null, 1)}\n`,
      );
      folder.save(record);
    }
    return {record, folder, indicators, skipped};
  } catch (error) {
    if (out === undefined) rmSync(path, {recursive: true, force: true});
    throw error;
  }
}

/** Removes what a run without `out` left. */
export function forgetLocal(run: LocalRun, out: string | undefined): void {
  if (out === undefined) run.folder.remove();
}
