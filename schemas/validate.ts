import {Ajv, type AnySchema, type ErrorObject} from 'ajv';
import formatsPlugin from 'ajv-formats';

export type Validator<T> = ((value: unknown) => value is T) & {
  /** What was expected and where, of the last value that failed. */
  problem(): string;
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

/**
 * A compiled check of one schema: no coercion, no defaults, first problem only (all of them cost a hundredfold on
 * hostile input). Compile once, at start.
 */
export function createValidator<T>(schema: unknown): Validator<T> {
  const check = ajv.compile(schema as AnySchema);
  const validator = ((value: unknown) => check(value)) as Validator<T>;
  validator.problem = () => describe(check.errors?.[0]);
  return validator;
}
