import type {RowColumns} from '#schemas';
import {localTexts, numberCell, textCell, utcTexts, verdictBook} from './cells.ts';
import {longColumns, shownColumns, wideColumns} from './columns.ts';
import {type ExportPiece, type ExportPlan, type ExportStream, type ReadBlock, wantedStreams} from './plan.ts';

const BOM = '\ufeff';
/** Characters of a piece, about. */
const PIECE = 256 * 1024;

function head(plan: ExportPlan, names: readonly string[]): ExportPiece[] {
  if (plan.after) return [];
  return [{data: `${plan.bom ? BOM : ''}${names.map(textCell).join(',')}\r\n`, rows: 0}];
}

function keyCells(stream: ExportStream): string {
  const {id, station, device, element, depthM, heightM, instance, statistic, period, unit} = stream;
  return [
    ...[textCell(id), textCell(station), textCell(device), textCell(element)],
    ...[numberCell(depthM), numberCell(heightM), textCell(instance)],
    ...[textCell(statistic), textCell(period), textCell(unit)],
  ].join(',');
}

/** CSV (RFC 4180, UTF-8), a row an observation. */
export async function* csvLong(plan: ExportPlan, read: ReadBlock): AsyncGenerator<ExportPiece> {
  yield* head(
    plan,
    longColumns(plan).map(({name}) => name),
  );
  const verdict = verdictBook(({flag, failed, censored}) => `${flag},${failed.join(' ')},${censored ?? ''}`);
  const stored = verdictBook(({flag, failed}) => `${flag},${failed.join(' ')}`);
  const tail = verdictBook(
    ({late, timeSource, deviceStatus}) => `${late},${timeSource},${deviceStatus ?? ''}\r\n`,
  );
  const both = plan.values === 'both';
  const received = utcTexts();
  for (const index of wantedStreams(plan)) {
    const stream = plan.streams[index]!;
    const key = keyCells(stream);
    const timeText = plan.time === 'local' ? localTexts(stream.timeZone) : utcTexts();
    for (let rows = await read(index); rows !== null; rows = await read(index)) {
      const {value, qc} = shownColumns(plan, rows);
      let data = '';
      let count = 0;
      for (let i = 0; i < value.length; i++) {
        data += `${key},${timeText(rows.timeMs[i]!)},${numberCell(value[i]!)},${verdict(qc[i]!)},`;
        if (both) data += `${numberCell(rows.storedValue![i]!)},${stored(rows.storedQc![i]!)},`;
        data += `${received(rows.receivedMs[i]!)},${tail(rows.qc[i]!)}`;
        count++;
        if (data.length < PIECE) continue;
        yield {data, rows: count};
        data = '';
        count = 0;
      }
      if (count > 0) yield {data, rows: count};
    }
  }
}

type Head = {rows: RowColumns; at: number} | null;

/** CSV, a row an instant: all streams side by side, empty where a stream has no row of that time. */
export async function* csvWide(plan: ExportPlan, read: ReadBlock): AsyncGenerator<ExportPiece> {
  yield* head(
    plan,
    wideColumns(plan).map(({name}) => name),
  );
  const flag = verdictBook((verdict) => String(verdict.flag));
  const both = plan.values === 'both';
  const none = both ? ',,,' : ',,';
  const timeText = plan.time === 'local' ? localTexts(plan.streams[0]?.timeZone ?? 'UTC') : utcTexts();
  const next = async (index: number): Promise<Head> => {
    for (let rows = await read(index); rows !== null; rows = await read(index)) {
      if (rows.timeMs.length > 0) return {rows, at: 0};
    }
    return null;
  };
  const heads: Head[] = [];
  for (const index of plan.streams.keys()) heads.push(await next(index));
  let data = '';
  let count = 0;
  for (;;) {
    let time = Number.POSITIVE_INFINITY;
    for (const of of heads) if (of) time = Math.min(time, of.rows.timeMs[of.at]!);
    if (time === Number.POSITIVE_INFINITY) break;
    data += timeText(time);
    for (let index = 0; index < heads.length; index++) {
      const of = heads[index]!;
      if (!of || of.rows.timeMs[of.at]! !== time) {
        data += none;
        continue;
      }
      const {value, qc} = shownColumns(plan, of.rows);
      data += `,${numberCell(value[of.at]!)},${flag(qc[of.at]!)}`;
      if (both) data += `,${numberCell(of.rows.storedValue![of.at]!)}`;
      if (++of.at === of.rows.timeMs.length) heads[index] = await next(index);
    }
    data += '\r\n';
    count++;
    if (data.length < PIECE) continue;
    yield {data, rows: count};
    data = '';
    count = 0;
  }
  if (count > 0) yield {data, rows: count};
}
