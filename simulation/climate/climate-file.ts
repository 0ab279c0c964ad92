import {applyConversion, type UnitConversion, type UnitTarget, unitConversion} from '#model';
import {
  type FieldProblem,
  fieldProblem,
  InputError,
  type ScenarioClimate,
  WEATHER_QUANTITIES,
  type WeatherQuantity,
} from '#schemas';
import {slotsOf, type WeatherRecord} from './record.ts';

/** A climate file is at most this long: a hundred years of days with ten columns. */
export const LONGEST_CLIMATE_FILE_CHARACTERS = 8_000_000;
const MOST_YEARS = 500;
/** Problems told of one file. */
const MOST_PROBLEMS = 20;

type FileClimate = Extract<ScenarioClimate, {from: 'file'}>;

/** Units of weather beside those of the element table, as factor and offset to ours. */
const CONVERSIONS: Record<WeatherQuantity, readonly (readonly [string, number, number])[]> = {
  airTemperatureMaxC: [
    ['K', 1, -273.15],
    ['[degF]', 5 / 9, -160 / 9],
  ],
  airTemperatureMinC: [
    ['K', 1, -273.15],
    ['[degF]', 5 / 9, -160 / 9],
  ],
  airTemperatureMeanC: [
    ['K', 1, -273.15],
    ['[degF]', 5 / 9, -160 / 9],
  ],
  rainMm: [
    ['cm', 10, 0],
    ['m', 1000, 0],
    ['[in_i]', 25.4, 0],
    ['L/m2', 1, 0],
    ['kg/m2', 1, 0],
  ],
  radiationMjPerM2: [
    ['W/m2', 0.0864, 0],
    ['kW.h/m2', 3.6, 0],
    ['J/cm2', 0.01, 0],
    ['kJ/m2', 0.001, 0],
  ],
  sunshineH: [
    ['min', 1 / 60, 0],
    ['s', 1 / 3600, 0],
  ],
  relativeHumidityPercent: [['1', 100, 0]],
  windSpeedMPerS: [
    ['km/h', 1 / 3.6, 0],
    ['[kn_i]', 1852 / 3600, 0],
  ],
  vpdKPa: [
    ['Pa', 0.001, 0],
    ['hPa', 0.1, 0],
    ['mbar', 0.1, 0],
  ],
};

/** What a day, or a month, may bring; beyond it the unit or the column is another one. */
const BOUNDS: Record<WeatherQuantity, {day: readonly [number, number]; month: readonly [number, number]}> = {
  airTemperatureMaxC: {day: [-90, 60], month: [-90, 60]},
  airTemperatureMinC: {day: [-90, 60], month: [-90, 60]},
  airTemperatureMeanC: {day: [-90, 60], month: [-90, 60]},
  rainMm: {day: [0, 2000], month: [0, 10_000]},
  radiationMjPerM2: {day: [0, 50], month: [0, 50]},
  sunshineH: {day: [0, 24], month: [0, 744]},
  relativeHumidityPercent: {day: [0, 105], month: [0, 105]},
  windSpeedMPerS: {day: [0, 120], month: [0, 60]},
  vpdKPa: {day: [0, 12], month: [0, 12]},
};

/** A record of a CSV text as cells; quotes doubled within quotes (RFC 4180). A line break within quotes is not taken. */
function cellsOf(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    while (line[at] === ' ') at += 1;
    let cell = '';
    if (line[at] === '"') {
      at += 1;
      for (;;) {
        const close = line.indexOf('"', at);
        const end = close < 0 ? line.length : close;
        cell += line.slice(at, end);
        at = end + 1;
        if (close < 0 || line[at] !== '"') break;
        cell += '"';
        at += 1;
      }
      const next = line.indexOf(delimiter, at);
      at = next < 0 ? line.length : next;
    } else {
      const next = line.indexOf(delimiter, at);
      const end = next < 0 ? line.length : next;
      cell = line.slice(at, end).trim();
      at = end;
    }
    cells.push(cell);
    if (at >= line.length) return cells;
    at += 1;
  }
}

type When = {step: 'day' | 'month'; year: number; slot: number};

/** The day or month that a cell names: `2024-07-31`, `2024/7/31`, `20240731`, `2024-07`, each also with a time behind it. */
function whenOf(cell: string): When | null {
  const match =
    /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ].*)?$/.exec(cell) ?? /^(\d{4})(\d\d)(\d\d)?$/.exec(cell);
  if (!match) return null;
  const [year, month] = [Number(match[1]), Number(match[2])];
  if (month < 1 || month > 12 || year < 1000) return null;
  if (match[3] === undefined) return {step: 'month', year, slot: month - 1};
  const time = Date.UTC(year, month - 1, Number(match[3]));
  const date = new Date(time);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== Number(match[3])) return null;
  return {step: 'day', year, slot: Math.round((time - Date.UTC(year, 0, 1)) / 86_400_000)};
}

/** The record of a scenario's climate file (CSV with a line of column names), or everything that is wrong with it, with lines. */
export function readClimateFile(
  text: string,
  climate: FileClimate,
): {record: WeatherRecord; problems: []} | {record: null; problems: FieldProblem[]} {
  const problems: FieldProblem[] = [];
  const refuse = (path: string, value: unknown, allowed: string, line?: number) => {
    const problem = fieldProblem(path, value, allowed);
    problems.push(
      line === undefined
        ? problem
        : {...problem, message: `${climate.file}, line ${line}: ${problem.message}`},
    );
  };
  const failed = () => ({record: null, problems: problems.slice(0, MOST_PROBLEMS)});
  if (text.length > LONGEST_CLIMATE_FILE_CHARACTERS) {
    refuse(
      '/climate/file',
      `${text.length} characters`,
      `a file of at most ${LONGEST_CLIMATE_FILE_CHARACTERS} characters`,
    );
    return failed();
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const head = lines[0] ?? '';
  const delimiter = [',', ';', '\t'].find((one) => cellsOf(head, one).includes(climate.dateColumn)) ?? ',';
  const names = cellsOf(head, delimiter);
  const dateAt = names.indexOf(climate.dateColumn);
  const known = `one of the file's columns: ${names.join(', ')}`;
  if (dateAt < 0) refuse('/climate/dateColumn', climate.dateColumn, known);

  const columns = climate.columns.map(({column, quantity, unit}, k) => {
    const at = names.indexOf(column);
    if (at < 0) refuse(`/climate/columns/${k}/column`, column, known);
    const target: UnitTarget = {
      id: quantity,
      unit: WEATHER_QUANTITIES[quantity],
      conversions: CONVERSIONS[quantity],
    };
    let conversion: UnitConversion | null = null;
    try {
      conversion = unitConversion(unit, target);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const allowed = `a unit of ${quantity}: ${[target.unit, ...CONVERSIONS[quantity].map(([code]) => code)].join(', ')}`;
      refuse(`/climate/columns/${k}/unit`, unit, allowed);
    }
    return {at, column, quantity, conversion, path: `/climate/columns/${k}`};
  });
  if (problems.length > 0) return failed();

  const missing = new Set(['', ...(climate.missing ?? [])]);
  type Row = {when: When; values: number[]; line: number};
  const rows: Row[] = [];
  let step: When['step'] | null = null;
  let [firstYear, lastYear] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 1; k < lines.length && problems.length < MOST_PROBLEMS; k += 1) {
    if (lines[k]!.trim() === '') continue;
    const cells = cellsOf(lines[k]!, delimiter);
    const cell = cells[dateAt] ?? '';
    const when = whenOf(cell);
    if (!when) {
      refuse('/climate/dateColumn', cell, 'a day such as 2024-07-31 or a month such as 2024-07', k + 1);
      continue;
    }
    step ??= when.step;
    if (when.step !== step) {
      refuse('/climate/dateColumn', cell, step === 'day' ? 'days throughout' : 'months throughout', k + 1);
      continue;
    }
    firstYear = Math.min(firstYear, when.year);
    lastYear = Math.max(lastYear, when.year);
    const values = columns.map(({at, quantity, conversion, path}) => {
      const text = cells[at] ?? '';
      if (missing.has(text)) return Number.NaN;
      const plain = delimiter === ';' && /^[-+]?\d+,\d+$/.test(text) ? text.replace(',', '.') : text;
      const number = Number(plain);
      const value = Number.isFinite(number) ? applyConversion(number, conversion!) : Number.NaN;
      const [low, high] = BOUNDS[quantity][step!];
      if (!(value >= low && value <= high)) {
        const unit = WEATHER_QUANTITIES[quantity];
        refuse(
          path,
          text,
          `a number that is ${low} to ${high} ${unit} of ${quantity}, or a text listed as missing`,
          k + 1,
        );
      }
      return value;
    });
    rows.push({when, values, line: k + 1});
  }
  if (problems.length > 0) return failed();
  if (step === null) {
    refuse('/climate/file', climate.file, 'rows of days or months below the line of column names');
    return failed();
  }
  const years = lastYear - firstYear + 1;
  if (years > MOST_YEARS) {
    refuse('/climate/file', `${firstYear} to ${lastYear}`, `years that span at most ${MOST_YEARS}`);
    return failed();
  }
  const record: WeatherRecord = {step, firstYear, years, columns: {}};
  for (const {quantity} of columns) {
    record.columns[quantity] = Array.from({length: years}, (_, y) =>
      new Float64Array(slotsOf(record.step, firstYear + y)).fill(Number.NaN),
    );
  }
  const seen = new Set<number>();
  for (const {when, values, line} of rows) {
    const key = when.year * 400 + when.slot;
    if (seen.has(key)) {
      refuse('/climate/file', cellsOf(lines[line - 1]!, delimiter)[dateAt], 'each day or month once', line);
      if (problems.length >= MOST_PROBLEMS) break;
    }
    seen.add(key);
    columns.forEach(({quantity}, k) => {
      record.columns[quantity]![when.year - firstYear]![when.slot] = values[k]!;
    });
  }
  return problems.length > 0 ? failed() : {record, problems: []};
}
