import { printableLine } from '@sallyport/context';
import { AppError, type ErrorFacts } from '@sallyport/errors';

export class InvalidRequest extends AppError {
  readonly code = 'INVALID_REQUEST';
  readonly kind = 'invalid';
}

export class NotSignedIn extends AppError {
  readonly code = 'NOT_SIGNED_IN';
  readonly kind = 'unauthenticated';
  constructor(message = 'Sign in first: POST /api/v1/authentication/auth, then send "Authorization: Bearer <token>"') {
    super(message);
  }
}

export class RightMissing extends AppError {
  readonly code = 'RIGHT_MISSING';
  readonly kind = 'forbidden';
  constructor(role: string, right: string) {
    super(`Your role "${role}" may not do this; it needs the right "${right}"`, { role, right });
  }
}

export class PasswordChangeRequired extends AppError {
  readonly code = 'PASSWORD_CHANGE_REQUIRED';
  readonly kind = 'forbidden';
  constructor() {
    super('Change your password first: POST /api/v1/users/profile/password');
  }
}

export class RouteNotFound extends AppError {
  readonly code = 'ROUTE_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(method: string, path: string) {
    super(`${method} ${path} does not exist; /api/docs lists every endpoint`, { method, path });
  }
}

/** A web page of another site sends a change through a user's browser. */
export class OriginRefused extends AppError {
  readonly code = 'ORIGIN_REFUSED';
  readonly kind = 'forbidden';
  constructor(origin: string) {
    super(
      `The request comes from a page of another site (${JSON.stringify(printableLine(origin, 100))}): use the address of this site. An administrator may have to set CORE_PUBLIC_URL`,
    );
  }
}

/** A request that the HTTP server itself refused, with its exact status. */
export class RequestRefused extends AppError {
  readonly kind = 'invalid';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    facts?: ErrorFacts,
  ) {
    super(message, facts);
  }
}

/** Returns the error for a body that is larger than the caller may send. `limit` says whose limit it is. */
export function bodyTooLarge(maxBytes: number, limit = ''): RequestRefused {
  const most = maxBytes >= 1024 * 1024 ? `${maxBytes / 1024 / 1024} MiB` : `${maxBytes / 1024} KiB`;
  return new RequestRefused(413, 'BODY_TOO_LARGE', `The body is larger than ${most}${limit && `, the most ${limit}`}`, {
    max_bytes: maxBytes,
  });
}

/** Returns the error for a body that is not valid JSON. Neither message nor cause quotes it: it may contain a password. */
export function invalidJson(problem: string): RequestRefused {
  return new RequestRefused(400, 'INVALID_JSON', `The body is not valid JSON${problem}`);
}

/** Returns the error for a method that the path does not have. `facts.allow` is the header "Allow" (RFC 9110 §15.5.6). */
export function methodNotAllowed(method: string, path: string, allowed: readonly string[]): RequestRefused {
  const allow = allowed.join(', ');
  return new RequestRefused(405, 'METHOD_NOT_ALLOWED', `${method} is not a method of ${path}: it takes ${allow}`, { method, path, allow });
}
