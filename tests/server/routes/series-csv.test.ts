import {parse} from 'csv-parse/sync';
import {describe, expect, it} from 'vitest';
import {type Datastream, QC_CENSORED_BELOW, QC_LATE, QC_TEST} from '#schemas';
import {csvOf, wantsCsv} from '../../../server/routes/series-csv.ts';

const stream = {element: 'water_level', unit: 'm'} as Datastream;

async function textOf(datum: string | null): Promise<string> {
  async function* blocks() {
    yield {
      timeMs: Float64Array.of(0, 1234),
      value: Float64Array.of(0.1 + 0.2, Number.NaN),
      qc: Int32Array.of(1, 9),
      receivedMs: Float64Array.of(5000, 6000),
    };
    yield {
      timeMs: Float64Array.of(2000),
      value: Float64Array.of(-15.5),
      qc: Int32Array.of(4 | QC_TEST.grossRange | QC_TEST.spike | QC_CENSORED_BELOW | QC_LATE | (1 << 19)),
      receivedMs: Float64Array.of(7000),
    };
  }
  let text = '';
  for await (const part of csvOf(stream, datum, blocks())) text += part;
  return text;
}

describe('csvOf', () => {
  // csv-parse reads RFC 4180.
  it('is RFC 4180, with each row’s value to the last digit, flag, tests and times', async () => {
    const rows = parse(await textOf('ahd'), {columns: true, relaxColumnCount: false}) as Record<
      string,
      string
    >[];
    expect(rows).toEqual([
      row(
        '1970-01-01T00:00:00Z',
        '0.30000000000000004',
        '',
        '1',
        '',
        '1970-01-01T00:00:05Z',
        'false',
        'device',
      ),
      row('1970-01-01T00:00:01.234Z', '', '', '9', '', '1970-01-01T00:00:06Z', 'false', 'device'),
      row(
        '1970-01-01T00:00:02Z',
        '-15.5',
        '<',
        '4',
        'grossRange spike',
        '1970-01-01T00:00:07Z',
        'true',
        'arrival',
      ),
    ]);
  });
  it('names the datum of levels, and only the unit of others', async () => {
    expect(await textOf('ahd')).toMatch(/^phenomenonTime \(UTC\),"water_level \(m, ahd\)",/);
    expect(await textOf(null)).toMatch(/^phenomenonTime \(UTC\),water_level \(m\),/);
  });
});

function row(...cells: string[]): Record<string, string> {
  const heads = [
    'phenomenonTime (UTC)',
    'water_level (m, ahd)',
    'qualifier (< or >)',
    'flag (QARTOD)',
    'failed (tests)',
    'received (UTC)',
    'late',
    'timeSource',
  ];
  return Object.fromEntries(heads.map((head, index) => [head, cells[index]!]));
}

// RFC 9110 12.5.1: quality values.
it.each([
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['text/csv', true],
  ['text/csv;q=0', false],
  ['application/json, text/csv;q=0.5', false],
  ['application/json;q=0.5, text/csv', true],
  ['TEXT/CSV, */*;q=0.1', true],
])('Accept: %s asks for CSV: %s', (accept, csv) => {
  expect(wantsCsv(accept)).toBe(csv);
});
