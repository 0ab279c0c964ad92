import {normaliseReading, parseInstantMs} from '#model';
import {type DatastreamKey, EcoError, InputError, type Origin, type Registry} from '#schemas';
import {csvRecords} from '../replay/csv.ts';
import type {DerivedValue, DerivedWriter, Written} from './derived-writer.ts';

const COLUMNS = ['time', 'station', 'element', 'value', 'unit', 'statistic', 'origin'] as const;
type Cells = Record<(typeof COLUMNS)[number], string>;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** A line of a survey table, normalised. */
type Campaign = {key: DatastreamKey; origin: Origin; value: DerivedValue};

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

function readLine(registry: Registry, cells: Cells): Campaign {
  const type = registry.element(cells.element);
  if (!type)
    throw new InputError('element_unknown', `an element of the catalogue was expected, got ${cells.element}`);
  if (!registry.stations().some((station) => station.id === cells.station)) {
    throw new InputError('device_unknown', `a station was expected, got ${cells.station}`);
  }
  if (!NUMBER.test(cells.value))
    throw new InputError('value_invalid', `a number was expected, got ${cells.value}`);
  if (cells.origin !== 'measured' && cells.origin !== 'virtual') {
    throw new InputError('payload_schema', `origin: measured or virtual was expected, got ${cells.origin}`);
  }
  const {value, depthM, heightM, instance, statistic, period} = normaliseReading(
    {element: cells.element, value: Number(cells.value), unit: cells.unit, stat: cells.statistic},
    {id: cells.element, type},
  );
  return {
    key: {station: cells.station, element: cells.element, depthM, heightM, instance, statistic, period},
    origin: cells.origin,
    value: {timeMs: parseInstantMs(cells.time), value: value!},
  };
}

/**
 * Campaign values of a site's survey table (`surveys.csv`: time, station, element, value, unit, statistic, origin; other
 * columns are left out), each with the date of its campaign. Virtual ones come with virtual devices only. Doing so again
 * changes nothing; a figure that was changed in the table becomes a revision.
 * @throws {EcoError} `site_invalid` with line and what was expected; the table is taken whole or not at all.
 */
export async function importSurveys(
  parts: {registry: Registry; write: DerivedWriter},
  of: {site: string; text: string; where: string},
): Promise<Written> {
  const {registry, write} = parts;
  const {site, text, where} = of;
  const fail = (line: number, message: string) =>
    new EcoError('site_invalid', `${where}, line ${line}: ${message}`);
  const withVirtual = registry.devices(site).some(({device}) => device.origin === 'virtual');
  let header: string[] | null = null;
  const campaigns = new Map<string, {key: DatastreamKey; origin: Origin; values: DerivedValue[]}>();
  for await (const record of csvRecords(once(text), ',')) {
    const {line, cells} = record;
    if (cells === undefined) throw fail(line, record.problem);
    if (header === null) {
      header = cells;
      const lacking = COLUMNS.filter((name) => !cells.includes(name));
      if (lacking.length > 0)
        throw fail(line, `columns ${lacking.join(', ')} were expected, got ${cells.join(', ')}`);
      continue;
    }
    const names = header;
    if (cells.length !== names.length)
      throw fail(line, `${names.length} cells were expected, got ${cells.length}`);
    const named = Object.fromEntries(COLUMNS.map((name) => [name, cells[names.indexOf(name)]!])) as Cells;
    let campaign: Campaign;
    try {
      campaign = readLine(registry, named);
    } catch (error) {
      if (error instanceof InputError) throw fail(line, error.message);
      throw error;
    }
    if (campaign.origin === 'virtual' && !withVirtual) continue;
    const id = JSON.stringify(campaign.key);
    const others = campaigns.get(id);
    if (others) others.values.push(campaign.value);
    else campaigns.set(id, {key: campaign.key, origin: campaign.origin, values: [campaign.value]});
  }
  const written = {added: 0, revised: 0};
  for (const {key, origin, values} of campaigns.values()) {
    const stream = registry.ensureDatastream(key, {device: null, site, origin});
    const {added, revised} = await write(stream, values);
    written.added += added;
    written.revised += revised;
  }
  return written;
}
