import {type ApiError, createValidator, EcoError} from '#schemas';

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * One call of a running server's API.
 * @throws {EcoError} with the server's own code and message when it refuses; `server_unreachable` when nobody answers.
 */
export async function callApi<T>(
  httpUrl: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  schema: unknown,
  body?: unknown,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${httpUrl}/api/v1${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {headers: {'content-type': 'application/json'}, body: JSON.stringify(body)}),
    });
  } catch (error) {
    throw new EcoError('server_unreachable', `${httpUrl} does not answer: ${(error as Error).message}`, 503);
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const refusal = (isObject(answer) ? answer : {}) as Partial<ApiError>;
    throw new EcoError(
      refusal.code ?? 'server_failed',
      refusal.message ?? `${method} ${path} gave ${response.status}`,
      response.status,
      refusal.details,
    );
  }
  const validate = createValidator<T>(schema);
  if (validate(answer)) return answer;
  throw new EcoError(
    'server_failed',
    `${method} ${path} gave an answer of another shape: ${validate.problem()}`,
    502,
  );
}
