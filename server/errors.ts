import type {FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError} from 'fastify';
import {type ApiError, EcoError, InputError} from '#schemas';

type Log = (line: object) => void;

/** Codes of the framework's own refusals. */
const CODES: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_CTP_INVALID_JSON_BODY: 'payload_syntax',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'payload_empty',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request_invalid',
};

/** Where in a request each part of it stands, in words. */
const PARTS: Record<string, {unknown: string; invalid: string; word: string}> = {
  querystring: {unknown: 'parameter_unknown', invalid: 'parameter_invalid', word: 'query parameter'},
  params: {unknown: 'path_invalid', invalid: 'path_invalid', word: 'path'},
  body: {unknown: 'body_invalid', invalid: 'body_invalid', word: 'body'},
  headers: {unknown: 'header_invalid', invalid: 'header_invalid', word: 'header'},
};

function valueAt(whole: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], whole);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** What a request's part was expected to be, and what came. */
function validationError(
  problems: readonly FastifySchemaValidationError[],
  context: string,
  request: FastifyRequest,
): ApiError {
  const part = PARTS[context] ?? PARTS['body']!;
  const whole =
    context === 'querystring' ? request.query : context === 'params' ? request.params : request.body;
  const unknown = problems.filter(({keyword}) => keyword === 'additionalProperties');
  if (unknown.length > 0) {
    const names = unknown.map(({params}) => String(params['additionalProperty']));
    const schema = request.routeOptions.schema?.[context as 'querystring' | 'body'] as
      | {properties?: Record<string, unknown>}
      | undefined;
    const known = Object.keys(schema?.properties ?? {});
    return {
      code: part.unknown,
      message: `unknown ${part.word} ${names.join(', ')}; known are ${known.join(', ') || 'none'}`,
      details: {unknown: names, known},
    };
  }
  const first = problems[0]!;
  const path = first.instancePath;
  const name = path.slice(1).replaceAll('/', '.') || String(first.params['missingProperty'] ?? '');
  const literals = problems
    .filter((problem) => problem.instancePath === path && problem.keyword === 'const')
    .map(({params}) => String(params['allowedValue']));
  const expected =
    literals.length > 0 ? `must be one of ${literals.join(', ')}` : (first.message ?? 'is not valid');
  const came = first.keyword === 'required' ? '' : `, got ${shown(valueAt(whole, path))}`;
  return {
    code: part.invalid,
    message: `${part.word}${name === '' ? '' : ` ${name}`}: ${expected}${came}`,
    details: {at: name, expected},
  };
}

/** Every refusal and failure as `{"code","message","details?"}` with a fitting status; a bug is logged and not told. */
export function errorHandler(log: Log) {
  return (
    error: FastifyError | EcoError | InputError,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void => {
    const send = (status: number, body: ApiError) => {
      reply.code(status).type('application/json; charset=utf-8').send(body);
    };
    if (error instanceof EcoError) {
      const details = error.details === undefined ? {} : {details: error.details};
      send(error.status, {code: error.code, message: error.message, ...details});
    } else if (error instanceof InputError) {
      send(422, {code: error.code, message: error.message});
    } else if (error.validation) {
      send(400, validationError(error.validation, error.validationContext ?? 'body', request));
    } else if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
      send(error.statusCode, {
        code: error.statusCode === 429 ? 'rate_limited' : (CODES[error.code] ?? 'request_invalid'),
        message: error.message,
      });
    } else {
      log({level: 'error', message: 'a request failed', method: request.method, url: request.url, error});
      send(500, {code: 'internal', message: 'the server failed at this request; its log says why'});
    }
  };
}
