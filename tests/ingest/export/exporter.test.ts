import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {ObservationReader, RowColumns} from '#schemas';
import {createExporter, type ExportFormat, type ExportPlan} from '../../../ingest/export/index.ts';

const BLOCK = 1000;
let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'eco-exporter-'));
});
afterEach(() => rmSync(scratch, {recursive: true, force: true}));

function planOf(format: ExportFormat): ExportPlan {
  const stream = {
    ...{series: 1, id: 'a:x:point', station: 's', device: null, element: 'x', depthM: null, heightM: null},
    ...{
      instance: null,
      statistic: 'point',
      period: null,
      unit: 'Cel',
      origin: 'measured',
      verticalDatum: null,
    },
    ...{timeZone: 'UTC', positions: []},
  };
  return {
    ...{format, layout: 'long', values: 'revised', bom: false, time: 'utc', flags: null, after: null},
    ...{streams: [stream], fromMs: 0, toMs: 8e15, asOfMs: 8e15},
  };
}

/** A store of a series without end; `asked` counts the blocks that were read. */
function endless(): {observations: Pick<ObservationReader, 'rowBlocks'>; asked: () => number} {
  let asked = 0;
  return {
    asked: () => asked,
    observations: {
      rowBlocks: async function* (): AsyncGenerator<RowColumns> {
        for (;;) {
          await sleep(1);
          const timeMs = Float64Array.from({length: BLOCK}, (_, i) => (asked * BLOCK + i) * 1000);
          asked++;
          const value = Float64Array.from(timeMs.keys());
          yield {timeMs, value, qc: new Int32Array(BLOCK).fill(1), receivedMs: timeMs.slice()};
        }
      },
    },
  };
}

describe.each(['csv', 'parquet'] as const)('an export as %s under way', (format) => {
  const begin = async (signal?: AbortSignal) => {
    const {observations, asked} = endless();
    const exporter = createExporter({observations, scratch: join(scratch, 'work')});
    const pieces = exporter.run(planOf(format), signal);
    // Text comes at once; of Parquet nothing before all rows are read.
    const rest = (async () => {
      for await (const {data} of pieces) void data;
    })();
    rest.catch(() => {});
    await expect.poll(asked, {timeout: 20_000}).toBeGreaterThan(50);
    return {exporter, rest, asked};
  };
  const left = () =>
    readdirSync(scratch, {recursive: true}).filter((name) => String(name).includes('export-'));

  it('ends when nobody wants it any more, and leaves nothing behind', async () => {
    const gone = new AbortController();
    const {exporter, rest, asked} = await begin(gone.signal);
    gone.abort();
    await expect(rest).rejects.toMatchObject({code: 'export_stopped'});
    const then = asked();
    await sleep(100);
    expect(asked() - then).toBeLessThan(3);
    await expect.poll(left).toEqual([]);
    // Its place is free again.
    const next = exporter.run(planOf('csv'));
    expect((await next.next()).done).toBe(false);
    await next.return(undefined);
    await exporter.close();
  });

  it('ends with the exporter', async () => {
    const {exporter, rest} = await begin();
    const began = performance.now();
    await exporter.close();
    expect(performance.now() - began).toBeLessThan(4000);
    await expect(rest).rejects.toMatchObject({code: 'export_stopped'});
  });
});
