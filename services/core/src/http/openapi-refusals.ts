import type { EndpointFacts, RefusalStatus } from './endpoint.js';

/** The facts of a route that decide how it refuses. */
export interface RefusableRoute {
  readonly method: string;
  readonly path: string;
  readonly endpoint: EndpointFacts;
  readonly hasBody: boolean;
  readonly hasQuery: boolean;
}

/** A status with its meaning and the codes of its errors, which docs/errors.md explains. */
export interface StatedRefusal {
  readonly description: string;
  readonly codes: readonly string[];
}

type Status = RefusalStatus | 403 | 405 | 412 | 413 | 414 | 415;

const MEANINGS: Readonly<Record<Status, string>> = {
  400: 'The request is not valid',
  401: 'The caller is not signed in, or the proof is wrong',
  403: 'The caller may not do this',
  404: 'The row was not found, or the caller may not see it',
  405: 'The path does not have this method: "Allow" lists those that it has',
  409: 'The change contradicts another row, or the state of this one',
  412: 'The row has changed since the version in If-Match',
  413: 'The body is too large',
  414: 'A part of the path is too long',
  415: 'The body is not JSON: send "Content-Type: application/json"',
  429: 'Too many attempts: "Retry-After" has the seconds to wait',
  503: 'A part of the installation can not be reached: the request may be sent again later',
};

/** Returns the refusals of a route by status, each with all its codes. */
export function refusalsOf(route: RefusableRoute): Record<string, StatedRefusal> {
  const refusals = new Map<Status, readonly string[]>();
  const add = (status: Status, codes: readonly string[]): void => {
    if (codes.length > 0) refusals.set(status, [...(refusals.get(status) ?? []), ...codes]);
  };
  for (const [status, codes] of generalRefusals(route)) add(status, codes);
  for (const [status, codes] of Object.entries(route.endpoint.refuses ?? {})) add(Number(status) as Status, codes);
  return Object.fromEntries([...refusals].map(([status, codes]) => [status, { description: describe(status, codes), codes }]));
}

const describe = (status: Status, codes: readonly string[]): string => `${MEANINGS[status]} (${codes.join(', ')})`;

/** Returns the refusals that a route has for what it is, not for what it does. */
function generalRefusals({ method, path, endpoint, hasBody, hasQuery }: RefusableRoute): [Status, readonly string[]][] {
  const isOfRow = path.includes('{');
  const isChange = method !== 'get';
  const isPublic = endpoint.right === 'public';
  const given = (condition: boolean, ...codes: readonly string[]): readonly string[] => (condition ? codes : []);
  return [
    [400, given(isOfRow || hasQuery || hasBody, 'INVALID_REQUEST')],
    [400, given(isOfRow, 'URL_INVALID')],
    [400, given(isChange, 'INVALID_JSON', 'REQUEST_REFUSED')],
    [401, given(!isPublic, 'NOT_SIGNED_IN')],
    [403, given(!isPublic, 'RIGHT_MISSING', ...given(!endpoint.beforePasswordChange, 'PASSWORD_CHANGE_REQUIRED'))],
    [403, given(isChange, 'ORIGIN_REFUSED')],
    [405, ['METHOD_NOT_ALLOWED']],
    [412, given(endpoint.takesIfMatch === true, 'VERSION_STALE')],
    [413, given(isChange, 'BODY_TOO_LARGE')],
    [414, given(isOfRow, 'URL_TOO_LONG')],
    [415, given(isChange, 'MEDIA_TYPE_UNSUPPORTED')],
  ];
}
