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
