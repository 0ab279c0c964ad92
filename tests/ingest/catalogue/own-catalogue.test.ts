import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {readOwnCatalogue} from '../../../ingest/catalogue/index.ts';
import {JsonSyntaxError, readLocatedJson} from '../../../ingest/catalogue/located-json.ts';
import {ucumConversion, ucumProblem} from '../../../ingest/catalogue/ucum.ts';
import {scratchFolder} from '../registry/scratch-folder.ts';

const NAME = {en: 'n', zh: 'n'};
const ELEMENT = {category: 'water', name: NAME, unit: 'mg/L', hardRange: [0, 10], suspectRange: [1, 9]};
const MODEL = {
  ...{schemaVersion: 1, id: 'x_m', name: NAME, protocol: 'mqtt', power: 'mains'},
  sensors: [{element: 'x_a'}, {element: 'water_temperature'}],
};

/** Reads one folder with these elements, one on a line from line 3 on, and this model on lines of its own. */
async function read(elements: Record<string, unknown> | string, model?: unknown) {
  const folder = scratchFolder();
  const entries =
    typeof elements === 'string'
      ? elements
      : Object.entries(elements)
          .map(([id, entry]) => `${JSON.stringify(id)}: ${JSON.stringify(entry)}`)
          .join(',\n');
  await writeFile(join(folder, 'elements.json'), `{"schemaVersion": 1,\n"elements": {\n${entries}\n}}`);
  if (model !== undefined) {
    await mkdir(join(folder, 'models'));
    await writeFile(join(folder, 'models', 'm.json'), JSON.stringify(model, null, 1));
  }
  const {problems, ...rest} = await readOwnCatalogue([folder]);
  return {
    ...rest,
    problems: problems.map(({file, ...problem}) => ({...problem, file: file.slice(folder.length + 1)})),
  };
}

describe('own elements', () => {
  it('are complete without what most quantities have in common', async () => {
    const {elements, problems} = await read({x_a: ELEMENT});
    expect(problems).toEqual([]);
    expect(elements.get('x_a')).toMatchObject({
      line: 3,
      value: {
        ...{conversions: [], usualRange: [1, 9], intervalS: null, statistic: 'point', period: null},
        ...{rollUp: 'mean', provenance: 'sensed', quality: {}, terms: {}, support: '', sensor: ''},
      },
    });
  });

  it.each<[string, string, object, string]>([
    ['a core element', 'water_temperature', ELEMENT, 'is an element of the core, which stays as it is'],
    ['a name without x_', 'nitrate', ELEMENT, 'an id of x_ and small letters, digits and _ was expected'],
    ['capital letters', 'x_Nitrate', ELEMENT, 'an id of x_ and small letters, digits and _ was expected'],
    [
      'an unknown field',
      'x_b',
      {...ELEMENT, colour: 'red'},
      'the value must NOT have additional properties (colour)',
    ],
    ['no unit', 'x_b', {...ELEMENT, unit: undefined}, "the value must have required property 'unit'"],
    ['a made-up unit', 'x_b', {...ELEMENT, unit: 'furlings'}, 'a UCUM unit was expected, got furlings'],
    ['a spelling', 'x_b', {...ELEMENT, unit: 'NTU'}, 'a UCUM unit was expected, got NTU'],
    ['code in a unit', 'x_b', {...ELEMENT, unit: '<b>'}, 'a UCUM unit was expected, got <b>'],
    [
      'a unit of another dimension',
      'x_b',
      {...ELEMENT, alsoIn: ['ug/L', 'mmol/L']},
      'a unit of the dimension of mg/L was expected, got mmol/L',
    ],
    ['a unit twice', 'x_b', {...ELEMENT, alsoIn: ['mg/L']}, 'mg/L stands there twice'],
    [
      'another count',
      'x_b',
      {...ELEMENT, unit: '{NTU}', alsoIn: ['%']},
      'a unit of the dimension of {NTU} was expected, got %',
    ],
    [
      'limits upside down',
      'x_b',
      {...ELEMENT, hardRange: [10, 0]},
      'the lower limit first was expected, got [10, 0]',
    ],
    ['a point with a period', 'x_b', {...ELEMENT, period: 'PT1H'}, 'a point value has no period'],
    [
      'a direction that is none',
      'x_b',
      {...ELEMENT, rollUp: 'circularMean'},
      'circularMean is for directions in deg, not for mg/L',
    ],
    ['an unknown category', 'x_b', {...ELEMENT, category: 'fire'}, 'category must be equal to constant'],
    ['a huge number', 'x_b', {...ELEMENT, hardRange: [0, 1e300]}, 'hardRange.1 must be <= 1000000000000000'],
  ])('%s is refused, and costs no other', async (_what, id, entry, message) => {
    const {elements, problems, refused} = await read({x_a: ELEMENT, [id]: entry});
    expect(problems).toEqual([{file: 'elements.json', line: 4, entry: id, message}]);
    expect([...elements.keys()]).toEqual(['x_a']);
    expect([...refused]).toEqual([id]);
  });

  it('of hostile names are refused, and no prototype changes', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    const {elements, problems} = await read(`"__proto__": {"unit": "m"}, "constructor": {}, "x_a": {}`);
    expect(problems.map(({entry}) => entry)).toEqual(['__proto__', 'constructor', 'x_a']);
    expect(elements.size).toBe(0);
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
  });

  it.each([
    ['no JSON', '{"schemaVersion": 1,\n"elements": {,', 2, /is no JSON/],
    ['a comment', '{\n// why\n"schemaVersion": 1}', 2, /is no JSON/],
    [
      'an id twice',
      '{"schemaVersion": 1, "elements": {\n"x_a": {},\n"x_a": {}}}',
      3,
      /"x_a" stands there twice/,
    ],
    ['a list', '[]', 1, /"elements"/],
    ['another version', '{"schemaVersion": 2, "elements": {}}', 1, /"schemaVersion": 1/],
    ['depth', '['.repeat(200_000), 1, /nested too deep|is no JSON/],
  ])('a file with %s is told with its line', async (_what, text, line, message) => {
    const folder = scratchFolder();
    await writeFile(join(folder, 'elements.json'), text);
    const {problems, unreadable} = await readOwnCatalogue([folder]);
    expect(problems).toMatchObject([{line, entry: null, message: expect.stringMatching(message)}]);
    expect(unreadable.size).toBe(1);
  });
});

describe('own models', () => {
  it('measure elements of the core and own ones', async () => {
    const {models, problems} = await read({x_a: ELEMENT}, MODEL);
    expect(problems).toEqual([]);
    expect(models.get('x_m')?.value).toEqual(MODEL);
  });

  it.each<[string, object, number, string]>([
    [
      'an unknown element',
      {...MODEL, sensors: [{element: 'x_a'}, {element: 'x_none'}]},
      15,
      'a known element was expected, got x_none',
    ],
    ['an id of ours', {...MODEL, id: 'D01'}, 3, 'an id that begins with x_ was expected, got D01'],
    [
      'a sensor that is none',
      {...MODEL, sensors: [{}]},
      11,
      "sensors.0 must have required property 'element'",
    ],
    [
      'a depth and a height',
      {...MODEL, sensors: [{element: 'x_a', depthM: 1, heightM: 1}]},
      11,
      'depthM or heightM was expected, not both',
    ],
  ])('%s is refused with its line', async (_what, model, line, message) => {
    const {models, problems} = await read({x_a: ELEMENT}, model);
    expect(problems).toMatchObject([{file: 'models/m.json', line, message}]);
    expect(models.size).toBe(0);
  });
});

describe('UCUM', () => {
  // The Unified Code for Units of Measure, version 2.1: definitions of the units.
  it.each([
    ['ug/L', 'mg/L', 0.001, 0],
    ['[degF]', 'Cel', 5 / 9, -160 / 9],
    ['K', 'Cel', 1, -273.15],
    ['mol/m3', 'mmol/L', 1, 0],
    ['[in_i]', 'mm', 25.4, 0],
  ])('%s is %s times %d plus %d', (from, to, factor, offset) => {
    const conversion = ucumConversion(from, to)!;
    expect(conversion.factor).toBeCloseTo(factor, 12);
    expect(conversion.offset).toBeCloseTo(offset, 10);
  });

  it.each([
    ['[ppm]', 'mg/L'],
    ['%', '{NTU}'],
    ['{count}', '{person}'],
    ['m', 's'],
    ['[pH]', 'mol/L'],
  ])('%s does not convert to %s', (from, to) => {
    expect(ucumConversion(from, to)).toBeNull();
  });

  it('says what was probably meant', () => {
    expect(ucumProblem('mg/L')).toBeNull();
    expect(ucumProblem('°C')).toContain('perhaps Cel');
  });
});

it('a syntax error names its line', () => {
  expect(() => readLocatedJson('{\n"a": 1,\n"b" 2}')).toThrow(JsonSyntaxError);
});
