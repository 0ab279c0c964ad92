import {type Datastream, failedTests, flagOf, QC_LATE, type RowColumns} from '#schemas';
import {instant} from '../bodies/instant.ts';
import {censoring, timeSource} from '../bodies/observation.ts';

/** A field of RFC 4180: quoted when it must be. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Column heads, each with its unit. `verticalDatum` is named where the values are levels. */
function header(datastream: Datastream, datum: string | null): string {
  const {element, unit} = datastream;
  return [
    'phenomenonTime (UTC)',
    `${element} (${unit}${datum === null ? '' : `, ${datum}`})`,
    'qualifier (< or >)',
    'flag (QARTOD)',
    'failed (tests)',
    'received (UTC)',
    'late',
    'timeSource',
  ]
    .map(field)
    .join(',');
}

/**
 * Raw rows of one series as CSV (RFC 4180, UTF-8), a text for each block of rows; an empty value is a measurement that
 * the device said it did not have.
 */
export async function* csvOf(
  datastream: Datastream,
  datum: string | null,
  blocks: AsyncIterable<RowColumns>,
): AsyncGenerator<string> {
  yield `${header(datastream, datum)}\r\n`;
  for await (const {timeMs, value, qc, receivedMs} of blocks) {
    let text = '';
    for (let row = 0; row < timeMs.length; row++) {
      const bits = qc[row]!;
      const number = value[row]!;
      text += `${instant(timeMs[row]!)},${Number.isNaN(number) ? '' : number},${censoring(bits) ?? ''},${flagOf(bits)},`;
      text += `${failedTests(bits).join(' ')},${instant(receivedMs[row]!)},${(bits & QC_LATE) !== 0},${timeSource(bits)}\r\n`;
    }
    if (text !== '') yield text;
  }
}

/** Whether an Accept header asks for CSV rather than JSON. */
export function wantsCsv(accept: string | undefined): boolean {
  const weight = (type: string): number => {
    for (const part of (accept ?? '').toLowerCase().split(',')) {
      const [name, ...parameters] = part.split(';').map((piece) => piece.trim());
      if (name !== type) continue;
      const q = parameters.find((parameter) => parameter.startsWith('q='));
      return q === undefined ? 1 : Number(q.slice(2)) || 0;
    }
    return 0;
  };
  const csv = weight('text/csv');
  return csv > 0 && csv >= weight('application/json');
}
