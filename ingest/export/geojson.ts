import {localTexts, utcTexts, verdictBook} from './cells.ts';
import {shownColumns} from './columns.ts';
import {type ExportPiece, type ExportPlan, type ExportStream, type ReadBlock, wantedStreams} from './plan.ts';

const PIECE = 256 * 1024;
const numberOrNull = (value: number): string => (Number.isNaN(value) ? 'null' : String(value));

/** `"geometry":…` of a stream at a time; called with times that do not fall. */
function geometryOf({positions}: ExportStream): (timeMs: number) => string {
  const texts = positions.map(
    ({longitudeDeg, latitudeDeg}) =>
      `"geometry":{"type":"Point","coordinates":[${longitudeDeg},${latitudeDeg}]}`,
  );
  let at = 0;
  return (timeMs) => {
    while (at + 1 < positions.length && positions[at + 1]!.fromMs <= timeMs) at++;
    return texts[at] ?? '"geometry":null';
  };
}

/**
 * A FeatureCollection (RFC 7946), a line a feature, a feature an observation: the point where the sensor stood then, and
 * the columns of `long` as properties, null for what is empty there.
 */
export async function* geoJson(plan: ExportPlan, read: ReadBlock): AsyncGenerator<ExportPiece> {
  if (!plan.after) yield {data: '{"type":"FeatureCollection","features":[', rows: 0};
  let first = plan.after === null;
  const verdict = verdictBook(
    ({flag, failed, censored}) =>
      `"flag":${flag},"failed":${JSON.stringify(failed)},"censored":${JSON.stringify(censored)}`,
  );
  const stored = verdictBook(
    ({flag, failed}) => `"storedFlag":${flag},"storedFailed":${JSON.stringify(failed)}`,
  );
  const tail = verdictBook(
    ({late, timeSource, deviceStatus}) =>
      `"late":${late},"timeSource":"${timeSource}","deviceStatus":${JSON.stringify(deviceStatus)}}}`,
  );
  const both = plan.values === 'both';
  const received = utcTexts();
  for (const index of wantedStreams(plan)) {
    const stream = plan.streams[index]!;
    const {series: _, positions: __, timeZone: ___, id, ...rest} = stream;
    const key = JSON.stringify({datastream: id, ...rest}).slice(0, -1);
    const geometry = geometryOf(stream);
    const timeText = plan.time === 'local' ? localTexts(stream.timeZone) : utcTexts();
    for (let rows = await read(index); rows !== null; rows = await read(index)) {
      const {value, qc} = shownColumns(plan, rows);
      let data = '';
      let count = 0;
      for (let i = 0; i < value.length; i++) {
        const timeMs = rows.timeMs[i]!;
        data += `${first ? '\n' : ',\n'}{"type":"Feature",${geometry(timeMs)},"properties":${key}`;
        data += `,"phenomenonTime":"${timeText(timeMs)}","result":${numberOrNull(value[i]!)},${verdict(qc[i]!)},`;
        if (both)
          data += `"storedResult":${numberOrNull(rows.storedValue![i]!)},${stored(rows.storedQc![i]!)},`;
        data += `"received":"${received(rows.receivedMs[i]!)}",${tail(rows.qc[i]!)}`;
        first = false;
        count++;
        if (data.length < PIECE) continue;
        yield {data, rows: count};
        data = '';
        count = 0;
      }
      if (count > 0) yield {data, rows: count};
    }
  }
  yield {data: '\n]}\n', rows: 0};
}
