import {Ajv, type AnySchema, type ErrorObject, type ValidateFunction} from 'ajv';
import formatsPlugin from 'ajv-formats';

export type Validator<T> = ((value: unknown) => value is T) & {
  /** What was expected and where, of the last value that failed. */
  problem(): string;
  /** Names and places in lists that lead to what failed, of the last value that did. */
  where(): (string | number)[];
};

const ajv = new Ajv({strict: true, allErrors: false, strictTuples: false, allowUnionTypes: true});
(formatsPlugin as unknown as (instance: Ajv, formats: string[]) => void)(ajv, ['date-time']);

function describe(error: ErrorObject | undefined): string {
  if (!error) return 'not valid';
  const where = error.instancePath === '' ? 'the value' : error.instancePath.slice(1).replaceAll('/', '.');
  const extra =
    error.keyword === 'additionalProperties' ? ` (${String(error.params['additionalProperty'])})` : '';
  return `${where} ${error.message ?? 'is not valid'}${extra}`;
}

/** Segments of a JSON pointer; figures are places in lists. */
function segmentsOf(error: ErrorObject | undefined): (string | number)[] {
  if (!error) return [];
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  return error.keyword === 'additionalProperties'
    ? [...path, String(error.params['additionalProperty'])]
    : path;
}

/**
 * The check of one schema: no coercion, no defaults, first problem only (all of them cost a hundredfold on hostile
 * input). Make it once; it is compiled when it is first used, since all of them together are a third of a start.
 */
export function createValidator<T>(schema: unknown): Validator<T> {
  let check: ValidateFunction | undefined;
  const validator = ((value: unknown) => {
    check ??= ajv.compile(schema as AnySchema);
    return check(value);
  }) as Validator<T>;
  validator.problem = () => describe(check?.errors?.[0]);
  validator.where = () => segmentsOf(check?.errors?.[0]);
  return validator;
}
