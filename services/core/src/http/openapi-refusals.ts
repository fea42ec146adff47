/** The facts of a route that decide how it refuses. */
export interface RefusableRoute {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly hasBody: boolean;
  readonly hasQuery: boolean;
}

const IN_BODY = 'INVALID_JSON, INVALID_REQUEST, or the code of a field';

/** Returns the statuses of a route's refusals, each with the codes of its errors and their meaning. docs/errors.md explains the codes. */
export function refusalsOf({ method, path, isPublic, hasBody, hasQuery }: RefusableRoute): Record<string, string> {
  const isOfRow = path.includes('{');
  const isChange = method !== 'get';
  return {
    ...((isOfRow || hasQuery) && { 400: 'INVALID_REQUEST: the id or the query is not valid' }),
    ...(hasBody && { 400: `${IN_BODY}: the body is not valid` }),
    ...(!isPublic && { 401: 'NOT_SIGNED_IN: no token, or one that has ended' }),
    ...(!isPublic && { 403: 'RIGHT_MISSING, PASSWORD_CHANGE_REQUIRED, or ORIGIN_REFUSED from a page of another site' }),
    ...(isPublic && isChange && { 401: 'The name or the proof is wrong', 403: 'ORIGIN_REFUSED from a page of another site' }),
    ...(isOfRow && { 404: 'The row was not found, or the caller may not see it' }),
    405: 'METHOD_NOT_ALLOWED: "Allow" lists the methods of the path',
    ...(isChange && { 409: 'The change contradicts another row, or the state of this one' }),
    ...(method === 'patch' && { 412: 'The row has changed since the version in If-Match' }),
    ...(hasBody && { 413: 'BODY_TOO_LARGE', 415: 'MEDIA_TYPE_UNSUPPORTED: send JSON' }),
    ...(isChange && { 429: 'Too many attempts: "Retry-After" has the seconds to wait' }),
  };
}
