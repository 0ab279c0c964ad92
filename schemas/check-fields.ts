import {Ajv, type AnySchema, type ErrorObject, type ValidateFunction} from 'ajv';

/** What is wrong with one field of a file that a person wrote. */
export type FieldProblem = {
  /** JSON pointer of the field, `` for the whole. */
  path: string;
  /** What stands there; null where nothing does. */
  value: unknown;
  /** What may stand there, in words. */
  allowed: string;
  /** All of it as one sentence. */
  message: string;
  /** Of the text, the first being 1, where there is a text. */
  line?: number;
};

type Fields = Record<string, unknown>;
/** No more are told: beyond that it is not the file that was meant. */
const MOST_PROBLEMS = 100;
/** A value is shown up to this many characters. */
const SHOWN_CHARACTERS = 60;

const ajv = new Ajv({
  strict: true,
  allErrors: true,
  verbose: true,
  discriminator: true,
  strictTypes: false,
  strictTuples: false,
  allowUnionTypes: true,
});

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** A problem with its sentence. */
export function fieldProblem(path: string, value: unknown, allowed: string): FieldProblem {
  return {
    path,
    value: value ?? null,
    allowed,
    message: `${path === '' ? 'the file' : path} is ${shown(value)}, expected ${allowed}`,
  };
}

function between(of: Fields): string {
  const least = of['minimum'] ?? of['exclusiveMinimum'];
  const most = of['maximum'] ?? of['exclusiveMaximum'];
  if (least !== undefined && most !== undefined) {
    return ` ${of['exclusiveMinimum'] === undefined ? 'from' : 'above'} ${least} ${of['exclusiveMinimum'] === undefined ? 'to' : 'and at most'} ${most}`;
  }
  if (least !== undefined) return ` of at least ${least}`;
  return most === undefined ? '' : ` of at most ${most}`;
}

function constants(of: Fields): string[] | null {
  const list = (of['anyOf'] ?? of['oneOf']) as Fields[] | undefined;
  if (!list?.every((one) => 'const' in one)) return null;
  return list.map((one) => String(one['const']));
}

/** The words that tell the kinds of a choice apart. */
function tags(of: Fields): string[] {
  const {propertyName} = of['discriminator'] as {propertyName: string};
  return (of['oneOf'] as Fields[]).map((one) =>
    String(((one['properties'] as Fields)[propertyName] as Fields)['const']),
  );
}

/** What a schema lets through, in words. */
export function allowedBy(of: Fields): string {
  if (typeof of['description'] === 'string') return of['description'];
  if ('const' in of) return JSON.stringify(of['const']);
  const words = constants(of);
  if (words) return `one of ${words.join(', ')}`;
  if (of['discriminator']) {
    const {propertyName} = of['discriminator'] as {propertyName: string};
    return `an object whose ${propertyName} is one of ${tags(of).join(', ')}`;
  }
  switch (of['type']) {
    case 'integer':
      return `a whole number${between(of)}`;
    case 'number':
      return `a number${between(of)}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return of['pattern'] === undefined
        ? `a text of ${of['minLength'] ?? 0} to ${of['maxLength'] ?? 'any'} characters`
        : `a text like ${of['pattern']}`;
    case 'array':
      return `a list of ${of['minItems'] ?? 0} to ${of['maxItems'] ?? 'any'} entries`;
    case 'object': {
      const names = Object.keys((of['properties'] ?? {}) as Fields);
      if (of['maxProperties'] === 1) return `an object with exactly one of ${names.join(', ')}`;
      return names.length > 0 ? `an object with ${names.join(', ')}` : 'an object';
    }
    default:
      return Array.isArray(of['type'])
        ? `a number${between(of)}, or a list of ${of['minItems']} of them`
        : 'another value';
  }
}

function problemOf(error: ErrorObject): FieldProblem {
  const parent = (error.parentSchema ?? {}) as Fields;
  const {keyword, instancePath: path, data} = error;
  const within = (name: string) => `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (keyword === 'required') {
    const name = String(error.params['missingProperty']);
    const of = ((parent['properties'] ?? {}) as Record<string, Fields>)[name];
    return fieldProblem(within(name), undefined, of ? allowedBy(of) : allowedBy(parent));
  }
  if (keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    const known = Object.keys((parent['properties'] ?? {}) as Fields);
    const allowed = `no such field: known here are ${known.join(', ')}`;
    const value = (data as Fields)[name];
    return {
      path: within(name),
      value: value ?? null,
      allowed,
      message: `${within(name)} is not a field; known here are ${known.join(', ')}`,
    };
  }
  if (keyword === 'discriminator') {
    const {propertyName} = parent['discriminator'] as {propertyName: string};
    return fieldProblem(
      within(propertyName),
      (data as Fields)[propertyName],
      `one of ${tags(parent).join(', ')}`,
    );
  }
  return fieldProblem(path, data, allowedBy(parent));
}

/**
 * A check of one schema that tells everything that is wrong, in words for a person: for files that people write, of bounded size.
 * What machines send is checked by `createValidator`, which stops at the first problem. An empty list: it is valid.
 */
export function createFieldCheck(schema: unknown): (value: unknown) => FieldProblem[] {
  let check: ValidateFunction | undefined;
  return (value) => {
    check ??= ajv.compile(schema as AnySchema);
    if (check(value)) return [];
    const errors = check.errors ?? [];
    // a choice among words fails once for each word, and once as the choice
    const choices = new Set(
      errors.filter(({keyword}) => keyword === 'anyOf').map((error) => error.instancePath),
    );
    const tagged = new Set(
      errors.filter(({keyword}) => keyword === 'discriminator').map((error) => error.instancePath),
    );
    const problems = new Map<string, FieldProblem>();
    for (const error of errors) {
      if (error.keyword === 'const' && choices.has(error.instancePath)) continue;
      if (error.keyword === 'required' && tagged.has(error.instancePath)) continue;
      const problem = problemOf(error);
      if (!problems.has(problem.path)) problems.set(problem.path, problem);
      if (problems.size >= MOST_PROBLEMS) break;
    }
    return [...problems.values()];
  };
}
