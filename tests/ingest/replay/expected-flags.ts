import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {type DatastreamKey, failedTests, flagOf} from '#schemas';

export const REAL = resolve(import.meta.dirname, '../../fixtures/real');

/** The extracts of real data, each with the map that it is replayed through. */
export const SETS: [file: string, map: string][] = [
  ['beijing-air/wanshouxigong', 'beijing-air'],
  ['beijing-air/dingling', 'beijing-air'],
  ['logan-river/mendon', 'logan-river'],
  ['logan-river/franklin-basin', 'logan-river'],
  ['apalachicola-bay/dry-bar-water', 'apalachicola-bay-water'],
  ['apalachicola-bay/east-bay-weather', 'apalachicola-bay-weather'],
  ['soil-san-joaquin/soil-moisture', 'soil-san-joaquin-moisture'],
  ['soil-san-joaquin/soil-temperature', 'soil-san-joaquin-temperature'],
  ['soil-san-joaquin/air-pressure', 'soil-san-joaquin-pressure'],
  ['fish-tank-bogota/tank', 'fish-tank-bogota'],
  ['dendrometer/stem', 'dendrometer-stem'],
  ['dendrometer/air-temperature', 'dendrometer-air'],
  ['pringle-creek/upstream', 'pringle-creek'],
  ['pringle-creek/downstream', 'pringle-creek'],
];

/** The table that ioos_qc made (tests/fixtures/real/expected-flags/make.py): series → time → digits. */
export function expectedFlags(file: string): Map<string, Map<number, string>> {
  const path = resolve(REAL, 'expected-flags', `${file.replace('/', '--')}.csv`);
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = header!.split(',').slice(1);
  const table = new Map(names.map((name) => [name, new Map<number, string>()]));
  for (const line of lines) {
    const [time, ...cells] = line.split(',');
    cells.forEach((cell, index) => {
      if (cell !== '') table.get(names[index]!)!.set(Date.parse(time!), cell);
    });
  }
  return table;
}

/** Verdicts of a row in the table's digits: gross and suspect range, spike, rate, flat line, flag. */
function digitsOf(qc: number): {failed: string; flag: number} {
  return {failed: failedTests(qc).join(' '), flag: flagOf(qc)};
}
function expectedOf(digits: string): {failed: string; flag: number} {
  if (digits === '9') return {failed: '', flag: 9};
  const [gross, spike, rate, flat, worst] = digits;
  const failed = [
    gross === '4' && 'grossRange',
    gross === '3' && 'suspectRange',
    '34'.includes(spike!) && 'spike',
    '34'.includes(rate!) && 'rateOfChange',
    '34'.includes(flat!) && 'flatLine',
  ].filter(Boolean);
  return {failed: failed.join(' '), flag: Number(worst)};
}

/** ioos_qc tells the worse of both ranges only; a value beyond the hard range is beyond the suspect range too. */
function suspectAside(failed: string): string {
  return failed.includes('grossRange') ? failed.replace(/ ?suspectRange/, '') : failed;
}

/** The column of the table that is of a series: element, and plot and depth where there are several. */
export function columnOf(
  table: ReadonlyMap<string, unknown>,
  key: DatastreamKey,
  device: string,
): string | undefined {
  return [...table.keys()].find((column) => {
    const [element, plot, depth] = column.split('@');
    return (
      element === key.element &&
      (plot === undefined || device.endsWith(plot)) &&
      (depth === undefined || Number(depth) === key.depthM)
    );
  });
}

/** What differs between a row's bit field and the table's digits; null: nothing. */
export function difference(qc: number, digits: string | undefined): object | null {
  if (digits === undefined) return {expected: 'no row'};
  const ours = digitsOf(qc);
  const theirs = expectedOf(digits);
  const same = ours.flag === theirs.flag && suspectAside(ours.failed) === suspectAside(theirs.failed);
  return same ? null : {ours, theirs};
}
