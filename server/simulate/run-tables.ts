import {createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {EcoError, type RunTable} from '#schemas';
import {csvToParquet} from './csv-to-parquet.ts';
import {tablePath} from './execute-run.ts';
import type {Finished} from './results.ts';
import {csvName, parquetName} from './table-files.ts';
import {startThread, type ThreadOptions} from './threads.ts';

/** Tables that are made at once. */
const MOST_AT_ONCE = 2;

export type TableFile = {bytes: number; stream(): Readable};
export type RunTables = {
  /**
   * A table of a member as a file. It is not kept: the member is run again, which gives the same bits, and compared with what it
   * gave the first time. When the stream ends or `signal` is aborted nothing of it is left.
   * @throws {EcoError} `member_unknown` (404), `run_not_done` (409), `run_of_other_program` (409), `tables_busy` (503).
   */
  open(
    run: Finished,
    asked: {table: RunTable; format: 'csv' | 'parquet'; member: number},
    signal: AbortSignal,
  ): Promise<TableFile>;
  close(): Promise<void>;
};

export function createRunTables(options: ThreadOptions & {dataDir: string; program: string}): RunTables {
  const scratch = join(options.dataDir, 'runs', '.scratch');
  const open = new Set<() => Promise<void>>();
  let making = 0;
  rmSync(scratch, {recursive: true, force: true});

  const fileOf = (path: string, whenRead: () => void): TableFile => ({
    bytes: statSync(path).size,
    stream: () => createReadStream(path).once('close', whenRead),
  });

  return {
    open: async ({record, folder}, {table, format, member}, signal) => {
      if (member >= record.members) {
        const most = record.members - 1;
        throw new EcoError('member_unknown', `run ${record.id} has members 0 to ${most}, got ${member}`, 404);
      }
      const name = format === 'csv' ? csvName(table) : parquetName(table);
      const kept = tablePath(folder, name);
      if (member === 0 && existsSync(kept)) return fileOf(kept, () => {});
      const plan = folder.plan();
      const before = folder.member(plan, member);
      if (before === null) {
        throw new EcoError('run_not_done', `member ${member} of run ${record.id} is not done yet`, 409);
      }
      if (record.program !== options.program) {
        throw new EcoError(
          'run_of_other_program',
          `run ${record.id} was made by ${record.program}, and this is ${options.program}: run its scenario again for tables`,
          409,
        );
      }
      if (making >= MOST_AT_ONCE) {
        throw new EcoError('tables_busy', `${making} tables are being made; try again when one is done`, 503);
      }
      making += 1;
      mkdirSync(scratch, {recursive: true});
      const into = mkdtempSync(join(scratch, 'table-'));
      const tables = {folder: into, names: [table]};
      const thread = startThread(plan, () => ({member, playback: null, tables}), options);
      const end = async () => {
        open.delete(end);
        signal.removeEventListener('abort', end);
        await thread.stop();
        rmSync(into, {recursive: true, force: true});
      };
      open.add(end);
      signal.addEventListener('abort', end);
      try {
        signal.throwIfAborted();
        const {summary} = await thread.run(member, () => {});
        await thread.stop();
        const same = (a: Float64Array, b: Float64Array) => Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
        if (!same(summary.indicators, before.indicators) || !same(summary.parts, before.parts)) {
          throw new EcoError(
            'run_not_repeated',
            `member ${member} of run ${record.id} does not give what it gave before: it was made by another version of the program`,
            409,
          );
        }
        if (format === 'parquet') await csvToParquet(into, table);
        signal.throwIfAborted();
        return fileOf(join(into, name), () => void end());
      } catch (error) {
        await end();
        signal.throwIfAborted();
        throw error;
      } finally {
        making -= 1;
      }
    },
    close: async () => {
      await Promise.all([...open].map((end) => end()));
    },
  };
}

function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
