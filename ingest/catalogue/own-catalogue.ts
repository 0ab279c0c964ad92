import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {
  type CatalogueProblem,
  createValidator,
  DeviceModel,
  ELEMENTS,
  type ElementType,
  OWN_ID,
  OwnElement,
  OwnElementId,
  type Validator,
} from '#schemas';
import {JsonSyntaxError, type LocatedJson, readLocatedJson} from './located-json.ts';

/** What a folder may add: `elements.json` and `models/*.json` in it. */
const ELEMENTS_FILE = 'elements.json';
const MODELS_FOLDER = 'models';
const LARGEST_FILE_BYTES = 1024 * 1024;
const MOST_ELEMENTS = 1000;
const MOST_MODELS = 1000;

/** An element or model as a file defines it, with where. */
export type Defined<T> = {value: T; file: string; line: number};

/** What all files define, and what of them was refused. */
export type OwnCatalogue = {
  elements: ReadonlyMap<string, Defined<ElementType>>;
  models: ReadonlyMap<string, Defined<DeviceModel>>;
  problems: readonly CatalogueProblem[];
  /** Ids with an entry that was refused: what was known of them before holds on. */
  refused: ReadonlySet<string>;
  /** Files that could not be read: what they defined before holds on. */
  unreadable: ReadonlySet<string>;
};

const validElement: Validator<OwnElement> = createValidator(OwnElement);
const validElementId: Validator<string> = createValidator(OwnElementId);
const validModel: Validator<DeviceModel> = createValidator(DeviceModel);

/** Something wrong with an entry: where in it, and what was expected. */
type Fault = {path: readonly (string | number)[]; message: string};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function within(inner: readonly [number, number], outer: readonly [number, number]): boolean {
  return inner[0] >= outer[0] && inner[1] <= outer[1];
}

/** What a schema cannot say of an element. */
function faultOf(element: OwnElement): Fault | null {
  const {hardRange, suspectRange, usualRange, statistic = 'point', period, quality} = element;
  for (const name of ['hardRange', 'suspectRange', 'usualRange'] as const) {
    const range = element[name];
    if (range && !(range[0] < range[1])) {
      return {path: [name], message: `the lower limit first was expected, got [${range.join(', ')}]`};
    }
  }
  if (!within(suspectRange, hardRange)) {
    return {path: ['suspectRange'], message: 'a range inside hardRange was expected'};
  }
  if (usualRange && !within(usualRange, hardRange)) {
    return {path: ['usualRange'], message: 'a range inside hardRange was expected'};
  }
  if (statistic === 'point' && period) return {path: ['period'], message: 'a point value has no period'};
  if (element.rollUp === 'circularMean' && element.unit !== 'deg') {
    return {path: ['rollUp'], message: `circularMean is for directions in deg, not for ${element.unit}`};
  }
  if (quality?.spike && quality.spike.suspect > quality.spike.fail) {
    return {path: ['quality', 'spike'], message: 'suspect at or below fail was expected'};
  }
  if (quality?.flatLine && quality.flatLine.suspectH > quality.flatLine.failH) {
    return {path: ['quality', 'flatLine'], message: 'suspectH at or below failH was expected'};
  }
  return null;
}

/** An entry as an element type, its units checked and their conversions worked out; or what is wrong with it. */
async function readElement(id: string, entry: unknown): Promise<ElementType | Fault> {
  if (Object.hasOwn(ELEMENTS, id))
    return {path: [], message: 'is an element of the core, which stays as it is'};
  if (!validElementId(id)) {
    return {path: [], message: 'an id of x_ and small letters, digits and _ was expected'};
  }
  if (!validElement(entry)) return {path: validElement.where(), message: validElement.problem()};
  const fault = faultOf(entry);
  if (fault) return fault;
  // The UCUM library is read where a site has elements of its own, and nowhere else.
  const {ucumConversion, ucumProblem} = await import('./ucum.ts');
  const {unit, alsoIn = []} = entry;
  const problem = ucumProblem(unit);
  if (problem !== null) return {path: ['unit'], message: problem};
  const conversions: [string, number, number][] = [];
  for (const [place, other] of alsoIn.entries()) {
    const path = ['alsoIn', place];
    const unknown = ucumProblem(other);
    if (unknown !== null) return {path, message: unknown};
    if (other === unit || alsoIn.indexOf(other) < place)
      return {path, message: `${other} stands there twice`};
    const conversion = ucumConversion(other, unit);
    if (conversion === null)
      return {path, message: `a unit of the dimension of ${unit} was expected, got ${other}`};
    conversions.push([other, conversion.factor, conversion.offset]);
  }
  const {category, name, hardRange, suspectRange, usualRange = suspectRange} = entry;
  const {intervalS = null, statistic = 'point', period = null, rollUp = 'mean'} = entry;
  const {provenance = 'sensed', quality = {}, terms = {}, support = '', sensor = ''} = entry;
  return {
    ...{category, name, unit, conversions, hardRange, suspectRange, usualRange},
    ...{intervalS, statistic, period, rollUp, provenance, quality, terms, support, sensor},
  } as ElementType;
}

/** A model of which every sensor measures a known element; or what is wrong with it. */
function readModel(entry: unknown, elements: ReadonlySet<string>): DeviceModel | Fault {
  if (!validModel(entry)) return {path: validModel.where(), message: validModel.problem()};
  if (!OWN_ID.test(entry.id)) {
    return {path: ['id'], message: `an id that begins with x_ was expected, got ${entry.id}`};
  }
  for (const [place, {element, depthM, heightM}] of entry.sensors.entries()) {
    if (!elements.has(element)) {
      return {path: ['sensors', place, 'element'], message: `a known element was expected, got ${element}`};
    }
    if (depthM !== undefined && heightM !== undefined) {
      return {path: ['sensors', place], message: 'depthM or heightM was expected, not both'};
    }
  }
  return entry;
}

const isFault = (value: object): value is Fault => 'message' in value;

/** Reads the files of these folders; a later one may not define what an earlier one does. */
class Reader {
  readonly elements = new Map<string, Defined<ElementType>>();
  readonly models = new Map<string, Defined<DeviceModel>>();
  readonly problems: CatalogueProblem[] = [];
  readonly refused = new Set<string>();
  readonly unreadable = new Set<string>();

  async json(file: string): Promise<LocatedJson | null> {
    try {
      const {size} = await stat(file);
      if (size > LARGEST_FILE_BYTES) {
        throw new JsonSyntaxError(1, `has ${size} bytes, more than the ${LARGEST_FILE_BYTES} it may have`);
      }
      return readLocatedJson((await readFile(file, 'utf8')).replace(/^\ufeff/, ''));
    } catch (error) {
      const line = error instanceof JsonSyntaxError ? error.line : 1;
      const message = error instanceof Error ? error.message : String(error);
      this.unreadable.add(file);
      this.problems.push({file, line, entry: null, message});
      return null;
    }
  }

  refuse(file: string, entry: string | null, line: number, message: string): void {
    this.problems.push({file, line, entry, message});
    if (entry === null) this.unreadable.add(file);
    else this.refused.add(entry);
  }

  async elementsOf(folder: string): Promise<void> {
    const file = join(folder, ELEMENTS_FILE);
    if (!(await exists(file))) return;
    const json = await this.json(file);
    if (json === null) return;
    const {value, lineOf} = json;
    if (!isObject(value) || value['schemaVersion'] !== 1 || !isObject(value['elements'])) {
      return this.refuse(file, null, lineOf([]), '{"schemaVersion": 1, "elements": {…}} was expected');
    }
    for (const [id, entry] of Object.entries(value['elements'])) {
      const line = lineOf(['elements', id]);
      const other = this.elements.get(id);
      if (other) {
        this.refuse(file, id, line, `is defined in ${other.file} already`);
      } else if (this.elements.size >= MOST_ELEMENTS) {
        this.refuse(file, id, line, `at most ${MOST_ELEMENTS} own elements were expected`);
      } else {
        const element = await readElement(id, entry);
        if (isFault(element))
          this.refuse(file, id, lineOf(['elements', id, ...element.path]), element.message);
        else this.elements.set(id, {value: element, file, line});
      }
    }
  }

  async modelsOf(folder: string, elements: ReadonlySet<string>): Promise<void> {
    for (const name of await jsonNames(join(folder, MODELS_FOLDER))) {
      const file = join(folder, MODELS_FOLDER, name);
      const json = await this.json(file);
      if (json === null) continue;
      const {value, lineOf} = json;
      const id = isObject(value) && typeof value['id'] === 'string' ? value['id'] : null;
      const model = readModel(value, elements);
      const other = id === null ? undefined : this.models.get(id);
      if (isFault(model)) this.refuse(file, id, lineOf(model.path), model.message);
      else if (other) this.refuse(file, id, lineOf(['id']), `is defined in ${other.file} already`);
      else if (this.models.size >= MOST_MODELS) {
        this.refuse(file, id, 1, `at most ${MOST_MODELS} own models were expected`);
      } else this.models.set(model.id, {value: model, file, line: 1});
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function jsonNames(folder: string): Promise<string[]> {
  if (!(await exists(folder))) return [];
  return (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
}

/**
 * What these folders add to the catalogue: element types in `elements.json`, device models in `models/*.json`. Each
 * entry is checked by itself, so that a bad one costs no other; what is wrong is told with file, line and reason.
 */
export async function readOwnCatalogue(folders: readonly string[]): Promise<OwnCatalogue> {
  const reader = new Reader();
  for (const folder of folders) await reader.elementsOf(folder);
  const elements = new Set([...Object.keys(ELEMENTS), ...reader.elements.keys(), ...reader.refused]);
  for (const folder of folders) await reader.modelsOf(folder, elements);
  return reader;
}

/** Every file that these folders' catalogue depends on, and the folders that may come to hold one. */
export async function catalogueFiles(folders: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const folder of folders) {
    files.push(join(folder, ELEMENTS_FILE), join(folder, MODELS_FOLDER));
    for (const name of await jsonNames(join(folder, MODELS_FOLDER)))
      files.push(join(folder, MODELS_FOLDER, name));
  }
  return files;
}

export const EMPTY_CATALOGUE: OwnCatalogue = {
  elements: new Map(),
  models: new Map(),
  problems: [],
  refused: new Set(),
  unreadable: new Set(),
};
