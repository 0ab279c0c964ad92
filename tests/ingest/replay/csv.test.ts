import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {type CsvRecord, csvRecords} from '../../../ingest/replay/csv.ts';

async function read(text: string, chunk = text.length || 1, delimiter = ','): Promise<CsvRecord[]> {
  async function* chunks() {
    for (let at = 0; at < text.length; at += chunk) yield text.slice(at, at + chunk);
  }
  const records: CsvRecord[] = [];
  for await (const record of csvRecords(chunks(), delimiter)) records.push(record);
  return records;
}

describe('CSV', () => {
  it.each<[string, string, CsvRecord[]]>([
    [
      'rows',
      'a,b\n1,2\n',
      [
        {line: 1, cells: ['a', 'b']},
        {line: 2, cells: ['1', '2']},
      ],
    ],
    [
      'a last line without a break',
      'a,b\n1,',
      [
        {line: 1, cells: ['a', 'b']},
        {line: 2, cells: ['1', '']},
      ],
    ],
    [
      'CRLF, empty lines, spaces',
      'a, b \r\n\r\n 1 ,2\r\n',
      [
        {line: 1, cells: ['a', 'b']},
        {line: 3, cells: ['1', '2']},
      ],
    ],
    ['quotes (RFC 4180, 2.5 to 2.7)', '"a,b","c""d"\r\n', [{line: 1, cells: ['a,b', 'c"d']}]],
    [
      'a break within quotes',
      '"a\nb",c\nd,e\n',
      [
        {line: 1, cells: ['a\nb', 'c']},
        {line: 3, cells: ['d', 'e']},
      ],
    ],
    ['an empty quoted cell', '"",x\n', [{line: 1, cells: ['', 'x']}]],
    ['a quote within a bare cell', '6"7,y\n', [{line: 1, cells: ['6"7', 'y']}]],
    [
      'a stray quote costs its row',
      'a,b\n1,"5"0\n2,3\n',
      [
        {line: 1, cells: ['a', 'b']},
        {line: 2, problem: 'text after a closing quote in cell 2'},
        {line: 3, cells: ['2', '3']},
      ],
    ],
    [
      'a quote that is not closed costs its row',
      '1,"open\n2,3\n4,5\n',
      [
        {line: 1, problem: 'a quote is not closed'},
        {line: 2, cells: ['2', '3']},
        {line: 3, cells: ['4', '5']},
      ],
    ],
    ['nothing', '', []],
  ])('%s', async (_name, text, records) => {
    for (const chunk of [1, 2, 7, 1000]) expect(await read(text, chunk)).toEqual(records);
  });

  it('takes no more than one row for a quote that is open for long, in a file of many', async () => {
    const rows = Array.from({length: 30_000}, (_, i) => (i === 10 ? `${i},"x` : `${i},x`));
    const records = await read(`${rows.join('\n')}\n`, 16_384);
    expect(records).toHaveLength(30_000);
    expect(records.filter(({problem}) => problem !== undefined)).toEqual([
      {line: 11, problem: 'a quote is not closed'},
    ]);
  });

  it('passes over a line without end in bounded memory', async () => {
    const records = await read(`a,b\n${'x'.repeat(1_000_000)}\n1,2\n`, 65_536);
    expect(records).toEqual([
      {line: 1, cells: ['a', 'b']},
      {line: 2, problem: 'a row of at most 65536 characters was expected'},
      {line: 3, cells: ['1', '2']},
    ]);
  });

  it('gives back what was written, however it is cut', async () => {
    const cell = fc
      .string({unit: fc.constantFrom('a', '1', '"', ',', '\n', ' ', '字'), maxLength: 8})
      .map((text) => text.trim());
    const table = fc.array(fc.array(cell, {minLength: 2, maxLength: 4}), {minLength: 1, maxLength: 8});
    await fc.assert(
      fc.asyncProperty(table, fc.integer({min: 1, max: 20}), async (rows, chunk) => {
        const text = rows
          .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        expect((await read(text, chunk)).map(({cells}) => cells)).toEqual(rows);
      }),
      {seed: 7, numRuns: 300},
    );
  });
});
