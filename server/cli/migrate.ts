import {join} from 'node:path';
import {
  type Checksum,
  checksumOf,
  copyRows,
  copySideTables,
  type EmbeddedStore,
  finishSideTables,
  hasStore,
  type InfluxStore,
} from '#ingest';
import {EcoError, type Settings} from '#schemas';
import {openCore} from '../core.ts';
import {createLog} from '../log.ts';
import {labelsOf, openStore, STORE_FOLDERS} from '../open-store.ts';
import {requireFree} from '../start-refusals.ts';
import {type Command, type Io, type Parsed, parse, textOption, UsageError} from './command.ts';
import {collectGarbage, collectYoungGarbage} from './open-data.ts';
import {createProgress} from './progress.ts';

type Kind = Settings['store'];

export type MigrationReport = {from: Kind; to: Kind; source: Checksum; target: Checksum; equal: boolean};

function kindOption(parsed: Parsed, name: string): Kind {
  const said = textOption(parsed, name);
  if (said === 'embedded' || said === 'influxdb') return said;
  throw new UsageError(`--${name}: expected one of embedded, influxdb, got ${said ?? 'nothing'}`);
}

/** @throws {EcoError} `store_away` if InfluxDB does not take what is to go there. */
async function untilSent(store: EmbeddedStore | InfluxStore, signal: AbortSignal): Promise<void> {
  if (!('forwarding' in store)) return;
  for (;;) {
    signal.throwIfAborted();
    const {state, waitingRows, message} = store.forwarding();
    if (state === 'sending' && waitingRows === 0) return;
    if (state === 'denied') throw new EcoError('store_away', `InfluxDB: ${message}`, 503);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Moves everything; what was moved before is not moved again. The source stays as it is.
 * @throws {EcoError} `target_not_empty`, `store_missing`, `data_dir_in_use`, `store_away`.
 */
async function move(
  settings: Settings,
  {from, to}: {from: Kind; to: Kind},
  io: Io,
  signal: AbortSignal,
): Promise<MigrationReport> {
  const folderOf = (kind: Kind) => join(settings.dataDir, STORE_FOLDERS[kind]);
  const source = {folder: folderOf(from), name: from};
  if (!hasStore(source.folder)) {
    throw new EcoError('store_missing', `${source.folder} holds no store: nothing is there to be moved`, 404);
  }
  await requireFree(settings.dataDir);
  const log = createLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel);
  // Nobody else reads, and the source stays as it is.
  const core = await openCore(
    {...settings, store: from},
    {log, includeVirtual: true, store: {reader: 'here', compactEveryMs: 0}},
  );
  const progress = createProgress(io, `${from} to ${to}`);
  let report: MigrationReport;
  try {
    await untilSent(core.store, signal);
    await core.store.settled();
    copySideTables(source, folderOf(to));
    const target = await openStore(
      {...settings, store: to},
      {
        seriesInfo: (series) => core.registry.seriesInfo(series),
        labels: Promise.resolve((series: number) => labelsOf(core.registry.datastreamBySeries(series))),
        log,
        reader: 'here',
        compactEveryMs: 0,
      },
    );
    try {
      await untilSent(target, signal);
      collectGarbage();
      await copyRows(core.store, target, {
        signal,
        onRows: (done, total) => {
          progress.update(done, total * 3, `${done} rows copied`);
          collectYoungGarbage();
        },
      });
      await untilSent(target, signal);
      await target.compact();
      const sums: Checksum[] = [];
      for (const store of [core.store, target]) {
        const before = sums[0]?.rows ?? 0;
        let read = 0;
        const checksum = await checksumOf(store, {
          signal,
          onRows: (rows) => {
            read += rows;
            const total = before || read;
            progress.update(total + before + read, total * 3, `${read} rows compared`);
            collectYoungGarbage();
          },
        });
        sums.push(checksum);
      }
      const [mine, theirs] = sums as [Checksum, Checksum];
      report = {from, to, source: mine, target: theirs, equal: mine.sha256 === theirs.sha256};
    } finally {
      await target.close();
    }
    if (report.equal) finishSideTables(source, folderOf(to));
  } finally {
    progress.stop();
    await core.close();
  }
  return report;
}

export const migrate: Command = {
  help: `eco migrate --from embedded|influxdb --to influxdb|embedded [--json]

Moves all observations and what is kept beside them (documents, verdicts, conflicts, dead letters, counts) from one store of
the data folder to another, and compares both: number of rows and a checksum of every row as it was stored. Stop the server
first. Stopped in the middle, it goes on where it was. The source stays as it is; start with ECO_STORE naming the other one.

example:
  ECO_INFLUX_URL=http://127.0.0.1:8086 ECO_INFLUX_TOKEN_FILE=token npm run eco -- migrate --from embedded --to influxdb`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {options: {from: {type: 'string'}, to: {type: 'string'}}});
    const from = kindOption(parsed, 'from');
    const to = kindOption(parsed, 'to');
    if (from === to) throw new UsageError(`--to: expected another store than ${from}`);
    const stop = new AbortController();
    const onSignal = () => stop.abort(new EcoError('stopped', 'stopped; run it again to go on'));
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    try {
      const report = await move(parsed.settings, {from, to}, io, stop.signal);
      const {source, target, equal} = report;
      if (parsed.json) io.out(JSON.stringify(report));
      else {
        for (const [name, sum] of [
          [from, source],
          [to, target],
        ] as const) {
          io.out(`${name}: ${sum.series} series, ${sum.rows} rows, sha256 ${sum.sha256}`);
        }
        io.out(equal ? 'equal' : 'not equal: the target does not count as moved');
      }
      return equal ? 0 : 1;
    } finally {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    }
  },
};
