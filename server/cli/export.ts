import {basename, extname} from 'node:path';
import {createValidator, EcoError} from '#schemas';
import {ExportQuery} from '../export/export-query.ts';
import {createExports} from '../export/exports.ts';
import {ExportSidecar} from '../export/sidecar.ts';
import {type ExportSource, writeExport} from '../export/write-export.ts';
import {callApi} from './api-client.ts';
import {type Command, type Parsed, parse, textOption, typedPath, UsageError} from './command.ts';
import {collectGarbage, collectYoungGarbage, onlineOrOffline} from './open-data.ts';
import {createProgress} from './progress.ts';

const isQuery = createValidator<ExportQuery>(ExportQuery);
const FILTERS = [
  'zone',
  'station',
  'device',
  'element',
  'datastream',
  'from',
  'to',
  'flags',
  'format',
  'layout',
];
const FORMATS: Readonly<Record<string, string>> = {
  '.parquet': 'parquet',
  '.geojson': 'geojson',
  '.json': 'geojson',
};

function queryOf(out: string, parsed: Parsed): ExportQuery {
  const query: Record<string, unknown> = {};
  for (const name of [...FILTERS, 'values']) {
    const said = textOption(parsed, name);
    if (said !== undefined) query[name] = said;
  }
  const asOf = textOption(parsed, 'as-of');
  const site = textOption(parsed, 'of-site');
  if (asOf !== undefined) query['asOf'] = asOf;
  if (site !== undefined) query['site'] = site;
  if (parsed.values['bom'] === true) query['bom'] = true;
  if (parsed.values['local-time'] === true) query['time'] = 'local';
  query['format'] ??= FORMATS[extname(out).toLowerCase()] ?? 'csv';
  if (isQuery(query)) return query;
  throw new UsageError(`export: ${isQuery.problem()}`);
}

const pathOf = (path: string, query: ExportQuery) =>
  `${path}?${new URLSearchParams(Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]))}`;

/** Exports of a running server. */
function serverSource(httpUrl: string): ExportSource {
  return {
    describe: (query) => callApi(httpUrl, 'GET', pathOf('/export/sidecar', query), ExportSidecar),
    open: async function* (query, signal) {
      let response: Response;
      try {
        response = await fetch(`${httpUrl}/api/v1${pathOf('/export', query)}`, {
          headers: {'accept-encoding': 'identity'},
          signal,
        });
      } catch (error) {
        signal.throwIfAborted();
        throw new EcoError(
          'server_unreachable',
          `${httpUrl} does not answer: ${(error as Error).message}`,
          503,
        );
      }
      if (!response.ok) {
        const refusal = (await response.json().catch(() => ({}))) as {code?: string; message?: string};
        throw new EcoError(refusal.code ?? 'server_failed', refusal.message ?? `got ${response.status}`);
      }
      try {
        for await (const data of response.body!) yield data as Uint8Array;
      } catch (error) {
        signal.throwIfAborted();
        throw new EcoError(
          'export_cut_off',
          `${httpUrl} ended in the middle (${(error as Error).message}); the same command goes on where it stopped`,
        );
      }
    },
  };
}

type Readable = Parameters<typeof createExports>[0]['store'];

/** Blocks after which also what has grown old is looked through: their arrays weigh more than V8 sees of them. */
const BLOCKS_TO_TIDY = 64;

/** A store whose blocks take no more room than they need: what the ones before left behind goes first. */
function frugal(store: Readable): Readable {
  let blocks = 0;
  return {
    stats: () => store.stats(),
    written: () => store.written(),
    rowBlocks: async function* (query, blockRows) {
      for await (const block of store.rowBlocks(query, blockRows)) {
        blocks += 1;
        if (blocks % BLOCKS_TO_TIDY === 0) collectGarbage();
        else collectYoungGarbage();
        yield block;
      }
    },
  };
}

export const exportCommand: Command = {
  help: `eco export observations FILE [--format csv|parquet|geojson] [--layout long|wide] [--values revised|stored|both]
    [--from TIME] [--to TIME] [--as-of TIME] [--element ID,ID] [--station ID,ID] [--device ID,ID] [--datastream ID,ID]
    [--zone ID,ID] [--site ID] [--flags 1,2] [--bom] [--local-time] [--json]

Writes observations to FILE and what a reader must know of them (units, statistics, datum, flags, licence, credit, query,
rows, SHA-256) to FILE.json, through the running server or, if none runs, from the data folder. The format is that of the
name (.csv, .parquet, .geojson) unless --format says. --layout wide: a row an instant, a column a datastream. --values both:
as revised and as it came. --bom and --local-time are for spreadsheets.
An export that was cut off goes on where it stopped when the same command is given again: FILE appears when it is whole.

example:
  npm run eco -- export observations march.csv --element air_temperature,rain --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z
  npm run eco -- export observations all.parquet --values both`,
  run: async (argv, io) => {
    const words = argv.map((word) => word.replace(/^--site(?==|$)/, '--of-site'));
    const text = {type: 'string'} as const;
    const parsed = parse(words, io, {
      options: {
        ...Object.fromEntries(FILTERS.map((name) => [name, text])),
        values: text,
        'as-of': text,
        'of-site': text,
        bom: {type: 'boolean'},
        'local-time': {type: 'boolean'},
      },
      positionals: ['observations', 'FILE'],
    });
    const [what, said] = parsed.positionals;
    if (what !== 'observations') throw new UsageError(`export: expected observations, got ${what}`);
    const out = typedPath(said!, io.env);
    const query = queryOf(out, parsed);
    const stop = new AbortController();
    const onSignal = () =>
      stop.abort(new EcoError('export_stopped', 'stopped; the same command goes on where it stopped'));
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    const progress = createProgress(io, basename(out));
    // How much comes is not known before it is there.
    const options = {
      signal: stop.signal,
      onProgress: (bytes: number, note: string) => progress.update(bytes, Math.max(bytes * 1.2, 1e6), note),
    };
    try {
      const sidecar = await onlineOrOffline<ExportSidecar>(parsed.settings, {
        readsMuch: true,
        online: (url) => writeExport(out, query, serverSource(url), options),
        offline: async ({registry, maps, store}) => {
          await store.endWriting();
          const {dataDir} = parsed.settings;
          const exports = createExports({registry, maps, store: frugal(store), dataDir, now: Date.now});
          const source: ExportSource = {
            describe: async (asked) => (await exports.plan(asked)).sidecar(),
            open: async function* (asked, signal) {
              collectGarbage();
              for await (const {data} of (await exports.plan(asked)).pieces(signal)) yield data;
            },
          };
          try {
            return await writeExport(out, query, source, options);
          } finally {
            await exports.close();
          }
        },
      });
      progress.stop();
      const {rows, bytes, sha256} = sidecar.file!;
      if (parsed.json) io.out(JSON.stringify({file: out, sidecar: `${out}.json`, rows, bytes, sha256}));
      else io.out(`${rows} rows as of ${sidecar.asOf} in ${out} (${bytes} bytes), described in ${out}.json`);
      return 0;
    } finally {
      progress.stop();
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    }
  },
};
