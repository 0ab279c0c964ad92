import {Ajv, type AnySchema, type ErrorObject, type ValidateFunction} from 'ajv';
import type {FastifySchemaCompiler} from 'fastify';
import type {FastifySerializerCompiler} from 'fastify/types/schema.js';
import {createValidator} from '#schemas';

const options = {strict: false, allErrors: false, useDefaults: true, removeAdditional: false} as const;
const exact = new Ajv({...options, coerceTypes: false});
const fromText = new Ajv({...options, coerceTypes: true});

/** Bodies are taken as they are; what stands in a URL is text and is read as the number or truth that the schema says. */
export const validatorAtOnce: FastifySchemaCompiler<AnySchema> = ({schema, httpPart}) =>
  (httpPart === 'body' ? exact : fromText).compile(schema);

/** The same, compiled at the first request that needs it: all routes' together would be a seventh of a start. */
export const validatorWhenNeeded: FastifySchemaCompiler<AnySchema> = (part) => {
  let check: ValidateFunction | undefined;
  const validate = (value: unknown) => {
    check ??= validatorAtOnce(part) as ValidateFunction;
    const valid = check(value);
    validate.errors = check.errors ?? null;
    return valid;
  };
  validate.errors = null as ErrorObject[] | null;
  return validate;
};

/** Writes answers as they are: bodies are built by type, and writing them out needs no second look. */
export const plainSerializer: FastifySerializerCompiler<unknown> = () => JSON.stringify;

/** The same, but an answer that does not fit its own schema is an error: for tests. */
export const checkingSerializer: FastifySerializerCompiler<unknown> = ({schema, url}) => {
  const fits = createValidator<unknown>(schema);
  return (body) => {
    if (!fits(body)) throw new Error(`answer of ${url} does not fit its schema: ${fits.problem()}`);
    return JSON.stringify(body);
  };
};
